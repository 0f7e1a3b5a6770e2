using MedInsure.Kernel;
using MedInsure.Protos.Insurer.V1;
using Npgsql;

namespace MedInsure.Settlement.Insurers;

/// <summary>What the insurer owes for claims paid at the window, month by month, with what of it arrived and what differs.</summary>
internal static class ListClaimStatements
{
    private const string Sql = """
        SELECT s.month, s.last_cursor, s.closed_at, c.county, c.claims_fen, c.adjusted_fen FROM insurer_claim_statement s LEFT JOIN insurer_claim_statement_county c USING (contract_no, month)
        WHERE contract_no = $1 AND ($2 = 0 OR month / 100 = $2) ORDER BY s.month, c.county
        """;

    public static async Task<Outcome<ListClaimStatementsReply>> Query(NpgsqlDataSource city, InsurerContract contract, ListClaimStatementsRequest request, CancellationToken cancellation)
    {
        if (ContractYears.Check(contract, request.Year == 0 ? contract.Period.From.Year : request.Year) is { } refusal) return refusal;
        await using var connection = await city.OpenConnectionAsync(cancellation);
        var reply = new ListClaimStatementsReply();
        reply.Statement.AddRange((await Read(connection, contract, request.Year, cancellation)).Where(s => !request.OpenOnly || s.DifferenceFen != 0));
        return reply;
    }

    /// <param name="year">0 = all.</param>
    public static async Task<List<ClaimStatement>> Read(NpgsqlConnection connection, InsurerContract contract, int year, CancellationToken cancellation)
    {
        var statements = new List<ClaimStatement>();
        await using (var command = new NpgsqlCommand(Sql, connection) { Parameters = { new() { Value = contract.Number }, new() { Value = year } } })
        await using (var reader = await command.ExecuteReaderAsync(cancellation))
            while (await reader.ReadAsync(cancellation))
            {
                if (statements.Count == 0 || statements[^1].Month != reader.GetInt32(0))
                    statements.Add(new ClaimStatement { Month = reader.GetInt32(0), LastCursor = reader.GetInt64(1), ClosedAtMs = reader.GetFieldValue<DateTimeOffset>(2).ToUnixTimeMilliseconds() });
                if (!reader.IsDBNull(3)) statements[^1].County.Add(new StatementCounty { County = reader.GetString(3), ClaimsFen = reader.GetInt64(4), AdjustedFen = reader.GetInt64(5) });
            }
        var transfers = await Transfers(connection, contract.Number, [.. statements.Select(s => s.Month)], cancellation);
        foreach (var statement in statements)
        {
            statement.Transfer.AddRange(transfers[statement.Month]);
            Sum(statement);
        }
        return statements;
    }

    public static void Sum(ClaimStatement statement)
    {
        (statement.ClaimsFen, statement.AdjustedFen) = (statement.County.Sum(c => c.ClaimsFen), statement.County.Sum(c => c.AdjustedFen));
        (statement.DueFen, statement.ReceivedFen) = (statement.ClaimsFen - statement.AdjustedFen, statement.Transfer.Sum(t => t.AmountFen));
        statement.DifferenceFen = statement.DueFen - statement.ReceivedFen;
    }

    /// <param name="periods">yyyyMM of claims, yyyy of a year's outcome.</param>
    public static async Task<ILookup<int, InsurerTransfer>> Transfers(NpgsqlConnection connection, string contractNo, int[] periods, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("SELECT period, reference, amount_fen, paid_on FROM insurer_transfer WHERE contract_no = $1 AND period = ANY ($2) ORDER BY paid_on, reference", connection)
        {
            Parameters = { new() { Value = contractNo }, new() { Value = periods } },
        };
        var transfers = new List<(int Period, InsurerTransfer Transfer)>();
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
            transfers.Add((reader.GetInt32(0), new InsurerTransfer { Reference = reader.GetString(1), AmountFen = reader.GetInt64(2), PaidOn = DayNumber.Of(reader.GetFieldValue<DateOnly>(3)) }));
        return transfers.ToLookup(t => t.Period, t => t.Transfer);
    }
}
