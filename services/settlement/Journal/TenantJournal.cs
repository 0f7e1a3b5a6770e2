using System.Diagnostics;
using System.Threading.Channels;
using MedInsure.Events;
using MedInsure.Hosting.Tenancy;
using MedInsure.Kernel;
using MedInsure.Reference;
using MedInsure.Settlement.Insurers;
using MedInsure.Settlement.Persons;
using MedInsure.Settlement.Policies;
using MedInsure.Settlement.PolicyLife;
using MedInsure.Settlement.Projections;
using Npgsql;

namespace MedInsure.Settlement.Journal;

/// <summary>
/// One tenant's single writer. It takes all commands that wait, decides them one after the other against its memory, appends what was accepted
/// as one journal row and answers after that commit; while one batch commits, the next one gathers, so that a lone command never waits.
/// Safety does not rest on being alone: the lease is a session lock on the appending connection, and a second writer's append fails on seq.
/// After any failed append the memory is dropped and built anew from the database.
/// </summary>
public sealed class TenantJournal : IAsyncDisposable
{
    public const int BatchMax = 256;
    private const int SweepMin = 16;
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(500), ProjectionPatience = TimeSpan.FromSeconds(1), DrainTimeout = TimeSpan.FromSeconds(10);

    private readonly Tenant tenant;
    private readonly NpgsqlDataSource database;
    private readonly StateLoader loader;
    private readonly Func<CityReference?> reference;
    private readonly Func<string, ProviderRow?> findProvider;
    private readonly PolicyLibrary policies;
    private readonly ContractLibrary contracts;
    private readonly TimeProvider time;
    private readonly ILogger<TenantJournal> log;
    private readonly Channel<JournalCommand> queue = Channel.CreateBounded<JournalCommand>(new BoundedChannelOptions(16 * BatchMax) { SingleReader = true });
    // The first ends waiting for the lease, the second everything.
    private readonly CancellationTokenSource retire = new(), stop = new();
    private readonly TenantState state;
    private readonly Task running;
    private KeyFilter requestFilter = new(0), visitFilter = new(0);
    private JournalHead head = JournalHead.Start;
    private volatile bool holdsLease, standsBy;
    private long committedSeq;
    // Counts how often memory was built anew: a command that looked into an older one is not decided.
    private volatile int epoch;

    public TenantJournal(Tenant tenant, NpgsqlDataSource database, Persons.InsuredPersons insured, Func<CityReference?> reference, Func<string, ProviderRow?> findProvider,
        PolicyLibrary policies, ContractLibrary contracts, Projector projector, TimeProvider time, ILogger<TenantJournal> log)
    {
        (this.tenant, this.database, this.reference, this.findProvider, this.policies, this.contracts, this.time, this.log) = (tenant, database, reference, findProvider, policies, contracts, time, log);
        Projector = projector;
        state = new TenantState(tenant.Code, policies);
        loader = new StateLoader(database, insured);
        running = Task.Run(Run);
    }

    public Tenant Tenant => tenant;
    public Projector Projector { get; }
    public bool HoldsLease => holdsLease;
    /// <summary>Another process writes, and this one takes over when that one ends.</summary>
    public bool StandsBy => standsBy;
    /// <summary>As it is published; empty: it is not.</summary>
    public string ProviderName(string fixmedinsCode) => findProvider(fixmedinsCode)?.Name ?? "";
    public long CommittedSeq => Interlocked.Read(ref committedSeq);
    public byte[] HeadHash => head.Hash;

    /// <summary>Decides a command, makes it durable, and only then returns. A request seen before returns its stored record.</summary>
    public async Task<Outcome<Committed>> Submit(JournalCommand command, CancellationToken cancellation = default)
    {
        (command.Epoch, command.LookedAt) = (epoch, Environment.TickCount64);
        if (!holdsLease) return Refusals.NotTheWriter;
        if (command.LookedIn is { } earlier && earlier != command.Epoch) return Refusals.Unavailable;
        if (command.NeedsCatalog && reference() is null) return ReferenceData.NotLoaded;
        if (!StorableText.Holds(command)) return Refusals.TextMalformed;
        try
        {
            await Prepare(command, cancellation);
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException or Grpc.Core.RpcException or ObjectDisposedException)
        {
            log.LogWarning(e, "tenant {Tenant}: cannot load what a command needs", tenant.Code);
            return Refusals.Unavailable;
        }
        try
        {
            await queue.Writer.WriteAsync(command, cancellation);
        }
        catch (ChannelClosedException)
        {
            return Refusals.Unavailable;
        }
        // From here on the command may be committed even if the caller gives up: its replay will tell.
        return await command.Completion.Task.WaitAsync(cancellation);
    }

