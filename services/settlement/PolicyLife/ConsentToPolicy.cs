using MedInsure.Kernel;
using Npgsql;

namespace MedInsure.Settlement.PolicyLife;

/// <summary>The city agrees to a county's own version: a person of the city, who is none of those who acted for the county.</summary>
internal static class ConsentToPolicy
{
    public static Task<Outcome<PolicyDraft>> Execute(NpgsqlDataSource city, string cityCode, long draftNo, ActOnPolicy.Request request, DateTimeOffset now, CancellationToken cancellation) =>
        ActOnPolicy.Execute(city, draftNo, PolicyAct.Consented, request, now, (draft, person) => draft.Scope == cityCode ? Refusals.PolicyIsTheCitys : draft.State != PolicyAct.Approved ? Refusals.PolicyNotInState
            : ActOnPolicy.Among(person, draft.Drafters.Concat(draft.Who(PolicyAct.Reviewed)).Concat(draft.Who(PolicyAct.Approved))), null, cancellation);
}
