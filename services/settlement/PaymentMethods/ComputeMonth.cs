using MedInsure.Settlement.PaymentTerms;
using Npgsql;

namespace MedInsure.Settlement.PaymentMethods;

/// <summary>What one method gives a provider for a month, of one fund. Money in fen.</summary>
/// <param name="Method">fee_for_service where nothing else is agreed.</param>
/// <param name="TermNo">The agreed terms; empty: none.</param>
/// <param name="SettledFen">What was settled for the claims under this method. Of a yearly method as of every other: what came since the months that stand.</param>
/// <param name="PayableFen">What the fund owes for them; the difference is the method's result. Negative: what was granted before was too much.</param>
/// <param name="Explanation">In Chinese, with the figures.</param>
internal sealed record MethodResult(string Method, string TermNo, string Fund, long Claims, long SettledFen, long PayableFen, string Explanation);

/// <summary>
/// What a provider's month comes to under its payment methods. Every claim's every fund is under exactly one result, so that the results' sums are the month's claims. A month is computed anew as
/// often as it is asked for until it is fixed (<see cref="Fix"/>); from then on the same results are answered, and what comes later is in a later month.
/// </summary>
internal static class ComputeMonth
{
    public const string FeeForService = "fee_for_service";

    /// <summary>The settlement after a year's twelve months.</summary>
    public const int SettlementMonth = 13;

    /// <param name="month">yyyyMM; yyyy13 is the year's settlement, of yearly methods and of what came late.</param>
    /// <param name="computed">Terms whose month was computed for another of their providers by the same command: not again; what is computed here is added.</param>
    public static async Task<IReadOnlyList<MethodResult>> Run(
        NpgsqlConnection connection, NpgsqlTransaction transaction, string county, string fixmedinsCode, int month, CancellationToken cancellation, HashSet<string>? computed = null)
    {
        var terms = await PaymentTerm.OfProvider(connection, transaction, county, fixmedinsCode, month, cancellation);
        // Without terms too: indicators of the same transaction read cases, and locks are taken in one order, cases before providers.
        await ClaimCases.Read(connection, transaction, county, cancellation);
        foreach (var term in terms.Where(t => t.ConcernsMonth(month) && computed?.Add(t.ScopeNo) is not false)) await ComputeTerm.Through(connection, transaction, term, month, cancellation);
        await Lock(connection, transaction, fixmedinsCode, cancellation);
        if (!await IsFixed(connection, transaction, fixmedinsCode, month, cancellation))
            await ResultRow.Store(connection, transaction, fixmedinsCode, month, await Remaining(connection, transaction, fixmedinsCode, month, terms, cancellation), cancellation);

        var results = new List<MethodResult>();
        await using var command = new NpgsqlCommand("""
            SELECT scope, fund, method, claims, settled_fen, payable_fen, explanation FROM payment_result WHERE fixmedins_code = $1 AND month = $2 ORDER BY scope = fixmedins_code, length(scope), scope, fund
            """, connection, transaction) { Parameters = { new() { Value = fixmedinsCode }, new() { Value = month } } };
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
            results.Add(new MethodResult(reader.GetString(2), reader.GetString(0) == fixmedinsCode ? "" : reader.GetString(0), reader.GetString(1), reader.GetInt64(3), reader.GetInt64(4), reader.GetInt64(5), reader.GetString(6)));
        return results;
    }

