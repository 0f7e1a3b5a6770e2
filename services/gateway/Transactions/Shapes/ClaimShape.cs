using MedInsure.Gateway.Calls;
using MedInsure.Gateway.Fields;
using MedInsure.Protos.Settlement.V1;
using static MedInsure.Gateway.Fields.FieldNotation;

namespace MedInsure.Gateway.Transactions.Shapes;

/// <summary>What a settlement is asked with: 2206, 2207, 2303, 2304 and their cancellations 2208, 2305, 2103.</summary>
public static class ClaimShape
{
    private static Field[] Fields =>
    [
        VisitShape.PsnNo.Y, VisitShape.CertType, VisitShape.CertNo, VisitShape.MedType,
        Money("medfee_sumamt", "医疗费总额").Y,
        C("psn_setlway", "个人结算方式", 6, Codes.SettlementWay),
        VisitShape.MdtrtId.Y,
        C("acct_used_flag", "个人账户使用标志", 1, Codes.YesNo),
        VisitShape.Insutype.Y,
        // The national table says 20; the conformance check numbers its bills by seed and sends up to 30 (DECISIONS.md).
        C("invono", "发票号", 50),
        Money("fulamt_ownpay_amt", "全自费金额"), Money("overlmt_selfpay", "超限价自费费用"), Money("preselfpay_amt", "先行自付金额"), Money("inscp_scp_amt", "符合政策范围金额"),
    ];

    public static Node OfVisit() => Node.One("data", "结算信息", [.. Fields, C("chrg_bchno", "收费批次号", 30)]);

    public static Node OfStay() => Node.One("data", "结算信息", [.. Fields, C("mid_setl_flag", "中途结算标志", 3, Codes.YesNo), Time("dscgTime", "出院时间")]);

    /// <summary>As newer systems send it with 2207, 2304 and 2102; kept with the settlement for the audit, no part of the calculation.</summary>
    public static Node TraceCodes() => Node.Any("drug_trac_info", "药品追溯码信息", 10_000,
        C("feedetl_sn", "费用明细流水号", 50), C("drug_trac_codg", "药品追溯码", 30), C("trdn_flag", "拆零标志", 3, Codes.YesNo));

    public static void AddTraceCodes(SettleClaimRequest request, IReadOnlyList<Row> rows)
    {
        foreach (var row in rows) request.TraceCode.Add(new TraceCode { FeedetlSn = row.Text("feedetl_sn"), Code = row.Text("drug_trac_codg"), Split = row.Flag("trdn_flag") });
    }

    public static SettleClaimRequest OfVisit(Call call, Row data) => Of(call, data, r => r.ChargeBatch = data.Text("chrg_bchno"));

    public static SettleClaimRequest OfStay(Call call, Row data) => Of(call, data, r =>
    {
        r.Interim = data.Flag("mid_setl_flag");
        if (r.Interim) r.InterimUntilOn = data.DayNumberOf("dscgTime");
    });

    private static SettleClaimRequest Of(Call call, Row data, Action<SettleClaimRequest> more)
    {
        var request = new SettleClaimRequest
        {
            Key = call.Key(),
            FixmedinsCode = call.Envelope.FixmedinsCode,
            PsnNo = data.Text("psn_no"),
            Insutype = data.Text("insutype"),
            MdtrtId = data.Text("mdtrt_id"),
            TotalFen = data.Whole("medfee_sumamt"),
            UseAccount = data.Flag("acct_used_flag"),
            FullSelfPayFen = data.Whole("fulamt_ownpay_amt"),
            OverLimitFen = data.Whole("overlmt_selfpay"),
            FirstPayFen = data.Whole("preselfpay_amt"),
            InScopeFen = data.Whole("inscp_scp_amt"),
            InvoiceNo = data.Text("invono"),
            MedType = data.Text("med_type"),
            CertificateType = data.Text("mdtrt_cert_type"),
        };
        more(request);
        return request;
    }

    public static Node Cancellation() => Node.One("data", "撤销信息", C("setl_id", "结算ID", 30).Y, VisitShape.MdtrtId.Y, VisitShape.PsnNo.Y);

    /// <summary>A sale's visit number is known to few pharmacy systems.</summary>
    public static Node SaleCancellation() => Node.One("data", "撤销信息", C("setl_id", "结算ID", 30).Y, VisitShape.MdtrtId, VisitShape.PsnNo.Y);

    public static ReverseSettlementRequest Reversal(Call call, Row data) => new()
    {
        Key = call.Key(),
        FixmedinsCode = call.Envelope.FixmedinsCode,
        SetlId = data.Text("setl_id"),
        MdtrtId = data.Text("mdtrt_id"),
        PsnNo = data.Text("psn_no"),
    };
}
