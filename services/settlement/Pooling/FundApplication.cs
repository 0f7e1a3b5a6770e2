using MedInsure.Kernel;
using Npgsql;

namespace MedInsure.Settlement.Pooling;

/// <param name="Line">Of a budget revenue or expenditure, else empty.</param>
internal readonly record struct ApplicationLine(string Fund, string Line, long AmountFen);

/// <summary>What a county asks of its city: an allocation, money of the risk adjustment fund, the consent to its budget. Both have it.</summary>
/// <param name="People">The county's two, then the city's.</param>
/// <param name="Years">Of the risk fund: in how many years what is granted is drawn.</param>
internal sealed record FundApplication(string Number, string Kind, string County, string? RequestNo, string State, int Year, int Month, string Reason, IReadOnlyList<ApplicationLine> Lines, IReadOnlyList<string> People,
    IReadOnlyList<string> DecidedBy, string Decision, long GrantedFen, int Years)
{
    public const string Allocation = "allocation", RiskFund = "risk_fund", Budget = "budget", Revenue = "revenue", Expenditure = "expenditure", Applied = "applied", Approved = "approved", Refused = "refused";
    public static readonly string[] Kinds = [Allocation, RiskFund, Budget];
    public static readonly string[] States = [Applied, Approved, Refused];

    public long AmountFen => Lines.Sum(l => l.AmountFen);

    /// <summary>The next number. The caller holds the ledger's head.</summary>
    public static async Task<string> NextNumber(NpgsqlConnection connection, NpgsqlTransaction transaction, string county, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("SELECT count(*) + 1 FROM fund_application", connection, transaction);
        var number = (long)(await command.ExecuteScalarAsync(cancellation))!;
        return CountyNumber.Of(county, CountyNumber.FundApplication, number);
    }

    public static async Task<FundApplication?> Find(NpgsqlConnection connection, NpgsqlTransaction? transaction, string number, CancellationToken cancellation) =>
        (await Read(connection, transaction, "WHERE number = $1", cancellation, number)).SingleOrDefault();

    public static async Task<FundApplication?> BudgetOf(NpgsqlConnection connection, NpgsqlTransaction transaction, string county, int year, CancellationToken cancellation) =>
        (await Budgets(connection, transaction, county, year, cancellation)).SingleOrDefault();

    /// <summary>Of each county the latest budget of a year that the city consented to: a later one takes the place of an earlier one.</summary>
    /// <param name="county">Empty: of all.</param>
    public static Task<List<FundApplication>> Budgets(NpgsqlConnection connection, NpgsqlTransaction? transaction, string county, int year, CancellationToken cancellation) => Read(connection, transaction, """
        WHERE kind = 'budget' AND state = 'approved' AND ($1 = '' OR county = $1) AND year = $2
          AND NOT EXISTS (SELECT FROM fund_application l WHERE l.kind = 'budget' AND l.state = 'approved' AND l.county = fund_application.county AND l.year = $2 AND l.number > fund_application.number) ORDER BY county
        """, cancellation, county, year);

    public static async Task<List<FundApplication>> Read(NpgsqlConnection connection, NpgsqlTransaction? transaction, string tail, CancellationToken cancellation, params object[] values)
    {
        await using var command = new NpgsqlCommand($"SELECT number, kind, county, request_no, state, year, month, reason, fund, line, fen, people, decided_by, decision, granted_fen, years FROM fund_application {tail}", connection, transaction);
        foreach (var value in values) command.Parameters.Add(new NpgsqlParameter { Value = value });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var applications = new List<FundApplication>();
        while (await reader.ReadAsync(cancellation))
        {
            var (funds, lines, fen) = (reader.GetFieldValue<string[]>(8), reader.GetFieldValue<string[]>(9), reader.GetFieldValue<long[]>(10));
            applications.Add(new FundApplication(reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.IsDBNull(3) ? null : reader.GetString(3), reader.GetString(4), reader.GetInt32(5), reader.GetInt32(6), reader.GetString(7),
                [.. funds.Select((fund, i) => new ApplicationLine(fund, lines[i], fen[i]))], reader.GetFieldValue<string[]>(11), reader.GetFieldValue<string[]>(12), reader.GetString(13), reader.GetInt64(14), reader.GetInt32(15)));
        }
        return applications;
    }

    public async Task Keep(NpgsqlConnection connection, NpgsqlTransaction transaction, DateTimeOffset now, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("""
            INSERT INTO fund_application (number, kind, county, request_no, state, year, month, reason, fund, line, fen, people, decided_by, decision, granted_fen, years, decided_at, applied_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, CASE WHEN $5 <> 'applied' THEN $17::timestamptz END, $17)
            ON CONFLICT (number) DO UPDATE SET state = $5, decided_by = $13, decision = $14, granted_fen = $15, years = $16, decided_at = coalesce(fund_application.decided_at, excluded.decided_at)
            """, connection, transaction);
        foreach (var value in (object?[])[Number, Kind, County, RequestNo, State, Year, Month, Reason, Lines.Select(l => l.Fund).ToArray(), Lines.Select(l => l.Line).ToArray(), Lines.Select(l => l.AmountFen).ToArray(), People.ToArray(),
            DecidedBy.ToArray(), Decision, GrantedFen, Years, now])
            command.Parameters.Add(new NpgsqlParameter { Value = value ?? DBNull.Value });
        await command.ExecuteNonQueryAsync(cancellation);
    }

    public object Shown() => new
    {
        Number, Kind, County, RequestNo, State, Year, Month = Month == 0 ? (int?)null : Month, Reason, Amount = Yuan.Of(AmountFen), People, DecidedBy = DecidedBy.Count > 0 ? DecidedBy : null, Decision = Decision.Length > 0 ? Decision : null,
        Granted = State == Approved ? Yuan.Of(GrantedFen) : (decimal?)null, Years = Kind == RiskFund && State == Approved ? Years : (int?)null,
        Lines = Lines.Select(l => new { l.Fund, Line = l.Line.Length > 0 ? l.Line : null, Amount = Yuan.Of(l.AmountFen) }),
    };
}
