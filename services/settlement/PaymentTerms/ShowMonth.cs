using MedInsure.Kernel;
using MedInsure.Settlement.Indicators;
using MedInsure.Settlement.PaymentMethods;
using MedInsure.Settlement.ProviderStatements;
using MedInsure.Settlement.Queries;
using MedInsure.Settlement.Runs;
using Npgsql;

namespace MedInsure.Settlement.PaymentTerms;

/// <summary>What a provider's month comes to, computed now unless a statement was made of it; and the whole county's month, provider after provider, each in a transaction of its own: begun again it goes on.</summary>
internal static class ShowMonth
{
    internal sealed record Month(string FixmedinsCode, int Of, IReadOnlyList<MethodResult> Results);

    public static async Task<Outcome<Month>> Query(RunPlace place, string fixmedinsCode, int month, ChinaCalendar calendar, CancellationToken cancellation)
    {
        if (Check(month, calendar) is { } bad) return bad;
        if (place.Journal.LookingContext().FindProvider(fixmedinsCode)?.County != place.Tenant.Code) return PaymentTermRefusals.ProviderUnknown(fixmedinsCode).At("provider");
        if (await SettlementRows.Current(place.Journal, cancellation) is { } lag) return lag;
        await using var connection = await place.Database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        var results = await ComputeMonth.Run(connection, transaction, place.Tenant.Code, fixmedinsCode, month, cancellation);
        await transaction.CommitAsync(cancellation);
        return new Month(fixmedinsCode, month, results);
    }

    internal sealed record Computed(int Month, int Providers, long SettledFen, long PayableFen, long DeductionFen);

    public static async Task<Outcome<Computed>> County(RunPlace place, int month, ChinaCalendar calendar, CancellationToken cancellation)
    {
        if (Check(month, calendar) is { } bad) return bad;
        if (await SettlementRows.Current(place.Journal, cancellation) is { } lag) return lag;
        await using var connection = await place.Database.OpenConnectionAsync(cancellation);
        var (settled, payable, deducted, computed) = (0L, 0L, 0L, new HashSet<string>(StringComparer.Ordinal));
        var providers = await Providers(connection, month, cancellation);
        foreach (var provider in providers)
        {
            await using var transaction = await connection.BeginTransactionAsync(cancellation);
            foreach (var result in await ComputeMonth.Run(connection, transaction, place.Tenant.Code, provider, month, cancellation, computed)) (settled, payable) = (settled + result.SettledFen, payable + result.PayableFen);
            foreach (var indicator in await ComputeIndicators.Run(connection, transaction, place.Tenant.Code, provider, month, cancellation)) deducted += indicator.DeductionFen;
            await transaction.CommitAsync(cancellation);
        }
        return new Computed(month, providers.Count, settled, payable, deducted);
    }

    private static Refusal? Check(int month, ChinaCalendar calendar)
    {
        var last = month % 100 == ComputeMonth.SettlementMonth ? month - 1 : month;
        return PaymentTerm.IsMonth(last) && last <= ClaimMonth.Of(calendar.Today) ? null : PaymentTermRefusals.MonthInvalid;
    }

    /// <summary>Who had a claim in the month, or has terms in its year, or months that stand: of these something may have come late.</summary>
    private static async Task<List<string>> Providers(NpgsqlConnection connection, int month, CancellationToken cancellation)
    {
        var providers = new List<string>();
        var first = month % 100 == ComputeMonth.SettlementMonth ? month - 12 : month;
        await using var command = new NpgsqlCommand("""
            SELECT fixmedins_code FROM provider_claim WHERE settled_at >= $1 AND settled_at < $2
            UNION SELECT p.fixmedins_code FROM payment_term t JOIN payment_term_provider p USING (number) WHERE t.state = 'approved' AND t.from_month BETWEEN $3 / 100 * 100 AND $3
            UNION SELECT fixmedins_code FROM payment_result WHERE month / 100 = $3 / 100 ORDER BY 1
            """, connection) { CommandTimeout = 0, Parameters = { new() { Value = PaymentTerm.StartOf(first) }, new() { Value = PaymentTerm.StartOf(PaymentTerm.Next(month)) }, new() { Value = month } } };
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation)) providers.Add(reader.GetString(0));
        return providers;
    }
}