    /// <summary>An accepted request by its key, from memory or the projection.</summary>
    public async Task<FoundRequest> FindRequest(string sender, string messageId, CancellationToken cancellation)
    {
        var now = epoch;
        if (state.Requests.TryGetValue((sender, messageId), out var known)) return new FoundRequest(known, now);
        if (!requestFilter.MayContain(sender, messageId) || !StorableText.Holds(sender) || !StorableText.Holds(messageId)) return new FoundRequest(null, now);
        return new FoundRequest((await loader.Load(new LoadRequest("", "", (sender, messageId), null)).WaitAsync(cancellation)).Request, now);
    }

    /// <summary>Replaces what memory holds of a person, or comes to hold of it soon, after enrollment told of a change.</summary>
    public void Replace(Protos.Enrollment.V1.Person person)
    {
        if (person.MergedInto.Length > 0) state.AwaitMerge(person.PsnNo, person.MergedInto);
        state.AnnouncedPersons.Add(person);
        if (state.Persons.TryGetValue(person.PsnNo, out var known) && (known.Insured is null || known.Insured.Version < person.Version)) known.Insured = person;
    }

    /// <summary>The same of what billing credited to an account.</summary>
    public void Replace(AccountCredited credited)
    {
        state.AnnouncedCredits.Add(credited);
        if (state.Persons.TryGetValue(credited.PsnNo, out var known)) known.Credit(credited);
    }

    /// <summary>A person as the writer's memory or else the tables have it; for looking only. Null: the number is unknown.</summary>
    public async Task<PersonState?> ReadPerson(string psnNo, CancellationToken cancellation) =>
        holdsLease && state.Persons.TryGetValue(Survivor(psnNo), out var known) && known.Insured is not null ? known
            : (await loader.Load(new LoadRequest(Survivor(psnNo), "", null, null)).WaitAsync(cancellation)).Person;

    /// <summary>The number that a number means now, as the writer has it.</summary>
    public string Survivor(string psnNo) => state.Survivor(psnNo);

    /// <summary>An encounter folded anew from the tables, for queries; the caller has waited for the projection.</summary>
    public async Task<EncounterState?> ReadEncounter(string mdtrtId, CancellationToken cancellation)
    {
        var encounter = (await loader.Load(new LoadRequest("", mdtrtId, null, null)).WaitAsync(cancellation)).Encounter;
        if (encounter is not null) encounter.PsnNo = Survivor(encounter.PsnNo);
        return encounter;
    }

    /// <summary>The county's policies as the writer has them; where another process writes, perhaps older ones.</summary>
    public CountyPolicies Policies => state.Policies;

    /// <summary>The county's policies, for looking: the writer's, or where another process writes what the tables say.</summary>
    public async Task<CountyPolicies> ReadPolicies(CancellationToken cancellation)
    {
        if (holdsLease) return state.Policies;
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return await AdoptedPolicies.Read(connection, policies, cancellation);
    }

    /// <summary>Returns when the tables hold everything that was answered before, by whichever process. False: not within the time.</summary>
    public async Task<bool> WaitForTables(TimeSpan atMost, CancellationToken cancellation)
    {
        if (holdsLease) return await Projector.WaitFor(CommittedSeq, atMost, cancellation);
        await using var connection = await database.OpenConnectionAsync(cancellation);
        var answered = (await JournalStore.ReadHead(connection, cancellation)).Seq;
        for (var begun = Stopwatch.StartNew(); (await Projections.Projector.ReadCheckpoint(connection, cancellation)).Seq < answered;)
        {
            if (begun.Elapsed > atMost) return false;
            await Task.Delay(20, cancellation); // another process projects, and tells nobody
        }
        return true;
    }

    /// <summary>What a query may look at: reference data and policies as of now; it must not touch the state.</summary>
    public DecisionContext LookingContext() => Context(time.GetUtcNow());

