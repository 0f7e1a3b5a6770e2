using System.Text.Json;
using MedInsure.Kernel;

namespace MedInsure.Tool.Hospital;

/// <summary>What a visit is played with.</summary>
/// <param name="RunTag">Makes this run's visit numbers its own, so that it can be played again on the same data.</param>
public sealed record Simulation(GatewayClient Gateway, Tally Tally, Books Books, IReadOnlyDictionary<string, PriceList> PricesByCity, RunFile Run, string RunTag);

/// <summary>A bill that the platform settled and the hospital booked.</summary>
public sealed record SettledBill(string SettlementNo, string EncounterNo, string MessageId, string Transaction, SettlementMoney Money, BookedRow Row);

/// <summary>
/// The hospital's counter for one patient: every call of a visit, checked; settlements as a careful system makes them: after a time-out it
/// repeats the same message until it knows, and sometimes takes the whole back by 2601 and begins again.
/// </summary>
public sealed class Cashier(Simulation sim, RunProvider provider, Patient patient, Random random)
{
    private const int Repeats = 5;

    public RunProvider Provider => provider;
    public Patient Patient => patient;
    public Simulation Sim => sim;
    public Random Random => random;
    public PriceList Prices => sim.PricesByCity[sim.Run.TenantOf(provider.County).City];

    public bool Chance(int percent) => random.Next(100) < percent;

    /// <summary>One transaction that must be accepted. -1 (outcome unknown) is answered by the same message again.</summary>
    /// <returns>Its output; null after a fault: the visit cannot go on.</returns>
    public async Task<JsonElement?> Must(string infno, object input)
    {
        var body = sim.Gateway.Body(provider, infno, input, patient.Person.County, sim.Gateway.NewMessageId(provider));
        var answer = await Definite(infno, body);
        if (answer is { Accepted: true }) return answer.Output;
        sim.Tally.Fault($"{infno} {provider.FixmedinsCode} {patient.Person.PsnNo}: {answer?.Infcode ?? "no answer"} {answer?.Code} {answer?.Message}");
        return null;
    }

    /// <summary>One transaction that must be refused, and with which code it was.</summary>
    public async Task MustRefuse(string what, string infno, object input, string? wrongToken = null, string? insuredArea = null)
    {
        var answer = await sim.Gateway.Call(provider, infno, input, insuredArea ?? patient.Person.County, wrongToken: wrongToken);
        if (answer.Infcode == "-2") sim.Tally.Refused($"{answer.Code} ({what})");
        else sim.Tally.Fault($"{infno} {provider.FixmedinsCode}: {what} was answered {answer.Infcode} {answer.Message}");
    }

    /// <summary>2206A/2303/2101: the same numbers, and nothing stored.</summary>
    public async Task<SettlementMoney?> PreSettle(string infno, object input)
    {
        if (await Must(infno, input) is not { } output) return null;
        var setlinfo = output.GetProperty("setlinfo");
        if (GatewayAnswer.Text(setlinfo, "setl_id").Length > 0) sim.Tally.Fault($"{infno}: a pre-settlement has a setl_id");
        return Checked(infno, output, reversal: false);
    }

    /// <summary>2207A/2304/2102, with doubts of the line in between. Null: a fault, or undone by 2601 and not made again.</summary>
    public async Task<SettledBill?> Settle(string infno, Func<object> input, Fen total, SettlementMoney? expected)
    {
        for (var attempt = 0; ; attempt++)
        {
            var messageId = sim.Gateway.NewMessageId(provider);
            var body = sim.Gateway.Body(provider, infno, input(), patient.Person.County, messageId);
            var doubtful = Chance(5) && await GivesUp(infno, body);
            if (await Definite(infno, body) is not { Accepted: true } answer)
            {
                sim.Tally.Fault($"{infno} {provider.FixmedinsCode} {patient.Person.PsnNo} was not settled");
                return null;
            }
            if (Checked(infno, answer.Output, reversal: false) is not { } money) return null;
            var setlinfo = answer.Output.GetProperty("setlinfo");
            var bill = Book(infno, setlinfo, messageId, money);
            if (money["medfee_sumamt"] != total) sim.Tally.Fault($"{infno} {bill.SettlementNo}: medfee_sumamt {money["medfee_sumamt"]}, the lines sum to {total}");
            if (GatewayAnswer.Text(setlinfo, "medins_setl_id") != messageId) sim.Tally.Fault($"{infno} {bill.SettlementNo}: medins_setl_id is not the msgid");
            // Nobody else changes this patient's year in between.
            if (expected is not null && !expected.SameAs(money)) sim.Tally.Fault($"{infno} {bill.SettlementNo}: differs from its pre-settlement");

            if (Chance(4)) await RepeatedLater(infno, body, answer);
            if (!doubtful || attempt > 0 || !Chance(40)) return bill;
            if (!await Undo(bill)) return null;
        }
    }

