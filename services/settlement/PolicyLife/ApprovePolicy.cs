using MedInsure.Kernel;
using Npgsql;

namespace MedInsure.Settlement.PolicyLife;

/// <summary>One of the two approvals of a reviewed text, by two people who neither wrote nor reviewed it.</summary>
internal static class ApprovePolicy
{
    public static Task<Outcome<PolicyDraft>> Execute(NpgsqlDataSource city, long draftNo, ActOnPolicy.Request request, DateTimeOffset now, CancellationToken cancellation) =>
        ActOnPolicy.Execute(city, draftNo, PolicyAct.Approved, request, now, (draft, person) => draft.State != PolicyAct.Reviewed ? Refusals.PolicyNotInState
            : ActOnPolicy.Among(person, draft.Drafters.Concat(draft.Who(PolicyAct.Reviewed)).Concat(draft.Who(PolicyAct.Approved))), null, cancellation);
}
