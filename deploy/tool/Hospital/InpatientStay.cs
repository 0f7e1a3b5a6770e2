using MedInsure.Kernel;

namespace MedInsure.Tool.Hospital;

/// <summary>2401, daily 2301 with corrections, interim settlements, 2303 → 2402 → 2304, and now and then 2305 → 2304 again (national-interface.md 2.5).</summary>
public sealed class InpatientStay(Cashier cashier, string visitNo, DateOnly admitted, DateOnly leaves)
{
    private readonly List<FeeLine> open = []; // positive lines since the last settlement, not taken back
    private readonly Dictionary<string, LineTotals> splits = []; // of every line sent
    private string encounter = "";
    private LineTotals unsettled;
    private FeeSheet? sheet;
    private bool broken;

    public Patient Patient => cashier.Patient;
    public RunProvider Provider => cashier.Provider;
    public bool Ended { get; private set; }

    /// <summary>One day of the stay; on its last day the bill.</summary>
    public async Task Day(DateOnly day)
    {
        if (day == admitted && !await Admit()) broken = true;
        if (!broken && !await Charge(day)) broken = true;
        if (!broken && day < leaves && day > admitted && cashier.Chance(8) && !await Interim(day)) broken = true;
        if (!broken && day == leaves && !await Leave(day)) broken = true;
        // A stay that met a fault (already counted) ends there.
        Ended = broken || day >= leaves;
        if (Ended) cashier.Patient.InHospital = false;
    }

    private async Task<bool> Admit()
    {
        sheet = new FeeSheet(cashier.Prices, cashier.Random, visitNo);
        if (await cashier.Must("2401", Encounters.Admission(cashier, visitNo, admitted)) is not { } output) return false;
        encounter = Encounters.Number(output);
        return encounter.Length > 0;
    }

    private async Task<bool> Charge(DateOnly day)
    {
        var lines = sheet!.DayInHospital(day, operation: day == admitted.AddDays(1) && cashier.Chance(60));
        if (cashier.Chance(25) && open.Count > 0)
        {
            var wrong = open[cashier.Random.Next(open.Count)];
            open.Remove(wrong);
            lines.Add(sheet.Correct(wrong, day));
        }
        if (!await Send(lines)) return false;
        open.AddRange(lines.Where(l => l.Quantity > 0));

        if (!cashier.Chance(5)) return true;
        // One line entered by mistake is struck out before any settlement.
        var mistake = open[^1];
        if (await cashier.Must("2302", new { data = new[] { new { feedetl_sn = mistake.Number, mdtrt_id = encounter, psn_no = cashier.Patient.Person.PsnNo } } }) is null) return false;
        open.Remove(mistake);
        unsettled -= splits[mistake.Number];
        return true;
    }

    private async Task<bool> Send(List<FeeLine> lines)
    {
        var nodes = lines.Select(l => l.ToNode(cashier.Provider, encounter, cashier.Patient.Person.PsnNo, "", "21", "")).ToList();
        if (await cashier.Must("2301", new { feedetail = nodes }) is not { } output) return false;
        foreach (var (number, split) in Encounters.Splits(output)) splits[number] = split;
        unsettled = Encounters.CheckLines(cashier, "2301", lines, output, unsettled);
        return true;
    }

    private async Task<bool> Interim(DateOnly day)
    {
        var totals = unsettled;
        object Claim() => Encounters.Claim(cashier, encounter, "21", totals, "", account: false, visitNo + "m", interim: true, until: day);
        if (await cashier.Settle("2304", Claim, totals.Total, expected: null) is null) return false;
        // What is settled can no longer be corrected line by line.
        open.Clear();
        unsettled = default;
        return true;
    }

    private async Task<bool> Leave(DateOnly day)
    {
        var person = cashier.Patient.Person;
        var discharge = Encounters.Discharge(cashier, encounter, day);
        if (await cashier.Must("2402", discharge) is null) return false;
        if (cashier.Chance(6))
        {
            // Stays on after all, is charged once more, leaves.
            if (await cashier.Must("2405", Encounters.Undo(cashier, encounter)) is null) return false;
            if (!await Send(sheet!.DayInHospital(day, operation: false))) return false;
            if (await cashier.Must("2402", discharge) is null) return false;
        }
        var (account, totals) = (person.Insutype == "310" && cashier.Chance(60), unsettled);
        object Claim(string invoice) => Encounters.Claim(cashier, encounter, "21", totals, "", account, invoice);
        if (await cashier.PreSettle("2303", Claim("")) is not { } expected) return false;
        if (await cashier.Settle("2304", () => Claim(visitNo), totals.Total, expected) is not { } bill) return false;
        if (!cashier.Chance(8)) return true;
        return await cashier.Cancel("2305", bill) && await cashier.Settle("2304", () => Claim(visitNo + "r"), totals.Total, expected) is not null;
    }
}
