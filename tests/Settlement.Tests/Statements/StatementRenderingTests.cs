using System.Net;
using System.Text.Json;
using MedInsure.Hosting.Tenancy;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Statements;

namespace MedInsure.Settlement.Tests.Statements;

[Trait("Category", "Unit")]
public sealed class StatementRenderingTests
{
    private const string Markup = "<script>alert('王')</script>&\"";
    private static readonly Tenant Tenant = new("230102", "道里区", "230100", new Dictionary<string, string>());

    private static Statement Sample()
    {
        var statement = new Statement
        {
            Settlement = new SettlementReply
            {
                SetlId = "230102S000000000007", MdtrtId = "230102M000000000003", FixmedinsCode = "H1", FixmedinsName = "医院" + Markup, PolicyLevel = "3", MedType = "21", BeginOn = 20260601, EndOn = 20260610,
                PolicyOn = 20260610, SettledAtMs = SettlementNode.At(2026, 6, 30, 12), TotalFen = 1_234_567, FullSelfPayFen = 7, InScopeFen = 1_234_560, DeductibleFen = 72_000, BasicFundFen = 800_005,
                FundTotalFen = 800_005, PersonShareFen = 434_562, CashFen = 434_562, PolicyPack = "harbin/resident", PolicyVersion = "2026.1", PolicyHash = Google.Protobuf.ByteString.CopyFrom(0xAB, 0x01),
                CatalogVersion = 12, JournalSeq = 345, Person = new InsuredIdentity { PsnNo = "P1", PsnName = Markup, Certno = "230102198001010012", Insutype = "390", PsnType = "1501" },
            },
        };
        statement.Settlement.Share.Add(new FundShare { FundPayType = "390100", Name = "统筹基金" + Markup, RuleId = "basic", InScopeFen = 1_234_560, AmountFen = 800_005, LimitLeftFen = 15_999_995 });
        var row = new TraceRow { RuleId = "basic", ChineseName = "住院" + Markup, EnglishName = "Inpatient", Clause = "第三条" + Markup, ResultFen = 800_005, LeftFen = 15_999_995 };
        row.Input.Add(new TraceInput { ChineseName = "支付比例" + Markup, EnglishName = "ratio", Value = "70 %" });
        statement.Trace.Add(row);
        statement.Trace.Add(new TraceRow { RuleId = "cap", ChineseName = "年度限额", EnglishName = "Annual cap", Clause = "assumed", Assumed = true, ResultFen = 800_005 });
        statement.Line.Add(new FeeLineShare { FeedetlSn = "1", MedListCode = "A1", ItemName = "项目" + Markup, OccurredAtMs = SettlementNode.At(2026, 6, 3), QuantityE4 = 15_000, UnitPriceMicroYuan = 1_230_000, AmountFen = 185, InScopeFen = 185, ChrgitmLv = "01", Memo = "说明" + Markup });
        return statement;
    }

    [Fact]
    public void Json_HasMoneyInYuanAndDaysAsDates()
    {
        var bytes = StatementJson.Render(Tenant, Sample());
        using var json = JsonDocument.Parse(bytes);
        var root = json.RootElement;
        Assert.Equal(("230102S000000000007", "", Markup, "道里区"), (root.GetProperty("setl_id").GetString(), root.GetProperty("reverses_setl_id").GetString(), root.GetProperty("psn_name").GetString(), root.GetProperty("county_name").GetString()));
        Assert.Equal(("2026-06-01", "2026-06-10", "2026-06-30 12:00:00"), (root.GetProperty("begin_on").GetString(), root.GetProperty("policy_on").GetString(), root.GetProperty("settled_at").GetString()));
        var amounts = root.GetProperty("amounts");
        Assert.Equal(("12345.67", "0.07", "8000.05", "0.00"), (Raw(amounts, "medfee_sumamt"), Raw(amounts, "fulamt_ownpay_amt"), Raw(amounts, "hifp_pay"), Raw(amounts, "maf_pay")));
        var share = root.GetProperty("shares")[0];
        Assert.Equal(("390100", "159999.95"), (share.GetProperty("fund_pay_type").GetString(), Raw(share, "limit_left")));
        var rule = root.GetProperty("rules")[0];
        Assert.Equal([false, true], root.GetProperty("rules").EnumerateArray().Select(r => r.GetProperty("assumed").GetBoolean()));
        Assert.Equal(("basic", "8000.05", "159999.95"), (rule.GetProperty("rule").GetString(), Raw(rule, "result"), Raw(rule, "left_of_ceiling")));
        var line = root.GetProperty("lines")[0];
        Assert.Equal(("1.5", "1.23", "1.85", "2026-06-03"), (Raw(line, "cnt"), Raw(line, "pric"), Raw(line, "amount"), line.GetProperty("on").GetString()));
        Assert.Equal(("ab01", 345L), (root.GetProperty("policy").GetProperty("sha256").GetString(), root.GetProperty("journal_seq").GetInt64()));
        Assert.DoesNotContain("<script", System.Text.Encoding.UTF8.GetString(bytes), StringComparison.Ordinal);

        static string Raw(JsonElement of, string name) => of.GetProperty(name).GetRawText();
    }

    [Fact]
    public void Page_EncodesEveryText()
    {
        var page = StatementPage.Render(Tenant, Sample());
        Assert.DoesNotContain("<script", page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("alert('", page, StringComparison.Ordinal);
        // Person, hospital, fund, rule, its clause, its input, item and memo: each is there as text.
        Assert.Equal(8, WebUtility.HtmlDecode(page).Split(Markup).Length - 1);
    }

    [Fact]
    public void Page_ShowsWhoBearsWhatAndMasksTheCertificate()
    {
        var page = WebUtility.HtmlDecode(StatementPage.Render(Tenant, Sample()));
        foreach (var text in new[] { "道里区", "230102S000000000007", "2301************12", "三级", "2026-06-01 至 2026-06-10", "12345.67", "8000.05", "¥ 4345.62", "159999.95", "暂定", "70 %", "1.85", "ab01", "<!doctype html><html lang=\"zh-CN\">" })
            Assert.Contains(text, page, StringComparison.Ordinal);
        foreach (var text in new[] { "230102198001010012", "医疗救助支付", "撤销" }) Assert.DoesNotContain(text, page, StringComparison.Ordinal); // no layer that paid nothing
        Assert.Equal(page.Split("<tr").Length, page.Split("</tr>").Length);
    }

    [Fact]
    public void Page_MarksReversals()
    {
        var statement = Sample();
        (statement.Settlement.ReversesSetlId, statement.Settlement.TotalFen) = ("230102S000000000005", -1_234_567);
        var page = WebUtility.HtmlDecode(StatementPage.Render(Tenant, statement));
        Assert.Contains("撤销结算 · 原结算 230102S000000000005", page, StringComparison.Ordinal);
        Assert.Contains("-12345.67", page, StringComparison.Ordinal);
        statement = Sample();
        statement.Settlement.ReversedBySetlId = "230102S000000000009";
        Assert.Contains("本结算已被 230102S000000000009 撤销", WebUtility.HtmlDecode(StatementPage.Render(Tenant, statement)), StringComparison.Ordinal);
    }
}
