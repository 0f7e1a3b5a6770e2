using System.Text.Json;
using Google.Protobuf;
using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Journal;
using MedInsure.Settlement.Projections;
using Npgsql;
using NpgsqlTypes;

namespace MedInsure.Settlement.Runs;

/// <summary>
/// Does what runs need, a piece at a time, in the process that holds the county's lease: finds who is affected, previews each, and books each that was approved. All that it
/// knows stands in the tables: after a crash, or at another replica, the next piece goes on. A person is booked once per run, because the request's key is the run and the person.
/// </summary>
internal sealed class RunWork(IEnumerable<IRunKind> kinds, TimeProvider time, ILogger<RunWork> log)
{
    /// <summary>Persons of a piece.</summary>
    public const int PieceMax = 200;
    private const int Together = 4, TriesMax = 5;
    private static readonly TimeSpan ProjectionPatience = TimeSpan.FromSeconds(3);
    private static readonly ByteString NoContent = ByteString.CopyFrom(new byte[JournalCommand.ContentHashLength]);

    private sealed record Work(long Number, string Kind, JsonElement Terms, string State, bool KnowsPersons);

    private sealed record Done(string PsnNo, RunPerson Person, long BookedFen, string Failure);

    /// <summary>The key under which a run books a person; the content is empty: whatever a second try computes, the first one counts.</summary>
    public static RequestKey Key(string runNo, string psnNo) => new() { Sender = runNo, MessageId = psnNo, ContentHash = NoContent, Transaction = "run" };

    /// <summary>One piece of every run that is under way.</summary>
    /// <returns>True: there is more that can be done at once.</returns>
    public async Task<bool> Round(RunPlace place, CancellationToken cancellation)
    {
        var more = false;
        foreach (var run in await UnderWay(place, cancellation))
        {
            if (!place.Journal.HoldsLease) return false;
            if (kinds.FirstOrDefault(k => k.Name == run.Kind) is { } kind) more |= await Piece(place, kind, run, cancellation);
            else log.LogError("tenant {Tenant}: run {Run} is of kind {Kind}, which is not known here", place.Tenant.Code, run.Number, run.Kind);
        }
        return more;
    }

