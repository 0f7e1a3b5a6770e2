namespace MedInsure.Tool.Hospital;

/// <summary>9001 → 2201 → 2203A → 2204 → 2206A → 2207A, and now and then back again (national-interface.md 2.3).</summary>
public static class OutpatientVisit
{
    /// <param name="disease">A chronic or special disease to be treated; filed by 2503 first where it is not yet.</param>
    public static async Task Run(Cashier cashier, DateOnly day, RunDisease? disease, string visitNo)
    {
        var (patient, medType) = (cashier.Patient, disease is null ? "11" : "14");
        if (disease is not null && !await File(cashier, disease, day)) return;
        if (await cashier.Must("2201", Encounters.Register(cashier, visitNo, day)) is not { } registered) return;
        var encounter = Encounters.Number(registered);
        if (await cashier.Must("2203A", Encounters.Visit(cashier, encounter, medType, disease, day)) is null) return;

        var sheet = new FeeSheet(cashier.Prices, cashier.Random, visitNo);
        var lines = disease is null ? sheet.Outpatient(day) : sheet.Chronic(day);
        if (await Charge(cashier, encounter, visitNo, medType, disease, lines) is not { } totals) return;
        if (cashier.Chance(6))
        {
            // Charged wrongly: all lines back, and again.
            if (await cashier.Must("2205", Encounters.StrikeAll(cashier, encounter)) is null) return;
            if (cashier.Chance(30)) { await cashier.Must("2202", Encounters.Withdraw(cashier, encounter, visitNo)); return; }
            lines = [.. lines.Select(l => l with { Number = l.Number + "b" })];
            if (await Charge(cashier, encounter, visitNo, medType, disease, lines) is not { } again) return;
            totals = again;
        }

        var account = patient.Person.Insutype == "310" && cashier.Chance(75);
        object Claim(string invoice) => Encounters.Claim(cashier, encounter, medType, totals, visitNo, account, invoice);
        if (await cashier.PreSettle("2206A", Claim("")) is not { } expected) return;
        if (await cashier.Settle("2207A", () => Claim(visitNo), totals.Total, expected) is not { } bill) return;
        if (!cashier.Chance(5) || !await cashier.Cancel("2208", bill)) return;
        if (cashier.Chance(50)) await cashier.Settle("2207A", () => Claim(visitNo + "r"), totals.Total, expected);
        else if (await cashier.Must("2205", Encounters.StrikeAll(cashier, encounter)) is not null)
            await cashier.Must("2202", Encounters.Withdraw(cashier, encounter, visitNo));
    }

    /// <summary>5301, and 2503 where the disease is not on file yet: by this run, an earlier one or another hospital.</summary>
    private static async Task<bool> File(Cashier cashier, RunDisease disease, DateOnly day)
    {
        var filed = cashier.Patient.Filed;
        if (filed.Contains(disease.Code)) return true;
        if (await cashier.Must("5301", new { data = new { psn_no = cashier.Patient.Person.PsnNo } }) is not { } known) return false;
        foreach (var row in known.GetProperty("feedetail").EnumerateArray()) filed.Add(GatewayAnswer.Text(row, "opsp_dise_code"));
        if (!filed.Add(disease.Code)) return true;
        var filing = Encounters.Filing(cashier, disease, day);
        if (await cashier.Must("2503", filing) is null) return false;
        if (cashier.Chance(10)) await cashier.MustRefuse("filed twice", "2503", filing);
        return true;
    }

    private static async Task<LineTotals?> Charge(Cashier cashier, string encounter, string batch, string medType, RunDisease? disease, List<FeeLine> lines)
    {
        var nodes = lines.Select(l => l.ToNode(cashier.Provider, encounter, cashier.Patient.Person.PsnNo, batch, medType, disease?.Code ?? "")).ToList();
        return await cashier.Must("2204", new { feedetail = nodes }) is { } output ? Encounters.CheckLines(cashier, "2204", lines, output, default) : null;
    }
}
