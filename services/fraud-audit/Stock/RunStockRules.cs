using System.Globalization;
using MedInsure.FraudAudit.Findings;
using MedInsure.FraudAudit.Intake;
using MedInsure.FraudAudit.Rules;
using MedInsure.FraudAudit.Rules.Stock;
using MedInsure.FraudAudit.RuleSettings;
using MedInsure.Kernel;
using MedInsure.Protos.FraudAudit.V1;
using MedInsure.Reference;
using Npgsql;

namespace MedInsure.FraudAudit.Stock;

/// <summary>The stock rules over a month of settlements: what they find stands as findings, what they found before and find no longer is withdrawn. One transaction; the same request again is the run it was.</summary>
internal static class RunStockRules
{
    /// <param name="Month">yyyy-MM, of settlement.</param>
    internal sealed record Order(string? RequestKey, string? Month, string? RequestedBy, string? Reason);

    /// <param name="Providers">That told of their stock.</param>
    /// <param name="Bills">Standing settlements of the month.</param>
    /// <param name="Found">Findings that stand after it.</param>
    internal sealed record Run(long RunNo, string RequestKey, string Month, string RequestedBy, string Reason, string RanAt, int Providers, int Bills, int Found, int Appeared, int Gone);

    public static async Task<Outcome<Run>> Execute(NpgsqlDataSource database, RuleBook book, RuleSet rules, CityReference reference, Order order, DateTimeOffset now, CancellationToken stop)
    {
        if (!AuditTexts.IsKey(order.RequestKey)) return Refusals.RequestKeyMissing;
        if (!DateOnly.TryParseExact(order.Month + "-01", "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var first) || first > ChinaCalendar.DayOf(now.ToUnixTimeMilliseconds())) return StockRefusals.MonthInvalid;
        if (string.IsNullOrWhiteSpace(order.Reason) || order.Reason.Length > 500) return Refusals.ReasonMissing;
        if (TwoPeople.Name(order.RequestedBy, "requested_by") is { } nobody) return nobody;
        var (by, reason, last) = (order.RequestedBy!.Trim(), order.Reason.Trim(), first.AddMonths(1).AddDays(-1));

        await using var connection = await database.OpenConnectionAsync(stop);
        await using var transaction = await connection.BeginTransactionAsync(stop);
        await using (var turn = new NpgsqlCommand("SELECT pg_advisory_xact_lock(hashtextextended('stock run', 0))", connection, transaction)) await turn.ExecuteNonQueryAsync(stop);
        if ((await ListStockRuns.Read(connection, "request_key = $1", order.RequestKey, 0, 1, stop)).SingleOrDefault() is { } before)
            return (before.Month, before.RequestedBy, before.Reason) == (order.Month, by, reason) ? before : Refusals.RequestKeyReused;

        var (fromAt, toAt) = (StartOf(first), StartOf(last.AddDays(1)));
        RuleTerms? Terms(StockRule rule) => rules.TermsOf(rule.Number, DayNumber.Of(last), "after");
        int Days(string rule, string parameter) => rules.TermsOf(rule, DayNumber.Of(last), "after")?.Whole(parameter) ?? 0;
        await TraceCodes.CatchUp(connection, transaction, stop);
        var providers = await ProviderStocks.Read(connection, transaction, first, last, Days("MI10000204051000", "reporting_days"), Days("MI10000204053000", "price_days"), stop);
        var bills = await Bills(connection, transaction, providers.Keys, fromAt, toAt, stop);
        var stock = new StockUnderAudit(DayNumber.Of(first), DayNumber.Of(last), bills, providers, await TraceCodes.SoldOtherwise(connection, transaction, fromAt, toAt, stop), reference);
        foreach (var rule in book.StockRules)
            if (Terms(rule) is { } terms) rule.Check(stock, terms);

        var found = FindingRow.Of(stock.Found, book);
        string[] numbers = [.. book.StockRules.Select(r => r.Number)];
        var audited = await Audited(connection, transaction, fromAt, toAt, stop);
        var stood = await Standing(connection, transaction, numbers, audited, stop);
        await FindingStore.Write(connection, transaction, audited, numbers, found, now.UtcDateTime, stop);
        var keys = found.Select(f => (f.Rule, f.SetlId, f.Subject)).ToHashSet();
        await using (var insert = new NpgsqlCommand("""
            INSERT INTO stock_run (request_key, month, requested_by, reason, ran_at, providers, bills, found, appeared, gone) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
            """, connection, transaction)
        {
            Parameters =
            {
                new() { Value = order.RequestKey }, new() { Value = first }, new() { Value = by }, new() { Value = reason }, new() { Value = now.UtcDateTime }, new() { Value = providers.Count }, new() { Value = audited.Count },
                new() { Value = found.Count }, new() { Value = keys.Except(stood).Count() }, new() { Value = stood.Except(keys).Count() },
            },
        })
            await insert.ExecuteNonQueryAsync(stop);
        var run = (await ListStockRuns.Read(connection, "request_key = $1", order.RequestKey, 0, 1, stop))[0];
        await transaction.CommitAsync(stop);
        return run;
    }

    private static DateTime StartOf(DateOnly day) => new DateTimeOffset(day.ToDateTime(TimeOnly.MinValue), ChinaCalendar.Offset).UtcDateTime;

    private static async Task<List<AuditClaim>> Bills(NpgsqlConnection connection, NpgsqlTransaction transaction, IEnumerable<string> providers, DateTime from, DateTime to, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("SELECT psn_no, doc FROM audit_claim WHERE settled_at >= $1 AND settled_at < $2 AND reversed_by IS NULL AND fixmedins_code = ANY($3) ORDER BY settled_at, journal_seq, idx", connection, transaction)
        {
            CommandTimeout = 0, Parameters = { new() { Value = from }, new() { Value = to }, new() { Value = providers.ToArray() } },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var bills = new List<AuditClaim>();
        while (await reader.ReadAsync(cancellation)) bills.Add(ClaimStore.Read(reader, 0));
        return bills;
    }

    private static async Task<List<string>> Audited(NpgsqlConnection connection, NpgsqlTransaction transaction, DateTime from, DateTime to, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("SELECT setl_id FROM audit_claim WHERE settled_at >= $1 AND settled_at < $2 AND reversed_by IS NULL", connection, transaction) { Parameters = { new() { Value = from }, new() { Value = to } } };
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var audited = new List<string>();
        while (await reader.ReadAsync(cancellation)) audited.Add(reader.GetString(0));
        return audited;
    }

    private static async Task<HashSet<(string, string, string)>> Standing(NpgsqlConnection connection, NpgsqlTransaction transaction, string[] rules, List<string> audited, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("SELECT rule, setl_id, subject FROM finding WHERE gone_at IS NULL AND rule = ANY($1) AND setl_id = ANY($2)", connection, transaction) { Parameters = { new() { Value = rules }, new() { Value = audited.ToArray() } } };
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var stood = new HashSet<(string, string, string)>();
        while (await reader.ReadAsync(cancellation)) stood.Add((reader.GetString(0), reader.GetString(1), reader.GetString(2)));
        return stood;
    }
}
