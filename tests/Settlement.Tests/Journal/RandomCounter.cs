using System.Diagnostics.CodeAnalysis;
using MedInsure.Events;
using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Accounts;
using MedInsure.Settlement.Claims;
using MedInsure.Settlement.Encounters;
using MedInsure.Settlement.Journal;

namespace MedInsure.Settlement.Tests.Journal;

public enum Act { Open, Charge, Correct, CancelLines, Discharge, UndoDischarge, CancelEncounter, Settle, Interim, Batch, Sale, Try, Reverse, ReverseMessage, Replay, Restart, Credit, Withdraw }

/// <summary>One thing that a hospital does. The numbers choose among what there is by then; many choices are mistakes, which the service is to refuse.</summary>
public sealed record Move(Act Act, int Which, int Other, int Fen)
{
    public override string ToString() => $"{Act} {Which} {Other} {Fen}";
}

/// <summary>A hospital's counter with a few persons of its own: makes the moves, and keeps what it was answered.</summary>
internal sealed class RandomCounter(SettlementNode node, string scheme, string[] persons, long creditFen)
{
    // A stay of December may end in the next year; one that ends before the middle of June may refer to one that begins then.
    private static readonly long[] Begins = [NodeActions.FirstOfJune, NodeActions.FirstOfJune, SettlementNode.At(2026, 6, 12), SettlementNode.At(2025, 12, 20)];
    private static readonly string[] Levels = ["3", "2", "1"], Kinds = ["11", "21", "14", "21"], Items = ["A1", "A2", "B10", "CAP", "C1", "NOWHERE"];

    private sealed class Visit(string mdtrtId, string psnNo, string level, bool isStay, long beginMs)
    {
        public string MdtrtId { get; } = mdtrtId;
        public string PsnNo { get; } = psnNo;
        public string Level { get; } = level;
        public bool IsStay { get; } = isStay;
        public long BeginMs { get; } = beginMs;
        public int Lines { get; set; }
    }

    private readonly List<Visit> visits = [];
    /// <summary>Settlements and reversals, in the journal's order.</summary>
    public List<Committed> Claims { get; } = [];
    private readonly List<(Committed Committed, Func<JournalCommand> Again)> accepted = [];
    private readonly Dictionary<string, AccountCredited> credits = [];
    private readonly List<Committed> withdrawals = [];

    public IReadOnlyList<string> Persons => persons;
    public int Refused { get; private set; }

    public async Task Make(Move move)
    {
        var (psn, visit) = (persons[move.Which % persons.Length], visits.Count == 0 ? null : visits[move.Which % visits.Count]);
        var level = Levels[move.Other % Levels.Length];
        switch (move.Act)
        {
            case Act.Open:
                var opening = node.Opening(psn, Kinds[move.Other % Kinds.Length], Begins[(move.Which / 2 + move.Fen) % Begins.Length], level, scheme);
                if (opening.Details.MedType == "14") opening.Details.DiseaseCode = "SP1";
                if (await Submit(() => OpenEncounter.Command(opening.Clone())) is { } opened) visits.Add(new Visit(opened.Record.MdtrtId, psn, level, opening.Details.MedType == "21", opening.Details.BeginAtMs));
                break;
            case Act.Sale:
                var sale = node.Inline(psn, move.Fen, medType: move.Other % 2 == 0 ? "41" : "11", insutype: scheme, item: Items[move.Other % Items.Length]);
                sale.UseAccount = move.Other % 3 == 0;
                await Submit(() => SettleClaim.Command(sale.Clone()));
                break;
            case Act.Reverse when Claims.Count > 0:
                var claim = Claims[move.Which % Claims.Count];
                var reversing = node.Reversing(claim);
                reversing.FixmedinsCode = claim.Claim().FixmedinsCode;
                await Submit(() => ReverseSettlement.Command(reversing.Clone()));
                break;
            case Act.ReverseMessage when accepted.Count > 0:
                var original = accepted[move.Which % accepted.Count].Committed;
                var request = node.ReversingMessage(original);
                var found = await node.Journal.FindRequest(request.FixmedinsCode, request.OriginalMessageId, default);
                await Submit(() => ReverseRequest.Command(request.Clone(), found with { Epoch = node.Journal.FindRequest(request.FixmedinsCode, "", default).Result.Epoch }));
                break;
            case Act.Replay when accepted.Count > 0:
                var (before, again) = accepted[move.Which % accepted.Count];
                var repeated = (await node.Submit(again())).Value;
                Assert.True(repeated.IsReplay);
                Assert.Equal((before.Record, before.Seq), (repeated.Record, repeated.Seq));
                break;
            case Act.Credit:
                // Sometimes more is taken back than was credited before.
                var credited = credits[psn] = new AccountCredited(psn, (credits.GetValueOrDefault(psn)?.TotalFen ?? 0) + (move.Other % 4 == 0 ? -move.Fen : move.Fen), (credits.GetValueOrDefault(psn)?.Version ?? 0) + 1);
                await node.Credited(credited);
                break;
            case Act.Withdraw:
                var withdrawing = new WithdrawFromAccountRequest { Key = node.Key("account"), PsnNo = psn, AmountFen = move.Other % 3 == 0 ? 0 : move.Fen, Cause = "pay_out" };
                if (await Submit(() => WithdrawFromAccount.Command(withdrawing.Clone())) is { } withdrawn) withdrawals.Add(withdrawn);
                break;
            case Act.Restart:
                var trials = await Trials();
                await node.Restart();
                Assert.Equal(trials, await Trials());
                break;
            default:
                if (visit is not null) await Make(move, visit);
                break;
        }
    }

