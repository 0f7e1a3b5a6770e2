using MedInsure.Hosting.Web;
using MedInsure.Protos.Billing.V1;

namespace MedInsure.Billing.Accounts;

/// <summary>Personal accounts, under /billing/{county}, for operators. README.md lists them.</summary>
internal static class AccountEndpoints
{
    public static void Map(RouteGroupBuilder county) => county.MapGet("/accounts/{psnNo}", Statement);

    private static Task<IResult> Statement(string county, string psnNo, long? after, int? page_size, HttpContext http, BillingDesk desk) => desk.Open(county, http, async request => page_size is <= 0 ? Refusals.PageSizeInvalid.ToProblem()
        : BillingDesk.Answer(await GetAccountStatement.Read(request.Database, new GetAccountStatementRequest { PsnNo = psnNo, AfterEntryNo = after ?? 0, PageSize = page_size ?? 0 }, request.Cancellation), GetAccountStatement.Render));
}
