using System.Threading.Channels;
using MedInsure.Events;
using MedInsure.Kernel;
using MedInsure.Protos.Enrollment.V1;
using MedInsure.Protos.Settlement.V1;
using Npgsql;
using NpgsqlTypes;

namespace MedInsure.Settlement.Journal;

/// <summary>What one command lacks; empty strings: nothing of that kind.</summary>
internal sealed record LoadRequest(string PsnNo, string MdtrtId, (string Sender, string MessageId)? Key, (string FixmedinsCode, string VisitNo)? Visit)
{
    public TaskCompletionSource<LoadedState> Completion { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}

/// <summary>Reads what commands lack from the projections, many commands in one round trip. Persons that enrollment has not announced yet are asked for.</summary>
internal sealed class StateLoader : IAsyncDisposable
{
    private const int MaxBatch = 128;
    private readonly Channel<LoadRequest> queue = Channel.CreateUnbounded<LoadRequest>();
    private readonly NpgsqlDataSource database;
    private readonly Persons.InsuredPersons insured;
    private readonly CancellationTokenSource stop = new();
    private readonly Task[] workers;

    public StateLoader(NpgsqlDataSource database, Persons.InsuredPersons insured)
    {
        (this.database, this.insured) = (database, insured);
        workers = [Work(), Work()];
    }

    /// <summary>A number with a NUL is in no table, and asking for it would fail all that are read with it.</summary>
    public Task<LoadedState> Load(LoadRequest request) =>
        !StorableText.Holds(request.PsnNo) || !StorableText.Holds(request.MdtrtId) ? Task.FromResult(new LoadedState { Person = new PersonState(request.PsnNo) }) :
        queue.Writer.TryWrite(request) ? request.Completion.Task : Task.FromException<LoadedState>(new ObjectDisposedException(nameof(StateLoader)));

    private async Task Work()
    {
        await Task.Yield();
        var batch = new List<LoadRequest>(MaxBatch);
        while (await WaitToRead())
        {
            batch.Clear();
            while (batch.Count < MaxBatch && queue.Reader.TryRead(out var request)) batch.Add(request);
            if (batch.Count == 0) continue;
            try
            {
                await Read(batch);
            }
            catch (Exception e)
            {
                // Whoever waits while the journal ends asks another replica, as one that comes later.
                var why = stop.IsCancellationRequested ? new ObjectDisposedException(nameof(StateLoader)) : e;
                foreach (var request in batch) request.Completion.TrySetException(why);
            }
        }
    }

    private async Task<bool> WaitToRead()
    {
        try { return await queue.Reader.WaitToReadAsync(stop.Token); }
        catch (OperationCanceledException) { return false; }
    }

