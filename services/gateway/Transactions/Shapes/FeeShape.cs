using System.Text.Json;
using MedInsure.Gateway.Calls;
using MedInsure.Gateway.Fields;
using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using static MedInsure.Gateway.Fields.FieldNotation;

namespace MedInsure.Gateway.Transactions.Shapes;

/// <summary>Fee lines in and out (national-interface.md 2.3): 2204, 2301, 2101, 2102, 5204.</summary>
public static class FeeShape
{
    public const int LinesMax = 1_000;
    // "cap 999999 = none" (national-interface.md section 4, I7).
    private const long NoCeilingMicroYuan = 999_999_000_000;

    // N16.2 in fen.
    private const long AmountFenEnd = 10_000_000_000_000_000;
    private static readonly Field Amount = Money("det_item_fee_sumamt", "明细项目费用总额").Y.OrNegative;

    private static readonly string[] Particulars =
    [
        "rx_circ_flag", "dise_codg", "sin_dos_dscr", "used_frqu_dscr", "prd_days", "medc_way_dscr", "bilg_dept_name", "bilg_dr_name", "acord_dept_codg", "acord_dept_name",
        "orders_dr_code", "orders_dr_name", "tcmdrug_used_way", "etip_flag", "etip_hosp_code", "dscg_tkdrug_flag", "matn_fee_flag", "drord_no", "med_type",
    ];

    private static Field[] Fields =>
    [
        C("feedetl_sn", "费用明细流水号", 50).Y,
        C("rxno", "处方号", 30), C("rx_circ_flag", "外购处方标志", 3, Codes.YesNo),
        VisitShape.DiseaseCode,
        Time("fee_ocur_time", "费用发生时间").Y,
        C("med_list_codg", "医疗目录编码", 50).Y,
        C("medins_list_codg", "医药机构目录编码", 150),
        Amount,
        N("cnt", "数量", 16, 4).Y.OrNegative,
        N("pric", "单价", 16, 6).Y,
        C("sin_dos_dscr", "单次剂量描述", 200), C("used_frqu_dscr", "使用频次描述", 200), N("prd_days", "周期天数", 4, 2), C("medc_way_dscr", "用药途径描述", 200),
        C("bilg_dept_codg", "开单科室编码", 30), C("bilg_dept_name", "开单科室名称", 100), C("bilg_dr_codg", "开单医生编码", 30), C("bilg_dr_name", "开单医师姓名", 50),
        C("acord_dept_codg", "受单科室编码", 30), C("acord_dept_name", "受单科室名称", 100),
        C("orders_dr_code", "受单医生编码", 30), C("orders_dr_name", "受单医生姓名", 50),
        C("hosp_appr_flag", "医院审批标志", 3, Codes.Approval),
        C("tcmdrug_used_way", "中药使用方式", 6, Codes.HerbUse),
        C("etip_flag", "外检标志", 3, Codes.YesNo), C("etip_hosp_code", "外检医院编码", 30),
        C("dscg_tkdrug_flag", "出院带药标志", 3, Codes.YesNo), C("matn_fee_flag", "生育费用标志", 6, Codes.YesNo),
        VisitShape.MedType, C("drord_no", "医嘱号", 30),
    ];

    /// <summary>2204's feedetail.</summary>
    public static Node OfVisit() => Node.Many("feedetail", "费用明细", LinesMax, [VisitShape.MdtrtId.Y, VisitShape.PsnNo.Y, C("chrg_bchno", "收费批次号", 30).Y, .. Fields]);

    /// <summary>2301's feedetail.</summary>
    public static Node OfStay() => Node.Many("feedetail", "费用明细", LinesMax, [VisitShape.MdtrtId.Y, VisitShape.PsnNo.Y, C("init_feedetl_sn", "原费用流水号", 50), .. Fields]);

    /// <summary>2101's and 2102's drugdetail: the sale has no visit on file.</summary>
    public static Node OfSale() => Node.Many("drugdetail", "购药明细", LinesMax, Fields);

