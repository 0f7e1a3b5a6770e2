using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using MedInsure.Kernel;
using MedInsure.Settlement.Queries;
using MedInsure.Settlement.Runs;
using Npgsql;

namespace MedInsure.Settlement.ProviderStatements;

/// <summary>The settlements of a statement: page by page, or all as CSV; and what of a month nobody has claimed yet.</summary>
internal static class ListStatementClaims
{
    internal sealed record Row(string SetlId, string HomeCounty, string PsnNo, string ClrType, string Insutype, string? SettledAt, string? Reverses, decimal Total, decimal FundTotal, decimal Account, decimal Cash);

    internal sealed record Unclaimed(string FixmedinsCode, string ClrType, string Month, long Rows, decimal Total, decimal FundTotal, decimal Account);

    // By provider and time on both sides, so that a statement does not read the whole county.
    private const string Sql = """
        SELECT c.setl_id, c.home_county, c.psn_no, c.clearing_type, c.insutype, c.settled_at, c.reverses_setl_id, c.total_fen, c.fund_total_fen, c.account_fen + c.family_account_fen, c.cash_fen
        FROM statement_claim s JOIN provider_claim c ON c.setl_id = s.setl_id
        WHERE s.application IN (SELECT number FROM statement_application WHERE statement_no = $1) AND c.fixmedins_code = $2
          AND c.settled_at >= (SELECT min(begin_on) FROM statement_application WHERE statement_no = $1)::timestamp AT TIME ZONE 'Asia/Shanghai' AND c.settled_at < $3
        ORDER BY c.settled_at, c.setl_id
        """;

    public static async Task<Outcome<IReadOnlyList<Row>>> Query(RunPlace place, string statementNo, int page, int size, CancellationToken cancellation)
    {
        var range = SettlementRows.Page(page, size);
        if (range.Refusal is { } badPage) return badPage;
        if (await Find(place, statementNo, cancellation) is not { } row) return StatementRefusals.StatementUnknown;
        var rows = new List<Row>();
        await using var command = Command(place, row, $" OFFSET {range.Value.Offset} LIMIT {range.Value.Size}");
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
            rows.Add(new Row(reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.GetString(4), CountyDesk.Time(reader.GetFieldValue<DateTimeOffset>(5)), reader.IsDBNull(6) ? null : reader.GetString(6),
                Yuan.Of(reader.GetInt64(7)), Yuan.Of(reader.GetInt64(8)), Yuan.Of(reader.GetInt64(9)), Yuan.Of(reader.GetInt64(10))));
        return rows;
    }

    /// <summary>UTF-8 with a byte order mark, streamed: a hospital's month may have any number.</summary>
    public static async Task WriteCsv(RunPlace place, StatementRow row, PipeWriter to, CancellationToken cancellation)
    {
        to.Write(Encoding.UTF8.GetPreamble());
        var line = new StringBuilder("结算编号,参保地,人员编号,清算类别,险种,结算时间,撤销原结算,医疗费总额,基金支付,账户支付,现金\r\n");
        await using var command = Command(place, row, "");
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            line.AppendJoin(',', reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.GetString(4), CountyDesk.Time(reader.GetFieldValue<DateTimeOffset>(5)), reader.IsDBNull(6) ? "" : reader.GetString(6),
                new Fen(reader.GetInt64(7)), new Fen(reader.GetInt64(8)), new Fen(reader.GetInt64(9)), new Fen(reader.GetInt64(10))).Append("\r\n");
            if (line.Length < 32_768) continue;
            Encoding.UTF8.GetBytes(line.ToString(), to);
            line.Clear();
            await to.FlushAsync(cancellation);
        }
        Encoding.UTF8.GetBytes(line.ToString(), to);
        await to.FlushAsync(cancellation);
    }

    public static async Task<StatementRow?> Find(RunPlace place, string statementNo, CancellationToken cancellation)
    {
        if (CountyNumber.Parse(place.Tenant.Code, CountyNumber.Statement, statementNo) is not { } number) return null;
        await using var connection = await place.Database.OpenConnectionAsync(cancellation);
        return await StatementRow.Find(connection, null, number, cancellation);
    }

    /// <summary>By provider, month and kind of clearing: what no application has, up to a month.</summary>
    public static async Task<Outcome<IReadOnlyList<Unclaimed>>> Open(RunPlace place, int month, CancellationToken cancellation)
    {
        if (!ClaimMonth.IsMonth(month)) return StatementRefusals.MonthInvalid.At("month");
        if (await SettlementRows.Current(place.Journal, cancellation) is { } lag) return lag;
        var rows = new List<Unclaimed>();
        await using var command = place.Database.CreateCommand("""
            SELECT c.fixmedins_code, c.clearing_type, to_char(c.settled_at AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM'), count(*), sum(c.total_fen)::bigint, sum(c.fund_total_fen)::bigint, sum(c.account_fen + c.family_account_fen)::bigint
            FROM provider_claim c LEFT JOIN statement_claim s ON s.setl_id = c.setl_id WHERE s.setl_id IS NULL AND c.settled_at < $1 GROUP BY 1, 2, 3 ORDER BY 1, 3, 2
            """);
        command.CommandTimeout = 0;
        command.Parameters.Add(new NpgsqlParameter { Value = ChinaCalendar.StartOf(ClaimMonth.Last(month).AddDays(1)).UtcDateTime });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
            rows.Add(new Unclaimed(reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetInt64(3), Yuan.Of(reader.GetInt64(4)), Yuan.Of(reader.GetInt64(5)), Yuan.Of(reader.GetInt64(6))));
        return rows;
    }

    private static NpgsqlCommand Command(RunPlace place, StatementRow row, string tail)
    {
        var command = place.Database.CreateCommand(Sql + tail);
        command.CommandTimeout = 0;
        foreach (var value in (object[])[row.Number, row.FixmedinsCode, ChinaCalendar.StartOf(ClaimMonth.Last(row.Month).AddDays(1)).UtcDateTime]) command.Parameters.Add(new NpgsqlParameter { Value = value });
        return command;
    }
}
