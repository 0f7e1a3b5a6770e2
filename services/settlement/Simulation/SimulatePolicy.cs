using System.Data;
using System.Diagnostics;
using System.Threading.Channels;
using MedInsure.Hosting.Tenancy;
using MedInsure.Settlement.Journal;
using MedInsure.Settlement.Persons;
using MedInsure.Settlement.Policies;
using MedInsure.Settlement.PolicyLife;
using MedInsure.Settlement.Replays;
using Npgsql;
using NpgsqlTypes;

namespace MedInsure.Settlement.Simulation;

/// <summary>
/// What a draft would have changed: the settlements of a period, read from the counties' databases, through <see cref="SimulationEngine"/>s. Each county in one snapshot, its
/// persons in turn, shared out to as many workers as there are cores: memory is that of the persons at hand, however many settlements there are. Only reads.
/// </summary>
public static class SimulatePolicy
{
    private const int PersonsAtOnce = 256, WorkersMost = 8;
    private static readonly TimeSpan ProgressEvery = TimeSpan.FromSeconds(2);

    /// <param name="progress">A line now and then, for whoever waits.</param>
    /// <exception cref="InvalidOperationException">A settlement cannot be computed; the message names it and says why.</exception>
    public static async Task<SimulationOutcome> Run(SimulationRequest request, Func<Tenant, NpgsqlDataSource> databaseOf, PolicyLibrary policies, TextWriter progress, CancellationToken cancellation)
    {
        var watch = Stopwatch.StartNew();
        var engines = Enumerable.Range(0, Math.Clamp(Environment.ProcessorCount, 1, WorkersMost)).Select(_ => new SimulationEngine(request.Scope, request.Households, request.Base == SimulationBase.Booked)).ToArray();
        var (persons, drawn) = (0L, 0L);
        ILookup<string, string>? sample = null;
        if (request.Sample is { } size)
        {
            var lots = new PersonSample(size, request.Seed);
            foreach (var county in request.Counties)
            {
                await using var connection = await databaseOf(county).OpenConnectionAsync(cancellation);
                await foreach (var psnNo in PersonsOf(connection, request, cancellation))
                {
                    persons++;
                    lots.Offer(county.Code, psnNo);
                }
                await progress.WriteLineAsync($"{county.Code}: {persons} persons so far to draw from");
            }
            sample = lots.Drawn();
        }
        foreach (var county in request.Counties)
        {
            var computed = await Compute(request, county, databaseOf(county), policies, engines, sample?[county.Code].ToArray(), progress, cancellation);
            drawn += computed;
            if (sample is null) persons += computed;
        }
        var totals = new SimulationTotals();
        foreach (var engine in engines) totals.Add(engine.Totals);
        return new SimulationOutcome(request, totals, persons, drawn, watch.Elapsed);
    }

    /// <returns>How many persons were computed.</returns>
    private static async Task<long> Compute(SimulationRequest request, Tenant county, NpgsqlDataSource database, PolicyLibrary program, SimulationEngine[] engines, string[]? drawn, TextWriter progress, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellation);
        var policies = await AdoptedPolicies.Read(connection, program, cancellation);
        var merges = await MergedNumbers.ReadAll(connection, cancellation);
        string snapshot;
        await using (var command = new NpgsqlCommand("SELECT pg_export_snapshot()", connection)) snapshot = (string)(await command.ExecuteScalarAsync(cancellation))!;

        using var failed = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var batches = Channel.CreateBounded<string[]>(engines.Length * 2);
        var (watch, persons, done) = (Stopwatch.StartNew(), 0L, 0L);
        var workers = engines.Select(engine => Task.Run(async () =>
        {
            try
            {
                await Work(request, county, database, snapshot, policies, merges, engine, batches.Reader, count => Interlocked.Add(ref done, count), failed.Token);
            }
            catch
            {
                await failed.CancelAsync();
                throw;
            }
        }, CancellationToken.None)).ToArray();
        var next = ProgressEvery;
        try
        {
            if (drawn is not null)
                foreach (var batch in drawn.Chunk(PersonsAtOnce)) await Put(batch);
            else
            {
                var batch = new List<string>(PersonsAtOnce);
                await foreach (var psnNo in PersonsOf(connection, request, failed.Token))
                {
                    batch.Add(psnNo);
                    if (batch.Count < PersonsAtOnce) continue;
                    await Put([.. batch]);
                    batch.Clear();
                }
                if (batch.Count > 0) await Put([.. batch]);
            }
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested) { } // a worker says why
        finally { batches.Writer.Complete(); }
        await Task.WhenAll(workers);
        await progress.WriteLineAsync($"{county.Code}: {persons} persons, {done} settlements and reversals in {watch.Elapsed.TotalSeconds:0.0} s");
        return persons;

