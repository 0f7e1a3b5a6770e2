using System.Globalization;
using System.Text.Json;
using MedInsure.Kernel;

namespace MedInsure.Tool.Hospital;

/// <summary>The nodes that visits and stays send, and what they check of the lines that come back.</summary>
public static class Encounters
{
    public static string Text(DateTime at) => at.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    public static object Register(Cashier cashier, string visitNo, DateOnly day) => new
    {
        data = new
        {
            psn_no = cashier.Patient.Person.PsnNo, insutype = cashier.Patient.Person.Insutype, begntime = Text(day.ToDateTime(new TimeOnly(8, 0))),
            mdtrt_cert_type = "02", mdtrt_cert_no = cashier.Patient.Person.Certno, ipt_otp_no = visitNo, atddr_no = cashier.Provider.DoctorCode, dr_name = RunProvider.DoctorName, dept_code = "D01", dept_name = "内科", caty = "A03",
        },
    };

    public static object Visit(Cashier cashier, string encounter, string medType, RunDisease? disease, DateOnly day) => new
    {
        mdtrtinfo = new
        {
            mdtrt_id = encounter, psn_no = cashier.Patient.Person.PsnNo, med_type = medType, begntime = Text(day.ToDateTime(new TimeOnly(8, 0))), main_cond_dscr = "",
            dise_codg = disease?.Code ?? "", dise_name = disease?.Name ?? "", birctrl_type = "", birctrl_matn_date = "",
        },
        diseinfo = Diagnoses(cashier, encounter, "J06.900", "急性上呼吸道感染", day),
    };

    public static object Admission(Cashier cashier, string visitNo, DateOnly day) => new
    {
        mdtrtinfo = new
        {
            psn_no = cashier.Patient.Person.PsnNo, insutype = cashier.Patient.Person.Insutype, coner_name = "", tel = "", begntime = Text(day.ToDateTime(new TimeOnly(7, 30))),
            mdtrt_cert_type = "02", mdtrt_cert_no = cashier.Patient.Person.Certno, med_type = "21", ipt_no = visitNo, medrcdno = visitNo, atddr_no = cashier.Provider.DoctorCode, chfpdr_name = RunProvider.DoctorName,
            adm_diag_dscr = "急性阑尾炎", adm_dept_codg = "D02", adm_dept_name = "普外科", adm_bed = "12", dscg_maindiag_code = "K35.900", dscg_maindiag_name = "急性阑尾炎",
            main_cond_dscr = "", dise_codg = "", dise_name = "",
        },
        diseinfo = Diagnoses(cashier, "", "K35.900", "急性阑尾炎", day),
    };

    public static object Discharge(Cashier cashier, string encounter, DateOnly day) => new
    {
        dscginfo = new
        {
            mdtrt_id = encounter, psn_no = cashier.Patient.Person.PsnNo, insutype = cashier.Patient.Person.Insutype, endtime = Text(day.ToDateTime(new TimeOnly(17, 30))),
            dise_codg = "", dscg_dept_codg = "D02", dscg_dept_name = "普外科", dscg_bed = "12", dscg_way = "1",
        },
        diseinfo = Diagnoses(cashier, encounter, "K35.900", "急性阑尾炎", day),
    };

    /// <summary>2404, 2405.</summary>
    public static object Undo(Cashier cashier, string encounter) => new { data = new { mdtrt_id = encounter, psn_no = cashier.Patient.Person.PsnNo } };

    /// <summary>2202.</summary>
    public static object Withdraw(Cashier cashier, string encounter, string visitNo) => new { data = new { psn_no = cashier.Patient.Person.PsnNo, mdtrt_id = encounter, ipt_otp_no = visitNo } };

    /// <summary>2205 of all unsettled lines.</summary>
    public static object StrikeAll(Cashier cashier, string encounter) => new { data = new { mdtrt_id = encounter, chrg_bchno = "0000", psn_no = cashier.Patient.Person.PsnNo } };

    public static object[] Diagnoses(Cashier cashier, string encounter, string code, string name, DateOnly day) =>
    [
        new
        {
            mdtrt_id = encounter, psn_no = cashier.Patient.Person.PsnNo, diag_type = "1", diag_srt_no = "1", diag_code = code, diag_name = name, adm_cond = "", diag_dept = "D01",
            dise_dor_no = cashier.Provider.DoctorCode, dise_dor_name = RunProvider.DoctorName, diag_time = Text(day.ToDateTime(new TimeOnly(8, 30))), vali_flag = "1", maindiag_flag = "1",
        },
    ];

