using MedInsure.Kernel;
using MedInsure.Settlement.PaymentTerms;
using MedInsure.Settlement.ProviderStatements;
using MedInsure.Settlement.Queries;
using MedInsure.Settlement.Runs;
using Npgsql;

namespace MedInsure.Settlement.Indicators;

/// <summary>Indicators against their limits: of one provider computed now unless a statement was made of the month, of all as they were computed last (POST /payment-terms/{county}/months/{month} computes them).</summary>
internal static class ListIndicators
{
    internal sealed record Row(string FixmedinsCode, IndicatorResult Result);

    /// <param name="Over">Those beyond their limit alone.</param>
    internal sealed record Filter(string? Indicator, bool? Over, int? Page, int? PageSize);

    public static async Task<Outcome<IReadOnlyList<IndicatorResult>>> Of(RunPlace place, string provider, int month, ChinaCalendar calendar, CancellationToken cancellation)
    {
        if (!HasBegun(month, calendar)) return IndicatorRefusals.MonthInvalid;
        if (place.Journal.LookingContext().FindProvider(provider)?.County != place.Tenant.Code) return IndicatorRefusals.ProviderUnknown;
        if (await SettlementRows.Current(place.Journal, cancellation) is { } lag) return lag;
        await using var connection = await place.Database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        var results = await ComputeIndicators.Run(connection, transaction, place.Tenant.Code, provider, month, cancellation);
        await transaction.CommitAsync(cancellation);
        return Outcomes(results);
    }

    public static async Task<Outcome<IReadOnlyList<Row>>> Query(RunPlace place, int month, Filter filter, ChinaCalendar calendar, CancellationToken cancellation)
    {
        if (!HasBegun(month, calendar)) return IndicatorRefusals.MonthInvalid;
        if (filter.Indicator is not null && Indicator.Find(filter.Indicator) is null) return IndicatorRefusals.IndicatorUnknown;
        var page = SettlementRows.Page(filter.Page ?? 0, filter.PageSize ?? 0);
        if (page.Refusal is { } badPage) return badPage;
        string[] floors = [.. Indicator.All.Where(k => k.IsFloor).Select(k => k.Code)];
        await using var command = place.Database.CreateCommand("""
            SELECT fixmedins_code, indicator, value, limit_value, deduction_fen, explanation FROM indicator_result
            WHERE month = $1 AND ($2 = '' OR indicator = $2) AND (NOT $3 OR CASE WHEN indicator = ANY($4) THEN value < limit_value ELSE value > limit_value END) ORDER BY deduction_fen DESC, fixmedins_code, indicator OFFSET $5 LIMIT $6
            """);
        foreach (var value in (object[])[month, filter.Indicator ?? "", filter.Over ?? false, floors, page.Value.Offset, page.Value.Size]) command.Parameters.Add(new NpgsqlParameter { Value = value });
        var rows = new List<Row>();
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
            rows.Add(new Row(reader.GetString(0), new IndicatorResult(reader.GetString(1), reader.GetDecimal(2), reader.IsDBNull(3) ? null : reader.GetDecimal(3), reader.GetInt64(4), reader.GetString(5))));
        return Outcomes<IReadOnlyList<Row>>(rows);
    }

    private static bool HasBegun(int month, ChinaCalendar calendar) => PaymentTerm.IsMonth(month) && month <= ClaimMonth.Of(calendar.Today);

    // An interface is not converted by itself.
    private static Outcome<T> Outcomes<T>(T value) => value;
}