    /// <summary>One call belongs to one visit of one person.</summary>
    public static Refusal? SameVisit(Node node, IReadOnlyList<Row> rows)
    {
        for (var i = 1; i < rows.Count; i++)
            foreach (var field in (ReadOnlySpan<Field>)[VisitShape.MdtrtId, VisitShape.PsnNo])
                if (rows[i].Text(field.Name) != rows[0].Text(field.Name)) return GatewayRefusals.RowsDisagree(node, i + 1, field);
        return null;
    }

    /// <summary>What no bill can hold: a product or a sum beyond N16.2. Behind it, sums over many lines stay far from the end of a long.</summary>
    public static Refusal? WithinRange(Node node, IReadOnlyList<Row> rows)
    {
        long sum = 0;
        for (var i = 0; i < rows.Count; i++)
        {
            // Ten-thousandths times micro-yuan: 10^-8 fen.
            if (Int128.Abs((Int128)rows[i].Whole("cnt") * rows[i].Whole("pric")) >= (Int128)AmountFenEnd * 100_000_000) return GatewayRefusals.InRow(GatewayRefusals.FieldTooLarge(Amount), node, i + 1);
            sum += Math.Abs(rows[i].Whole("det_item_fee_sumamt"));
            if (sum >= AmountFenEnd) return GatewayRefusals.SumTooLarge(node, Amount);
        }
        return null;
    }

    public static FeeLine Line(Row row, string batch, string original)
    {
        var line = new FeeLine
        {
            FeedetlSn = row.Text("feedetl_sn"),
            ChargeBatch = batch,
            MedListCode = row.Text("med_list_codg"),
            ProviderListCode = row.Text("medins_list_codg"),
            OccurredAtMs = row.InstantMs("fee_ocur_time"),
            QuantityE4 = row.Whole("cnt"),
            UnitPriceMicroYuan = row.Whole("pric"),
            AmountFen = row.Whole("det_item_fee_sumamt"),
            OriginalFeedetlSn = original,
            NotApproved = row.Text("hosp_appr_flag") == "2",
            PrescriptionNo = row.Text("rxno"),
            DepartmentCode = row.Text("bilg_dept_codg"),
            DoctorCode = row.Text("bilg_dr_codg"),
        };
        VisitShape.Keep(line.Particulars, row, Particulars);
        // A 2 is NotApproved; a 0 says nothing.
        if (row.Text("hosp_appr_flag") == "1") line.Particulars["hosp_appr_flag"] = "1";
        return line;
    }

    /// <summary>The line's split, as 2204 and 2301 answer it; the caller has the object open.</summary>
    public static void Write(Utf8JsonWriter json, FeeLineShare line)
    {
        json.WriteString("feedetl_sn", line.FeedetlSn);
        json.Fen("det_item_fee_sumamt", line.AmountFen);
        json.Quantity("cnt", line.QuantityE4);
        json.Price("pric", line.UnitPriceMicroYuan);
        json.Price("pric_uplmt_amt", line.HasCeilingMicroYuan ? line.CeilingMicroYuan : NoCeilingMicroYuan);
        json.Ratio("selfpay_prop", line.SelfpayBp);
        json.Fen("fulamt_ownpay_amt", line.FullSelfPayFen);
        json.Fen("overlmt_amt", line.OverLimitFen);
        json.Fen("preselfpay_amt", line.FirstPayFen);
        json.Fen("inscp_scp_amt", line.InScopeFen);
        json.WriteString("chrgitm_lv", line.ChrgitmLv);
        json.WriteString("med_chrgitm_type", line.MedChrgitmType);
        json.WriteString("bas_medn_flag", "0");
        json.WriteString("hi_nego_drug_flag", "0");
        json.WriteString("chld_medc_flag", "0");
        json.WriteString("list_sp_item_flag", "0");
        json.WriteString("lmt_used_flag", "0");
        json.WriteString("drt_reim_flag", "0");
        json.WriteString("memo", line.Memo);
    }
}