    public static object Filing(Cashier cashier, RunDisease disease, DateOnly day) => new
    {
        data = new
        {
            psn_no = cashier.Patient.Person.PsnNo, insutype = cashier.Patient.Person.Insutype, opsp_dise_code = disease.Code, opsp_dise_name = disease.Name, tel = "13800000000", addr = "",
            insu_optins = cashier.Patient.Person.County, ide_fixmedins_no = cashier.Provider.FixmedinsCode, ide_fixmedins_name = cashier.Provider.FixmedinsName,
            hosp_ide_date = Day(day), diag_dr_codg = cashier.Provider.DoctorCode, diag_dr_name = RunProvider.DoctorName, begndate = Day(new DateOnly(day.Year, 1, 1)), enddate = "",
        },
    };

    /// <summary>2206A/2207A/2303/2304.</summary>
    public static object Claim(Cashier cashier, string encounter, string medType, LineTotals totals, string batch, bool account, string invoice, bool interim = false, DateOnly? until = null) => new
    {
        data = new Dictionary<string, object>
        {
            ["psn_no"] = cashier.Patient.Person.PsnNo,
            ["mdtrt_cert_type"] = "02",
            ["mdtrt_cert_no"] = cashier.Patient.Person.Certno,
            ["med_type"] = medType,
            ["medfee_sumamt"] = totals.Total.ToString(),
            ["psn_setlway"] = "01",
            ["mdtrt_id"] = encounter,
            ["chrg_bchno"] = batch,
            ["acct_used_flag"] = account ? "1" : "0",
            ["insutype"] = cashier.Patient.Person.Insutype,
            ["invono"] = invoice,
            ["mid_setl_flag"] = interim ? "1" : "0",
            ["dscgTime"] = until is { } day ? Text(day.ToDateTime(new TimeOnly(16, 0))) : "",
            ["fulamt_ownpay_amt"] = totals.FullSelfPay.ToString(),
            ["overlmt_selfpay"] = totals.OverLimit.ToString(),
            ["preselfpay_amt"] = totals.FirstPay.ToString(),
            ["inscp_scp_amt"] = totals.InScope.ToString(),
        },
    };

    /// <summary>2201 and 2401: the new encounter's number.</summary>
    public static string Number(JsonElement output) => GatewayAnswer.Text(output.TryGetProperty("data", out var data) ? data : output.GetProperty("result"), "mdtrt_id");

    public static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>2204's and 2301's answer: how each line was split.</summary>
    public static Dictionary<string, LineTotals> Splits(JsonElement output) => output.GetProperty("result").EnumerateArray().ToDictionary(row => GatewayAnswer.Text(row, "feedetl_sn"), row => new LineTotals(
        SettlementMoney.Amount(row, "det_item_fee_sumamt"), SettlementMoney.Amount(row, "fulamt_ownpay_amt"), SettlementMoney.Amount(row, "overlmt_amt"),
        SettlementMoney.Amount(row, "preselfpay_amt"), SettlementMoney.Amount(row, "inscp_scp_amt")));

    /// <summary>Adds the splits to what was charged before and checks each: I6, and that each line sent came back once.</summary>
    public static LineTotals CheckLines(Cashier cashier, string infno, IReadOnlyList<FeeLine> sent, JsonElement output, LineTotals before)
    {
        var tally = cashier.Sim.Tally;
        var (splits, totals) = (Splits(output), before);
        foreach (var line in sent)
        {
            if (!splits.TryGetValue(line.Number, out var split)) { tally.Fault($"{infno}: line {line.Number} did not come back"); continue; }
            if (split.Total != line.Amount || split.Total != split.FullSelfPay + split.OverLimit + split.FirstPay + split.InScope) tally.Fault($"{infno}: I6 does not hold for line {line.Number} {line.Code}");
            if (line.Code.StartsWith("NONE", StringComparison.Ordinal) && split.FullSelfPay != line.Amount) tally.Fault($"{infno}: line {line.Number} is in no catalog, but not wholly self-paid");
            totals += split;
        }
        foreach (var row in output.GetProperty("result").EnumerateArray())
            if (SettlementMoney.Amount(row, "fulamt_ownpay_amt") != Fen.Zero && GatewayAnswer.Text(row, "memo").Length == 0) tally.Fault($"{infno}: {GatewayAnswer.Text(row, "feedetl_sn")} is self-paid, and no memo says why");
        if (splits.Count != sent.Count) tally.Fault($"{infno}: {sent.Count} lines sent, {splits.Count} came back");
        return totals;
    }
}

/// <summary>What a bill's lines sum to, as the platform split them.</summary>
public readonly record struct LineTotals(Fen Total, Fen FullSelfPay, Fen OverLimit, Fen FirstPay, Fen InScope)
{
    public static LineTotals operator +(LineTotals a, LineTotals b) =>
        new(a.Total + b.Total, a.FullSelfPay + b.FullSelfPay, a.OverLimit + b.OverLimit, a.FirstPay + b.FirstPay, a.InScope + b.InScope);

    public static LineTotals operator -(LineTotals a, LineTotals b) =>
        new(a.Total - b.Total, a.FullSelfPay - b.FullSelfPay, a.OverLimit - b.OverLimit, a.FirstPay - b.FirstPay, a.InScope - b.InScope);
}
