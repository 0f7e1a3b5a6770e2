using System.Globalization;
using MedInsure.Kernel;
using MedInsure.Settlement.PaymentTerms;
using Npgsql;

namespace MedInsure.Settlement.PaymentMethods;

/// <summary>
/// The months of agreed terms, for all their providers at once: those of a shared amount cannot be computed one by one. What is due from the terms' begin is computed from all claims so far, set-wise; a month gets
/// that less what the months before it gave. Each month is stored; a month that is not fixed is computed anew when it is asked for.
/// </summary>
internal static class ComputeTerm
{
    /// <param name="month">A month from the terms' first on, or the settlement (yyyy13), or a month of the next year: then what came after the settlement.</param>
    public static async Task Through(NpgsqlConnection connection, NpgsqlTransaction transaction, PaymentTerm term, int month, CancellationToken cancellation)
    {
        var scope = term.ScopeNo;
        await ComputeMonth.Lock(connection, transaction, scope, cancellation);
        var stored = await Stored(connection, transaction, scope, cancellation);
        for (var at = term.FromMonth; at <= month; at = at % 100 == 13 ? (at / 100 + 1) * 100 + 1 : at + 1)
        {
            // Between the year's end and its settlement nothing is left open: the settlement is computed before anything of the next year.
            if (stored.TryGetValue(at, out var isFixed) && (isFixed || at != month)) continue;
            await Compute(connection, transaction, term, at, cancellation);
        }
    }

    /// <summary>Month → whether a statement was made of it.</summary>
    private static async Task<Dictionary<int, bool>> Stored(NpgsqlConnection connection, NpgsqlTransaction transaction, string scope, CancellationToken cancellation)
    {
        var months = new Dictionary<int, bool>();
        await using var command = new NpgsqlCommand("SELECT month, fixed_by <> '' FROM payment_month WHERE scope = $1", connection, transaction) { Parameters = { new() { Value = scope } } };
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation)) months.Add(reader.GetInt32(0), reader.GetBoolean(1));
        return months;
    }

    private static async Task Compute(NpgsqlConnection connection, NpgsqlTransaction transaction, PaymentTerm term, int month, CancellationToken cancellation)
    {
        var cases = await Cases(connection, transaction, term, month, cancellation);
        var own = cases.ToLookup(c => c.Provider, StringComparer.Ordinal);
        var method = await TermReader.WithGroups(connection, transaction, term.Method, cancellation);
        var before = await Before(connection, transaction, term.ScopeNo, month, cancellation);
        var rows = new List<ResultRow>();
        foreach (var provider in method.Due(term.At(month), term.Providers, cases))
        {
            var (claims, settled, payable) = before.GetValueOrDefault(provider.Provider);
            var row = new ResultRow(provider.Provider, term.Scope.Fund, method.Code, own[provider.Provider].Sum(c => c.Claims) - claims, own[provider.Provider].Sum(c => c.SettledFen) - settled, provider.DueFen - payable,
                $"{provider.Explanation}；此前各月已计{MethodText.Yuan(payable)}，本月{MethodText.Yuan(provider.DueFen - payable)}");
            if (row is not { Claims: 0, SettledFen: 0, PayableFen: 0 } || term.Covers(month)) rows.Add(row);
        }
        await ResultRow.Store(connection, transaction, term.ScopeNo, month, rows, cancellation);
    }

    /// <summary>By provider, what the months before gave.</summary>
    private static async Task<Dictionary<string, (long Claims, long SettledFen, long PayableFen)>> Before(NpgsqlConnection connection, NpgsqlTransaction transaction, string scope, int month, CancellationToken cancellation)
    {
        var sums = new Dictionary<string, (long, long, long)>(StringComparer.Ordinal);
        await using var command = new NpgsqlCommand("""
            SELECT fixmedins_code, sum(claims)::bigint, sum(settled_fen)::bigint, sum(payable_fen)::bigint FROM payment_result WHERE scope = $1 AND month < $2 GROUP BY fixmedins_code
            """, connection, transaction) { Parameters = { new() { Value = scope }, new() { Value = month } } };
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation)) sums.Add(reader.GetString(0), (reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3)));
        return sums;
    }

    /// <summary>All cases of the terms up to a month's end: one statement, whatever their number.</summary>
    public static async Task<List<CaseGroup>> Cases(NpgsqlConnection connection, NpgsqlTransaction? transaction, PaymentTerm term, int month, CancellationToken cancellation)
    {
        var (from, to) = (PaymentTerm.StartOf(term.FromMonth), PaymentTerm.StartOf(PaymentTerm.Next(Math.Min(month, term.LastMonth))));
        await using var command = new NpgsqlCommand { Connection = connection, Transaction = transaction, CommandTimeout = 0 };
        var p = new SqlValues(command);
        var (providers, begin, end) = (p.Add(term.Providers.ToArray()), p.Add(from), p.Add(to));
        var range = $"fixmedins_code = ANY({providers}) AND settled_at >= {begin} AND settled_at < {end}";
        command.CommandText = $"""
            SELECT c.fixmedins_code, c.disease, c.diagnosis, c.operation, coalesce(c.days, 1), sum(c.cases)::bigint, count(*), coalesce(sum(f.fen), 0)::bigint, (sum(c.total_fen) - coalesce(sum(f.fen), 0))::bigint, sum(c.consultations)::bigint
            FROM (SELECT * FROM provider_case WHERE {range}) c
            LEFT JOIN (SELECT setl_id, sum(amount_fen) AS fen FROM provider_claim_fund WHERE fund = {p.Add(term.Scope.Fund)} AND {range} GROUP BY setl_id) f USING (setl_id)
            WHERE {Within(term.Scope, p)}
            GROUP BY 1, 2, 3, 4, 5
            """;
        var cases = new List<CaseGroup>();
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
            cases.Add(new CaseGroup(reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.GetInt32(4), reader.GetInt64(5), reader.GetInt64(6), reader.GetInt64(7), reader.GetInt64(8), reader.GetInt64(9)));
        return cases;
    }

    /// <summary>A condition on <c>provider_case c</c>.</summary>
    public static string Within(ClaimScope scope, SqlValues p)
    {
        var conditions = new List<string> { $"c.insutype = {p.Add(scope.Insutype)}" };
        foreach (var (column, codes, not) in ((string, IReadOnlyList<string>, bool)[])
            [("clearing_type", scope.ClearingTypes, false), ("med_type", scope.MedTypes, false), ("med_type", scope.ExceptMedTypes, true), ("disease", scope.Diseases, false), ("disease", scope.ExceptDiseases, true)])
            if (codes.Count > 0) conditions.Add($"{(not ? "NOT " : "")}c.{column} = ANY({p.Add(codes.ToArray())})");
        return string.Join(" AND ", conditions);
    }
}

/// <summary>Numbers the parameters of a statement that is put together.</summary>
internal sealed class SqlValues(NpgsqlCommand command)
{
    public string Add<T>(T value)
    {
        command.Parameters.Add(new NpgsqlParameter<T> { TypedValue = value });
        return "$" + command.Parameters.Count.ToString(CultureInfo.InvariantCulture);
    }
}
