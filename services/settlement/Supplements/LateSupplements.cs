using System.Diagnostics.Metrics;
using MedInsure.Kernel;
using MedInsure.Settlement.Calculation;
using MedInsure.Settlement.Insurers;
using MedInsure.Settlement.Journal;
using Npgsql;

namespace MedInsure.Settlement.Supplements;

/// <summary>
/// Asks again about bills that settled without their insurer's answer: at growing intervals, for as many days as the contract says, then gives up for a person to see.
/// What is due stands in the table late_supplement; when it is asked next, and why it failed, is this class's own to write there and nobody's loss.
/// </summary>
public sealed class LateSupplements(AuthorizeBill insurers, ContractLibrary contracts, TimeProvider time, ILogger<LateSupplements> log)
{
    /// <summary>How many a round takes.</summary>
    public const int RoundMax = 100;
    private const int Together = 8;
    // Nobody waits: the insurer may take its time. Assumed, as are the intervals; no source names them.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10), FirstInterval = TimeSpan.FromSeconds(20), LongestInterval = TimeSpan.FromHours(6);
    private static readonly Meter Meter = new("MedInsure.Supplements.Late");
    private static readonly Counter<long> GivenUp = Meter.CreateCounter<long>("medinsure.supplement.given_up", "{bill}", "Bills whose insurer did not answer within the contract's days");

    private sealed record Due(string SetlId, string PsnNo, string MdtrtId, string ContractNo, DateTimeOffset SettledAt, int AskedCount, byte[] Claim);

    /// <summary>Asks about what is due now. Only for the process that holds the writer's lease.</summary>
    /// <returns>How many bills were due: with <see cref="RoundMax"/> there may be more.</returns>
    public async Task<int> Round(TenantJournal journal, NpgsqlDataSource database, CancellationToken cancellation)
    {
        var due = new List<Due>();
        await using (var command = database.CreateCommand("""
            SELECT l.setl_id, l.psn_no, l.mdtrt_id, l.contract_no, l.settled_at, l.asked_count, c.doc FROM late_supplement l JOIN claim c USING (setl_id)
            WHERE l.state = 'pending' AND l.next_ask_at <= $1 ORDER BY l.next_ask_at LIMIT $2
            """))
        {
            command.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = time.GetUtcNow().UtcDateTime });
            command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = RoundMax });
            await using var reader = await command.ExecuteReaderAsync(cancellation);
            while (await reader.ReadAsync(cancellation))
                due.Add(new Due(reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.GetFieldValue<DateTimeOffset>(4), reader.GetInt32(5), reader.GetFieldValue<byte[]>(6)));
        }
        await Parallel.ForEachAsync(due, new ParallelOptions { MaxDegreeOfParallelism = Together, CancellationToken = cancellation }, async (bill, stop) => await Ask(journal, database, bill, stop));
        return due.Count;
    }

    private async Task Ask(TenantJournal journal, NpgsqlDataSource database, Due due, CancellationToken cancellation)
    {
        if (contracts.Find(due.ContractNo) is not { Supplement: { } terms } contract)
        {
            await GiveUp(journal, database, due, "contract_unknown", cancellation);
            return;
        }
        if (time.GetUtcNow() > due.SettledAt.AddDays(terms.AskDaysMax))
        {
            await GiveUp(journal, database, due, "days_passed", cancellation);
            return;
        }
        var claim = JournalRecord.Parser.ParseFrom(due.Claim).SettledClaim;
        var supplement = JournalDocuments.FactsOf(claim.Facts, new FeeTotals()).Supplement!;
        var (decision, outcome) = await insurers.Ask(new SupplementQuestion(contract, journal.Tenant.Code, due.PsnNo, supplement, claim), due.SetlId, Patience, cancellation);
        if (decision is not null)
        {
            var booked = await journal.Submit(CatchUpSupplement.Command(due.SetlId, due.PsnNo, due.MdtrtId, decision), cancellation);
            // Closed: it was cancelled meanwhile, and the table will say so. Otherwise the writer moved: the insurer will say the same again.
            if (booked.Refusal is null || booked.Refusal == Refusals.SupplementClosed) return;
            outcome = booked.Refusal.Code;
        }
        await Postpone(database, due, outcome, cancellation);
    }

    private async Task Postpone(NpgsqlDataSource database, Due due, string failure, CancellationToken cancellation)
    {
        var interval = Math.Min(LongestInterval.Ticks, FirstInterval.Ticks << Math.Min(due.AskedCount, 20));
        // Some earlier, some later: an insurer that comes back is not asked about everything at once.
        var next = time.GetUtcNow() + TimeSpan.FromTicks(Random.Shared.NextInt64(interval * 3 / 4, interval * 5 / 4));
        await using var command = database.CreateCommand("UPDATE late_supplement SET asked_count = asked_count + 1, next_ask_at = $2, last_failure = $3 WHERE setl_id = $1 AND state = 'pending'");
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = due.SetlId });
        command.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = next.UtcDateTime });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = failure });
        await command.ExecuteNonQueryAsync(cancellation);
    }

    private async Task GiveUp(TenantJournal journal, NpgsqlDataSource database, Due due, string failure, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand("UPDATE late_supplement SET state = 'given_up', last_failure = $2 WHERE setl_id = $1 AND state = 'pending'");
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = due.SetlId });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = failure });
        if (await command.ExecuteNonQueryAsync(cancellation) == 0) return;
        GivenUp.Add(1, new("tenant", journal.Tenant.Code), new("contract", due.ContractNo));
        log.LogError("tenant {Tenant}: contract {Contract}'s insurer never answered about settlement {Settlement}: {Failure}", journal.Tenant.Code, due.ContractNo, due.SetlId, failure);
    }
}
