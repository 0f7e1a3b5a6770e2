using System.Collections.Concurrent;

namespace MedInsure.Settlement.Journal;

/// <summary>A request that was accepted, by its key.</summary>
public sealed record KnownRequest(ReadOnlyMemory<byte> ContentHash, string Transaction, long Seq, string PsnNo, string MdtrtId, string SetlId, JournalRecord Record)
{
    public long ProjectedAt { get; set; } // tick count when it was seen to be projected; 0 = not yet
}

/// <summary>
/// The working memory of one tenant's writer: persons, encounters and recent requests, loaded as needed. The writer alone changes it; others
/// only look whether something is there. An entry stays at least until its last change is projected and it was idle for a while, so that
/// whoever loads it anew reads at least that state.
/// </summary>
public sealed class TenantState(string tenantCode)
{
    public static readonly TimeSpan IdleBeforeEviction = TimeSpan.FromMinutes(2);

    public ConcurrentDictionary<string, PersonState> Persons { get; } = new(StringComparer.Ordinal);
    public ConcurrentDictionary<string, EncounterState> Encounters { get; } = new(StringComparer.Ordinal);
    public ConcurrentDictionary<(string Sender, string MessageId), KnownRequest> Requests { get; } = new();
    /// <summary>Visit numbers of encounters opened lately and not cancelled.</summary>
    public ConcurrentDictionary<(string FixmedinsCode, string VisitNo), string> Visits { get; } = new();

    public long LastEncounterNo { get; set; }
    public long LastSettlementNo { get; set; }
    public long LastFilingNo { get; set; }

    public string NextEncounterId => Id('M', LastEncounterNo + 1);
    public string NextSettlementId => Id('S', LastSettlementNo + 1);
    public string NextFilingId => Id('F', LastFilingNo + 1);

    private string Id(char kind, long number) => string.Create(null, stackalloc char[32], $"{tenantCode}{kind}{number:D12}");
    /// <summary>The number in an id that this tenant issued.</summary>
    public static long NumberOf(string id) => long.Parse(id.AsSpan(7));

    public PersonState Person(string psnNo) => Persons[psnNo];
    public EncounterState? FindEncounter(string mdtrtId) => Encounters.GetValueOrDefault(mdtrtId);

    /// <summary>Makes an accepted record part of the state. Deterministic: the same records in the same order give the same state.</summary>
    public void Apply(JournalRecord record, long seq)
    {
        switch (record.BodyCase)
        {
            case JournalRecord.BodyOneofCase.EncounterOpened: Open(record, record.EncounterOpened, seq); break;
            case JournalRecord.BodyOneofCase.SettledClaim:
                LastSettlementNo++;
                if (record.SettledClaim.InlineEncounter is { } inline) Open(record, inline, seq);
                break;
            case JournalRecord.BodyOneofCase.ReversedClaim: LastSettlementNo++; break;
            case JournalRecord.BodyOneofCase.TreatmentFiled: LastFilingNo++; break;
        }
        if (record.MdtrtId.Length > 0)
        {
            var encounter = Encounters[record.MdtrtId];
            encounter.Apply(record, seq);
            if (encounter.Stage == EncounterStage.Cancelled) Visits.TryRemove((encounter.FixmedinsCode, encounter.Details.VisitNo), out _);
        }
        if (record.PsnNo.Length > 0) Persons[record.PsnNo].Apply(record, seq);
        Requests[(record.Key.Sender, record.Key.MessageId)] = KnownRequestOf(record, seq);
        if (record.RequestVoided is { } voided) Requests[(voided.Sender, voided.MessageId)] = KnownRequestOf(record, seq) with { ContentHash = default };
    }

    private void Open(JournalRecord record, EncounterOpened opened, long seq)
    {
        LastEncounterNo++;
        var encounter = new EncounterState(record.MdtrtId, record.PsnNo, opened) { LastSeq = seq, LastUsed = Environment.TickCount64 };
        Encounters[record.MdtrtId] = encounter;
        Visits[(opened.FixmedinsCode, opened.Details.VisitNo)] = record.MdtrtId;
    }

    public static KnownRequest KnownRequestOf(JournalRecord record, long seq) => new(
        record.Key.ContentHash.Memory, record.Key.Transaction, seq, record.PsnNo, record.MdtrtId, SettlementIdOf(record), record);

    public static string SettlementIdOf(JournalRecord record) => record.SettledClaim?.SetlId ?? record.ReversedClaim?.SetlId ?? "";

    /// <summary>Puts in what a loader read, unless the writer holds it already: its own copy is never older.</summary>
    internal void Absorb(LoadedState loaded)
    {
        if (loaded.Person is { } person && !Persons.TryAdd(person.PsnNo, person)) Persons[person.PsnNo].Insured ??= person.Insured;
        if (loaded.Encounter is { } encounter) Encounters.TryAdd(encounter.MdtrtId, encounter);
        if (loaded is { Key: { } key, Request: { } request }) Requests.TryAdd(key, request);
        // The projection may not know yet that the visit's encounter was cancelled; then memory does.
        if (loaded.TakenVisit is { } visit && FindEncounter(visit.MdtrtId) is not { Stage: EncounterStage.Cancelled }) Visits.TryAdd((visit.FixmedinsCode, visit.VisitNo), visit.MdtrtId);
    }

    /// <summary>Drops what is projected and idle. Called by the writer between batches.</summary>
    public void Evict(long projectedSeq, long nowTicks)
    {
        var idle = (long)IdleBeforeEviction.TotalMilliseconds;
        foreach (var (key, person) in Persons)
            if (person.LastSeq <= projectedSeq && nowTicks - person.LastUsed > idle) Persons.TryRemove(key, out _);
        foreach (var (key, encounter) in Encounters)
        {
            if (encounter.LastSeq > projectedSeq || nowTicks - encounter.LastUsed <= idle) continue;
            Encounters.TryRemove(key, out _);
            Visits.TryRemove((encounter.FixmedinsCode, encounter.Details.VisitNo), out _);
        }
        foreach (var (key, request) in Requests)
        {
            if (request.Seq > projectedSeq) continue;
            if (request.ProjectedAt == 0) request.ProjectedAt = nowTicks;
            else if (nowTicks - request.ProjectedAt > idle) Requests.TryRemove(key, out _);
        }
    }

    public void Clear()
    {
        Persons.Clear();
        Encounters.Clear();
        Requests.Clear();
        Visits.Clear();
    }
}

/// <summary>What a loader found for one command.</summary>
internal sealed record LoadedState
{
    public PersonState? Person { get; init; }
    public EncounterState? Encounter { get; init; }
    public (string Sender, string MessageId)? Key { get; init; }
    public KnownRequest? Request { get; init; }
    public (string FixmedinsCode, string VisitNo, string MdtrtId)? TakenVisit { get; init; }
}