    private DecisionContext Context(DateTimeOffset now) => new(tenant, state, contracts, reference() ?? CityReference.Empty(tenant.CityCode), findProvider, now);

    /// <summary>Gives the command what it needs: what memory holds now, the rest read. Touched entries stay in memory well beyond <see cref="TenantState.LookHolds"/>;
    /// should one leave all the same, the command brings it back.</summary>
    private async ValueTask Prepare(JournalCommand command, CancellationToken cancellation)
    {
        var now = Environment.TickCount64;
        var seen = new LoadedState();
        var person = Survivor(command.PsnNo);
        if (person.Length > 0 && state.Persons.TryGetValue(person, out var knownPerson) && knownPerson.IsInsuredFresh(now))
        {
            (knownPerson.LastUsed, seen.Person, person) = (now, knownPerson, "");
        }
        var encounter = command.MdtrtId;
        if (encounter.Length > 0 && state.Encounters.TryGetValue(encounter, out var knownEncounter))
        {
            (knownEncounter.LastUsed, seen.Encounter, encounter) = (now, knownEncounter, "");
        }
        (string, string)? key = null;
        if (!command.ChangesNothing)
        {
            seen.Key = (command.Key.Sender, command.Key.MessageId);
            if (state.Requests.TryGetValue(seen.Key.Value, out var knownRequest)) seen.Request = knownRequest;
            else if (requestFilter.MayContain(command.Key.Sender, command.Key.MessageId)) key = seen.Key;
        }
        (string, string)? visit = null;
        if (command.NewVisit is { } v)
        {
            if (state.Visits.TryGetValue(v, out var holder)) seen.TakenVisit = (v.FixmedinsCode, v.VisitNo, holder);
            else if (visitFilter.MayContain(v.FixmedinsCode, v.VisitNo)) visit = v;
        }
        command.Loaded = seen;
        if (person.Length > 0 || encounter.Length > 0 || key is not null || visit is not null)
        {
            var read = await loader.Load(new LoadRequest(person, encounter, key, visit)).WaitAsync(cancellation);
            seen.Person ??= read.Person;
            seen.Encounter ??= read.Encounter;
            seen.Request ??= read.Request;
            seen.TakenVisit ??= read.TakenVisit;
        }
        if (seen.Person is { Family.Count: > 0 } || command.RetiredNo.Length > 0) await PrepareRelatives(command, seen, now, cancellation);
    }

    /// <summary>Whoever's account may pay of the person's bills, or did, as the person himself; and a number that retires.</summary>
    private async Task PrepareRelatives(JournalCommand command, LoadedState seen, long now, CancellationToken cancellation)
    {
        // All at once: the loader reads together what waits together.
        var loads = (seen.Person?.Family ?? []).Select(c => Survivor(c.PayerNo)).Append(command.RetiredNo).Where(n => n.Length > 0).Distinct()
            .Select(n => state.Persons.TryGetValue(n, out var known) && known.IsInsuredFresh(now) ? Task.FromResult(known) : Load(n)).ToList();
        var relatives = new List<PersonState>(await Task.WhenAll(loads));
        foreach (var relative in relatives) relative.LastUsed = now;
        seen.Relatives = relatives;

        async Task<PersonState> Load(string psnNo) => (await loader.Load(new LoadRequest(psnNo, "", null, null)).WaitAsync(cancellation)).Person!;
    }

    private async Task Run()
    {
        while (!stop.IsCancellationRequested && !queue.Reader.Completion.IsCompleted)
        {
            try
            {
                await using var connection = await database.OpenConnectionAsync(stop.Token);
                await JournalStore.ListenForLease(connection, stop.Token);
                while (!await JournalStore.TryLease(connection, stop.Token))
                {
                    standsBy = true;
                    // A writer that stops calls; one that was killed cannot.
                    await connection.WaitAsync(RetryDelay, retire.Token);
                }
                try
                {
                    await Recover(connection);
                    await Write(connection);
                    // Queries that still wait here for the tables shall have their answer, and the next writer need not catch up.
                    holdsLease = false;
                    await Projector.WaitFor(head.Seq, ProjectionPatience, stop.Token);
                }
                finally
                {
                    holdsLease = false;
                    await JournalStore.ReleaseLease(connection);
                }
            }
            catch (OperationCanceledException) when (retire.IsCancellationRequested) { break; }
            catch (Exception e)
            {
                log.LogError(e, "tenant {Tenant}: the writer lost its connection or its lease and starts anew", tenant.Code);
            }
            standsBy = false;
            Drain();
            if (!queue.Reader.Completion.IsCompleted) await Pause();
        }
        holdsLease = standsBy = false;
        queue.Writer.TryComplete();
        Drain();
    }