    private async Task Make(Move move, Visit visit)
    {
        var number = (visit.Lines + 1).ToString();
        switch (move.Act)
        {
            case Act.Charge:
                var fees = node.Fees(visit.MdtrtId, visit.PsnNo, visit.Level,
                    NodeActions.Fee(number, Items[move.Other % Items.Length], move.Fen, visit.BeginMs, "B" + move.Other % 2), NodeActions.Fee(number + "b", "A1", 1 + move.Fen / 3, visit.BeginMs));
                if (await Submit(() => AddFeeLines.Command(fees.Clone())) is not null) visit.Lines++;
                break;
            case Act.Correct:
                var back = node.Fees(visit.MdtrtId, visit.PsnNo, visit.Level,
                    NodeActions.Correction(number, Items[move.Other % Items.Length], move.Fen / 4 + 1, original: move.Other % 2 == 0 || visit.Lines == 0 ? "" : (1 + move.Fen % visit.Lines).ToString(), visit.BeginMs));
                if (await Submit(() => AddFeeLines.Command(back.Clone())) is not null) visit.Lines++;
                break;
            case Act.CancelLines:
                var cancelling = new CancelFeeLinesRequest { Key = node.Key("2302"), FixmedinsCode = node.Hospital(visit.Level), MdtrtId = visit.MdtrtId, PsnNo = visit.PsnNo };
                cancelling.FeedetlSn.Add(move.Other % 2 == 0 ? "0000" : (1 + move.Other % (visit.Lines + 1)).ToString());
                await Submit(() => CancelFeeLines.Command(cancelling.Clone()));
                break;
            case Act.Discharge:
                var discharge = new DischargeEncounterRequest { Key = node.Key("2402"), FixmedinsCode = node.Hospital(visit.Level), MdtrtId = visit.MdtrtId, PsnNo = visit.PsnNo, EndAtMs = visit.BeginMs + (1 + move.Other % 18) * 86_400_000L, Way = "1" };
                await Submit(() => DischargeEncounter.Command(discharge.Clone()));
                break;
            case Act.UndoDischarge:
                var undo = node.On(visit.MdtrtId, visit.PsnNo, "2405", visit.Level);
                await Submit(() => UndoDischarge.Command(undo.Clone()));
                break;
            case Act.CancelEncounter:
                var cancel = node.On(visit.MdtrtId, visit.PsnNo, "2202", visit.Level);
                await Submit(() => CancelEncounter.Command(cancel.Clone()));
                break;
            case Act.Settle or Act.Interim or Act.Batch:
                var settling = await Settling(visit, move);
                await Submit(() => SettleClaim.Command(settling.Clone()));
                break;
            case Act.Try:
                var seq = node.Journal.CommittedSeq;
                var trying = await Settling(visit, move);
                var (first, second) = (await node.Submit(PreSettleClaim.Command(trying)), await node.Submit(PreSettleClaim.Command(trying)));
                Assert.Equal(Shown(first), Shown(second));
                Assert.Equal(seq, node.Journal.CommittedSeq);
                break;
        }
    }

