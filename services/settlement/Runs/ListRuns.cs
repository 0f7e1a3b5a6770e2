using MedInsure.Kernel;
using MedInsure.Settlement.Queries;

namespace MedInsure.Settlement.Runs;

/// <summary>A county's runs, the newest first.</summary>
internal static class ListRuns
{
    public static async Task<Outcome<List<BenefitRun>>> Query(RunPlace place, IEnumerable<IRunKind> kinds, string? kind, string? state, int page, int size, CancellationToken cancellation)
    {
        if (!string.IsNullOrEmpty(kind) && kinds.All(k => k.Name != kind)) return Refusals.RunKindUnknown;
        if (!string.IsNullOrEmpty(state) && !BenefitRun.States.Contains(state)) return Refusals.RunStateUnknown;
        var range = SettlementRows.Page(page, size);
        if (range.Refusal is { } badPage) return badPage;
        return await BenefitRun.Read(place.Database, new RowFilter().Equal("r.kind", kind ?? "").Equal("r.state", state ?? ""), $"ORDER BY r.number DESC OFFSET {range.Value.Offset} LIMIT {range.Value.Size}", cancellation);
    }
}
