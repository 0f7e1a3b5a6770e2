using MedInsure.Kernel;
using MedInsure.Settlement.Queries;
using MedInsure.Settlement.Runs;

namespace MedInsure.Settlement.PaymentTerms;

/// <summary>Terms, newest first, whatever became of them.</summary>
internal static class ListTerms
{
    internal sealed record Filter(string? Provider, string? State, string? Method, int? Month, int? Page, int? PageSize);

    public static async Task<Outcome<List<PaymentTerm>>> Query(RunPlace place, Filter filter, CancellationToken cancellation)
    {
        var page = SettlementRows.Page(filter.Page ?? 0, filter.PageSize ?? 0);
        if (page.Refusal is { } badPage) return badPage;
        if (filter.State is { } state && !PaymentTerm.States.Contains(state)) return PaymentTermRefusals.StateInvalid;
        if (filter.Method is { } method && !TermReader.Methods.Contains(method)) return PaymentTermRefusals.MethodUnknown;
        if (filter.Month is { } month && !PaymentTerm.IsMonth(month)) return PaymentTermRefusals.MonthInvalid;
        await using var connection = await place.Database.OpenConnectionAsync(cancellation);
        return await PaymentTerm.Read(connection, null, place.Tenant.Code, """
            WHERE ($2 = '' OR t.number IN (SELECT number FROM payment_term_provider WHERE fixmedins_code = $2)) AND ($3 = '' OR t.state = $3) AND ($4 = '' OR t.method = $4)
                AND ($5 = 0 OR $5 BETWEEN t.from_month AND coalesce(t.ended_month, t.to_month)) ORDER BY t.number DESC OFFSET $6 LIMIT $7
            """, [filter.Provider ?? "", filter.State ?? "", filter.Method ?? "", filter.Month ?? 0, page.Value.Offset, page.Value.Size], cancellation);
    }

    public static async Task<Outcome<PaymentTerm>> One(RunPlace place, long number, CancellationToken cancellation)
    {
        await using var connection = await place.Database.OpenConnectionAsync(cancellation);
        return await PaymentTerm.Find(connection, null, place.Tenant.Code, number, cancellation) is { } term ? term : PaymentTermRefusals.TermUnknown;
    }
}
