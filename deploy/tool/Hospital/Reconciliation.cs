using Grpc.Net.Client;
using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Tool.Imports;

namespace MedInsure.Tool.Hospital;

/// <summary>
/// What the hospitals booked must equal what the platform says: row by row by 5203, in total per provider, insurance and clearing type (3201's
/// figures) also asked by 3201, and per person and year by 5206. Others may have settled before: totals and accumulators are compared by their difference.
/// </summary>
public sealed class Reconciliation(Simulation sim, IReadOnlyList<string> years, TextWriter output)
{
    private readonly Dictionary<TotalKey, SumSettlementsReply> totalsBefore = [];

    private sealed record TotalKey(string Provider, string County, string Insutype, string ClearingType);

    public async Task Begin()
    {
        foreach (var key in Keys()) totalsBefore[key] = await Total(key);
    }

    public async Task Check()
    {
        var rows = sim.Books.Rows;
        var differences = sim.Tally.Faults;
        await CheckRows(rows);
        await CheckTotals(rows);
        var persons = await CheckAccumulators(rows);
        await output.WriteLineAsync(sim.Tally.Faults == differences
            ? $"reconciled: {rows.Count} booked rows equal 5203, totals of {totalsBefore.Count} provider groups equal the platform's and 3201's, accumulators of {persons} persons equal 5206"
            : $"reconciliation found {sim.Tally.Faults - differences} differences");
    }

    /// <summary>Every visit's rows as the platform lists them, against the cashier's; rows undone by 2601 have a number only there.</summary>
    private async Task CheckRows(IReadOnlyList<BookedRow> rows)
    {
        foreach (var visit in rows.GroupBy(r => (r.Provider, r.Patient, r.EncounterNo)))
        {
            var (provider, patient, encounter) = visit.Key;
            var answer = await sim.Gateway.Call(provider, "5203", new { data = new { psn_no = patient.Person.PsnNo, setl_id = "", mdtrt_id = encounter } }, patient.Person.County);
            if (!answer.Accepted) { sim.Tally.Fault($"5203 {encounter}: {answer.Message}"); continue; }
            var listed = answer.Output.GetProperty("setlinfo").EnumerateArray().Select(r => (Number: GatewayAnswer.Text(r, "setl_id"), Money: SettlementMoney.Read(r))).ToList();
            foreach (var (number, money) in listed)
                foreach (var broken in money.Broken(setldetail: null, reversal: money["medfee_sumamt"].IsNegative)) sim.Tally.Fault($"5203 {number}: {broken}");
            foreach (var row in visit.OrderByDescending(r => r.SettlementNo.Length))
            {
                var match = listed.FindIndex(l => row.SettlementNo.Length > 0 ? l.Number == row.SettlementNo : l.Money.SameAs(row.Money));
                if (match < 0) { sim.Tally.Fault($"5203 {encounter}: booked {row.SettlementNo} {row.Money["medfee_sumamt"]} is not listed"); continue; }
                if (!listed[match].Money.SameAs(row.Money)) sim.Tally.Fault($"5203 {encounter}: {row.SettlementNo} is listed with other money");
                listed.RemoveAt(match);
            }
            foreach (var (number, money) in listed) sim.Tally.Fault($"5203 {encounter}: {number} {money["medfee_sumamt"]} is listed but was not booked");
        }
    }

    private async Task CheckTotals(IReadOnlyList<BookedRow> rows)
    {
        var booked = rows.ToLookup(r => new TotalKey(r.Provider.FixmedinsCode, r.Patient.Person.County, r.Patient.Person.Insutype, r.ClearingType));
        foreach (var unknown in booked.Where(g => !totalsBefore.ContainsKey(g.Key))) sim.Tally.Fault($"booked under an unknown group {unknown.Key}");
        foreach (var (key, before) in totalsBefore)
        {
            var now = await Total(key);
            Fen Sum(string field) => booked[key].Aggregate(Fen.Zero, (sum, row) => sum + row.Money[field]);
            Compare(key, "medfee_sumamt", Sum("medfee_sumamt"), now.TotalFen - before.TotalFen);
            Compare(key, "fund_pay_sumamt", Sum("fund_pay_sumamt"), now.FundTotalFen - before.FundTotalFen);
            Compare(key, "acct_pay", Sum("acct_pay"), now.AccountFen - before.AccountFen);
            Compare(key, "acct_mulaid_pay", Sum("acct_mulaid_pay"), now.FamilyAccountFen - before.FamilyAccountFen);
            Compare(key, "psn_cash_pay", Sum("psn_cash_pay"), now.CashFen - before.CashFen);
            await Ask3201(key, now.RowCount, before.TotalFen + Sum("medfee_sumamt").Value, before.FundTotalFen + Sum("fund_pay_sumamt").Value, before.AccountFen + Sum("acct_pay").Value);
            if (booked[key].Count() != now.RowCount - before.RowCount) sim.Tally.Fault($"{key}: {booked[key].Count()} rows booked, the platform has {now.RowCount - before.RowCount}");
        }
    }