        async Task Put(string[] batch)
        {
            await batches.Writer.WriteAsync(batch, failed.Token);
            persons += batch.Length;
            if (watch.Elapsed < next) return;
            next = watch.Elapsed + ProgressEvery;
            await progress.WriteLineAsync($"{county.Code}: {persons} persons, {Interlocked.Read(ref done)} settlements and reversals");
        }
    }

    /// <summary>Who has a settlement in the period: nobody else's can change in it. A household's burden takes everybody of its years.</summary>
    private static async IAsyncEnumerable<string> PersonsOf(NpgsqlConnection connection, SimulationRequest request, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("SELECT DISTINCT psn_no FROM claim WHERE policy_on BETWEEN $1 AND $2 ORDER BY psn_no", connection) { CommandTimeout = 0 };
        command.Parameters.Add(new NpgsqlParameter<DateOnly> { TypedValue = request.Households is null ? request.Scope.From : new DateOnly(request.Scope.From.Year, 1, 1) });
        command.Parameters.Add(new NpgsqlParameter<DateOnly> { TypedValue = request.Households is null ? request.Scope.To : new DateOnly(request.Scope.To.Year, 12, 31) });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation)) yield return reader.GetString(0);
    }

    private static async Task Work(SimulationRequest request, Tenant county, NpgsqlDataSource database, string snapshot, CountyPolicies policies, ILookup<string, MergedNumber> merges, SimulationEngine engine, ChannelReader<string[]> batches,
        Action<int> note, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellation);
        // The name comes from the server itself.
        await using (var command = new NpgsqlCommand($"SET TRANSACTION SNAPSHOT '{snapshot}'", connection)) await command.ExecuteNonQueryAsync(cancellation);
        await using var batch = new NpgsqlBatch(connection, transaction);
        var persons = new NpgsqlParameter<string[]> { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text };
        var corrections = new NpgsqlBatchCommand("SELECT doc FROM claim_correction WHERE psn_no = ANY($1) AND kind = 'corrected' ORDER BY setl_id") { Parameters = { persons } };
        // What the years' results rest on: their own settlements; of those before, the stays, whose bills and referrals reach over, and visits that may have been charged again.
        var claims = new NpgsqlBatchCommand("SELECT psn_no, doc, seq, idx FROM claim WHERE psn_no = ANY($1) AND (policy_on >= $2 OR clearing_type = '21') ORDER BY psn_no, seq, idx")
        {
            Parameters = { persons.Clone(), new NpgsqlParameter<DateOnly> { TypedValue = new DateOnly(request.Scope.From.Year, 1, 1).AddDays(-31) } },
        };
        batch.BatchCommands.Add(corrections);
        batch.BatchCommands.Add(claims);
        batch.Timeout = 0;
        await foreach (var numbers in batches.ReadAllAsync(cancellation))
        {
            corrections.Parameters[0].Value = claims.Parameters[0].Value = numbers;
            var (current, count) = ("", 0);
            var (merged, next) = ((MergedNumber[])[], 0);
            await using var reader = await batch.ExecuteReaderAsync(cancellation);
            var corrected = await CorrectedClaims.Read(reader, cancellation);
            await reader.NextResultAsync(cancellation);
            while (await reader.ReadAsync(cancellation))
            {
                var psnNo = reader.GetString(0);
                if (psnNo != current)
                {
                    if (current.Length > 0) engine.End();
                    engine.Begin(current = psnNo, county.Code);
                    (merged, next) = (merges.Contains(psnNo) ? [.. merges[psnNo]] : [], 0);
                }
                for (; next < merged.Length && (merged[next].Seq, merged[next].Index).CompareTo((reader.GetInt64(2), reader.GetInt32(3))) < 0; next++) engine.Merge(merged[next].RetiredNo, merged[next].IntoNo);
                Apply(request, policies, engine, JournalRecord.Parser.ParseFrom(reader.GetFieldValue<byte[]>(1)), corrected);
                count++;
            }
            if (current.Length > 0) engine.End();
            note(count);
        }
    }

    private static void Apply(SimulationRequest request, CountyPolicies policies, SimulationEngine engine, JournalRecord record, CorrectedClaims corrected)
    {
        if (record.ReversedClaim is { } reversal)
        {
            engine.Reverse(reversal.RootSetlId, reversal.Restores);
            return;
        }
        var document = corrected.Of(record.SettledClaim);
        var claim = PersonReplay.Read(record.MdtrtId, document) with { PsnNo = record.PsnNo };
        var policyOn = claim.Facts.PolicyOn;
        if (policyOn.Year < request.Scope.From.Year)
        {
            // No sums of its year are at hand, and none are needed.
            engine.Keep(claim, PersonReplay.UsedBy(document, policies), PersonReplay.Booked(document, claim.Facts.Fees));
            return;
        }
        switch (request.Base)
        {
            case SimulationBase.Booked:
                engine.Settle(claim, PersonReplay.UsedBy(document, policies), PaidSums.Of(document.Amounts));
                break;
            case SimulationBase.File when request.BaseFile is { } file && file.Pack == document.PolicyPack && file.InForce.Contains(policyOn):
                engine.Settle(claim, file);
                break;
            default:
                engine.Settle(claim, policies.FindFor(document.PolicyPack, policyOn) ?? PersonReplay.UsedBy(document, policies));
                break;
        }
    }
}
