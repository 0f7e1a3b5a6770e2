using MedInsure.Billing.Flexible;
using MedInsure.Billing.Incomes;
using MedInsure.Hosting.Jobs;
using MedInsure.Hosting.Tenancy;
using MedInsure.Kernel;
using Npgsql;

namespace MedInsure.Billing.Bills;

/// <summary>Does the bill runs of every county, part by part: first employers, then flexible workers. A part is one transaction with how far the run is: after a crash it goes on.</summary>
internal sealed class BillWorker(BilledCounties counties, ChinaCalendar calendar, TimeProvider time, ILogger<BillWorker> log) : TenantWork(log, TimeSpan.FromSeconds(2))
{
    /// <summary>A part's employers are held while it lasts; flexible workers' payments wait for theirs.</summary>
    private const int EmployersPerPart = 200, PersonsPerPart = 2_000;

    protected override IEnumerable<string> Tenants => counties.All.Keys;

    protected override Task<bool> Round(string tenant, CancellationToken stop) => Part(counties.All[tenant], EmployersPerPart, stop);

    /// <summary>The next part of the oldest run.</summary>
    /// <returns>False: there is none, or another process works at it.</returns>
    internal async Task<bool> Part(Tenant county, int employersPerPart, CancellationToken cancellation)
    {
        await using var connection = await counties.Database(county.Code).OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        (long No, string Insutype, int Month, string State, string After) run;
        await using (var next = new NpgsqlCommand("SELECT run_no, insutype, month, state, after FROM bill_run WHERE state <> 'done' ORDER BY run_no LIMIT 1 FOR UPDATE SKIP LOCKED", connection, transaction))
        await using (var reader = await next.ExecuteReaderAsync(cancellation))
        {
            if (!await reader.ReadAsync(cancellation)) return false;
            run = (reader.GetInt64(0), reader.GetString(1), reader.GetInt32(2), reader.GetString(3), reader.GetString(4));
        }
        var (isStaff, size) = run.State == "employers" ? (true, employersPerPart) : (false, PersonsPerPart);
        var page = new List<string>(size);
        await using (var read = new NpgsqlCommand(isStaff
            ? "SELECT employer_no FROM employer WHERE employer_no > $1 ORDER BY employer_no LIMIT $2"
            : "SELECT DISTINCT psn_no FROM employment WHERE employer_no = '' AND insutype = $3 AND psn_no > $1 ORDER BY psn_no LIMIT $2", connection, transaction) { Parameters = { new() { Value = run.After }, new() { Value = size } } })
        {
            if (!isStaff) read.Parameters.Add(new() { Value = run.Insutype });
            await using var reader = await read.ExecuteReaderAsync(cancellation);
            while (await reader.ReadAsync(cancellation)) page.Add(reader.GetString(0));
        }

        var (made, incomes) = (default(MakeBills.Made), new List<IncomePosting>());
        if (!isStaff) await AssessFlexible.Run(connection, transaction, run.Insutype, [.. page], "run", incomes, calendar, cancellation);
        else if (await Unbilled(connection, transaction, run.Insutype, run.Month, page, cancellation) is { Length: > 0 } employers)
            made = await MakeBills.Run(connection, transaction, run.No, run.Insutype, run.Month, employers, incomes, calendar, cancellation);
        var isLast = page.Count < size;
        await using (var step = new NpgsqlCommand("""
            UPDATE bill_run SET state = $2, after = $3, employers = employers + $4, bills = bills + $5, lines = lines + $6, amount_fen = amount_fen + $7, flexible = flexible + $8, ended_at = CASE WHEN $2 = 'done' THEN $9::timestamptz END WHERE run_no = $1
            """, connection, transaction)
        {
            Parameters =
            {
                new() { Value = run.No }, new() { Value = !isLast ? run.State : isStaff ? "flexible" : "done" }, new() { Value = isLast ? "" : page[^1] }, new() { Value = isStaff ? (long)page.Count : 0L }, new() { Value = made.Bills },
                new() { Value = made.Lines }, new() { Value = made.AmountFen }, new() { Value = isStaff ? 0L : page.Count }, new() { Value = time.GetUtcNow().UtcDateTime },
            },
        })
            await step.ExecuteNonQueryAsync(cancellation);
        await PostIncome.Run(connection, transaction, incomes, calendar.UtcNow, cancellation);
        await transaction.CommitAsync(cancellation);
        return true;
    }

    /// <summary>Who has a bill of the month keeps it: what changed since then comes with the next.</summary>
    private static async Task<string[]> Unbilled(NpgsqlConnection connection, NpgsqlTransaction transaction, string insutype, int month, List<string> page, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("SELECT coalesce(array_agg(e ORDER BY e), '{}') FROM unnest($1) AS p (e) WHERE NOT EXISTS (SELECT FROM bill b WHERE b.payer_no = e AND b.insutype = $2 AND b.month = $3 AND b.kind = 'month')", connection, transaction)
        {
            Parameters = { new() { Value = page.ToArray() }, new() { Value = insutype }, new() { Value = month } },
        };
        return (string[])(await command.ExecuteScalarAsync(cancellation))!;
    }
}
