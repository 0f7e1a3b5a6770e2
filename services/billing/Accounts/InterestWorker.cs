using MedInsure.Billing.Incomes;
using MedInsure.Hosting.Jobs;
using MedInsure.Hosting.Tenancy;
using MedInsure.Kernel;
using Npgsql;

namespace MedInsure.Billing.Accounts;

/// <summary>
/// Credits a year's interest, part by part: a part's accounts, their entries, what settlement hears of it and how far the run is are one transaction, so that it goes on after a crash where it was.
/// What an account holds on a month's first day bears a twelfth of the year's interest (DECISIONS.md); the sum is rounded once, half up. What was credited for the year before is taken off.
/// </summary>
internal sealed class InterestWorker(BilledCounties counties, ChinaCalendar calendar, ILogger<InterestWorker> log) : TenantWork(log, TimeSpan.FromSeconds(2))
{
    private const int AccountsPerPart = 10_000;

    protected override IEnumerable<string> Tenants => counties.All.Keys;

    protected override Task<bool> Round(string tenant, CancellationToken stop) => Part(counties.All[tenant], AccountsPerPart, stop);

    /// <summary>The next part of the run.</summary>
    /// <returns>False: there is none, or another process works at it.</returns>
    internal async Task<bool> Part(Tenant county, int accounts, CancellationToken cancellation)
    {
        await using var connection = await counties.Database(county.Code).OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        long runNo;
        int year, rate;
        string after;
        await using (var next = new NpgsqlCommand("SELECT run_no, year, rate_bp, after_psn_no FROM interest_run WHERE state = 'running' FOR UPDATE SKIP LOCKED", connection, transaction))
        await using (var reader = await next.ExecuteReaderAsync(cancellation))
        {
            if (!await reader.ReadAsync(cancellation)) return false;
            (runNo, year, rate, after) = (reader.GetInt64(0), reader.GetInt32(1), reader.GetInt32(2), reader.GetString(3));
        }
        var numbers = await Page(connection, transaction, after, accounts, cancellation);
        var interest = numbers.Length == 0 ? [] : await Due(connection, transaction, numbers, year, rate, cancellation);
        var sum = interest.Sum(i => i.AmountFen);
        await PostToAccounts.Run(connection, transaction, [.. interest.Select(i => new AccountPosting(i.PsnNo, PostToAccounts.Interest, i.AmountFen, year * 10_000 + 12_31, $"{year} {runNo}"))], calendar.UtcNow, cancellation);
        await using (var step = new NpgsqlCommand("""
            UPDATE interest_run SET after_psn_no = $2, accounts = accounts + $3, credited = credited + $4, credited_fen = credited_fen + $5, state = CASE WHEN $6 THEN 'done' ELSE state END, ended_at = CASE WHEN $6 THEN $7 END
            WHERE run_no = $1
            """, connection, transaction)
        {
            Parameters =
            {
                new() { Value = runNo }, new() { Value = numbers.Length > 0 ? numbers[^1] : after }, new() { Value = (long)numbers.Length }, new() { Value = (long)interest.Count }, new() { Value = sum },
                new() { Value = numbers.Length < accounts }, new() { Value = calendar.UtcNow.UtcDateTime },
            },
        })
            await step.ExecuteNonQueryAsync(cancellation);
        // No money comes: of the fund's interest this much is the accounts' and no longer the pool's.
        await PostIncome.Run(connection, transaction,
        [
            new IncomePosting("interest", "310", year, sum, sum, calendar.Today, "treasury", "", $"interest {runNo}"),
            new IncomePosting("interest", "310", year, -sum, 0, calendar.Today, "treasury", "", $"interest {runNo}"),
        ], calendar.UtcNow, cancellation);
        await transaction.CommitAsync(cancellation);
        return true;
    }

    /// <summary>Accounts with something ever in them, by number; those that became part of another one count with that.</summary>
    private static async Task<string[]> Page(NpgsqlConnection connection, NpgsqlTransaction transaction, string after, int accounts, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("""
            SELECT array_agg(psn_no ORDER BY psn_no) FROM (
                SELECT psn_no FROM (
                    (SELECT psn_no FROM account a WHERE psn_no > $1 AND NOT EXISTS (SELECT FROM account_merge m WHERE m.retired_no = a.psn_no) ORDER BY psn_no LIMIT $2)
                    UNION (SELECT DISTINCT psn_no FROM insured_cover WHERE account_credit_fen <> 0 AND psn_no > $1 ORDER BY psn_no LIMIT $2)) p
                ORDER BY psn_no LIMIT $2) page
            """, connection, transaction) { Parameters = { new() { Value = after }, new() { Value = accounts } } };
        return await command.ExecuteScalarAsync(cancellation) as string[] ?? [];
    }

    /// <summary>Of whom became part of another one since the page was read, nothing: the survivor counts for both.</summary>
    private static async Task<List<(string PsnNo, long AmountFen)>> Due(NpgsqlConnection connection, NpgsqlTransaction transaction, string[] numbers, int year, int rate, CancellationToken cancellation)
    {
        var survivors = await MergedAccounts.Lock(connection, transaction, numbers, cancellation);
        await using var command = new NpgsqlCommand("""
            WITH member AS MATERIALIZED (
                SELECT psn_no AS root, psn_no FROM unnest($1) AS p (psn_no) UNION ALL SELECT surviving_no, retired_no FROM account_merge WHERE surviving_no = ANY ($1)),
            held AS (
                SELECT m.root, month_on, greatest(sum(
                    coalesce((SELECT sum(account_credit_fen) FROM insured_cover c WHERE c.psn_no = m.psn_no AND c.from_on < month_on), 0)
                    + coalesce((SELECT sum(amount_fen) FROM account_entry e WHERE e.psn_no = m.psn_no AND e.effective_on < month_on), 0)), 0) AS fen
                FROM member m CROSS JOIN (SELECT make_date($2, n, 1) AS month_on FROM generate_series(1, 12) AS n) months GROUP BY m.root, month_on),
            due AS (SELECT root, div(2 * sum(fen) * $3 + 120000, 240000) AS fen FROM held GROUP BY root),
            credited AS (
                SELECT m.root, sum(e.amount_fen) AS fen FROM member m JOIN account_entry e ON e.psn_no = m.psn_no AND e.kind = 'interest' AND e.effective_on = make_date($2, 12, 31) GROUP BY m.root)
            SELECT root, (d.fen - coalesce(c.fen, 0))::bigint FROM due d LEFT JOIN credited c USING (root) WHERE d.fen <> coalesce(c.fen, 0) ORDER BY root
            """, connection, transaction) { Parameters = { new() { Value = numbers.Where(n => !survivors.ContainsKey(n)).ToArray() }, new() { Value = year }, new() { Value = rate } } };
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var due = new List<(string, long)>();
        while (await reader.ReadAsync(cancellation)) due.Add((reader.GetString(0), reader.GetInt64(1)));
        return due;
    }
}
