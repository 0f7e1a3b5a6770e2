using MedInsure.Gateway.Calls;
using MedInsure.Kernel;

namespace MedInsure.Gateway.Tests.Calls;

[Trait("Category", "Unit")]
public sealed class RefusalTermsTests
{
    private static readonly TransactionTable Table = new();

    private static (string Text, string? Field) Of(string infno, string? field, string text = "不行")
    {
        var refusal = RefusalTerms.Of(new Refusal(RefusalKind.Invalid, "x.y", text, "no", field), Table.Find(infno));
        return (refusal.Chinese, refusal.Field);
    }

    [Theory]
    [InlineData("2204", "feedetail[0].cnt", "费用明细(feedetail)第1条，数量(cnt)：不行", "feedetail[1].cnt")]
    [InlineData("2102", "feedetail[2].cnt", "购药明细(drugdetail)第3条，数量(cnt)：不行", "drugdetail[3].cnt")]
    [InlineData("2207A", "medfee_sumamt", "医疗费总额(medfee_sumamt)：不行", "medfee_sumamt")]
    [InlineData("2207A", "msgid", "发送方报文ID(msgid)：不行", "msgid")]
    [InlineData("2401", "ipt_otp_no", "住院号(ipt_no)：不行", "ipt_no")]
    [InlineData("2207A", "nowhere", "不行", "nowhere")]
    [InlineData("2207A", null, "不行", null)]
    [InlineData("9999", "cnt", "不行", "cnt")]
    public void FieldOfAService_IsNamedAsTheHospitalKnowsIt(string infno, string? field, string text, string? named) => Assert.Equal((text, named), Of(infno, field));

    [Fact]
    public void FieldAlreadyNamed_IsNotNamedTwice() => Assert.Equal("医疗费总额(medfee_sumamt)不行", Of("2207A", "medfee_sumamt", "医疗费总额(medfee_sumamt)不行").Text);
}