    private async Task Pause()
    {
        try { await Task.Delay(RetryDelay, time, retire.Token); } // the database is away: do not spin
        catch (OperationCanceledException) { }
    }

    /// <summary>Under the lease: projects the journal to its head, then starts from an empty memory.</summary>
    private async Task Recover(NpgsqlConnection connection)
    {
        var watch = Stopwatch.StartNew();
        head = await JournalStore.ReadHead(connection, stop.Token);
        await Projector.CatchUp(head.Seq, stop.Token);
        epoch++;
        state.Clear();
        var checkpoint = await Projector.ReadCheckpoint(connection, stop.Token);
        state.Policies = await AdoptedPolicies.Read(connection, policies, stop.Token);
        state.Merges = await MergedNumbers.Read(connection, stop.Token);
        (state.LastEncounterNo, state.LastSettlementNo, state.LastFilingNo) = (checkpoint.LastEncounterNo, checkpoint.LastSettlementNo, checkpoint.LastFilingNo);
        requestFilter = await Filter(connection, "SELECT sender, message_id FROM request_key");
        visitFilter = await Filter(connection, "SELECT fixmedins_code, visit_no FROM encounter WHERE state <> 'cancelled'");
        Interlocked.Exchange(ref committedSeq, head.Seq);
        holdsLease = true;
        log.LogInformation("tenant {Tenant}: writing from seq {Seq}, recovered in {Milliseconds} ms", tenant.Code, head.Seq + 1, watch.ElapsedMilliseconds);
    }

    private async Task<KeyFilter> Filter(NpgsqlConnection connection, string sql)
    {
        await using var count = new NpgsqlCommand($"SELECT count(*) FROM ({sql}) AS k", connection) { CommandTimeout = 0 };
        // Room for as many again, so that "perhaps" stays rare until the next start.
        var filter = new KeyFilter(2 * Math.Max(500_000, (long)(await count.ExecuteScalarAsync(stop.Token))!));
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await using var reader = await command.ExecuteReaderAsync(stop.Token);
        while (await reader.ReadAsync(stop.Token)) filter.Add(reader.GetString(0), reader.GetString(1));
        return filter;
    }

    private async Task Write(NpgsqlConnection connection)
    {
        var waiting = new List<JournalCommand>(BatchMax);
        while (await queue.Reader.WaitToReadAsync(stop.Token))
        {
            waiting.Clear();
            while (waiting.Count < BatchMax && queue.Reader.TryRead(out var command)) waiting.Add(command);
            await CommitBatch(connection, waiting);
            // More than a batch can add, so that memory does not grow with time.
            state.Sweep(2 * waiting.Count + SweepMin, Projector.ProjectedSeq);
        }
    }

    private async Task CommitBatch(NpgsqlConnection connection, List<JournalCommand> commands)
    {
        var now = time.GetUtcNow();
        var context = Context(now);
        var batch = new List<JournalEntry>(commands.Count);
        // Nothing is answered before the commit, not even a "no": it may rest on a member of this very batch.
        var answers = new List<(JournalCommand Command, Outcome<Committed> Answer)>(commands.Count);
        try
        {
            foreach (var command in commands) answers.Add((command, Take(command, context, batch)));
            if (batch.Count > 0)
            {
                var begun = Stopwatch.GetTimestamp();
                head = await JournalStore.Append(connection, head, batch, now, stop.Token);
                JournalMeter.Committed(tenant.Code, Stopwatch.GetElapsedTime(begun), batch.Count);
            }
        }
        catch
        {
            // The commit may or may not have happened. Whoever sends the command again learns which, after the journal was read anew.
            holdsLease = false;
            foreach (var command in commands) command.Completion.TrySetResult(Refusals.Unavailable);
            throw;
        }
        if (batch.Count > 0)
        {
            Interlocked.Exchange(ref committedSeq, head.Seq);
            Projector.Enqueue(head.Seq, batch);
        }
        foreach (var (command, answer) in answers) command.Completion.TrySetResult(answer);
    }

