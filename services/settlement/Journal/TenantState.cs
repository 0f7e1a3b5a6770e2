using System.Collections.Concurrent;
using MedInsure.Events;
using MedInsure.Protos.Enrollment.V1;
using MedInsure.Settlement.Policies;
using MedInsure.Settlement.PolicyLife;

namespace MedInsure.Settlement.Journal;

/// <summary>A request that was accepted, by its key.</summary>
public sealed record KnownRequest(ReadOnlyMemory<byte> ContentHash, string Transaction, long Seq, string PsnNo, string MdtrtId, string SetlId, JournalRecord Record)
{
    /// <summary>Tick count when it came into memory.</summary>
    public long Since { get; } = Environment.TickCount64;
}

/// <summary>
/// The working memory of one tenant's writer: persons, encounters and recent requests, loaded as needed. The writer alone changes it; others
/// only look whether something is there. An entry stays until its last change is projected and longer than any command may rest between its look
/// and its decision, so that whoever finds it gone loads at least that state.
/// </summary>
/// <param name="programPolicies">What decides before the journal adopts anything.</param>
public sealed class TenantState(string tenantCode, PolicyLibrary programPolicies)
{
    /// <summary>How long what a command saw in memory may be relied on; a command that waited longer is sent back.</summary>
    public static readonly TimeSpan LookHolds = TimeSpan.FromSeconds(10);
    private static readonly long RequestIdleMs = 2 * (long)LookHolds.TotalMilliseconds, PersonIdleMs = 60_000, EncounterIdleMs = 30_000;

    private volatile IReadOnlyDictionary<string, string> merges = new Dictionary<string, string>();
    private volatile CountyPolicies policies = CountyPolicies.Of(programPolicies);

    /// <summary>Replaced whole; anybody may look.</summary>
    public CountyPolicies Policies { get => policies; internal set => policies = value; }
    internal Announced<Person> AnnouncedPersons { get; } = new(p => p.PsnNo, p => p.Version);
    internal Announced<AccountCredited> AnnouncedCredits { get; } = new(c => c.PsnNo, c => c.Version);
    public ConcurrentDictionary<string, PersonState> Persons { get; } = new(StringComparer.Ordinal);
    public ConcurrentDictionary<string, EncounterState> Encounters { get; } = new(StringComparer.Ordinal);
    public ConcurrentDictionary<(string Sender, string MessageId), KnownRequest> Requests { get; } = new();
    /// <summary>Visit numbers of encounters opened lately and not cancelled.</summary>
    public ConcurrentDictionary<(string FixmedinsCode, string VisitNo), string> Visits { get; } = new();

    // What came into memory, in order; the sweep takes from the front and puts back what must stay.
    private readonly Queue<string> personOrder = new(), encounterOrder = new();
    private readonly Queue<(string, string)> requestOrder = new();

    public long LastEncounterNo { get; set; }
    public long LastSettlementNo { get; set; }
    public long LastFilingNo { get; set; }

    public string NextEncounterId => Id('M', LastEncounterNo + 1);
    public string NextSettlementId => SettlementId(1);
    /// <summary>The numbers to come: 1 is the next one. For a record that takes several.</summary>
    public string SettlementId(int ahead) => Id('S', LastSettlementNo + ahead);
    public string NextFilingId => Id('F', LastFilingNo + 1);

    private string Id(char kind, long number) => string.Create(null, stackalloc char[32], $"{tenantCode}{kind}{number:D12}");
    /// <summary>The number in an id that this tenant issued.</summary>
    public static long NumberOf(string id) => long.Parse(id.AsSpan(7));

    /// <summary>The number that a number means now: of records that became one, the surviving one's.</summary>
    public string Survivor(string psnNo) => merges.Count == 0 ? psnNo : merges.GetValueOrDefault(psnNo, psnNo);

    /// <summary>By retired number; replaced whole, anybody may look.</summary>
    internal IReadOnlyDictionary<string, string> Merges { get => merges; set => merges = value; }

    // Enrollment told of the new record, whose account holds the retired one's credits already; what that one paid comes with the journal's own record.
    private readonly ConcurrentDictionary<string, long> mergesUnderWay = new(StringComparer.Ordinal);
    private volatile bool anyMergeUnderWay;
    private const int MergeAwaitedMs = 30_000;

