using System.Text;

namespace MedInsure.Tool.Hospital;

/// <summary>What hospitals get wrong, on purpose: each must be refused, and nothing of it may be stored.</summary>
public static class Misuse
{
    public static readonly IReadOnlyList<Func<Cashier, DateOnly, string, RunProvider, Task>> All =
        [WrongSignature, UnknownPerson, FutureVisit, WrongAmount, NegativeTotal, LineTwice, FieldTooLong, WrongCode, MessageTwice, AnothersEncounter, DischargeBeforeAdmission, WrongTotal, BrokenText];

    /// <summary>A person whose cover ended cannot be treated on the fund's account any more.</summary>
    public static Task Uncovered(Cashier cashier, DateOnly day, string visitNo) =>
        cashier.MustRefuse("cover ended", "2201", Encounters.Register(cashier, visitNo, day));

    private static Task WrongSignature(Cashier cashier, DateOnly day, string visitNo, RunProvider other) =>
        cashier.MustRefuse("wrong signature", "2201", Encounters.Register(cashier, visitNo, day), wrongToken: "not the token");

    private static Task UnknownPerson(Cashier cashier, DateOnly day, string visitNo, RunProvider other) =>
        cashier.MustRefuse("unknown person", "1101", new { data = new { mdtrt_cert_type = "02", mdtrt_cert_no = "110199190001010018", card_sn = "", begntime = "", psn_cert_type = "01", certno = "", psn_name = "" } });

    private static Task FutureVisit(Cashier cashier, DateOnly day, string visitNo, RunProvider other) =>
        cashier.MustRefuse("visit in the future", "2201", Encounters.Register(cashier, visitNo, cashier.Sim.Gateway.Today.AddDays(9)));

    private static Task WrongAmount(Cashier cashier, DateOnly day, string visitNo, RunProvider other) => InVisit(cashier, day, visitNo, async (encounter, lines) =>
    {
        lines[0]["det_item_fee_sumamt"] = "123456.78";
        await cashier.MustRefuse("amount is not quantity × price", "2204", new { feedetail = lines });
    });

    private static Task NegativeTotal(Cashier cashier, DateOnly day, string visitNo, RunProvider other) => InVisit(cashier, day, visitNo, async (encounter, lines) =>
    {
        lines[0]["cnt"] = "-" + lines[0]["cnt"];
        lines[0]["det_item_fee_sumamt"] = "-" + lines[0]["det_item_fee_sumamt"];
        await cashier.MustRefuse("negative total", "2204", new { feedetail = lines });
    });

    private static Task LineTwice(Cashier cashier, DateOnly day, string visitNo, RunProvider other) => InVisit(cashier, day, visitNo, async (encounter, lines) =>
        await cashier.MustRefuse("feedetl_sn twice", "2204", new { feedetail = (object[])[.. lines, lines[0]] }));

    private static Task WrongTotal(Cashier cashier, DateOnly day, string visitNo, RunProvider other) => InVisit(cashier, day, visitNo, async (encounter, lines) =>
    {
        if (await cashier.Must("2204", new { feedetail = lines }) is null) return;
        var wrong = new LineTotals(Kernel.Fen.FromYuan(0.01m), default, default, default, default);
        await cashier.MustRefuse("medfee_sumamt is not the lines' sum", "2207A", Encounters.Claim(cashier, encounter, "11", wrong, visitNo, account: false, visitNo));
        await cashier.Must("2205", Encounters.StrikeAll(cashier, encounter));
    });

    private static Task FieldTooLong(Cashier cashier, DateOnly day, string visitNo, RunProvider other) =>
        cashier.MustRefuse("field too long", "2201", Encounters.Register(cashier, new string('9', 31), day));

    private static Task WrongCode(Cashier cashier, DateOnly day, string visitNo, RunProvider other) => InVisit(cashier, day, visitNo, async (encounter, lines) =>
        await cashier.MustRefuse("med_type of no code list", "2203A", Encounters.Visit(cashier, encounter, "97", null, day)));

    private static async Task MessageTwice(Cashier cashier, DateOnly day, string visitNo, RunProvider other)
    {
        var (gateway, provider) = (cashier.Sim.Gateway, cashier.Provider);
        var messageId = gateway.NewMessageId(provider);
        var first = await gateway.Call(provider, "2201", Encounters.Register(cashier, visitNo, day), cashier.Patient.Person.County, messageId);
        if (!first.Accepted) { cashier.Sim.Tally.Fault($"2201: {first.Message}"); return; }
        var second = await gateway.Call(provider, "2201", Encounters.Register(cashier, visitNo + "x", day), cashier.Patient.Person.County, messageId);
        if (second.Infcode == "-2") cashier.Sim.Tally.Refused($"{second.Code} (a msgid twice with other content)");
        else cashier.Sim.Tally.Fault($"2201: a msgid twice with other content was answered {second.Infcode}");
        await cashier.Must("2202", Encounters.Withdraw(cashier, Encounters.Number(first.Output), visitNo));
    }

    private static Task AnothersEncounter(Cashier cashier, DateOnly day, string visitNo, RunProvider other) => InVisit(cashier, day, visitNo, async (encounter, lines) =>
    {
        if (await cashier.Must("2204", new { feedetail = lines }) is null) return;
        var stranger = new Cashier(cashier.Sim, other, cashier.Patient, cashier.Random);
        await stranger.MustRefuse("another provider's visit", "2205", Encounters.StrikeAll(cashier, encounter));
        await cashier.Must("2205", Encounters.StrikeAll(cashier, encounter));
    });

    private static async Task DischargeBeforeAdmission(Cashier cashier, DateOnly day, string visitNo, RunProvider other)
    {
        if (await cashier.Must("2401", Encounters.Admission(cashier, visitNo, day)) is not { } admitted) return;
        var encounter = Encounters.Number(admitted);
        await cashier.MustRefuse("discharge before admission", "2402", Encounters.Discharge(cashier, encounter, day.AddDays(-1)));
        await cashier.Must("2404", Encounters.Undo(cashier, encounter));
    }

    private static async Task BrokenText(Cashier cashier, DateOnly day, string visitNo, RunProvider other)
    {
        var answer = await cashier.Sim.Gateway.Send(cashier.Provider, "2201", Encoding.UTF8.GetBytes("{\"infno\":\"2201\",\"msgid\":"));
        if (answer.Infcode == "-2") cashier.Sim.Tally.Refused($"{answer.Code} (broken JSON)");
        else cashier.Sim.Tally.Fault($"2201: broken JSON was answered {answer.Infcode}");
    }

    /// <summary>Opens a visit, lets something be refused in it, and takes the visit back: that it can be shows that nothing was stored.</summary>
    private static async Task InVisit(Cashier cashier, DateOnly day, string visitNo, Func<string, List<Dictionary<string, object>>, Task> misuse)
    {
        if (await cashier.Must("2201", Encounters.Register(cashier, visitNo, day)) is not { } registered) return;
        var encounter = Encounters.Number(registered);
        var lines = new FeeSheet(cashier.Prices, cashier.Random, visitNo).Outpatient(day);
        await misuse(encounter, [.. lines.Select(l => l.ToNode(cashier.Provider, encounter, cashier.Patient.Person.PsnNo, visitNo, "11", ""))]);
        await cashier.Must("2202", Encounters.Withdraw(cashier, encounter, visitNo));
    }
}
