using MedInsure.Gateway.Calls;
using MedInsure.Gateway.Fields;
using MedInsure.Kernel;
using MedInsure.Protos.FraudAudit.V1;
using static MedInsure.Gateway.Fields.FieldNotation;

namespace MedInsure.Gateway.Transactions.Shapes;

/// <summary>Movements of a provider's stock (national-interface.md 2.11): fields that all kinds share, and where they go: the provider's county, whoever bought.</summary>
public static class StockShape
{
    private const int RowsMax = 500;

    public static readonly Field Lot = C("manu_lotnum", "生产批号", 30), MadeOn = Day("manu_date", "生产日期"), ExpiresOn = Day("expy_end", "有效期止"), Prescription = C("rx_flag", "处方药标志", 3, Codes.YesNo), Memo = C("memo", "备注", 500);

    /// <summary>Packs whose codes come one by one; systems send one code or this list.</summary>
    public static readonly Node TraceCodes = Node.Any("drugtracinfo", "药品追溯码信息", 500, C("drug_trac_codg", "药品追溯码", 30).Y);

    public static Node Rows(string name, string label, params ReadOnlySpan<Field> own) => Node.Many(name, label, RowsMax,
    [
        C("med_list_codg", "医疗目录编码", 50).Y, C("fixmedins_hilist_id", "定点医药机构目录编号", 30), C("fixmedins_hilist_name", "定点医药机构目录名称", 200), C("fixmedins_bchno", "定点医药机构批次流水号", 30).Y,
        Prescription, MadeOn, ExpiresOn, Memo, .. own,
    ]);

    /// <summary>Purchases and what goes back to the supplier.</summary>
    public static Node PurchaseRows() => Rows("purcinfo", "采购信息",
        Lot, C("spler_name", "供应商名称", 200), C("prodentp_name", "生产厂家名称", 200), C("prdr_name", "生产厂家名称", 200), C("aprvno", "批准文号", 100),
        N("finl_trns_pric", "最终成交单价", 16, 6), N("purc_retn_cnt", "采购/退货数量", 16, 4).Y, Time("purc_retn_stoin_time", "采购/退货入库时间").Y);

    /// <summary>Sales and what is brought back.</summary>
    public static Node SaleRows() => Rows("selinfo", "销售信息",
        Lot, C("prsc_dr_codg", "开方医师代码", 30), C("hi_feesetl_type", "医保费用结算类型", 6, Codes.StockSettleType), C("setl_id", "结算ID", 30), C("mdtrt_sn", "就医流水号", 30), C("psn_no", "人员编号", 30),
        C("rtal_docno", "零售单据号", 40), C("drug_trac_codg", "药品追溯码", 30), C("trdn_flag", "拆零标志", 3, Codes.YesNo), N("finl_trns_pric", "最终成交单价", 16, 6), N("sel_retn_cnt", "销售/退货数量", 16, 4).Y,
        Time("sel_retn_time", "销售/退货时间").Y).With(TraceCodes);

    public static StockMovement Movement(string kind, Row row, string quantity, string time, string price = "") => new()
    {
        Kind = kind,
        FixmedinsBchno = row.Text("fixmedins_bchno"),
        MedListCode = row.Text("med_list_codg"),
        ProviderListId = row.Text("fixmedins_hilist_id"),
        ProviderListName = row.Text("fixmedins_hilist_name"),
        Prescription = row.Flag("rx_flag"),
        ManufacturedOn = row.DayNumberOf("manu_date"),
        ExpiresOn = row.DayNumberOf("expy_end"),
        Memo = row.Text("memo"),
        QuantityE4 = row.Whole(quantity),
        UnitPriceMicroYuan = price.Length > 0 ? row.Whole(price) : 0,
        MovedAtMs = row.InstantMs(time),
    };

    public static StockMovement Purchase(string kind, Row row)
    {
        var movement = Movement(kind, row, "purc_retn_cnt", "purc_retn_stoin_time", "finl_trns_pric");
        (movement.Lot, movement.Supplier, movement.ApprovalNo) = (row.Text("manu_lotnum"), row.Text("spler_name"), row.Text("aprvno"));
        movement.Producer = row.Text("prodentp_name") is { Length: > 0 } producer ? producer : row.Text("prdr_name");
        return movement;
    }

    public static StockMovement Sale(string kind, Row row)
    {
        var movement = Movement(kind, row, "sel_retn_cnt", "sel_retn_time", "finl_trns_pric");
        (movement.Lot, movement.SettleKind, movement.SetlId, movement.VisitNo) = (row.Text("manu_lotnum"), row.Text("hi_feesetl_type"), row.Text("setl_id"), row.Text("mdtrt_sn"));
        (movement.PsnNo, movement.RetailNo, movement.DoctorCode, movement.Split) = (row.Text("psn_no"), row.Text("rtal_docno"), row.Text("prsc_dr_codg"), row.Flag("trdn_flag"));
        movement.TraceCode.AddRange(row.Rows(TraceCodes).Select(c => c.Text("drug_trac_codg")).Prepend(row.Text("drug_trac_codg")).Where(c => c.Length > 0).Distinct());
        return movement;
    }

    public static async Task<Refusal?> Record(Call call, IEnumerable<StockMovement> movements)
    {
        var request = new RecordStockMovementsRequest { FixmedinsCode = call.Envelope.FixmedinsCode, Operator = call.Envelope.Operator };
        request.Movement.AddRange(movements);
        await call.Ask(call.Provider.County, o => call.Backends.FraudAudit.RecordStockMovementsAsync(request, o));
        return null;
    }
}
