using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Encounters;
using MedInsure.Settlement.Journal;

namespace MedInsure.Settlement.Claims;

/// <summary>Cancels a settlement (2208, 2305, 2103): a new row with every amount negated that points at the original and gives back accumulators and account.</summary>
public static class ReverseSettlement
{
    public static JournalCommand Command(ReverseSettlementRequest request) => new(request.Key, request.PsnNo, context => Decide(context, request)) { MdtrtId = request.MdtrtId };

    private static Outcome<JournalRecord> Decide(DecisionContext context, ReverseSettlementRequest request)
    {
        var own = EncounterChecks.Own(context, request.MdtrtId, request.FixmedinsCode, request.PsnNo);
        if (own.Refusal is { } refusal) return refusal;
        if (own.Value.FindSettlement(request.SetlId) is not { } settlement) return Refusals.SettlementUnknown;
        return Reverse(context, own.Value, settlement);
    }

    /// <summary>In order: not reversed already; no later settlement of the same stay stands.</summary>
    internal static Outcome<JournalRecord> Reverse(DecisionContext context, EncounterState encounter, SettlementState settlement)
    {
        if (!settlement.Standing) return Refusals.AlreadyReversed;
        if (encounter.IsStay && encounter.Settlements.Exists(s => s.Standing && s != settlement && string.CompareOrdinal(s.RootId, settlement.RootId) > 0)) return Refusals.LaterSettlementOfStay;
        return Row(context, encounter, settlement, restores: false);
    }

    /// <summary>Undoes a cancellation (2601 of a 2208, 2305, 2103). In order: it is the newest row; lines not settled anew; nothing else settled for the person since.</summary>
    internal static Outcome<JournalRecord> Restore(DecisionContext context, EncounterState encounter, SettlementState settlement)
    {
        if (settlement.Standing) return Refusals.AlreadyReversed;
        var facts = settlement.Document.Facts;
        foreach (var line in settlement.Document.Line)
            if (encounter.FindLine(line.FeedetlSn) is { SettledBy: not null }) return Refusals.LaterSettlementOfPerson;
        // Ceilings and balances may have been used by others meanwhile: then the old amounts must not come back.
        var year = context.State.Person(encounter.PsnNo).YearOf(facts.Insutype, facts.PolicyOn / 10_000);
        if (year.LastSeq > settlement.LatestSeq) return Refusals.LaterSettlementOfPerson;
        return Row(context, encounter, settlement, restores: true);
    }

    private static JournalRecord Row(DecisionContext context, EncounterState encounter, SettlementState settlement, bool restores)
    {
        var person = context.State.Person(encounter.PsnNo);
        var root = settlement.Document;
        var sign = restores ? 1 : -1;
        var row = root.Clone();
        row.SetlId = context.State.NextSettlementId;
        row.InlineEncounter = null;
        row.Line.Clear();
        row.Amounts = restores ? root.Amounts.Clone() : JournalDocuments.Negated(root.Amounts, 0);
        row.Amounts.AccountBalanceFen = Math.Max(0, person.AccountBalanceFen - row.Amounts.AccountFen);
        row.AccountPaidBeforeFen = person.AccountPaidFen;
        foreach (var share in row.Share) (share.AmountFen, share.InScopeFen) = (sign * share.AmountFen, sign * share.InScopeFen);
        foreach (var change in row.Change) change.Delta *= sign;
        row.Before.Clear();
        foreach (var (key, value) in person.YearOf(root.Facts.Insutype, root.Facts.PolicyOn / 10_000).Sums.Entries) row.Before.Add(new Balance { Key = key, Value = value });
        var record = EncounterChecks.RecordOf(encounter);
        record.ReversedClaim = new ReversedClaim { SetlId = row.SetlId, OriginalSetlId = settlement.LatestId, RootSetlId = settlement.RootId, Restores = restores, Negated = row };
        return record;
    }
}