    /// <summary>The hospital's own way of asking: its sums against the centre's, answered equal or not.</summary>
    private async Task Ask3201(TotalKey key, int rows, long totalFen, long fundFen, long accountFen)
    {
        var answer = await sim.Gateway.Call(sim.Run.Providers.First(p => p.FixmedinsCode == key.Provider), "3201", new
        {
            data = new
            {
                insutype = key.Insutype, clr_type = key.ClearingType, setl_optins = key.County, stmt_begndate = Encounters.Day(sim.Gateway.Today.AddDays(-1)), stmt_enddate = Encounters.Day(sim.Gateway.Today),
                medfee_sumamt = new Fen(totalFen).ToString(), fund_pay_sumamt = new Fen(fundFen).ToString(), acct_pay = new Fen(accountFen).ToString(), fixmedins_setl_cnt = rows,
            },
        }, key.County);
        if (!answer.Accepted) { sim.Tally.Fault($"3201 {key}: {answer.Message}"); return; }
        var statement = answer.Output.GetProperty("stmtinfo");
        if (GatewayAnswer.Text(statement, "stmt_rslt") != "0") sim.Tally.Fault($"3201 {key}: {GatewayAnswer.Text(statement, "stmt_rslt_dscr")}");
    }

    private static readonly (string Code, string Field)[] Accumulated =
        [("D390101", "hifp_pay"), ("D310101", "hifp_pay"), ("D390201", "hifmi_pay"), ("D330101", "hifob_pay"), ("D610101", "maf_pay")];

    /// <summary>What a person's years hold by 5206, before the first visit of this run. Call it while the person is busy.</summary>
    public async Task Remember(Patient patient, RunProvider provider) => patient.AccumulatedBefore ??= await Ask5206(patient, provider);

    private async Task<Dictionary<string, Fen>> Ask5206(Patient patient, RunProvider provider)
    {
        var sums = new Dictionary<string, Fen>();
        foreach (var year in years)
        {
            var answer = await sim.Gateway.Call(provider, "5206", new { data = new { psn_no = patient.Person.PsnNo, cum_ym = year, insutype = patient.Person.Insutype } }, patient.Person.County);
            if (!answer.Accepted) { sim.Tally.Fault($"5206 {patient.Person.PsnNo}: {answer.Message}"); continue; }
            foreach (var row in answer.Output.GetProperty("cuminfo").EnumerateArray())
                if (GatewayAnswer.Text(row, "cum_ym") == year && GatewayAnswer.Text(row, "cum_type_code") is { Length: > 0 } code)
                    sums[code] = sums.GetValueOrDefault(code) + SettlementMoney.Amount(row, "cum");
        }
        return sums;
    }

    /// <summary>What the year accumulated meanwhile is what the person's bills and reversals sum to (settlement-calculation.md section 10, 5).</summary>
    private async Task<int> CheckAccumulators(IReadOnlyList<BookedRow> rows)
    {
        var count = 0;
        foreach (var person in rows.GroupBy(r => r.Patient))
        {
            if (person.Key.AccumulatedBefore is not { } before) continue;
            var now = await Ask5206(person.Key, person.First().Provider);
            foreach (var (code, field) in Accumulated.Where(a => a.Code is not ("D390101" or "D310101") || a.Code[1..3] == person.Key.Person.Insutype[..2]))
            {
                var booked = person.Aggregate(Fen.Zero, (sum, row) => sum + row.Money[field]);
                var grown = now.GetValueOrDefault(code) - before.GetValueOrDefault(code);
                if (booked != grown) sim.Tally.Fault($"5206 {person.Key.Person.PsnNo} {code}: grew by {grown}, the bills' {field} sum to {booked}");
            }
            count++;
        }
        return count;
    }

    private void Compare(TotalKey key, string field, Fen booked, long platformFen)
    {
        if (booked.Value != platformFen) sim.Tally.Fault($"{key} {field}: booked {booked}, the platform has {new Fen(platformFen)}");
    }

    private IEnumerable<TotalKey> Keys() =>
        from provider in sim.Run.Providers
        let tenant = sim.Run.TenantOf(provider.County)
        from insutype in tenant.Packs.Keys
        from clearingType in provider.FixmedinsType == "2" ? (string[])["41"] : ["11", "21"]
        select new TotalKey(provider.FixmedinsCode, provider.County, insutype, clearingType);

    private async Task<SumSettlementsReply> Total(TotalKey key)
    {
        var settlement = new Settlement.SettlementClient(channel.Value);
        var today = DayNumber.Of(sim.Gateway.Today);
        return await settlement.SumSettlementsAsync(
            new SumSettlementsRequest { FixmedinsCode = key.Provider, Insutype = key.Insutype, ClearingType = key.ClearingType, FromOn = DayNumber.Of(sim.Gateway.Today.AddDays(-1)), ToOn = today },
            ServiceCall.For(sim.Run, key.County));
    }

    private readonly Lazy<GrpcChannel> channel = new(() => GrpcChannel.ForAddress(sim.Run.Grpc));
}
