using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Encounters;
using MedInsure.Settlement.Journal;
using MedInsure.Settlement.Queries;
using Npgsql;

namespace MedInsure.Settlement.Claims;

/// <summary>Cancels a settlement (2208, 2305, 2103): a new row with every amount negated that points at the original and gives back accumulators and account;
/// what corrections added goes with it.</summary>
public static class ReverseSettlement
{
    public static JournalCommand Command(ReverseSettlementRequest request) => new(request.Key, request.PsnNo, context => Decide(context, request)) { MdtrtId = request.MdtrtId };

    /// <summary>A pharmacy knows its sale's settlement but hardly the visit that the sale made: without a visit's number it is looked up.</summary>
    /// <returns>The refusal where that fails; null = the request names its encounter now.</returns>
    public static async Task<Refusal?> Complete(ReverseSettlementRequest request, TenantJournal journal, NpgsqlDataSource database, CancellationToken cancellation)
    {
        if (request.MdtrtId.Length > 0) return null;
        if (await SettlementRows.Current(journal, cancellation) is { } lag) return lag;
        await using var command = database.CreateCommand("SELECT mdtrt_id FROM claim WHERE setl_id = $1");
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = request.SetlId });
        if (await command.ExecuteScalarAsync(cancellation) is not string mdtrtId) return Refusals.SettlementUnknown;
        request.MdtrtId = mdtrtId;
        return null;
    }

    /// <summary>In order: the encounter is the caller's, the settlement is one of it; then as <see cref="Reverse"/>.</summary>
    private static Outcome<JournalRecord> Decide(DecisionContext context, ReverseSettlementRequest request)
    {
        var own = EncounterChecks.Own(context, request.MdtrtId, request.FixmedinsCode, request.PsnNo);
        if (own.Refusal is { } refusal) return refusal;
        if (own.Value.FindSettlement(request.SetlId) is not { } settlement) return Refusals.SettlementUnknown;
        // A row that was itself undone is no settlement to cancel; the first one of its chain stands for what stands.
        if (request.SetlId != settlement.RootId && request.SetlId != settlement.LatestId) return Refusals.AlreadyReversed;
        return Reverse(context, own.Value, settlement);
    }

    /// <summary>In order: not reversed already; no later settlement of the same stay stands.</summary>
    internal static Outcome<JournalRecord> Reverse(DecisionContext context, EncounterState encounter, SettlementState settlement)
    {
        if (!settlement.Standing) return Refusals.AlreadyReversed;
        if (encounter.IsStay && encounter.Settlements.Exists(s => s.Standing && s != settlement && string.CompareOrdinal(s.RootId, settlement.RootId) > 0)) return Refusals.LaterSettlementOfStay;
        return Row(context, encounter, settlement, restores: false);
    }

    /// <summary>Undoes a cancellation (2601 of a 2208, 2305, 2103). In order: it is the newest row and stands; nothing was done to the encounter since (cancelled, discharged
    /// anew, charged, settled); the person's sums are what it left; the account still holds what the settlement took.</summary>
    internal static Outcome<JournalRecord> Restore(DecisionContext context, EncounterState encounter, SettlementState settlement)
    {
        if (settlement.Standing) return Refusals.AlreadyReversed;
        if (encounter.RecordCount != settlement.LatestRecord) return Refusals.EncounterChangedSince;
        // Ceilings may have been used by other settlements meanwhile: then the old amounts must not come back.
        var person = context.State.Person(encounter.PsnNo);
        var facts = settlement.Document.Facts;
        var left = JournalDocuments.BeforeOf(settlement.Latest);
        left.Apply(JournalDocuments.ChangesOf(settlement.Latest));
        if (!left.HasSameSums(person.YearOf(facts.Insutype, facts.PolicyOn / 10_000).Sums)) return Refusals.LaterSettlementOfPerson;
        // The account is one for all schemes and years.
        if (person.AccountBalanceFen < settlement.Document.Amounts.AccountFen + (person.CorrectionOf(settlement.RootId)?.Difference.Amounts.AccountFen ?? 0)) return Refusals.LaterSettlementOfPerson;
        foreach (var payment in FamilyDocuments.Sum(settlement.Document.Family, person.CorrectionOf(settlement.RootId)?.Difference.Family, 1, context.State.Survivor)?.Payment ?? [])
            if (!context.State.Persons.TryGetValue(payment.PsnNo, out var relative) || relative.AccountBalanceFen < payment.AmountFen) return Refusals.LaterSettlementOfPerson;
        return Row(context, encounter, settlement, restores: true);
    }

    private static JournalRecord Row(DecisionContext context, EncounterState encounter, SettlementState settlement, bool restores)
    {
        var person = context.State.Person(encounter.PsnNo);
        var root = settlement.Document;
        var sign = restores ? 1 : -1;
        var corrected = person.CorrectionOf(settlement.RootId)?.Difference;
        var row = root.Clone();
        row.SetlId = context.State.NextSettlementId;
        row.InlineEncounter = null;
        row.Line.Clear();
        row.Amounts = restores ? root.Amounts.Clone() : JournalDocuments.Negated(root.Amounts, 0);
        row.Amounts.AccountBalanceFen = Math.Max(0, person.AccountBalanceFen - row.Amounts.AccountFen - sign * (corrected?.Amounts.AccountFen ?? 0));
        row.AccountPaidBeforeFen = person.AccountPaidFen;
        var own = row.Amounts.AccountFen + sign * (corrected?.Amounts.AccountFen ?? 0);
        row.Family = FamilyDocuments.Found(FamilyDocuments.Sum(null, FamilyDocuments.Sum(root.Family, corrected?.Family, 1), sign, context.State.Survivor),
            relative => (context.State.Persons.GetValueOrDefault(relative)?.AccountPaidFen ?? 0) + (relative == person.PsnNo ? own : 0));
        foreach (var share in row.Share) (share.AmountFen, share.InScopeFen) = (sign * share.AmountFen, sign * share.InScopeFen);
        if (corrected is not null)
        {
            row.Change.Clear();
            row.Change.AddRange(Differences.Changes(root.Change, corrected));
        }
        foreach (var change in row.Change) change.Delta *= sign;
        row.Before.Clear();
        foreach (var (key, value) in person.YearOf(root.Facts.Insutype, root.Facts.PolicyOn / 10_000).Sums.Entries) row.Before.Add(new Balance { Key = key, Value = value });
        var record = EncounterChecks.RecordOf(encounter);
        record.ReversedClaim = new ReversedClaim { SetlId = row.SetlId, OriginalSetlId = settlement.LatestId, RootSetlId = settlement.RootId, Restores = restores, Negated = row, OthersStand = encounter.Settlements.Exists(s => s.Standing && s != settlement && !s.Document.Interim), Late = settlement.Late, Corrected = corrected };
        return record;
    }
}
