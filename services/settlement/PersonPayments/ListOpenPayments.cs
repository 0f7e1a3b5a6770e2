using MedInsure.Kernel;
using MedInsure.Settlement.Queries;
using MedInsure.Settlement.Runs;
using Npgsql;

namespace MedInsure.Settlement.PersonPayments;

/// <summary>What is owed and on no standing list, per person; and all that was ever owed to one person with the list it is on.</summary>
internal static class ListOpenPayments
{
    /// <param name="Amount">Net; zero or less: the person stays open until more is owed.</param>
    internal sealed record Row(string PsnNo, decimal Amount, long Benefits);

    /// <param name="Payable">Sum over those who would be on a list now.</param>
    /// <param name="OwedByPersons">Sum over those who owe, as a positive amount.</param>
    internal sealed record Page(long Total, decimal Payable, decimal OwedByPersons, IReadOnlyList<Row> Persons);

    private const string Open = """
        WITH open AS (SELECT psn_no, sum(amount_fen)::bigint AS net_fen, count(*) AS benefits FROM person_benefit b
            WHERE NOT EXISTS (SELECT FROM payment_list_benefit p WHERE p.benefit_no = b.benefit_no AND NOT p.withdrawn) GROUP BY psn_no)
        """;

    public static async Task<Outcome<Page>> Query(RunPlace place, int page, int size, CancellationToken cancellation)
    {
        var range = SettlementRows.Page(page, size);
        if (range.Refusal is { } badPage) return badPage;
        if (await SettlementRows.Current(place.Journal, cancellation) is { } lag) return lag;
        await using var connection = await place.Database.OpenConnectionAsync(cancellation);
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new NpgsqlBatchCommand($"{Open} SELECT count(*), coalesce(sum(net_fen) FILTER (WHERE net_fen > 0), 0)::bigint, coalesce(-sum(net_fen) FILTER (WHERE net_fen < 0), 0)::bigint FROM open"),
                new NpgsqlBatchCommand($"{Open} SELECT psn_no, net_fen, benefits FROM open ORDER BY psn_no OFFSET {range.Value.Offset} LIMIT {range.Value.Size}"),
            },
        };
        await using var reader = await batch.ExecuteReaderAsync(cancellation);
        await reader.ReadAsync(cancellation);
        var (total, payable, owed) = (reader.GetInt64(0), Yuan.Of(reader.GetInt64(1)), Yuan.Of(reader.GetInt64(2)));
        await reader.NextResultAsync(cancellation);
        var rows = new List<Row>();
        while (await reader.ReadAsync(cancellation)) rows.Add(new Row(reader.GetString(0), Yuan.Of(reader.GetInt64(1)), reader.GetInt64(2)));
        return new Page(total, payable, owed, rows);
    }

    /// <param name="ListNo">Null: on no standing list.</param>
    internal sealed record Benefit(
        string BenefitNo, string Kind, string Insutype, int Year, string RuleId, string FundPayType, string Name, string Cause, string SetlId, string MdtrtId, string RunNo, decimal Amount, string? BookedAt,
        string? ListNo, string? ListState);

    public static async Task<Outcome<IReadOnlyList<Benefit>>> OfPerson(RunPlace place, string psnNo, CancellationToken cancellation)
    {
        if (await SettlementRows.Current(place.Journal, cancellation) is { } lag) return lag;
        await using var command = place.Database.CreateCommand("""
            SELECT b.benefit_no, b.kind, b.insutype, b.year, b.rule_id, b.fund_pay_type, b.name, b.cause, b.setl_id, b.mdtrt_id, b.run_no, b.amount_fen, b.booked_at, l.number, l.state
            FROM person_benefit b LEFT JOIN payment_list_benefit p ON p.benefit_no = b.benefit_no AND NOT p.withdrawn LEFT JOIN payment_list l USING (number)
            WHERE b.psn_no = $1 ORDER BY b.benefit_no
            """);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = psnNo });
        var benefits = new List<Benefit>();
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
            benefits.Add(new Benefit(reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetInt32(3), reader.GetString(4), reader.GetString(5), reader.GetString(6), reader.GetString(7),
                reader.GetString(8), reader.GetString(9), reader.GetString(10), Yuan.Of(reader.GetInt64(11)), CountyDesk.Time(reader.GetFieldValue<DateTimeOffset>(12)),
                reader.IsDBNull(13) ? null : PaymentList.NumberOf(place.Tenant.Code, reader.GetInt64(13)), reader.IsDBNull(14) ? null : reader.GetString(14)));
        return benefits;
    }
}