    private async Task Read(List<LoadRequest> requests)
    {
        string[] persons = [.. requests.Select(r => r.PsnNo).Where(p => p.Length > 0).Distinct()];
        string[] encounters = [.. requests.Select(r => r.MdtrtId).Where(m => m.Length > 0).Distinct()];
        var keys = requests.Where(r => r.Key is not null).Select(r => r.Key!.Value).Distinct().ToArray();
        var visits = requests.Where(r => r.Visit is not null).Select(r => r.Visit!.Value).Distinct().ToArray();

        await using var connection = await database.OpenConnectionAsync(stop.Token);
        await using var batch = new NpgsqlBatch(connection);
        Add(batch, "SELECT psn_no, doc FROM insured WHERE psn_no = ANY($1)", persons);
        Add(batch, "SELECT psn_no, insutype, year, sums::text, last_seq FROM accumulator WHERE psn_no = ANY($1)", persons);
        Add(batch, "SELECT psn_no, paid_fen FROM account WHERE psn_no = ANY($1)", persons);
        Add(batch, "SELECT psn_no, total_fen, version FROM account_credit WHERE psn_no = ANY($1)", persons);
        Add(batch, "SELECT psn_no, doc FROM filing WHERE psn_no = ANY($1) ORDER BY filing_id", persons);
        Add(batch, "SELECT psn_no, contract_no, policy_no, from_on, to_on FROM consent WHERE psn_no = ANY($1) AND NOT withdrawn ORDER BY from_on", persons);
        // Withdrawn ones too: what a relative's account paid may be taken back.
        Add(batch, "SELECT psn_no, payer_no, from_on, to_on, withdrawn FROM family_consent WHERE psn_no = ANY($1) ORDER BY seq, idx, payer_no", persons);
        // What stands: settlements, and rows that restored one, which nothing reversed. All of them: which may have referred to a stay is told by that stay's days, not by today.
        Add(batch, "SELECT psn_no, doc, mdtrt_id FROM claim c WHERE is_stay AND psn_no = ANY($1) AND (reverses_setl_id IS NULL OR total_fen >= 0)"
            + " AND NOT EXISTS (SELECT FROM claim r WHERE r.reverses_setl_id = c.setl_id) ORDER BY setl_id", persons);
        Add(batch, "SELECT psn_no, doc FROM claim_correction WHERE psn_no = ANY($1) AND kind = 'corrected' ORDER BY setl_id", persons);
        Add(batch, "SELECT mdtrt_id, seq, idx, record FROM encounter_record WHERE mdtrt_id = ANY($1)"
            + " UNION ALL SELECT mdtrt_id, seq, idx, doc FROM claim WHERE mdtrt_id = ANY($1) ORDER BY 1, 2, 3", encounters);
        Add(batch, "SELECT k.sender, k.message_id, k.content_hash, k.seq, k.idx, j.records FROM unnest($1, $2) AS u (sender, message_id)"
            + " JOIN request_key k USING (sender, message_id) JOIN journal j ON j.seq = k.seq", [.. keys.Select(k => k.Sender)], [.. keys.Select(k => k.MessageId)]);
        Add(batch, "SELECT e.fixmedins_code, e.visit_no, e.mdtrt_id FROM unnest($1, $2) AS u (fixmedins_code, visit_no)"
            + " JOIN encounter e USING (fixmedins_code, visit_no) WHERE e.state <> 'cancelled'", [.. visits.Select(v => v.FixmedinsCode)], [.. visits.Select(v => v.VisitNo)]);

        var found = persons.ToDictionary(p => p, p => new PersonState(p), StringComparer.Ordinal);
        var folded = new Dictionary<string, EncounterState>(StringComparer.Ordinal);
        var known = new Dictionary<(string, string), KnownRequest>();
        var taken = new Dictionary<(string, string), string>();
        await using (var reader = await batch.ExecuteReaderAsync(stop.Token))
        {
            while (await reader.ReadAsync(stop.Token)) found[reader.GetString(0)].Insured = Person.Parser.ParseFrom(reader.GetFieldValue<byte[]>(1));
            await reader.NextResultAsync(stop.Token);
            while (await reader.ReadAsync(stop.Token))
            {
                var sums = AccumulatorText.Parse(reader.GetString(3));
                found[reader.GetString(0)].Add(new BenefitYear(reader.GetString(1), reader.GetInt32(2)), new YearState { Sums = sums, LastSeq = reader.GetInt64(4) });
            }
            await reader.NextResultAsync(stop.Token);
            while (await reader.ReadAsync(stop.Token)) found[reader.GetString(0)].AccountPaidFen = reader.GetInt64(1);
            await reader.NextResultAsync(stop.Token);
            while (await reader.ReadAsync(stop.Token)) found[reader.GetString(0)].Credit(new AccountCredited(reader.GetString(0), reader.GetInt64(1), reader.GetInt64(2)));
            await reader.NextResultAsync(stop.Token);
            while (await reader.ReadAsync(stop.Token)) found[reader.GetString(0)].Add(Filing.Parser.ParseFrom(reader.GetFieldValue<byte[]>(1)));
            await reader.NextResultAsync(stop.Token);
            while (await reader.ReadAsync(stop.Token)) found[reader.GetString(0)].Add(new Consent(reader.GetString(1), reader.GetString(2), DayNumber.Of(reader.GetFieldValue<DateOnly>(3)), DayNumber.Of(reader.GetFieldValue<DateOnly>(4))));
            await reader.NextResultAsync(stop.Token);
            while (await reader.ReadAsync(stop.Token)) found[reader.GetString(0)].Add(new FamilyConsent(reader.GetString(1), reader.GetInt32(2), reader.GetInt32(3), reader.GetBoolean(4)));
            await reader.NextResultAsync(stop.Token);
            while (await reader.ReadAsync(stop.Token))
            {
                var record = JournalRecord.Parser.ParseFrom(reader.GetFieldValue<byte[]>(1));
                var (root, claim) = record switch
                {
                    { SettledClaim: { } settled } => (settled.SetlId, settled),
                    { ReversedClaim: { Restores: true } restored } => (restored.RootSetlId, restored.Negated),
                    _ => ("", null),
                };
                if (claim is not null) found[reader.GetString(0)].Stays.Add(SettledStay.Of(root, reader.GetString(2), claim));
            }
            await reader.NextResultAsync(stop.Token);
            while (await reader.ReadAsync(stop.Token)) found[reader.GetString(0)].Add(Correction.Parser.ParseFrom(reader.GetFieldValue<byte[]>(1)));
            await reader.NextResultAsync(stop.Token);
            while (await reader.ReadAsync(stop.Token)) Fold(folded, JournalRecord.Parser.ParseFrom(reader.GetFieldValue<byte[]>(3)), reader.GetInt64(1));
            await reader.NextResultAsync(stop.Token);
            while (await reader.ReadAsync(stop.Token))
            {
                var key = (reader.GetString(0), reader.GetString(1));
                var record = JournalBatch.Parser.ParseFrom(reader.GetFieldValue<byte[]>(5)).Record[reader.GetInt32(4)];
                known[key] = TenantState.KnownRequestOf(record, reader.GetInt64(3)) with { ContentHash = reader.GetFieldValue<byte[]>(2) };
            }
            await reader.NextResultAsync(stop.Token);
            while (await reader.ReadAsync(stop.Token)) taken[(reader.GetString(0), reader.GetString(1))] = reader.GetString(2);
        }
        var strangers = found.Values.Where(p => p.Insured is null).Select(p => p.PsnNo).ToHashSet(StringComparer.Ordinal);
        Grpc.Core.RpcException? outOfReach = null;
        if (strangers.Count > 0)
        {
            try
            {
                foreach (var person in await insured.AskEnrollment([.. strangers], stop.Token)) found[person.PsnNo].Insured = person;
            }
            catch (Grpc.Core.RpcException e) { outOfReach = e; } // the others' persons are here: they need not wait for enrollment
        }

        var now = Environment.TickCount64;
        foreach (var person in found.Values) person.LastUsed = now;
        foreach (var encounter in folded.Values) encounter.LastUsed = now;
        foreach (var request in requests)
        {
            if (outOfReach is not null && strangers.Contains(request.PsnNo)) request.Completion.TrySetException(outOfReach);
            else request.Completion.TrySetResult(new LoadedState
            {
                Person = request.PsnNo.Length > 0 ? found[request.PsnNo] : null,
                Encounter = folded.GetValueOrDefault(request.MdtrtId),
                Key = request.Key,
                Request = request.Key is { } key ? known.GetValueOrDefault(key) : null,
                TakenVisit = request.Visit is { } visit && taken.TryGetValue(visit, out var holder) ? (visit.FixmedinsCode, visit.VisitNo, holder) : null,
            });
        }
    }

    /// <summary>Records come in the journal's order; the first one of an encounter opens it.</summary>
    private static void Fold(Dictionary<string, EncounterState> folded, JournalRecord record, long seq)
    {
        if (!folded.TryGetValue(record.MdtrtId, out var encounter))
        {
            var opened = record.EncounterOpened ?? record.SettledClaim?.InlineEncounter
                ?? throw new InvalidOperationException($"encounter {record.MdtrtId} does not begin with its opening");
            folded.Add(record.MdtrtId, encounter = new EncounterState(record.MdtrtId, record.PsnNo, opened));
        }
        encounter.Apply(record, seq);
    }

    private static void Add(NpgsqlBatch batch, string sql, params string[][] arrays)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var array in arrays) command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = array, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        batch.BatchCommands.Add(command);
    }

    public async ValueTask DisposeAsync()
    {
        queue.Writer.TryComplete();
        await stop.CancelAsync();
        await Task.WhenAll(workers);
        while (queue.Reader.TryRead(out var request)) request.Completion.TrySetException(new ObjectDisposedException(nameof(StateLoader)));
        stop.Dispose();
    }
}
