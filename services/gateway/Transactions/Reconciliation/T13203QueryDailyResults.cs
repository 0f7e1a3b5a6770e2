using MedInsure.Gateway.Calls;
using MedInsure.Gateway.Fields;
using MedInsure.Gateway.Transactions.Shapes;
using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using static MedInsure.Gateway.Fields.FieldNotation;

namespace MedInsure.Gateway.Transactions.Reconciliation;

/// <summary>
/// Day by day, by office, clearing and insurance type: whether 3201 or 3202 found the provider's rows equal to ours. stmt_rslt has two values: what was never compared, or not
/// since rows were added, is not balanced, and the text says which. Without a day: the last 31.
/// </summary>
public sealed class T13203QueryDailyResults : Transaction
{
    private const int PageSizeMax = 100, DaysShown = 31;

    private static readonly Node Data = Node.One("data", "日对账结果查询条件",
        Day("stmt_date", "对账日期"), C("stmt_rslt", "对账结果", 6, Codes.YesNo), PageShape.NumberField, N("page_size", "本页数据量", 3), ApplicationShape.ClearingOffice, ReconciliationShape.ClearingType);

    public override IReadOnlyList<string> Numbers => ["13203"];
    public override string Title => "医药机构日对账结果查询";
    public override string Service => "ybSettlementStmtService";
    public override IReadOnlyList<Node> Nodes => [Data];
    public override string OutputNodes => "data[]{stmt_date, clr_optins, clr_type, insutype, stmt_rslt, stmt_rslt_dscr, fixmedins_setl_cnt, medfee_sumamt, fund_pay_sumamt, acct_pay, stmt_time}, recordCounts, pages, pageNum, pageSize";

    public override async Task<Refusal?> Answer(Call call)
    {
        var data = call.Input.One(Data);
        var office = ReconciliationShape.OfficeOf(call, data, "clr_optins");
        if (office.IsRefused) return office.Refusal;
        var page = PageShape.Of(data);
        page = page with { Size = Math.Min(page.Size, PageSizeMax) };
        var reply = await call.Ask(office.Value.County, o => call.Backends.Settlement.ListDailyResultsAsync(new ListDailyResultsRequest
        {
            FixmedinsCode = call.Envelope.FixmedinsCode,
            FromOn = data.Has("stmt_date") ? data.DayNumberOf("stmt_date") : DayNumber.Of(call.Calendar.Today.AddDays(1 - DaysShown)),
            ToOn = data.Has("stmt_date") ? data.DayNumberOf("stmt_date") : DayNumber.Of(call.Calendar.Today),
            ClearingType = data.Text("clr_type"),
            Everywhere = office.Value.Everywhere,
            Filter = data.Text("stmt_rslt") switch { "0" => DailyFilter.Balanced, "1" => DailyFilter.NotBalanced, _ => DailyFilter.Unspecified },
            PageNumber = page.Number,
            PageSize = page.Size,
            FamilyInsideAccount = call.FamilyInsideAccount,
        }, o));

        var json = call.Output;
        json.WriteStartArray("data");
        foreach (var day in reply.Day)
        {
            json.WriteStartObject();
            json.Day("stmt_date", day.On);
            json.WriteString("clr_optins", day.HomeCounty);
            json.WriteString("clr_type", day.ClearingType);
            json.WriteString("insutype", day.Insutype);
            json.WriteString("stmt_rslt", day.State == DailyState.Balanced ? "0" : "1");
            json.WriteString("stmt_rslt_dscr", day.State switch
            {
                DailyState.Balanced => "对账平",
                DailyState.Unbalanced => "对账不平",
                DailyState.NeverCompared => "未对账",
                _ => "对账后有新的结算，请重新对账",
            });
            json.Count("fixmedins_setl_cnt", day.RowCount);
            json.Fen("medfee_sumamt", day.TotalFen);
            json.Fen("fund_pay_sumamt", day.FundTotalFen);
            json.Fen("acct_pay", day.AccountFen);
            json.Time("stmt_time", day.ComparedAtMs);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        page.Write(json, reply.Total);
        return null;
    }
}
