using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Journal;

namespace MedInsure.Settlement.Queries;

/// <summary>The personal account: what enrollment says was credited before and what billing credited since, less what left it here.</summary>
public static class GetAccountBalance
{
    public static async Task<Outcome<GetAccountBalanceReply>> Query(TenantJournal journal, GetAccountBalanceRequest request, CancellationToken cancellation)
    {
        var person = await journal.ReadPerson(request.PsnNo, cancellation);
        if (person?.Insured is null) return Refusals.PersonUnknown;
        var (opening, credited, taken) = (person.AccountOpeningFen, person.Credited?.TotalFen ?? 0, person.AccountPaidFen);
        return new GetAccountBalanceReply { BalanceFen = Math.Max(0, opening + credited - taken), OpeningFen = opening, CreditedFen = credited, TakenFen = taken };
    }
}
