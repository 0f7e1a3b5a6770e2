using MedInsure.Gateway.Calls;
using MedInsure.Gateway.Fields;
using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using static MedInsure.Gateway.Fields.FieldNotation;

namespace MedInsure.Gateway.Transactions.Shapes;

/// <summary>
/// What the reconciling transactions say alike (national-interface.md 2.8). A provider's settlements lie in the home counties of its patients: the office named, or the
/// envelope's insuplc_admdvs, means what that county settled; with neither, the provider's own county compares all that the provider settled, with whichever county.
/// </summary>
public static class ReconciliationShape
{
    public static readonly Field ClearingType = C("clr_type", "清算类别", 6, Codes.ClearingType);
    public static readonly Field Office = C("setl_optins", "结算经办机构", 6);
    public static readonly Field FromDay = Day("stmt_begndate", "对账开始日期").Y;
    public static readonly Field ToDay = Day("stmt_enddate", "对账结束日期").Y;
    public static readonly Field Total = Money("medfee_sumamt", "医疗费总额").Y.OrNegative;
    public static readonly Field Fund = Money("fund_pay_sumamt", "基金支付总额").Y.OrNegative;
    public static readonly Field Count = N("fixmedins_setl_cnt", "定点医药机构结算笔数", 10).Y;
    public static readonly Field Refund = C("refd_setl_flag", "退费结算标志", 3, Codes.YesNo);
    public static readonly Field FileNumber = C("file_qury_no", "文件查询号", 40);

    /// <param name="Everywhere">Nobody was named: also what other counties settled.</param>
    public readonly record struct NamedOffice(string County, bool Everywhere);

    public static Outcome<NamedOffice> OfficeOf(Call call, Row data, string field)
    {
        if (!data.Has(field)) return new NamedOffice(call.HomeCounty, call.Envelope.InsuredArea.Length == 0);
        var county = data.Text(field);
        return call.Tenants.Find(county) is { IsCity: false } ? new NamedOffice(county, Everywhere: false) : GatewayRefusals.UnknownCounty(county).At(field);
    }

    public static RowGroup GroupOf(Call call, Row data, NamedOffice office) => new()
    {
        FixmedinsCode = call.Envelope.FixmedinsCode,
        FromOn = data.DayNumberOf("stmt_begndate"),
        ToOn = data.DayNumberOf("stmt_enddate"),
        Insutype = data.Text("insutype"),
        ClearingType = data.Text("clr_type"),
        RefdSetlFlag = data.Text("refd_setl_flag"),
        Everywhere = office.Everywhere,
        FamilyInsideAccount = call.FamilyInsideAccount,
    };

    public static DeclaredTotals DeclaredOf(Row data)
    {
        var declared = new DeclaredTotals { RowCount = data.Whole("fixmedins_setl_cnt"), TotalFen = data.Fen("medfee_sumamt").Value, FundTotalFen = data.Fen("fund_pay_sumamt").Value };
        if (data.Has("acct_pay")) declared.AccountFen = data.Fen("acct_pay").Value;
        return declared;
    }

    /// <summary>stmt_rslt: 0 equal, 1 the centre has more, 2 the provider has more, 3 amounts differ.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A result of a later release.</exception>
    public static string ResultCode(ComparisonResult result) => result switch
    {
        ComparisonResult.Equal => "0",
        ComparisonResult.CentreMore => "1",
        ComparisonResult.ProviderMore => "2",
        ComparisonResult.Different => "3",
        _ => throw new ArgumentOutOfRangeException(nameof(result), result, null),
    };
}
