using MedInsure.Kernel;
using MedInsure.Protos.Insurer.V1;
using Npgsql;

namespace MedInsure.Settlement.Insurers;

/// <summary>
/// The agency closes a month of a contract: what the insurer owes for claims that the counties paid at the window, by county, out of the events that it was told. Booked as owed. What comes later for
/// the month is in the next one, so that every event is in one statement.
/// </summary>
internal static class CloseClaimStatement
{
    internal sealed record Order(string? Reviewer, string? Approver);

    // Of the month, whenever it was told; and of earlier months what was told since the statement before. A dispute's decision is counted apart: it may fall with its claim.
    private const string Claims = """
        SELECT county, sum(insurer_fen)::bigint FROM insurer_feed WHERE contract_no = $1 AND cursor <= $2 AND kind <> 4
            AND (coalesce(settled_on, policy_on) BETWEEN $4 AND $5 OR coalesce(settled_on, policy_on) < $4 AND cursor > $3) GROUP BY county
        """;

    // As GetReconciliation's, of all years, less what earlier statements took off.
    private const string Adjusted = """
        WITH RECURSIVE decided AS (
          SELECT cursor, county, insurer_fen, setl_id, 0 AS depth FROM insurer_feed WHERE contract_no = $1 AND cursor <= $2 AND kind = 4 AND insurer_fen <> 0
          UNION ALL
          SELECT d.cursor, d.county, d.insurer_fen, f.setl_id, d.depth + 1 FROM decided d JOIN insurer_feed f ON f.contract_no = $1 AND f.reverses_setl_id = d.setl_id AND f.cursor <= $2
        ),
        standing AS (SELECT county, insurer_fen FROM (SELECT county, insurer_fen, max(depth) AS depth FROM decided GROUP BY cursor, county, insurer_fen) AS last WHERE depth % 2 = 0)
        SELECT county, sum(fen)::bigint FROM (
          SELECT county, -insurer_fen AS fen FROM standing UNION ALL SELECT county, -adjusted_fen FROM insurer_claim_statement_county WHERE contract_no = $1) AS both_sides GROUP BY county
        """;

    /// <summary>In order: two people, the contract's kind, the month, closed before, over, the month before closed.</summary>
    public static async Task<Outcome<ClaimStatement>> Execute(NpgsqlDataSource city, InsurerContract contract, int month, Order order, ChinaCalendar calendar, CancellationToken cancellation)
    {
        if (TwoPeople.Check(order.Reviewer, "reviewer", order.Approver) is { } unfit) return unfit;
        if (contract.Premium is null) return Refusals.ContractWithoutPremium;
        if (FirstDay(month) is not { } first || month / 100 < contract.Period.From.Year) return InsurerRefusals.MonthInvalid;
        await using var connection = await city.OpenConnectionAsync(cancellation);
        await using var transaction = await InsurerBooks.Begin(connection, contract, cancellation);
        var before = await ListClaimStatements.Read(connection, contract, 0, cancellation);
        if (before.FirstOrDefault(s => s.Month == month) is { } closed) return closed;
        var last = first.AddMonths(1).AddDays(-1);
        if (last >= calendar.Today) return InsurerRefusals.MonthNotEnded;
        if (before.Count > 0 && FirstDay(before[^1].Month)!.Value.AddMonths(1) != first) return InsurerRefusals.MonthsNotInOrder;

        // Held: nothing is told until this is committed.
        var statement = new ClaimStatement { Month = month, LastCursor = await InsurerFeed.Lock(connection, transaction, contract.Number, cancellation), ClosedAtMs = calendar.UtcNow.ToUnixTimeMilliseconds() };
        var previous = before.Count > 0 ? before[^1].LastCursor : 0;
        var claims = await Sums(Claims);
        var adjusted = await Sums(Adjusted);
        foreach (var county in claims.Keys.Union(adjusted.Keys).Order(StringComparer.Ordinal))
            if ((claims.GetValueOrDefault(county), adjusted.GetValueOrDefault(county)) is var (c, a) && (c, a) != (0, 0)) statement.County.Add(new StatementCounty { County = county, ClaimsFen = c, AdjustedFen = a });
        ListClaimStatements.Sum(statement);
        await Write(connection, contract, statement, order, cancellation);
        await InsurerVouchers.Book(connection, transaction, contract, InsurerVouchers.OfClaims(contract, statement, last, order.Reviewer!, order.Approver!), calendar.Today, cancellation);
        await transaction.CommitAsync(cancellation);
        return statement;

        async Task<Dictionary<string, long>> Sums(string sql)
        {
            await using var command = new NpgsqlCommand(sql, connection, transaction) { CommandTimeout = 0, Parameters = { new() { Value = contract.Number }, new() { Value = statement.LastCursor } } };
            if (sql == Claims) foreach (var value in (object[])[previous, first, last]) command.Parameters.Add(new() { Value = value });
            var sums = new Dictionary<string, long>(StringComparer.Ordinal);
            await using var reader = await command.ExecuteReaderAsync(cancellation);
            while (await reader.ReadAsync(cancellation)) sums.Add(reader.GetString(0), reader.GetInt64(1));
            return sums;
        }
    }

    private static async Task Write(NpgsqlConnection connection, InsurerContract contract, ClaimStatement statement, Order order, CancellationToken cancellation)
    {
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new("INSERT INTO insurer_claim_statement (contract_no, month, last_cursor, closed_at, reviewer, approver) VALUES ($1, $2, $3, $4, $5, $6)")
                {
                    Parameters =
                    {
                        new() { Value = contract.Number }, new() { Value = statement.Month }, new() { Value = statement.LastCursor }, new() { Value = DateTimeOffset.FromUnixTimeMilliseconds(statement.ClosedAtMs) },
                        new() { Value = order.Reviewer!.Trim() }, new() { Value = order.Approver!.Trim() },
                    },
                },
                new("INSERT INTO insurer_claim_statement_county (contract_no, month, county, claims_fen, adjusted_fen) SELECT $1, $2, county, claims, adjusted FROM unnest($3, $4, $5) AS c (county, claims, adjusted)")
                {
                    Parameters =
                    {
                        new() { Value = contract.Number }, new() { Value = statement.Month }, new() { Value = statement.County.Select(c => c.County).ToArray() },
                        new() { Value = statement.County.Select(c => c.ClaimsFen).ToArray() }, new() { Value = statement.County.Select(c => c.AdjustedFen).ToArray() },
                    },
                },
            },
        };
        await batch.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>Null: no month.</summary>
    private static DateOnly? FirstDay(int month) => month is >= 2000_01 and <= 2100_12 && month % 100 is >= 1 and <= 12 ? new DateOnly(month / 100, month % 100, 1) : null;
}
