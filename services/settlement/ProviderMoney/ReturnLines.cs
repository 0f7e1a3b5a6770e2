using MedInsure.Kernel;
using MedInsure.Settlement.Queries;
using MedInsure.Settlement.Runs;
using Npgsql;

namespace MedInsure.Settlement.ProviderMoney;

/// <summary>The work list of what the bank said that fits no payment: it stays until somebody says what became of it, and on record after that.</summary>
internal static class ReturnLines
{
    internal sealed record Row(long BankReturn, int LineNo, string Line, string Outcome, string RecordedBy, string? RecordedAt, string? ResolvedBy, string? Note);

    internal sealed record Resolution(string? ResolvedBy, string? Note);

    private const string From = " FROM bank_return_line l JOIN bank_return b ON b.number = l.bank_return";

    public static async Task<Outcome<IReadOnlyList<Row>>> Open(RunPlace place, int page, int size, CancellationToken cancellation)
    {
        var range = SettlementRows.Page(page, size);
        if (range.Refusal is { } badPage) return badPage;
        return await Read(place, new RowFilter().Add("l.resolved_by = ", ""), $"AND l.outcome NOT IN ('paid', 'returned', 'same') ORDER BY l.bank_return, l.line_no OFFSET {range.Value.Offset} LIMIT {range.Value.Size}", cancellation);
    }

    public static async Task<Outcome<Row>> Resolve(RunPlace place, long bankReturn, int lineNo, Resolution resolution, DateTimeOffset now, CancellationToken cancellation)
    {
        if (TwoPeople.Name(resolution.ResolvedBy, "resolved_by") is { } nobody) return nobody;
        if (!CountyDesk.IsReason(resolution.Note)) return ProviderMoneyRefusals.ReasonMissing.At("note");
        await using (var update = place.Database.CreateCommand("UPDATE bank_return_line SET resolved_by = $3, resolved_at = $4, note = $5 WHERE bank_return = $1 AND line_no = $2 AND outcome NOT IN ('paid', 'returned', 'same') AND resolved_by = ''"))
        {
            foreach (var value in (object[])[bankReturn, lineNo, resolution.ResolvedBy!.Trim(), now.UtcDateTime, resolution.Note!]) update.Parameters.Add(new NpgsqlParameter { Value = value });
            if (await update.ExecuteNonQueryAsync(cancellation) == 0) return ProviderMoneyRefusals.LineUnknown;
        }
        return (await Read(place, new RowFilter().Add("l.bank_return = ", bankReturn).Add("l.line_no = ", lineNo), "", cancellation))[0];
    }

    private static async Task<List<Row>> Read(RunPlace place, RowFilter filter, string tail, CancellationToken cancellation)
    {
        var rows = new List<Row>();
        await using var command = filter.Command(place.Database, $"SELECT l.bank_return, l.line_no, l.line, l.outcome, b.recorded_by, b.recorded_at, l.resolved_by, l.note{From}{filter.Where} {tail}");
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
            rows.Add(new Row(reader.GetInt64(0), reader.GetInt32(1), reader.GetString(2), reader.GetString(3), reader.GetString(4), CountyDesk.Time(reader.GetFieldValue<DateTimeOffset>(5)), CountyDesk.Said(reader.GetString(6)), CountyDesk.Said(reader.GetString(7))));
        return rows;
    }
}
