using MedInsure.Kernel;
using MedInsure.Settlement.Runs;
using Npgsql;

namespace MedInsure.Settlement.ProviderStatements;

/// <summary>
/// Settlements of a statement are drawn for a look at their records (抽查), and what was found is recorded; the first review ends when all of them were looked at. Drawn by a hash of
/// statement and settlement: nobody chooses, and the same size again draws the same.
/// </summary>
internal static class SampleClaims
{
    private const int SizeMax = 1_000;

    internal sealed record Order(int Size, string? DrawnBy);

    /// <param name="Verdict">passed, faulty.</param>
    internal sealed record Finding(string? CheckedBy, string? Verdict, string? Note);

    internal sealed record Row(string SetlId, string DrawnBy, string? Verdict, string? CheckedBy, string? CheckedAt, string? Note);

    public static async Task<Outcome<IReadOnlyList<Row>>> Draw(RunPlace place, string statementNo, Order order, DateTimeOffset now, CancellationToken cancellation)
    {
        if (TwoPeople.Name(order.DrawnBy, "drawn_by") is { } nobody) return nobody;
        if (order.Size is < 1 or > SizeMax) return StatementRefusals.SampleSizeInvalid;
        var begun = await StatementAct.Begin(place, statementNo, cancellation);
        if (begun.Refusal is { } refusal) return refusal;
        await using var act = begun.Value;
        if (act.Row.State != "in_review") return StatementRefusals.NotInState;
        await using (var insert = new NpgsqlCommand("""
            INSERT INTO statement_sample (statement, setl_id, drawn_by, drawn_at)
            SELECT $1, s.setl_id, $3, $4 FROM statement_claim s JOIN statement_application a ON a.number = s.application WHERE a.statement_no = $1
            ORDER BY md5($1::text || s.setl_id), s.setl_id LIMIT $2 ON CONFLICT DO NOTHING
            """, act.Connection, act.Transaction)
        {
            Parameters = { new() { Value = act.Row.Number }, new() { Value = order.Size }, new() { Value = order.DrawnBy!.Trim() }, new() { Value = now.UtcDateTime } },
        })
            await insert.ExecuteNonQueryAsync(cancellation);
        await act.Done(act.Row, "sample_drawn", order.DrawnBy!, now, $"{order.Size}", cancellation);
        return await Read(place, act.Row.Number, cancellation);
    }

    /// <summary>In order: who, the verdict, the statement and its state, drawn. Another verdict takes the place of the one before.</summary>
    public static async Task<Outcome<IReadOnlyList<Row>>> Record(RunPlace place, string statementNo, string setlId, Finding finding, DateTimeOffset now, CancellationToken cancellation)
    {
        if (TwoPeople.Name(finding.CheckedBy, "checked_by") is { } nobody) return nobody;
        if (finding.Verdict is not ("passed" or "faulty") || (finding.Note?.Length ?? 0) > 500 || finding.Verdict == "faulty" && !CountyDesk.IsReason(finding.Note)) return StatementRefusals.VerdictUnknown;
        var begun = await StatementAct.Begin(place, statementNo, cancellation);
        if (begun.Refusal is { } refusal) return refusal;
        await using var act = begun.Value;
        if (act.Row.State != "in_review") return StatementRefusals.NotInState;
        await using (var update = new NpgsqlCommand("UPDATE statement_sample SET verdict = $3, checked_by = $4, checked_at = $5, note = $6 WHERE statement = $1 AND setl_id = $2", act.Connection, act.Transaction)
        {
            Parameters =
            {
                new() { Value = act.Row.Number }, new() { Value = setlId }, new() { Value = finding.Verdict }, new() { Value = finding.CheckedBy!.Trim() }, new() { Value = now.UtcDateTime }, new() { Value = finding.Note ?? "" },
            },
        })
            if (await update.ExecuteNonQueryAsync(cancellation) == 0) return StatementRefusals.NotSampled;
        await act.Done(act.Row, "sample_checked", finding.CheckedBy!, now, $"{setlId} {finding.Verdict} {finding.Note}".TrimEnd(), cancellation);
        return await Read(place, act.Row.Number, cancellation);
    }

    public static async Task<Outcome<IReadOnlyList<Row>>> Query(RunPlace place, string statementNo, CancellationToken cancellation) =>
        CountyNumber.Parse(place.Tenant.Code, CountyNumber.Statement, statementNo) is { } number ? await Read(place, number, cancellation) : StatementRefusals.StatementUnknown;

    private static async Task<Outcome<IReadOnlyList<Row>>> Read(RunPlace place, long statement, CancellationToken cancellation)
    {
        var rows = new List<Row>();
        await using var command = place.Database.CreateCommand("SELECT setl_id, drawn_by, verdict, checked_by, checked_at, note FROM statement_sample WHERE statement = $1 ORDER BY setl_id");
        command.Parameters.Add(new NpgsqlParameter { Value = statement });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
            rows.Add(new Row(reader.GetString(0), reader.GetString(1), CountyDesk.Said(reader.GetString(2)), CountyDesk.Said(reader.GetString(3)), reader.IsDBNull(4) ? null : CountyDesk.Time(reader.GetFieldValue<DateTimeOffset>(4)), CountyDesk.Said(reader.GetString(5))));
        return rows;
    }
}
