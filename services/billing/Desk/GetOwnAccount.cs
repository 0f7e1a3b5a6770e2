using MedInsure.Billing.Accounts;
using MedInsure.Kernel;
using MedInsure.Protos.Billing.V1;
using Npgsql;

namespace MedInsure.Billing.Desk;

/// <summary>The person's account, as the agency's own look-up shows it.</summary>
internal static class GetOwnAccount
{
    public static Task<Outcome<AccountStatement>> Read(NpgsqlDataSource database, IReadOnlyList<string> psnNos, GetOwnAccountRequest request, CancellationToken cancellation) =>
        GetAccountStatement.Read(database, new GetAccountStatementRequest { PsnNo = psnNos[0], AfterEntryNo = request.AfterEntryNo, PageSize = request.PageSize }, cancellation);
}