    private static async Task<List<Work>> UnderWay(RunPlace place, CancellationToken cancellation)
    {
        var runs = new List<Work>();
        await using var command = place.Database.CreateCommand("SELECT number, kind, terms::text, state, person_count IS NOT NULL FROM benefit_run WHERE state IN ('previewing', 'booking') ORDER BY number");
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            using var terms = JsonDocument.Parse(reader.GetString(2));
            runs.Add(new Work(reader.GetInt64(0), reader.GetString(1), terms.RootElement.Clone(), reader.GetString(3), reader.GetBoolean(4)));
        }
        return runs;
    }

    private async Task<bool> Piece(RunPlace place, IRunKind kind, Work run, CancellationToken cancellation)
    {
        try
        {
            if (!run.KnowsPersons)
            {
                await Enumerate(place, kind, run, cancellation);
                return true;
            }
            return run.State == "previewing" ? await Preview(place, kind, run, cancellation) : await Book(place, kind, run, cancellation);
        }
        catch (Exception e) when (e is not NpgsqlException { IsTransient: true } && !cancellation.IsCancellationRequested)
        {
            // A kind that fails must not stop the other runs; the run shows why it stands still.
            log.LogError(e, "tenant {Tenant}: run {Run} cannot go on", place.Tenant.Code, run.Number);
            await using var command = place.Database.CreateCommand("UPDATE benefit_run SET failure = $2 WHERE number = $1");
            command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = run.Number });
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = e.GetType().Name });
            await command.ExecuteNonQueryAsync(cancellation);
            return false;
        }
    }

    /// <summary>All at once: a run that has begun to be previewed knows everybody.</summary>
    private static async Task Enumerate(RunPlace place, IRunKind kind, Work run, CancellationToken cancellation)
    {
        await place.Journal.WaitForTables(ProjectionPatience, cancellation);
        string[] persons = [.. (await kind.Affected(place, run.Terms, cancellation)).Distinct(StringComparer.Ordinal)];
        await using var connection = await place.Database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await using (var insert = new NpgsqlCommand("INSERT INTO benefit_run_person (number, psn_no) SELECT $1, psn_no FROM unnest($2) AS psn_no ON CONFLICT DO NOTHING", connection, transaction) { CommandTimeout = 0 })
        {
            insert.Parameters.Add(new NpgsqlParameter<long> { TypedValue = run.Number });
            insert.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = persons });
            await insert.ExecuteNonQueryAsync(cancellation);
        }
        await using (var update = new NpgsqlCommand("UPDATE benefit_run SET person_count = (SELECT count(*) FROM benefit_run_person WHERE number = $1), failure = '' WHERE number = $1", connection, transaction))
        {
            update.Parameters.Add(new NpgsqlParameter<long> { TypedValue = run.Number });
            await update.ExecuteNonQueryAsync(cancellation);
        }
        await transaction.CommitAsync(cancellation);
    }

    private async Task<bool> Preview(RunPlace place, IRunKind kind, Work run, CancellationToken cancellation)
    {
        var persons = await Waiting(place, run, "pending", cancellation);
        if (persons.Count == 0) return await End(place, run, "UPDATE benefit_run SET state = 'previewed', previewed_at = $2, failure = '' WHERE number = $1 AND state = 'previewing'", cancellation);
        await place.Journal.WaitForTables(ProjectionPatience, cancellation);
        var runNo = BenefitRun.NumberOf(place.Tenant.Code, run.Number);
        var done = await Each(persons, async (psnNo, stop) =>
        {
            var computed = await kind.Compute(place, runNo, run.Terms, psnNo, stop);
            return computed.Refusal is { } refusal ? new Done(psnNo, RunPerson.Nothing, 0, refusal.Code) : new Done(psnNo, computed.Value, 0, "");
        }, cancellation);
        await Save(place, """
            UPDATE benefit_run_person AS p SET state = u.state, settlements = u.settlements, before_fen = u.before_fen, after_fen = u.after_fen, preview_fen = u.after_fen - u.before_fen,
                funds = u.funds::jsonb, failure = u.failure
            FROM {unnest} AS u (number, psn_no, state, settlements, before_fen, after_fen, funds, booked_fen, failure)
            WHERE p.number = u.number AND p.psn_no = u.psn_no AND p.state = 'pending' AND EXISTS (SELECT FROM benefit_run r WHERE r.number = u.number AND r.state = 'previewing')
            """, run, done, d => d.Failure.Length > 0 ? "pending" : d.Person.Decide is null ? "nothing" : "previewed", cancellation);
        return done.Exists(d => d.Failure.Length == 0);
    }

    private async Task<bool> Book(RunPlace place, IRunKind kind, Work run, CancellationToken cancellation)
    {
        var persons = await Waiting(place, run, "previewed", cancellation);
        if (persons.Count == 0) return await End(place, run, "UPDATE benefit_run SET state = 'booked', booked_at = $2, failure = '' WHERE number = $1 AND state = 'booking'", cancellation);
        var runNo = BenefitRun.NumberOf(place.Tenant.Code, run.Number);
        var done = await Each(persons, async (psnNo, stop) => await Book(place, kind, run, runNo, psnNo, stop), cancellation);
        await Save(place, """
            UPDATE benefit_run_person AS p SET state = u.state, booked_fen = u.booked_fen, failure = u.failure
            FROM {unnest} AS u (number, psn_no, state, settlements, before_fen, after_fen, funds, booked_fen, failure) WHERE p.number = u.number AND p.psn_no = u.psn_no AND p.state = 'previewed'
            """, run, done, d => d.Failure.Length > 0 ? "previewed" : "booked", cancellation);
        return done.Exists(d => d.Failure.Length == 0);
    }

    private static async Task<Done> Book(RunPlace place, IRunKind kind, Work run, string runNo, string psnNo, CancellationToken cancellation)
    {
        var failure = Refusals.PersonChanged.Code;
        for (var tries = 0; tries < TriesMax; tries++)
        {
            // Booked before a crash, or by the replica that wrote before: its record counts.
            var found = await place.Journal.FindRequest(runNo, psnNo, cancellation);
            if (found.Request is { } booked) return new Done(psnNo, RunPerson.Nothing, kind.BookedFen(booked.Record), "");
            await place.Journal.WaitForTables(ProjectionPatience, cancellation);
            var computed = await kind.Compute(place, runNo, run.Terms, psnNo, cancellation);
            if (computed.Refusal is { } unfit)
            {
                failure = unfit.Code;
                if (unfit.Kind != RefusalKind.Unavailable) break;
                continue;
            }
            if (computed.Value.Decide is not { } decide)
            {
                // Nothing to book, or it was booked between the two looks: then what was computed rests on this very booking.
                if ((await place.Journal.FindRequest(runNo, psnNo, cancellation)).Request is { } meanwhile) return new Done(psnNo, RunPerson.Nothing, kind.BookedFen(meanwhile.Record), "");
                return new Done(psnNo, RunPerson.Nothing, 0, place.Journal.HoldsLease ? "" : Refusals.NotTheWriter.Code);
            }
            var outcome = await place.Journal.Submit(new JournalCommand(Key(runNo, psnNo), psnNo, decide) { LookedIn = found.Epoch }, cancellation);
            if (outcome.Refusal is null) return new Done(psnNo, RunPerson.Nothing, kind.BookedFen(outcome.Value.Record), "");
            failure = outcome.Refusal.Code;
            if (!place.Journal.HoldsLease || outcome.Refusal.Kind != RefusalKind.Unavailable) break;
        }
        return new Done(psnNo, RunPerson.Nothing, 0, failure);
    }

    /// <summary>Those that failed at the last try come last: they hold up nobody.</summary>
    private static async Task<List<string>> Waiting(RunPlace place, Work run, string state, CancellationToken cancellation)
    {
        var persons = new List<string>();
        await using var command = place.Database.CreateCommand("SELECT psn_no FROM benefit_run_person WHERE number = $1 AND state = $2 ORDER BY failure <> '', psn_no LIMIT $3");
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = run.Number });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = state });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = PieceMax });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation)) persons.Add(reader.GetString(0));
        return persons;
    }

    private static async Task<List<Done>> Each(List<string> persons, Func<string, CancellationToken, Task<Done>> work, CancellationToken cancellation)
    {
        var done = new Done[persons.Count];
        await Parallel.ForAsync(0, persons.Count, new ParallelOptions { MaxDegreeOfParallelism = Together, CancellationToken = cancellation }, async (i, stop) => done[i] = await work(persons[i], stop));
        return [.. done];
    }

    private static async Task Save(RunPlace place, string sql, Work run, List<Done> done, Func<Done, string> state, CancellationToken cancellation)
    {
        await using var connection = await place.Database.OpenConnectionAsync(cancellation);
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(new SetInsert().Bigint(done, _ => run.Number).Text(done, d => d.PsnNo).Text(done, state).Int(done, d => d.Person.Settlements).Bigint(done, d => d.Person.BeforeFen)
            .Bigint(done, d => d.Person.AfterFen).Text(done, d => JsonSerializer.Serialize(d.Person.ByFund)).Bigint(done, d => d.BookedFen).Text(done, d => d.Failure).Command(sql));
        await batch.ExecuteNonQueryAsync(cancellation);
    }

    private async Task<bool> End(RunPlace place, Work run, string sql, CancellationToken cancellation)
    {
        await using var command = place.Database.CreateCommand(sql);
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = run.Number });
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = time.GetUtcNow().ToUniversalTime() });
        await command.ExecuteNonQueryAsync(cancellation);
        return false;
    }
}
