using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Journal;

namespace MedInsure.Settlement.Queries;

/// <summary>The personal account: what enrollment credited less what settlements took.</summary>
public static class GetAccountBalance
{
    public static async Task<Outcome<GetAccountBalanceReply>> Query(TenantJournal journal, GetAccountBalanceRequest request, CancellationToken cancellation)
    {
        var person = await journal.ReadPerson(request.PsnNo, cancellation);
        return person?.Insured is null ? Refusals.PersonUnknown : new GetAccountBalanceReply { BalanceFen = Math.Max(0, person.AccountBalanceFen) };
    }
}
