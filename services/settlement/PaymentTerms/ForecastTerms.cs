using MedInsure.Kernel;
using MedInsure.Settlement.PaymentMethods;
using MedInsure.Settlement.Runs;
using Npgsql;

namespace MedInsure.Settlement.PaymentTerms;

/// <summary>How much of an agreed yearly amount is used at a month's end, and what the year will come to beside it: of the terms as a whole and of each of their providers, of the claims in their scope alone.</summary>
internal static class ForecastTerms
{
    /// <param name="UsedBp">Of the yearly amount; null: it is nothing.</param>
    internal sealed record Row(string TermNo, string Method, string Fund, long BudgetFen, Forecast Whole, long? UsedBp, long? ExpectedBp, IReadOnlyList<(string Provider, Forecast Forecast)> Providers);

    public static async Task<Outcome<List<Row>>> Query(RunPlace place, int? month, string? provider, CancellationToken cancellation)
    {
        if (month is not { } at || !PaymentTerm.IsMonth(at)) return PaymentTermRefusals.MonthInvalid;
        await using var connection = await place.Database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        var terms = await PaymentTerm.Read(connection, transaction, place.Tenant.Code, """
            WHERE t.state = 'approved' AND $2 BETWEEN t.from_month AND coalesce(t.ended_month, t.to_month) AND ($3 = '' OR t.number IN (SELECT number FROM payment_term_provider WHERE fixmedins_code = $3)) ORDER BY t.number
            """, [at, provider ?? ""], cancellation);
        terms.RemoveAll(t => t.Method.YearlyFen is null);
        if (terms.Count > 0) await ClaimCases.Read(connection, transaction, place.Tenant.Code, cancellation);
        var rows = new List<Row>(terms.Count);
        foreach (var term in terms) rows.Add(await Of(connection, transaction, term, at, cancellation));
        await transaction.CommitAsync(cancellation);
        return rows;
    }

    private static async Task<Row> Of(NpgsqlConnection connection, NpgsqlTransaction transaction, PaymentTerm term, int month, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand { Connection = connection, Transaction = transaction, CommandTimeout = 0 };
        var p = new SqlValues(command);
        // Last year's season is that of the same claims, whatever was agreed of them then.
        var range = $"fixmedins_code = ANY({p.Add(term.Providers.ToArray())}) AND settled_at >= {p.Add(PaymentTerm.StartOf(month / 100 * 100 - 99))} AND settled_at < {p.Add(PaymentTerm.StartOf(PaymentTerm.Next(month)))}";
        command.CommandText = $"""
            SELECT f.fixmedins_code, to_char(f.settled_at AT TIME ZONE 'UTC' + interval '8 hours', 'YYYYMM')::int, sum(f.amount_fen)::bigint
            FROM (SELECT * FROM provider_claim_fund WHERE fund = {p.Add(term.Scope.Fund)} AND {range}) f JOIN (SELECT * FROM provider_case WHERE {range}) c USING (setl_id)
            WHERE {ComputeTerm.Within(term.Scope, p)} GROUP BY 1, 2
            """;
        var months = term.Providers.ToDictionary(x => x, _ => (Last: new long[12], This: new long[12]), StringComparer.Ordinal);
        var (last, current) = (new long[12], new long[12]);
        await using (var reader = await command.ExecuteReaderAsync(cancellation))
            while (await reader.ReadAsync(cancellation))
            {
                var (own, at, fen) = (months[reader.GetString(0)], reader.GetInt32(1), reader.GetInt64(2));
                var isLast = at / 100 < month / 100;
                (isLast ? own.Last : own.This)[at % 100 - 1] = fen;
                (isLast ? last : current)[at % 100 - 1] += fen;
            }
        var budget = term.Method.YearlyFen!.Value;
        var whole = Forecast.Of(current, last, month % 100);
        return new Row(term.ScopeNo, term.Method.Code, term.Scope.Fund, budget, whole, Part(whole.SettledFen), Part(whole.ExpectedFen), [.. months.OrderBy(m => m.Key, StringComparer.Ordinal).Select(m => (m.Key, Forecast.Of(m.Value.This, m.Value.Last, month % 100)))]);

        long? Part(long fen) => budget > 0 ? HalfUp.DivideProduct(fen, BasisPoints.Whole, budget) : null;
    }

    public static object Shown(Row row) => new
    {
        row.TermNo, row.Method, row.Fund, Budget = Yuan.Of(row.BudgetFen), Settled = Yuan.Of(row.Whole.SettledFen), Expected = Yuan.Of(row.Whole.ExpectedFen), row.Whole.Basis, Used = Fraction(row.UsedBp), ExpectedShare = Fraction(row.ExpectedBp),
        row.Whole.Explanation,
        Providers = row.Providers.Select(p => new { FixmedinsCode = p.Provider, Settled = Yuan.Of(p.Forecast.SettledFen), Expected = Yuan.Of(p.Forecast.ExpectedFen), p.Forecast.Basis, p.Forecast.Explanation }),
    };

    private static decimal? Fraction(long? bp) => bp is { } value ? value * 0.0001m : null;
}
