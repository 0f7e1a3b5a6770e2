using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Claims;
using MedInsure.Settlement.Encounters;
using MedInsure.Settlement.Journal;

namespace MedInsure.Settlement.Tests.Simulation;

/// <summary>
/// A random year of some persons as plain steps, so that the same can happen in two counties: visits, sales, stays with interim bills and referrals upward, cancellations, and
/// cancellations taken back.
/// </summary>
internal sealed class CountyScript
{
    private enum Kind { Visit, Sale, Stay, Reverse, ReverseAndRestore }
    private sealed record Step(Kind Kind, int Person, string Level, string Item, int Fen, int Day, int Interims, int Which);
    private sealed record ScriptPerson(string PsnType, long Credit, string[] Categories);

    private static readonly string[] Levels = ["3", "2", "1", "community"], Items = ["A1", "A2", "B10", "CAP", "C1"];
    private readonly string insutype;
    private readonly List<ScriptPerson> persons = [];
    private readonly List<Step> steps = [];

    public CountyScript(int seed, string insutype, int count, int length)
    {
        this.insutype = insutype;
        var random = new Random(seed);
        for (var i = 0; i < count; i++)
            persons.Add(insutype == "310"
                ? new ScriptPerson(i % 3 == 0 ? "1201" : "1101", random.Next(0, 900_000), [])
                : new ScriptPerson(i % 4 == 0 ? "1403" : "1501", 0, random.Next(4) switch { 0 => ["low_income"], 1 => ["extreme_hardship", "severely_disabled"], _ => [] }));
        for (var i = 0; i < length; i++)
        {
            var kind = random.Next(10) switch { < 3 => Kind.Visit, 3 => Kind.Sale, < 8 => Kind.Stay, 8 => Kind.Reverse, _ => Kind.ReverseAndRestore };
            var fen = random.Next(3) switch { 0 => random.Next(100, 30_000), 1 => random.Next(30_000, 3_000_000), _ => random.Next(3_000_000, 30_000_000) };
            // From November of the year before: stays reach over the turn of the year, and steps are not in the order of their days.
            steps.Add(new Step(kind, random.Next(count), Levels[random.Next(Levels.Length)], Items[random.Next(Items.Length)], fen, random.Next(-60, 150), random.Next(3), random.Next(1000)));
        }
    }

    /// <summary>Everything in the script's order. What one county refuses the other must refuse too: the answer says what happened.</summary>
    /// <param name="settle">How a bill is settled; null: plainly.</param>
    /// <param name="begun">What happens when the persons are there.</param>
    public async Task<List<string>> Play(SettlementNode node, Func<SettleClaimRequest, Task<Outcome<Committed>>>? settle = null, Func<Task>? begun = null)
    {
        string Psn(int i) => $"{node.Tenant.Code}P{i:D3}";
        for (var i = 0; i < persons.Count; i++)
        {
            await node.AddPerson(Psn(i), insutype, persons[i].PsnType, persons[i].Credit, persons[i].Categories);
            await node.Filed(node.Filing(Psn(i), from: 20200101, insutype: insutype));
            await node.Filed(node.Filing(Psn(i), kind: FilingKind.Referral, from: 20200101, insutype: insutype, other: node.Hospital("3")));
        }
        if (begun is not null) await begun();
        var settled = new List<(Committed Claim, string Level)>();
        var happened = new List<string>();
        foreach (var step in steps)
        {
            var psn = Psn(step.Person);
            var at = new DateTimeOffset(2026, 1, 1, 9, 0, 0, TimeSpan.FromHours(8)).AddDays(step.Day).ToUnixTimeMilliseconds();
            switch (step.Kind)
            {
                case Kind.Visit:
                    var opening = node.Opening(psn, step.Which % 3 == 0 ? "14" : "11", at, step.Level, insutype);
                    if (opening.Details.MedType == "14") opening.Details.DiseaseCode = "SP1";
                    var visit = (await node.Accepted(OpenEncounter.Command(opening))).Record.MdtrtId;
                    await node.Charged(visit, psn, step.Level, SettlementNode.Line("1", step.Item, 10_000, step.Fen * 10_000L, at));
                    await Settle(node.Settling(visit, psn, step.Fen, step.Level, insutype, useAccount: step.Which % 2 == 0));
                    break;
                case Kind.Sale:
                    var sale = node.Inline(psn, step.Fen, "41", "3", insutype, step.Item);
                    (sale.InlineEncounter.BeginAtMs, sale.InlineLine[0].OccurredAtMs, sale.UseAccount) = (at, at, step.Which % 2 == 0);
                    await Settle(sale);
                    break;
                case Kind.Stay:
                    var stay = await node.Opened(psn, "21", at, step.Level, insutype);
                    for (var bill = 0; bill <= step.Interims; bill++)
                    {
                        var day = at + bill * 5 * 86_400_000L;
                        await node.Charged(stay, psn, step.Level, SettlementNode.Line($"{bill}", step.Item, 10_000, step.Fen * 10_000L, day));
                        if (bill == step.Interims) await node.Discharged(stay, psn, step.Level, day + 86_400_000L);
                        var request = node.Settling(stay, psn, step.Fen, step.Level, insutype, useAccount: step.Which % 2 == 0);
                        request.Interim = bill < step.Interims;
                        await Settle(request);
                    }
                    break;
                case Kind.Reverse or Kind.ReverseAndRestore when settled.Count > 0:
                    var (claim, level) = settled[step.Which % settled.Count];
                    var reversed = await node.Submit(ReverseSettlement.Command(node.Reversing(claim, level)));
                    happened.Add(reversed.Refusal?.Code ?? "reversed");
                    if (reversed.Refusal is null && step.Kind == Kind.ReverseAndRestore)
                        happened.Add((await node.SubmitReversal(node.ReversingMessage(reversed.Value))).Refusal?.Code ?? "restored");
                    break;
            }

            async Task Settle(SettleClaimRequest request)
            {
                var outcome = settle is null ? await node.Submit(SettleClaim.Command(request)) : await settle(request);
                happened.Add(outcome.Refusal?.Code ?? "settled");
                if (outcome.Refusal is null) settled.Add((outcome.Value, step.Level));
            }
        }
        await node.Projected();
        return happened;
    }
}
