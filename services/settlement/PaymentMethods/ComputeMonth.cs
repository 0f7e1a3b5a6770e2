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

    /// <param name="month">yyyyMM; yyyy13 is the year's settlement, of yearly methods and of what came late.</param>
    public static async Task<IReadOnlyList<MethodResult>> Run(NpgsqlConnection connection, NpgsqlTransaction? transaction, string county, string fixmedinsCode, int month, CancellationToken cancellation)
    {
        if (month % 100 == 13) return [];
        var from = new DateTimeOffset(month / 100, month % 100, 1, 0, 0, 0, Kernel.ChinaCalendar.Offset);
        await using var command = new NpgsqlCommand("""
            SELECT fund, count(DISTINCT setl_id), sum(amount_fen)::bigint FROM provider_claim_fund WHERE fixmedins_code = $1 AND settled_at >= $2 AND settled_at < $3 GROUP BY fund ORDER BY fund
            """, connection, transaction) { Parameters = { new() { Value = fixmedinsCode }, new() { Value = from.UtcDateTime }, new() { Value = from.AddMonths(1).UtcDateTime } } };
        var results = new List<MethodResult>();
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
            results.Add(new MethodResult(FeeForService, "", reader.GetString(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(2), "按项目付费：按结算额支付"));
        return results;
    }

    /// <summary>A statement is made of the month's results: from now on they stand. In the transaction that makes the statement, after <see cref="Run"/> in the same one.</summary>
    /// <param name="statementNo">Who cites them.</param>
    public static Task Fix(NpgsqlConnection connection, NpgsqlTransaction transaction, string county, string fixmedinsCode, int month, string statementNo, CancellationToken cancellation) => Task.CompletedTask;
}