    /// <summary>With the total that a hospital knows from the answers to its lines.</summary>
    private async Task<SettleClaimRequest> Settling(Visit visit, Move move)
    {
        await node.Projected();
        var batch = move.Act == Act.Batch ? "B" + move.Other % 2 : "";
        var lines = (await node.Journal.ReadEncounter(visit.MdtrtId, default))!.Lines.Where(l => l.SettledBy is null && (batch.Length == 0 || visit.IsStay || l.Priced.Line.ChargeBatch == batch));
        var request = node.Settling(visit.MdtrtId, visit.PsnNo, lines.Sum(l => l.Share.Amount.Value), visit.Level, scheme, useAccount: move.Other % 2 == 0);
        (request.Interim, request.ChargeBatch) = (move.Act == Act.Interim, batch);
        return request;
    }

    private async Task<Committed?> Submit(Func<JournalCommand> command)
    {
        var seq = node.Journal.CommittedSeq;
        var outcome = await node.Submit(command());
        if (outcome.Refusal is { } refusal)
        {
            Refused++;
            Assert.True(refusal.Kind != RefusalKind.Unavailable, refusal.Code); // an error of ours, or a decision that rests on nothing
            Assert.Equal(seq, node.Journal.CommittedSeq);
            return null;
        }
        accepted.Add((outcome.Value, command));
        if (outcome.Value.Record.SettledClaim is not null || outcome.Value.Record.ReversedClaim is not null) Claims.Add(outcome.Value);
        return outcome.Value;
    }

    /// <summary>What every encounter would be settled with now: the writer's whole view of them.</summary>
    private async Task<List<string>> Trials()
    {
        var shown = new List<string>();
        foreach (var visit in visits)
            foreach (var act in new[] { Act.Settle, Act.Interim })
                shown.Add(Shown(await node.Submit(PreSettleClaim.Command(await Settling(visit, new Move(act, 0, 0, 0))))));
        return shown;
    }

    private static string Shown(Outcome<Committed> outcome)
    {
        if (outcome.Refusal is { } refusal) return refusal.Code;
        var claim = outcome.Value.Record.SettledClaim.Clone();
        // The order of the sums is that in which they came into memory.
        var before = claim.Before.OrderBy(b => b.Key, StringComparer.Ordinal).ToList();
        claim.Before.Clear();
        claim.Before.AddRange(before);
        return claim.ToString();
    }

    /// <summary>Invariants 5 and 6 of settlement-calculation.md section 10, from what was answered.</summary>
    [SuppressMessage("Usage", "xUnit1030", Justification = "not a test method")]
    public async Task CheckSums()
    {
        foreach (var psn in persons)
        {
            var own = Claims.Where(c => c.Record.PsnNo == psn).ToList();
            foreach (var year in (int[])[2025, 2026])
            {
                var changes = own.Where(c => c.Claim().Facts.PolicyOn / 10_000 == year).SelectMany(c => c.Claim().Change).GroupBy(c => c.Key)
                    .Select(g => (Key: $"{scheme} {g.Key}", Sum: g.Sum(c => c.Delta))).Where(s => s.Sum != 0).ToDictionary(s => s.Key, s => s.Sum);
                Assert.Equal(new SortedDictionary<string, long>(changes, StringComparer.Ordinal), await node.Sums(psn, year));
            }
            var left = creditFen + (credits.GetValueOrDefault(psn)?.TotalFen ?? 0) - own.Sum(c => c.Claim().Amounts.AccountFen)
                - withdrawals.Where(w => w.Record.PsnNo == psn).Sum(w => w.Record.AccountWithdrawn.AmountFen);
            Assert.Equal(Math.Max(0, left), await node.Balance(psn));
        }
    }
}
