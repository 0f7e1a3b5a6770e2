using MedInsure.Kernel;
using MedInsure.Settlement.PaymentTerms;
using MedInsure.Settlement.Runs;
using Npgsql;

namespace MedInsure.Settlement.Indicators;

/// <summary>Somebody writes down a limit that was agreed with a provider; until a second person approves it, nothing is deducted.</summary>
internal static class DraftLimit
{
    /// <param name="FromMonth">yyyyMM, both ends included.</param>
    /// <param name="Limit">A fraction of one, or yuan, as the indicator is.</param>
    /// <param name="Deduction">The share of the money over the limit that is deducted; 0: it is only shown.</param>
    /// <param name="Days">Of readmission_rate; null: <see cref="Indicator.ReadmissionDays"/>.</param>
    internal sealed record Order(string? RequestNo, string? Provider, string? Indicator, int? FromMonth, int? ToMonth, decimal? Limit, decimal? Deduction, int? Days, string? AgreementNo, string? DraftedBy);

    /// <summary>In order: who, request number, indicator, provider, months, limit, deduction, days, agreement; the same request before.</summary>
    public static async Task<Outcome<IndicatorLimit>> Execute(RunPlace place, Order order, DateTimeOffset now, CancellationToken cancellation)
    {
        if (TwoPeople.Name(order.DraftedBy, "drafted_by") is { } nobody) return nobody;
        if (!CountyDesk.IsRequestNumber(order.RequestNo)) return Refusals.RequestNumberInvalid;
        if (Indicator.Find(order.Indicator) is not { } kind) return IndicatorRefusals.IndicatorUnknown;
        if (order.Provider is not { Length: > 0 } provider || place.Journal.LookingContext().FindProvider(provider)?.County != place.Tenant.Code) return IndicatorRefusals.ProviderUnknown;
        if (order is not { FromMonth: { } from, ToMonth: { } to } || !PaymentTerm.IsMonth(from) || !PaymentTerm.IsMonth(to) || from > to) return IndicatorRefusals.MonthsInvalid;
        if (order.Limit is not { } limit || Stored(kind, limit) is not { } value) return IndicatorRefusals.LimitInvalid;
        if (order.Deduction is not (>= 0 and <= 1 and { } deduction) || decimal.Truncate(deduction * BasisPoints.Whole) != deduction * BasisPoints.Whole) return IndicatorRefusals.DeductionInvalid;
        if (order.Days is { } days ? days is < 1 or > 90 || kind.Code != "readmission_rate" : false) return IndicatorRefusals.DaysInvalid;
        if (string.IsNullOrWhiteSpace(order.AgreementNo) || order.AgreementNo.Length > 100 || order.AgreementNo.Contains('\0', StringComparison.Ordinal)) return IndicatorRefusals.AgreementMissing;

        var within = order.Days ?? Indicator.ReadmissionDays;
        await using var connection = await place.Database.OpenConnectionAsync(cancellation);
        if (await Before(connection, order.RequestNo!, cancellation) is { } before) return Again(before);
        await using (var command = new NpgsqlCommand("""
            INSERT INTO indicator_limit (request_no, fixmedins_code, indicator, from_month, to_month, limit_value, deduct_bp, days, agreement_no, drafted_by, drafted_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
            ON CONFLICT DO NOTHING
            """, connection))
        {
            foreach (var item in (object[])[order.RequestNo!, provider, kind.Code, from, to, value, (int)(deduction * BasisPoints.Whole), within, order.AgreementNo.Trim(), order.DraftedBy!.Trim(), now.ToUniversalTime()])
                command.Parameters.Add(new NpgsqlParameter { Value = item });
            await command.ExecuteNonQueryAsync(cancellation);
        }
        return Again((await Before(connection, order.RequestNo!, cancellation))!);

        Outcome<IndicatorLimit> Again(IndicatorLimit found) =>
            (found.FixmedinsCode, found.Indicator, found.FromMonth, found.ToMonth, found.Value, found.DeductBp, found.Days) == (provider, kind.Code, from, to, value, (int)(deduction * BasisPoints.Whole), within)
            && found.AgreementNo == order.AgreementNo.Trim() && TwoPeople.AreOne(found.DraftedBy, order.DraftedBy) ? found : Refusals.RequestNumberReused;
    }

    private static async Task<IndicatorLimit?> Before(NpgsqlConnection connection, string requestNo, CancellationToken cancellation) =>
        (await IndicatorLimit.Read(connection, null, "WHERE request_no = $1", [requestNo], cancellation)).SingleOrDefault();

    private static long? Stored(Indicator.Kind kind, decimal limit) =>
        kind.IsRatio ? limit is >= 0 and <= 1 && decimal.Truncate(limit * BasisPoints.Whole) == limit * BasisPoints.Whole ? (long)(limit * BasisPoints.Whole) : null
            : limit is >= 0 and <= 100_000_000m && Yuan.TryRead(limit, out var fen) ? fen.Value : null;
}