    /// <summary>Enrollment merged a record; the journal follows soon, and until then nothing is decided for the surviving number.</summary>
    internal void AwaitMerge(string retiredNo, string survivingNo)
    {
        if (Survivor(retiredNo) != retiredNo) return;
        mergesUnderWay[survivingNo] = Environment.TickCount64;
        anyMergeUnderWay = true;
    }

    /// <summary>For so long at most: a merge that cannot be followed must not stop a person's bills.</summary>
    internal bool AwaitsMerge(string psnNo) => anyMergeUnderWay && mergesUnderWay.TryGetValue(psnNo, out var since) && Environment.TickCount64 - since < MergeAwaitedMs;

    public PersonState Person(string psnNo) => Persons[Survivor(psnNo)];
    public EncounterState? FindEncounter(string mdtrtId) => Encounters.GetValueOrDefault(mdtrtId);

    /// <summary>Makes an accepted record part of the state. Deterministic: the same records in the same order give the same state.</summary>
    public void Apply(JournalRecord record, long seq)
    {
        switch (record.BodyCase)
        {
            case JournalRecord.BodyOneofCase.EncounterOpened: Open(record, record.EncounterOpened, seq); break;
            case JournalRecord.BodyOneofCase.SettledClaim:
                if (record.SettledClaim.InlineEncounter is { } inline) Open(record, inline, seq);
                break;
            case JournalRecord.BodyOneofCase.TreatmentFiled: LastFilingNo++; break;
            case JournalRecord.BodyOneofCase.PersonsMerged: Merge(record.PsnNo, record.PersonsMerged, seq); break;
            case JournalRecord.BodyOneofCase.PolicyAdopted: policies = policies.With(AdoptPolicy.Read(record.PolicyAdopted, programPolicies)); break;
        }
        LastSettlementNo += SettlementNumbersOf(record);
        if (record.MdtrtId.Length > 0)
        {
            var encounter = Encounters[record.MdtrtId];
            encounter.Apply(record, seq);
            if (encounter.Stage == EncounterStage.Cancelled) Visits.TryRemove((encounter.FixmedinsCode, encounter.Details.VisitNo), out _);
        }
        if (record.PsnNo.Length > 0) Persons[record.PsnNo].Apply(record, seq);
        if (FamilyDocuments.PaymentsOf(record) is { } payments)
            foreach (var payment in payments) Persons[payment.PsnNo].PayForRelative(payment.AmountFen, seq);
        Know((record.Key.Sender, record.Key.MessageId), KnownRequestOf(record, seq));
        if (record.RequestVoided is { } voided) Know((voided.Sender, voided.MessageId), KnownRequestOf(record, seq) with { ContentHash = default });
    }

    private void Know((string, string) key, KnownRequest request)
    {
        Requests[key] = request;
        requestOrder.Enqueue(key);
    }

    private void Merge(string survivingNo, PersonsMerged merged, long seq)
    {
        Persons[survivingNo].TakeOver(Persons[merged.RetiredNo], merged, seq);
        // Numbers that were merged into the retired one lead on to the same place.
        merges = new Dictionary<string, string>(merges.Select(m => m.Value == merged.RetiredNo ? new(m.Key, survivingNo) : m), StringComparer.Ordinal) { [merged.RetiredNo] = survivingNo };
        mergesUnderWay.TryRemove(survivingNo, out _);
        foreach (var encounter in Encounters.Values)
            if (encounter.PsnNo == merged.RetiredNo) encounter.PsnNo = survivingNo;
    }

    private void Open(JournalRecord record, EncounterOpened opened, long seq)
    {
        LastEncounterNo++;
        var encounter = new EncounterState(record.MdtrtId, record.PsnNo, opened) { LastSeq = seq, LastUsed = Environment.TickCount64 };
        Encounters[record.MdtrtId] = encounter;
        encounterOrder.Enqueue(record.MdtrtId);
        Visits[(opened.FixmedinsCode, opened.Details.VisitNo)] = record.MdtrtId;
    }

    public static KnownRequest KnownRequestOf(JournalRecord record, long seq) => new(
        record.Key.ContentHash.Memory, record.Key.Transaction, seq, record.PsnNo, record.MdtrtId, SettlementIdOf(record), record);

    /// <summary>How many of the settlements' numbers a record takes.</summary>
    public static int SettlementNumbersOf(JournalRecord record) => record.BodyCase switch
    {
        JournalRecord.BodyOneofCase.SettledClaim or JournalRecord.BodyOneofCase.ReversedClaim or JournalRecord.BodyOneofCase.AccountWithdrawn => 1,
        JournalRecord.BodyOneofCase.BenefitsGranted => record.BenefitsGranted.Benefit.Count,
        JournalRecord.BodyOneofCase.ClaimsCorrected => record.ClaimsCorrected.Correction.Count,
        _ => 0,
    };

