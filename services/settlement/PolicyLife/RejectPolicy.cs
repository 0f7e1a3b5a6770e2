using MedInsure.Kernel;
using Npgsql;

namespace MedInsure.Settlement.PolicyLife;

/// <summary>A text goes back to its author, with the reason. Only another text leads on.</summary>
internal static class RejectPolicy
{
    public static Task<Outcome<PolicyDraft>> Execute(NpgsqlDataSource city, long draftNo, ActOnPolicy.Request request, DateTimeOffset now, CancellationToken cancellation) =>
        ActOnPolicy.Execute(city, draftNo, PolicyAct.Rejected, request, now, (draft, _) => draft.State == PolicyAct.Rejected ? Refusals.PolicyNotInState : null, null, cancellation);
}