    private Outcome<Committed> Take(JournalCommand command, DecisionContext context, List<JournalEntry> batch)
    {
        // Memory was dropped, or the command rested too long, after it looked: what it relied on may be gone.
        if (command.Epoch != epoch || Environment.TickCount64 - command.LookedAt > TenantState.LookHolds.TotalMilliseconds) return Refusals.Unavailable;
        state.Absorb(command.Loaded!);
        if (command.PsnNo.Length > 0 && !state.Persons.ContainsKey(state.Survivor(command.PsnNo)) || command.RetiredNo.Length > 0 && !state.Persons.ContainsKey(command.RetiredNo)) return Refusals.Unavailable;
        if (Replay(command) is { } replay) return replay;
        if (command.RetiredNo.Length == 0 && state.AwaitsMerge(state.Survivor(command.PsnNo))) return Refusals.PersonMerging;
        var outcome = Decide(command, context);
        if (outcome.Refusal is { } refusal) return refusal;
        var record = outcome.Value;
        record.Key = command.Key;
        record.PsnNo = state.Survivor(record.PsnNo);
        record.AtMs = context.NowMs;
        if (!StorableText.Holds(record)) return Refusals.TextMalformed;
        // A relative who consented after the command looked.
        if (FamilyDocuments.PaymentsOf(record) is { } payments && payments.Any(p => !state.Persons.ContainsKey(p.PsnNo))) return Refusals.Unavailable;
        if (!command.ChangesNothing)
        {
            state.Apply(record, head.Seq + 1);
            Remember(record);
            batch.Add(JournalEntry.Of(record));
        }
        var person = record.PsnNo.Length > 0 ? state.Person(record.PsnNo) : null;
        return new Committed(record, command.ChangesNothing ? 0 : head.Seq + 1, person, IsReplay: false);
    }

    private Outcome<JournalRecord> Decide(JournalCommand command, DecisionContext context)
    {
        try
        {
            return command.Decide(context);
        }
        catch (Exception e)
        {
            // A decision changes nothing until it is applied: one that fails by a bug must not fail the others of its batch.
            log.LogError(e, "tenant {Tenant}: {Transaction} {MessageId} failed", tenant.Code, command.Key.Transaction, command.Key.MessageId);
            return Refusals.Internal;
        }
    }

    private Outcome<Committed>? Replay(JournalCommand command)
    {
        if (command.ChangesNothing || !state.Requests.TryGetValue((command.Key.Sender, command.Key.MessageId), out var known)) return null;
        if (known.Record.RequestVoided is { } voided && voided.MessageId == command.Key.MessageId) return Refusals.RequestVoided;
        if (known.Transaction != command.Key.Transaction || !known.ContentHash.Span.SequenceEqual(command.Key.ContentHash.Span)) return Refusals.RequestKeyReused;
        return new Committed(known.Record, known.Seq, known.PsnNo.Length > 0 ? state.Persons.GetValueOrDefault(state.Survivor(known.PsnNo)) : null, IsReplay: true);
    }

    private void Remember(JournalRecord record)
    {
        requestFilter.Add(record.Key.Sender, record.Key.MessageId);
        if (record.RequestVoided is { } voided) requestFilter.Add(voided.Sender, voided.MessageId);
        var opened = record.EncounterOpened ?? record.SettledClaim?.InlineEncounter;
        if (opened is not null) visitFilter.Add(opened.FixmedinsCode, opened.Details.VisitNo);
    }

    private void Drain()
    {
        while (queue.Reader.TryRead(out var command)) command.Completion.TrySetResult(Refusals.Unavailable);
    }

    /// <summary>Takes nothing more, finishes what was taken in, and leaves the lease to another process: no settlement is lost on a rolling update.</summary>
    public async Task Retire()
    {
        queue.Writer.TryComplete();
        await retire.CancelAsync();
        await Task.WhenAny(running, Task.Delay(DrainTimeout, time));
    }

    public async ValueTask DisposeAsync()
    {
        await Retire();
        await stop.CancelAsync();
        await running;
        await loader.DisposeAsync();
        stop.Dispose();
        retire.Dispose();
    }
}