    public static string SettlementIdOf(JournalRecord record) => record.SettledClaim?.SetlId ?? record.ReversedClaim?.SetlId ?? "";

    /// <summary>Puts in what a loader read, unless the writer holds it already: its own copy is never older.</summary>
    internal void Absorb(LoadedState loaded)
    {
        if (loaded.Person is { } person) Absorb(person);
        foreach (var relative in loaded.Relatives) Absorb(relative);
        if (loaded.Encounter is { } encounter && Encounters.TryAdd(encounter.MdtrtId, encounter))
        {
            encounter.PsnNo = Survivor(encounter.PsnNo);
            encounterOrder.Enqueue(encounter.MdtrtId);
        }
        if (loaded is { Key: { } key, Request: { } request } && Requests.TryAdd(key, request)) requestOrder.Enqueue(key);
        // The projection may not know yet that the visit's encounter was cancelled; then memory does.
        if (loaded.TakenVisit is { } visit && FindEncounter(visit.MdtrtId) is not { Stage: EncounterStage.Cancelled }) Visits.TryAdd((visit.FixmedinsCode, visit.VisitNo), visit.MdtrtId);
    }

    private void Absorb(PersonState person)
    {
        if (Persons.TryAdd(person.PsnNo, person)) personOrder.Enqueue(person.PsnNo);
        var held = Persons[person.PsnNo];
        var known = held.Insured is { } older && older.Version >= (person.Insured?.Version ?? 0) ? older : person.Insured ?? held.Insured;
        held.Refresh(person, AnnouncedPersons.Newest(person.PsnNo, known));
        held.Credit(AnnouncedCredits.Newest(person.PsnNo, null));
    }

    /// <summary>Looks at some entries of each kind, the oldest first, and drops what is projected and idle. A little after every batch, so that no batch waits long.</summary>
    public void Sweep(int entries, long projectedSeq)
    {
        var now = Environment.TickCount64;
        AnnouncedPersons.Forget(now);
        AnnouncedCredits.Forget(now);
        for (var i = 0; i < entries && personOrder.TryDequeue(out var psnNo); i++)
        {
            if (!Persons.TryGetValue(psnNo, out var person)) continue;
            if (person.LastSeq <= projectedSeq && now - person.LastUsed > PersonIdleMs) Persons.TryRemove(psnNo, out _);
            else personOrder.Enqueue(psnNo);
        }
        for (var i = 0; i < entries && encounterOrder.TryDequeue(out var mdtrtId); i++)
        {
            if (!Encounters.TryGetValue(mdtrtId, out var encounter)) continue;
            if (encounter.LastSeq <= projectedSeq && now - encounter.LastUsed > EncounterIdleMs)
            {
                Encounters.TryRemove(mdtrtId, out _);
                Visits.TryRemove((encounter.FixmedinsCode, encounter.Details.VisitNo), out _);
            }
            else encounterOrder.Enqueue(mdtrtId);
        }
        for (var i = 0; i < entries && requestOrder.TryDequeue(out var key); i++)
        {
            if (!Requests.TryGetValue(key, out var request)) continue;
            if (request.Seq <= projectedSeq && now - request.Since > RequestIdleMs) Requests.TryRemove(key, out _);
            else requestOrder.Enqueue(key);
        }
    }

    public void Clear()
    {
        policies = CountyPolicies.Of(programPolicies);
        merges = new Dictionary<string, string>();
        Persons.Clear();
        Encounters.Clear();
        Requests.Clear();
        Visits.Clear();
        personOrder.Clear();
        encounterOrder.Clear();
        requestOrder.Clear();
    }
}

/// <summary>What was seen in memory or read for one command.</summary>
internal sealed class LoadedState
{
    public PersonState? Person { get; set; }
    /// <summary>Whose accounts may have to do with the person's bills.</summary>
    public IReadOnlyList<PersonState> Relatives { get; set; } = [];
    public EncounterState? Encounter { get; set; }
    public (string Sender, string MessageId)? Key { get; set; }
    public KnownRequest? Request { get; set; }
    public (string FixmedinsCode, string VisitNo, string MdtrtId)? TakenVisit { get; set; }
}
