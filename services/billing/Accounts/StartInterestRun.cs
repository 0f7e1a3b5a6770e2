using MedInsure.Billing.Persons;
using MedInsure.Kernel;
using Npgsql;

namespace MedInsure.Billing.Accounts;

/// <summary>A run as it stands.</summary>
/// <param name="Accounts">Looked at so far; <paramref name="Credited"/> of them got something.</param>
internal sealed record InterestRun(long RunNo, int Year, int RateBp, string Source, string StartedBy, string Approver, string StartedAt, string State, long Accounts, long Credited, string CreditedAmount, string? EndedAt);

/// <summary>Begins to credit a year's interest to all accounts, at the rate that two people state with its source; <see cref="InterestWorker"/> does it. Again later it credits what differs.</summary>
internal static class StartInterestRun
{
    internal sealed record Order(string? RequestKey, int Year, int? RateBp, string? Source, string? StartedBy, string? Approver);

    private const int SourceMax = 200, YearFirst = 2000, YearLast = 2100;
    private const string Columns = "run_no, year, rate_bp, source, started_by, approver, started_at, state, accounts, credited, credited_fen, ended_at";

    public static async Task<Outcome<InterestRun>> Execute(NpgsqlDataSource database, Order order, ChinaCalendar calendar, CancellationToken cancellation)
    {
        if (RequestTexts.NoKey(order.RequestKey) is { } noKey) return noKey;
        if (order.Year is < YearFirst or > YearLast || order.Year >= calendar.Today.Year) return AccountRefusals.InterestYearInvalid;
        if (order.RateBp is not (>= 0 and <= BasisPoints.Whole)) return AccountRefusals.RateInvalid;
        if (string.IsNullOrWhiteSpace(order.Source) || order.Source.Length > SourceMax || order.Source.Contains('\0', StringComparison.Ordinal)) return AccountRefusals.RateSourceMissing;
        if (TwoPeople.Check(order.StartedBy, "started_by", order.Approver) is { } unfit) return unfit;
        if (await One(database, "request_key = $1", order.RequestKey!, cancellation) is { } known)
            return (known.Year, known.RateBp, known.Source, known.StartedBy, known.Approver) == (order.Year, order.RateBp, order.Source, order.StartedBy!.Trim(), order.Approver!.Trim()) ? known : Refusals.RequestKeyReused;
        if (!await PersonCopyWorker.IsComplete(database, cancellation)) return Refusals.PersonsIncomplete;
        await using var command = database.CreateCommand("INSERT INTO interest_run (request_key, year, rate_bp, source, started_by, approver, started_at) VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING run_no");
        foreach (var value in (object[])[order.RequestKey!, order.Year, order.RateBp.Value, order.Source, order.StartedBy!.Trim(), order.Approver!.Trim(), calendar.UtcNow.UtcDateTime]) command.Parameters.Add(new() { Value = value });
        try { return (await Find(database, (long)(await command.ExecuteScalarAsync(cancellation))!, cancellation))!; }
        catch (PostgresException e) when (e.ConstraintName == "interest_runs_one_after_the_other") { return AccountRefusals.InterestGoesOn; }
        // Two requests of one key at once: sent again, the second gets the first one's run.
        catch (PostgresException e) when (e.ConstraintName == "a_request_starts_one_interest_run") { return AccountRefusals.InterestGoesOn; }
    }

    public static Task<InterestRun?> Find(NpgsqlDataSource database, long runNo, CancellationToken cancellation) => One(database, "run_no = $1", runNo, cancellation);

    /// <summary>The newest first.</summary>
    public static Task<List<InterestRun>> List(NpgsqlDataSource database, CancellationToken cancellation) => Read(database, $"true ORDER BY run_no DESC LIMIT {Refusals.PageMax}", [], cancellation);

    private static async Task<InterestRun?> One(NpgsqlDataSource database, string where, object value, CancellationToken cancellation) => (await Read(database, where, [value], cancellation)).SingleOrDefault();

    private static async Task<List<InterestRun>> Read(NpgsqlDataSource database, string where, object[] values, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand($"SELECT {Columns} FROM interest_run WHERE {where}");
        foreach (var value in values) command.Parameters.Add(new() { Value = value });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var runs = new List<InterestRun>();
        while (await reader.ReadAsync(cancellation))
            runs.Add(new InterestRun(
                reader.GetInt64(0), reader.GetInt32(1), reader.GetInt32(2), reader.GetString(3), reader.GetString(4), reader.GetString(5), BillingJson.Time(reader.GetDateTime(6)), reader.GetString(7), reader.GetInt64(8), reader.GetInt64(9),
                BillingJson.Yuan(reader.GetInt64(10)), reader.IsDBNull(11) ? null : BillingJson.Time(reader.GetDateTime(11))));
        return runs;
    }
}
