using MedInsure.Kernel;
using MedInsure.Settlement.Indicators;
using MedInsure.Settlement.PaymentMethods;
using Npgsql;

namespace MedInsure.Settlement.ProviderStatements;

/// <summary>
/// A statement's lines from what is known now. They are kept with it while it is reviewed, stand from the first review's end, and are computed again at the approval, which takes place only if they
/// are the same. What other statements that passed their first review give back of prepayments is not open any more.
/// </summary>
internal static class ComputeStatement
{
    private const string Claims = """
        SELECT f.fund, sum(f.amount_fen)::bigint FROM statement_application_fund f JOIN statement_application a ON a.number = f.application
        WHERE a.statement_no = $1 AND a.state = 'accepted' GROUP BY f.fund ORDER BY f.fund
        """;

    private const string BroughtForward = """
        SELECT s.number, l.fund, sum(l.amount_fen)::bigint FROM provider_statement s JOIN statement_line l ON l.statement = s.number
        WHERE s.fixmedins_code = $2 AND s.number <> $1 AND s.state = 'approved' AND s.payable_fen <= 0 AND (s.carried_into IS NULL OR s.carried_into = $1) GROUP BY s.number, l.fund HAVING sum(l.amount_fen) <> 0 ORDER BY 1, 2
        """;

    private const string Deductions = "SELECT number, kind, amount_fen, reason FROM statement_deduction WHERE statement = $1 AND withdrawn_by = '' AND kind <> 'restitution' ORDER BY number";

    private const string Restitutions = "SELECT notice_no, fund, amount_fen, reason FROM statement_deduction WHERE statement = $1 AND withdrawn_by = '' AND kind = 'restitution' ORDER BY number";

    private const string Rate = "SELECT ratio_bp FROM provider_deposit_rate WHERE fixmedins_code = $1 AND from_month <= $2 ORDER BY from_month DESC, number DESC LIMIT 1";

    private const string Prepayments = """
        SELECT p.number, p.fund, p.amount_fen, p.amount_fen + coalesce(sum(l.amount_fen), 0)::bigint, p.offset_bp
        FROM provider_prepayment p
        LEFT JOIN (statement_line l JOIN provider_statement s ON s.number = l.statement AND s.number <> $1 AND s.state IN ('first_reviewed', 'reviewed', 'approved', 'paid'))
          ON l.kind = 'offset' AND l.reference = $3 || lpad(p.number::text, 12, '0')
        WHERE p.fixmedins_code = $2 AND p.paid GROUP BY p.number HAVING p.amount_fen + coalesce(sum(l.amount_fen), 0) > 0 ORDER BY p.number
        """;

