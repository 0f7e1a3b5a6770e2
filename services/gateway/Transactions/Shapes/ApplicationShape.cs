using System.Text.Json;
using MedInsure.Gateway.Calls;
using MedInsure.Gateway.Fields;
using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using static MedInsure.Gateway.Fields.FieldNotation;

namespace MedInsure.Gateway.Transactions.Shapes;

/// <summary>
/// What 3203, 3204 and 3205A say alike of a provider's monthly claim (national-interface.md 2.8). One provider has one agency, that of its own county, which pays for the persons
/// of every county: no other clearing office is asked.
/// </summary>
public static class ApplicationShape
{
    public static readonly Field ApplicationNo = C("clr_appy_evt_id", "机构清算申请事件ID", 30);
    public static readonly Field ClearingOffice = C("clr_optins", "清算经办机构", 6);
    public static readonly Field Month = C("setlym", "清算年月", 6);

    /// <summary>Null: it is the provider's own agency, or none was named.</summary>
    public static Refusal? CheckOffice(Call call, Row data) =>
        data.Has("clr_optins") && data.Text("clr_optins") != call.Provider.County ? GatewayRefusals.OtherClearingOffice(call.Provider.County) : null;

    /// <summary>yyyyMM; 0 = not given, -1 = no month.</summary>
    public static int MonthOf(Row data)
    {
        var text = data.Text("setlym");
        return text.Length == 0 ? 0 : text.Length == 6 && FixedPoint.TryParse(text, 0, out var month) && DayNumber.IsDay((int)(month * 100 + 1)) ? (int)month : -1;
    }

    public static void Write(Call call, StatementApplication application)
    {
        var json = call.Output;
        json.WriteStartObject("result");
        json.WriteString("clr_appy_evt_id", application.ClrAppyEvtId);
        json.WriteString("clr_optins", call.Provider.County);
        json.WriteString("clr_type", application.ClrType);
        json.WriteString("clr_way", application.ClrWay);
        json.WriteString("setlym", application.Month == 0 ? "" : $"{application.Month:D6}");
        json.Day("begndate", application.BeginOn);
        json.Day("enddate", application.EndOn);
        json.Count("psntime", application.PersonTimes);
        json.Fen("medfee_sumamt", application.TotalFen);
        json.Fen("fund_appy_sum", application.FundTotalFen);
        json.Fen("cash_payamt", application.CashFen);
        json.Fen("acct_pay", call.AccountPay(application.AccountFen, application.FamilyAccountFen));
        WriteState(json, application);
        json.WriteEndObject();
    }

    private static void WriteState(Utf8JsonWriter json, StatementApplication application)
    {
        // A withdrawn one has no national state: clr_stas is empty, and the text says so.
        json.WriteString("clr_stas", application.ClrStas);
        json.WriteString("clr_stas_name", application.ClrStas switch
        {
            "" => "已撤销", "10" => "已申请", "20" => "已受理", "30" => "审核中", "40" => "已审核", "50" => "已清算", "60" => "已拨付", "70" => "已驳回", _ => "",
        });
        json.Time("opt_time", application.ChangedAtMs);
        json.WriteString("memo", application.Reason);
        // Of the whole statement, all kinds of clearing, once it is made up.
        json.WriteString("stmt_no", application.StatementNo);
        json.Fen("det_sumamt", application.StatementDeductedFen);
        json.Fen("dfr_amt", application.StatementPayableFen);
    }
}