    /// <summary>A statement is made of the month's results, and of its indicators: from now on they stand. In the transaction that makes the statement, after <see cref="Run"/> in the same one. Of terms the months
    /// before stand with it, since this one rests on them.</summary>
    /// <param name="statementNo">Who cites them.</param>
    public static async Task Fix(NpgsqlConnection connection, NpgsqlTransaction transaction, string county, string fixmedinsCode, int month, string statementNo, CancellationToken cancellation)
    {
        var terms = await PaymentTerm.OfProvider(connection, transaction, county, fixmedinsCode, month, cancellation);
        await using var command = new NpgsqlCommand("UPDATE payment_month SET fixed_by = $3 WHERE fixed_by = '' AND (scope = $1 AND month = $2 OR scope = ANY($4) AND month <= $2)", connection, transaction)
        {
            Parameters = { new() { Value = fixmedinsCode }, new() { Value = month }, new() { Value = statementNo }, new() { Value = terms.Where(t => t.ConcernsMonth(month)).Select(t => t.ScopeNo).ToArray() } },
        };
        await command.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>One computation of a scope at a time, to the transaction's end.</summary>
    internal static async Task Lock(NpgsqlConnection connection, NpgsqlTransaction transaction, string scope, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("SELECT pg_advisory_xact_lock(hashtextextended('payment_month ' || $1, 0))", connection, transaction) { Parameters = { new() { Value = scope } } };
        await command.ExecuteNonQueryAsync(cancellation);
    }

    internal static async Task<bool> IsFixed(NpgsqlConnection connection, NpgsqlTransaction transaction, string scope, int month, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("SELECT 1 FROM payment_month WHERE scope = $1 AND month = $2 AND fixed_by <> ''", connection, transaction) { Parameters = { new() { Value = scope }, new() { Value = month } } };
        return await command.ExecuteScalarAsync(cancellation) is not null;
    }

    /// <summary>
    /// What is under no terms, by fund, as it was settled: of the month's own claims, and of what came into months of this and the last year after they were fixed. The months that are fixed and this one are summed
    /// up and what was counted of them taken off: a claim that came late is the difference, whichever it is. Of months before the newest fixed one only their own claims count: late ones are the newest one's.
    /// </summary>
    private static async Task<List<ResultRow>> Remaining(NpgsqlConnection connection, NpgsqlTransaction transaction, string fixmedinsCode, int month, List<PaymentTerm> terms, CancellationToken cancellation)
    {
        var months = new List<int>();
        await using (var fixedMonths = new NpgsqlCommand("SELECT month FROM payment_month WHERE scope = $1 AND fixed_by <> '' AND month >= $2", connection, transaction) { Parameters = { new() { Value = fixmedinsCode }, new() { Value = (month / 100 - 1) * 100 } } })
        await using (var reader = await fixedMonths.ExecuteReaderAsync(cancellation))
            while (await reader.ReadAsync(cancellation)) months.Add(reader.GetInt32(0));
        if (months.Exists(m => m > month)) months.Clear();
        int[] counted = [.. months];
        months.Add(month);

        await using var command = new NpgsqlCommand { Connection = connection, Transaction = transaction, CommandTimeout = 0 };
        var p = new SqlValues(command);
        var provider = p.Add(fixmedinsCode);
        // Months that follow one another as one range: of ranges PostgreSQL knows how many rows there are, of months of an instant it does not.
        var ranges = new List<(int From, int To)>();
        foreach (var at in months.Where(m => m % 100 != SettlementMonth).Distinct().Order())
            if (ranges.Count > 0 && PaymentTerm.Next(ranges[^1].To) == at) ranges[^1] = (ranges[^1].From, at);
            else ranges.Add((at, at));
        var within = ranges.Count == 0 ? "false" : string.Join(" OR ", ranges.Select(r => $"settled_at >= {p.Add(PaymentTerm.StartOf(r.From))} AND settled_at < {p.Add(PaymentTerm.StartOf(PaymentTerm.Next(r.To)))}"));
        var range = $"fixmedins_code = {provider} AND ({within})";
        var others = string.Concat(terms.Select(t => $" AND NOT (f.fund = {p.Add(t.Scope.Fund)} AND c.settled_at >= {p.Add(PaymentTerm.StartOf(t.FromMonth))} AND c.settled_at < {p.Add(PaymentTerm.StartOf(PaymentTerm.Next(t.LastMonth)))} AND {ComputeTerm.Within(t.Scope, p)})"));
        command.CommandText = $"""
            WITH now AS (SELECT f.fund, count(*) AS claims, sum(f.amount_fen) AS fen FROM (SELECT * FROM provider_claim_fund WHERE {range}) f {(terms.Count == 0 ? "" : $"JOIN (SELECT * FROM provider_case WHERE {range}) c USING (setl_id)")}
                WHERE true{others} GROUP BY f.fund),
              counted AS (SELECT fund, sum(claims) AS claims, sum(settled_fen) AS fen FROM payment_result WHERE scope = {provider} AND month = ANY({p.Add(counted)}) GROUP BY fund)
            SELECT fund, (coalesce(n.claims, 0) - coalesce(c.claims, 0))::bigint, (coalesce(n.fen, 0) - coalesce(c.fen, 0))::bigint FROM now n FULL JOIN counted c USING (fund)
            WHERE coalesce(n.claims, 0) <> coalesce(c.claims, 0) OR coalesce(n.fen, 0) <> coalesce(c.fen, 0) ORDER BY fund
            """;
        var rows = new List<ResultRow>();
        await using (var reader = await command.ExecuteReaderAsync(cancellation))
            while (await reader.ReadAsync(cancellation))
                rows.Add(new ResultRow(fixmedinsCode, reader.GetString(0), FeeForService, reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(2), $"按项目付费：{reader.GetInt64(1)}笔，按结算额{MethodText.Yuan(reader.GetInt64(2))}支付"));
        return rows;
    }
}
