using MedInsure.Kernel;
using Npgsql;

namespace MedInsure.Settlement.Indicators;

/// <summary>A limit of one indicator, agreed with a provider for some months.</summary>
/// <param name="Value">Basis points or fen.</param>
/// <param name="DeductBp">Of the money over it.</param>
internal sealed record IndicatorLimit(
    long Number, string RequestNo, string FixmedinsCode, string Indicator, int FromMonth, int ToMonth, long Value, int DeductBp, int Days, string AgreementNo, string State, string DraftedBy, DateTimeOffset DraftedAt,
    string ApprovedBy, DateTimeOffset? ApprovedAt, string WithdrawnBy, DateTimeOffset? WithdrawnAt, string Reason)
{
    public static readonly string[] States = ["drafted", "approved", "withdrawn"];

    public static string NumberOf(string county, long number) => CountyNumber.Of(county, CountyNumber.Limit, number);

    /// <summary>Null: no number of this county's limits.</summary>
    public static long? Parse(string county, string limitNo) => CountyNumber.Parse(county, CountyNumber.Limit, limitNo);

    /// <param name="tail">From WHERE on.</param>
    public static async Task<List<IndicatorLimit>> Read(NpgsqlConnection connection, NpgsqlTransaction? transaction, string tail, object[] values, CancellationToken cancellation)
    {
        var limits = new List<IndicatorLimit>();
        await using var command = new NpgsqlCommand($"""
            SELECT number, request_no, fixmedins_code, indicator, from_month, to_month, limit_value, deduct_bp, days, agreement_no, state, drafted_by, drafted_at, approved_by, approved_at, withdrawn_by, withdrawn_at, reason
            FROM indicator_limit {tail}
            """, connection, transaction);
        foreach (var value in values) command.Parameters.Add(new NpgsqlParameter { Value = value });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
            limits.Add(new IndicatorLimit(reader.GetInt64(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.GetInt32(4), reader.GetInt32(5), reader.GetInt64(6), reader.GetInt32(7), reader.GetInt32(8), reader.GetString(9),
                reader.GetString(10), reader.GetString(11), reader.GetFieldValue<DateTimeOffset>(12), reader.GetString(13), reader.IsDBNull(14) ? null : reader.GetFieldValue<DateTimeOffset>(14), reader.GetString(15),
                reader.IsDBNull(16) ? null : reader.GetFieldValue<DateTimeOffset>(16), reader.GetString(17)));
        return limits;
    }

    public static async Task<IndicatorLimit?> Find(NpgsqlConnection connection, NpgsqlTransaction? transaction, long number, CancellationToken cancellation) =>
        (await Read(connection, transaction, "WHERE number = $1", [number], cancellation)).SingleOrDefault();

    public object Shown(string county) => new
    {
        LimitNo = NumberOf(county, Number), RequestNo, Provider = FixmedinsCode, Indicator, FromMonth, ToMonth, Limit = Indicators.Indicator.Number(Indicators.Indicator.Find(Indicator)!, Value), Deduction = DeductBp * 0.0001m,
        Days = Indicator == "readmission_rate" ? Days : (int?)null, AgreementNo, State, DraftedBy, DraftedAt = CountyDesk.Time(DraftedAt), ApprovedBy = CountyDesk.Said(ApprovedBy), ApprovedAt = CountyDesk.Time(ApprovedAt),
        WithdrawnBy = CountyDesk.Said(WithdrawnBy), WithdrawnAt = CountyDesk.Time(WithdrawnAt), Reason = CountyDesk.Said(Reason),
    };
}
