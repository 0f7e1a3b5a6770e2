using MedInsure.Events;
using MedInsure.Hosting.Messaging;
using MedInsure.Kernel;
using MedInsure.Settlement.Policies;
using Npgsql;

namespace MedInsure.Settlement.PolicyLife;

/// <summary>An approved version, a county's own with the city's consent, becomes law: its counties hear of it by the event in the same transaction.</summary>
internal static class PublishPolicy
{
    public static Task<Outcome<PolicyDraft>> Execute(NpgsqlDataSource city, string cityCode, long draftNo, ActOnPolicy.Request request, PolicyLibrary program, DateTimeOffset now, CancellationToken cancellation) =>
        ActOnPolicy.Execute(city, draftNo, PolicyAct.Published, request, now, (draft, _) => Forbids(draft, cityCode, program),
            (connection, transaction, draft, act, text) => Outbox.Add(connection, transaction, [OutboxEvent.Of(cityCode, EventOf(cityCode, draft, act, text), now)], cancellation), cancellation);

    private static Refusal? Forbids(PolicyDraft draft, string cityCode, PolicyLibrary program)
    {
        if (draft.State != (draft.Scope == cityCode ? PolicyAct.Approved : PolicyAct.Consented)) return draft.State == PolicyAct.Approved ? Refusals.PolicyConsentMissing : Refusals.PolicyNotInState;
        // A release of the program may have come meanwhile and brought this number.
        return program.Find(draft.Pack, draft.Version) is { } known && Convert.ToHexStringLower(known.ContentHash) != draft.Latest.Sha256 ? Refusals.PolicyVersionExists : null;
    }

    public static PolicyPublished EventOf(string cityCode, PolicyDraft draft, PolicyAct publication, string text) => new(
        publication.No, cityCode, draft.Scope, draft.Pack, draft.Version, draft.Latest.Sha256, text, DayNumber.Of(draft.Latest.EffectiveOn), publication.Person, publication.At.ToUnixTimeMilliseconds());
}