    /// <param name="attached">Deductions that have just been attached: they take what the others leave.</param>
    /// <param name="computed">As <see cref="ComputeMonth.Run"/> has it.</param>
    public static async Task<StatementLines.Result> Run(NpgsqlConnection connection, NpgsqlTransaction transaction, string county, StatementRow row, CancellationToken cancellation, HashSet<string>? computed = null, IReadOnlySet<long>? attached = null)
    {
        var methods = await ComputeMonth.Run(connection, transaction, county, row.FixmedinsCode, row.Month, cancellation, computed);
        var indicators = await ComputeIndicators.Run(connection, transaction, county, row.FixmedinsCode, row.Month, cancellation);
        var claims = await Rows(Claims, r => (r.GetString(0), r.GetInt64(1)), row.Number);
        var brought = await Rows(BroughtForward, r => (CountyNumber.Of(county, CountyNumber.Statement, r.GetInt64(0)), r.GetString(1), r.GetInt64(2)), row.Number, row.FixmedinsCode);
        var deductions = (await Rows(Deductions, r => (Number: r.GetInt64(0), Entered: new EnteredDeduction($"{r.GetInt64(0)}", r.GetString(1), r.GetInt64(2), r.GetString(3))), row.Number))
            .OrderBy(d => attached?.Contains(d.Number) ?? false).Select(d => d.Entered).ToList();
        var restitutions = await Rows(Restitutions, r => (r.GetString(0), r.GetString(1), r.GetInt64(2), r.GetString(3)), row.Number);
        var rates = ClaimMonth.IsYear(row.Month) ? [] : await Rows(Rate, r => r.GetInt32(0), row.FixmedinsCode, row.Month);
        var prepayments = await Rows(Prepayments, r => new OpenPrepayment(CountyNumber.Of(county, CountyNumber.Prepayment, r.GetInt64(0)), r.GetString(1), r.GetInt64(2), r.GetInt64(3), new BasisPoints(r.GetInt32(4))),
            row.Number, row.FixmedinsCode, county + CountyNumber.Prepayment);
        return StatementLines.Of(new StatementInputs(claims, methods, brought, indicators, deductions, new BasisPoints(rates.FirstOrDefault()), prepayments) { Restitutions = restitutions });

        async Task<List<T>> Rows<T>(string sql, Func<NpgsqlDataReader, T> read, params object[] values)
        {
            await using var command = new NpgsqlCommand(sql, connection, transaction);
            foreach (var value in values) command.Parameters.Add(new NpgsqlParameter { Value = value });
            await using var reader = await command.ExecuteReaderAsync(cancellation);
            var rows = new List<T>();
            while (await reader.ReadAsync(cancellation)) rows.Add(read(reader));
            return rows;
        }
    }

    /// <summary>In place of the lines before.</summary>
    public static async Task Keep(NpgsqlConnection connection, NpgsqlTransaction transaction, long statement, IReadOnlyList<StatementLine> lines, CancellationToken cancellation)
    {
        await using var batch = new NpgsqlBatch(connection, transaction);
        batch.BatchCommands.Add(new("DELETE FROM statement_line WHERE statement = $1") { Parameters = { new() { Value = statement } } });
        batch.BatchCommands.Add(new("""
            INSERT INTO statement_line (statement, line_no, kind, det_type, fund, amount_fen, reference, explanation)
            SELECT $1, n, kind, det, fund, fen, reference, explanation FROM unnest($2::text[], $3::text[], $4::text[], $5::bigint[], $6::text[], $7::text[]) WITH ORDINALITY AS l (kind, det, fund, fen, reference, explanation, n)
            """)
        {
            Parameters =
            {
                new() { Value = statement }, new() { Value = lines.Select(l => l.Kind).ToArray() }, new() { Value = lines.Select(l => l.DetType).ToArray() }, new() { Value = lines.Select(l => l.Fund).ToArray() },
                new() { Value = lines.Select(l => l.AmountFen).ToArray() }, new() { Value = lines.Select(l => l.Reference).ToArray() }, new() { Value = lines.Select(l => l.Explanation).ToArray() },
            },
        });
        await batch.ExecuteNonQueryAsync(cancellation);
    }

    public static async Task<List<StatementLine>> Kept(NpgsqlConnection connection, NpgsqlTransaction? transaction, long statement, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("SELECT kind, det_type, fund, amount_fen, reference, explanation FROM statement_line WHERE statement = $1 ORDER BY line_no", connection, transaction)
        {
            Parameters = { new() { Value = statement } },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var lines = new List<StatementLine>();
        while (await reader.ReadAsync(cancellation)) lines.Add(new StatementLine(reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetInt64(3), reader.GetString(4), reader.GetString(5)));
        return lines;
    }

    /// <summary>What is payable in each fund.</summary>
    public static IEnumerable<(string Fund, long AmountFen)> ByFund(IEnumerable<StatementLine> lines) =>
        lines.GroupBy(l => l.Fund, StringComparer.Ordinal).Select(g => (g.Key, g.Sum(l => l.AmountFen))).Where(f => f.Item2 != 0).OrderBy(f => f.Key, StringComparer.Ordinal);
}