    /// <summary>2208/2305/2103: every amount comes back negated; a second time is refused.</summary>
    public async Task<bool> Cancel(string infno, SettledBill bill)
    {
        var input = new { data = new { setl_id = bill.SettlementNo, mdtrt_id = bill.EncounterNo, psn_no = patient.Person.PsnNo } };
        if (await Must(infno, input) is not { } output || Checked(infno, output, reversal: true) is not { } money) return false;
        var setlinfo = output.GetProperty("setlinfo");
        if (!money.SameAs(bill.Money.Negated())) sim.Tally.Fault($"{infno} {bill.SettlementNo}: the reversal is not the negated settlement");
        if (GatewayAnswer.Text(setlinfo, "setl_id") is var number && (number.Length == 0 || number == bill.SettlementNo)) sim.Tally.Fault($"{infno} {bill.SettlementNo}: the reversal has no setl_id of its own");
        Enter(bill.Row with { SettlementNo = number, Money = money }, reversal: true);
        if (Chance(30)) await MustRefuse("cancelled twice", infno, input);
        return true;
    }

    /// <summary>2601 of a settlement whose outcome was in doubt: no answer node, so the cashier books the opposite of what was settled.</summary>
    private async Task<bool> Undo(SettledBill bill)
    {
        if (await Must("2601", new { data = new { psn_no = patient.Person.PsnNo, omsgid = bill.MessageId, oinfno = bill.Transaction } }) is null) return false;
        sim.Tally.Undone();
        Enter(bill.Row with { SettlementNo = "", Money = bill.Money.Negated() }, reversal: true);
        return true;
    }

    /// <summary>Sends and hangs up within a few milliseconds.</summary>
    private async Task<bool> GivesUp(string infno, byte[] body)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMilliseconds(random.Next(1, 15)));
        try { await sim.Gateway.Send(provider, infno, body, cancellation: patience.Token); }
        catch (OperationCanceledException) { sim.Tally.GaveUp(); }
        return true;
    }

    private async Task RepeatedLater(string infno, byte[] body, GatewayAnswer first)
    {
        if (await Definite(infno, body) is not { Accepted: true } again) { sim.Tally.Fault($"{infno}: a repeated message was not answered"); return; }
        sim.Tally.Repeated();
        if (again.Output.GetRawText() != first.Output.GetRawText()) sim.Tally.Fault($"{infno}: a repeated message was answered differently");
    }

    /// <summary>The same message until the outcome is known.</summary>
    private async Task<GatewayAnswer?> Definite(string infno, byte[] body)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                var answer = await sim.Gateway.Send(provider, infno, body);
                if (answer.Infcode != "-1" || attempt == Repeats) return answer;
                sim.Tally.Unavailable($"{infno} {answer.Code}");
            }
            catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
            {
                if (attempt == Repeats) { sim.Tally.Fault($"{infno}: {e.Message}"); return null; }
                sim.Tally.Unavailable($"{infno} {e.GetType().Name}: {e.Message}");
            }
            await Task.Delay(TimeSpan.FromMilliseconds(100 << attempt));
        }
    }

    private SettlementMoney? Checked(string infno, JsonElement output, bool reversal)
    {
        try
        {
            var setlinfo = output.GetProperty("setlinfo");
            var money = SettlementMoney.Read(setlinfo);
            var detail = output.GetProperty("setldetail").EnumerateArray().Select(row => SettlementMoney.Amount(row, "fund_payamt"));
            foreach (var broken in money.Broken(detail, reversal)) sim.Tally.Fault($"{infno} {patient.Person.PsnNo} {GatewayAnswer.Text(setlinfo, "setl_id")}: {broken}");
            if (GatewayAnswer.Text(setlinfo, "psn_no") != patient.Person.PsnNo) sim.Tally.Fault($"{infno}: the answer is another person's");
            return money;
        }
        catch (Exception e) when (e is FormatException or KeyNotFoundException or InvalidOperationException)
        {
            sim.Tally.Fault($"{infno} {patient.Person.PsnNo}: {e.Message}");
            return null;
        }
    }

    private SettledBill Book(string infno, JsonElement setlinfo, string messageId, SettlementMoney money)
    {
        string number = GatewayAnswer.Text(setlinfo, "setl_id"), encounter = GatewayAnswer.Text(setlinfo, "mdtrt_id");
        if (number.Length == 0) sim.Tally.Fault($"{infno}: a settlement has no setl_id");
        var row = new BookedRow(provider, patient, GatewayAnswer.Text(setlinfo, "clr_type"), encounter, number, money);
        Enter(row, reversal: false);
        return new SettledBill(number, encounter, messageId, infno, money, row);
    }

    private void Enter(BookedRow row, bool reversal)
    {
        sim.Books.Add(row);
        sim.Tally.Booked(row.Money, reversal);
    }
}
