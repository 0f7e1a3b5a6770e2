using MedInsure.Kernel;
using Npgsql;

namespace MedInsure.Settlement.PolicyLife;

/// <summary>A version that is not to be: for good, with the reason. What was published cannot be withdrawn, only followed by another version.</summary>
internal static class WithdrawPolicy
{
    public static Task<Outcome<PolicyDraft>> Execute(NpgsqlDataSource city, long draftNo, ActOnPolicy.Request request, DateTimeOffset now, CancellationToken cancellation) =>
        ActOnPolicy.Execute(city, draftNo, PolicyAct.Withdrawn, request, now, (_, _) => null, null, cancellation);
}
