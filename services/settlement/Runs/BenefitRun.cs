using System.Text.Json;
using MedInsure.Settlement.Queries;
using Npgsql;

namespace MedInsure.Settlement.Runs;

/// <summary>A run with its progress and totals. Money in fen.</summary>
/// <param name="PersonCount">Null: who is affected is not known yet.</param>
/// <param name="Computed">Persons whose preview is done; <paramref name="Affected"/> of them get or owe something.</param>
/// <param name="Failed">Persons who could not be computed or booked at the last try; the run tries them again.</param>
internal sealed record BenefitRun(
    long Number, string RequestNo, string Kind, string Subject, JsonElement Terms, string Reason, string State, int? PersonCount, string StartedBy, DateTimeOffset StartedAt, DateTimeOffset? PreviewedAt,
    string ApprovedBy, DateTimeOffset? ApprovedAt, DateTimeOffset? BookedAt, string WithdrawnBy, DateTimeOffset? WithdrawnAt, string Failure,
    long Computed, long Affected, long Booked, long Failed, long Settlements, long BeforeFen, long AfterFen, long PreviewFen, long BookedFen)
{
    public static readonly string[] States = ["previewing", "previewed", "booking", "booked", "withdrawn"];

    private const string Columns = """
        SELECT r.number, r.request_no, r.kind, r.subject, r.terms::text, r.reason, r.state, r.person_count, r.started_by, r.started_at, r.previewed_at, r.approved_by, r.approved_at, r.booked_at,
            r.withdrawn_by, r.withdrawn_at, r.failure, t.*
        FROM benefit_run r CROSS JOIN LATERAL (
            SELECT count(*) FILTER (WHERE p.state <> 'pending'), count(*) FILTER (WHERE p.state IN ('previewed', 'booked')), count(*) FILTER (WHERE p.state = 'booked'), count(*) FILTER (WHERE p.failure <> ''),
                coalesce(sum(p.settlements), 0), coalesce(sum(p.before_fen), 0)::bigint, coalesce(sum(p.after_fen), 0)::bigint, coalesce(sum(p.preview_fen), 0)::bigint, coalesce(sum(p.booked_fen), 0)::bigint
            FROM benefit_run_person p WHERE p.number = r.number) AS t
        """;

    /// <summary>Begins with the county's code, as every number of ours: 230102R000000000007.</summary>
    public static string NumberOf(string county, long number) => CountyNumber.Of(county, CountyNumber.Run, number);

    /// <summary>Null: no number of this county's runs.</summary>
    public static long? Parse(string county, string runNo) => CountyNumber.Parse(county, CountyNumber.Run, runNo);

    public static async Task<List<BenefitRun>> Read(NpgsqlDataSource database, RowFilter filter, string tail, CancellationToken cancellation)
    {
        var runs = new List<BenefitRun>();
        await using var command = filter.Command(database, $"{Columns}{filter.Where} {tail}");
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation)) runs.Add(Of(reader));
        return runs;
    }

    public static async Task<BenefitRun?> Find(NpgsqlDataSource database, string column, object value, CancellationToken cancellation)
    {
        var filter = value is long number ? new RowFilter().Add($"r.{column} = ", number) : new RowFilter().Add($"r.{column} = ", (string)value);
        return (await Read(database, filter, "", cancellation)).SingleOrDefault();
    }

    private static BenefitRun Of(NpgsqlDataReader row)
    {
        using var terms = JsonDocument.Parse(row.GetString(4));
        return new BenefitRun(
            row.GetInt64(0), row.GetString(1), row.GetString(2), row.GetString(3), terms.RootElement.Clone(), row.GetString(5), row.GetString(6), row.IsDBNull(7) ? null : row.GetInt32(7),
            row.GetString(8), row.GetFieldValue<DateTimeOffset>(9), At(row, 10), row.GetString(11), At(row, 12), At(row, 13), row.GetString(14), At(row, 15), row.GetString(16),
            row.GetInt64(17), row.GetInt64(18), row.GetInt64(19), row.GetInt64(20), row.GetInt64(21), row.GetInt64(22), row.GetInt64(23), row.GetInt64(24), row.GetInt64(25));
    }

    private static DateTimeOffset? At(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetFieldValue<DateTimeOffset>(column);

    public object Shown(string county) => new
    {
        RunNo = NumberOf(county, Number),
        RequestNo, Kind, Subject, Terms, Reason, State,
        Progress = new { Persons = PersonCount, Computed, Affected, Booked, Failed },
        Settlements,
        Before = Yuan.Of(BeforeFen),
        After = Yuan.Of(AfterFen),
        PreviewTotal = Yuan.Of(PreviewFen),
        BookedTotal = State is "booking" or "booked" ? Yuan.Of(BookedFen) : (decimal?)null,
        StartedBy,
        StartedAt = CountyDesk.Time(StartedAt),
        PreviewedAt = CountyDesk.Time(PreviewedAt),
        ApprovedBy = ApprovedBy.Length > 0 ? ApprovedBy : null,
        ApprovedAt = CountyDesk.Time(ApprovedAt),
        BookedAt = CountyDesk.Time(BookedAt),
        WithdrawnBy = WithdrawnBy.Length > 0 ? WithdrawnBy : null,
        WithdrawnAt = CountyDesk.Time(WithdrawnAt),
        Failure = Failure.Length > 0 ? Failure : null,
    };
}
