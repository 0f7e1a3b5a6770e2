using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Queries;
using MedInsure.Settlement.Runs;

namespace MedInsure.Settlement.ProviderStatements;

/// <summary>How far a provider's own application is (3205A): by its number, or the latest of a kind of clearing and month.</summary>
internal static class GetStatementApplication
{
    public static async Task<Outcome<StatementApplication>> Query(RunPlace place, GetStatementApplicationRequest request, CancellationToken cancellation)
    {
        var county = place.Tenant.Code;
        var filter = new RowFilter().Add("a.fixmedins_code = ", request.FixmedinsCode);
        if (request.ClrAppyEvtId.Length > 0)
        {
            if (CountyNumber.Parse(county, CountyNumber.Application, request.ClrAppyEvtId) is not { } number) return StatementRefusals.ApplicationUnknown;
            filter.Add("a.number = ", number);
        }
        else filter.Add("a.clr_type = ", request.ClrType).Add("a.month = ", request.Month);
        await using var connection = await place.Database.OpenConnectionAsync(cancellation);
        return (await ApplicationRow.Read(connection, null, filter, "ORDER BY a.number DESC LIMIT 1", cancellation)).SingleOrDefault() is { } row ? row.Reply(county) : StatementRefusals.ApplicationUnknown;
    }
}
