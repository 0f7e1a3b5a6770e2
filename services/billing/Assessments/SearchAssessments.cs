using MedInsure.Kernel;
using MedInsure.Protos.Billing.V1;
using Npgsql;

namespace MedInsure.Billing.Assessments;

/// <summary>A scheme's year for operators, by person number, a page at a time.</summary>
internal static class SearchAssessments
{
    /// <param name="State">open: something is owed; settled: nothing is; overpaid: more came than is owed; withdrawn. Empty: all but the withdrawn.</param>
    internal sealed record Filter(string Insutype, int Year, string? PersonClass, string? Category, string? AidId, string? State, string? AfterPsnNo, int? PageSize);

    internal sealed record Page(List<Assessment> Rows, string? NextAfterPsnNo);

    private const int PageSizeDefault = 100;

    public static async Task<Outcome<Page>> Read(NpgsqlDataSource database, Filter filter, CancellationToken cancellation)
    {
        if (filter.PageSize is < 1 or > Refusals.PageMax) return Refusals.PageSizeInvalid;
        var state = filter.State switch
        {
            null or "" => "NOT a.withdrawn",
            "open" => "a.paid_fen < a.due_fen",
            "settled" => "a.paid_fen = a.due_fen AND NOT a.withdrawn",
            "overpaid" => "a.paid_fen > a.due_fen",
            "withdrawn" => "a.withdrawn",
            _ => null,
        };
        if (state is null) return Refusals.StateUnknown;
        var size = filter.PageSize ?? PageSizeDefault;
        var rows = await AssessmentReader.Read(database, $"""
             WHERE a.insutype = $1 AND a.year = $2 AND a.psn_no > $3 AND ($4 = '' OR a.person_class = $4) AND ($5 = '' OR a.categories @> ARRAY[$5]) AND ($6 = '' OR a.aid_id = $6) AND {state}
            ORDER BY a.psn_no LIMIT $7
            """, [filter.Insutype, filter.Year, filter.AfterPsnNo ?? "", filter.PersonClass ?? "", filter.Category ?? "", filter.AidId ?? "", size], cancellation);
        return new Page(rows, rows.Count == size ? rows[^1].PsnNo : null);
    }
}
