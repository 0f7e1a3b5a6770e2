using MedInsure.Kernel;
using Npgsql;

namespace MedInsure.Settlement.PolicyLife;

/// <summary>Somebody else than who wrote it has gone through a draft.</summary>
internal static class ReviewPolicy
{
    public static Task<Outcome<PolicyDraft>> Execute(NpgsqlDataSource city, long draftNo, ActOnPolicy.Request request, DateTimeOffset now, CancellationToken cancellation) =>
        ActOnPolicy.Execute(city, draftNo, PolicyAct.Reviewed, request, now, (draft, person) => draft.State != PolicyDraft.Draft ? Refusals.PolicyNotInState : ActOnPolicy.Among(person, draft.Drafters), null, cancellation);
}
