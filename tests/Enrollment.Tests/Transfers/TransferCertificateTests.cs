using MedInsure.Enrollment.Transfers;
using MedInsure.Hosting.Tenancy;
using MedInsure.Protos.Enrollment.V1;

namespace MedInsure.Enrollment.Tests.Transfers;

/// <summary>What the page of a transfer says.</summary>
[Trait("Category", "Unit")]
public sealed class TransferCertificateTests
{
    private static readonly Tenant County = new("650201", "测试县", "650200", new Dictionary<string, string>());

    private static readonly Person Who = new()
    {
        PsnNo = "N1", PsnCertType = "01", Certno = "110105194912310021", PsnName = "王<b>小明", Gend = "1", BirthOn = 19800506,
        Coverage = { new Coverage { Insutype = "310", PsnType = "1101", FromOn = 20200101, ToOn = 20261101, EmployerNo = "E1", EmployerName = "第一单位" }, new Coverage { Insutype = "390", PsnType = "1501", FromOn = 20190101, ToOn = 20191231 } },
    };

    private static TransferPerson.Transfer Transfer(string direction) =>
        new(7, "N1", "310", direction, "310100", new DateOnly(2026, 11, 1), 84, 24, "3650.75", "凭证<1>", "approved", "王经办", DateTimeOffset.UnixEpoch, "李审批", DateTimeOffset.UnixEpoch);

    [Fact]
    public void WhoGoes_TakesTheSchemesPeriodsAndNoMonths()
    {
        var page = TransferCertificate.Render(County, Transfer("out"), Who);
        Assert.Contains("<td>2020-01-01</td><td>2026-11-01</td><td>1101</td>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("2019-01-01", page, StringComparison.Ordinal);
        Assert.DoesNotContain("3650.75", page, StringComparison.Ordinal);
        Assert.Contains("650201-7", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Texts_CannotBecomeMarkup()
    {
        var page = TransferCertificate.Render(County, Transfer("in"), Who);
        Assert.DoesNotContain("<b>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<1>", page, StringComparison.Ordinal);
        Assert.Contains("3650.75", page, StringComparison.Ordinal);
    }
}
