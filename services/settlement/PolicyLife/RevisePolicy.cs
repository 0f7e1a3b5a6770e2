using MedInsure.Hosting.Tenancy;
using MedInsure.Kernel;
using MedInsure.Settlement.Policies;
using Npgsql;

namespace MedInsure.Settlement.PolicyLife;

/// <summary>Another text of a version that is not published: beside the old one, and reviewed and approved anew.</summary>
internal static class RevisePolicy
{
    /// <param name="Revision">The one that this replaces.</param>
    internal sealed record Request(int? Revision, string? Text, string? EffectiveOn, string? Note, string? Person);

    /// <summary>In order: the person, that it is not published or withdrawn, the text (<see cref="DraftText.Read"/>), that pack and version are its own, that it replaces the latest text.</summary>
    public static async Task<Outcome<PolicyDraft>> Execute(NpgsqlDataSource city, long draftNo, Request request, TenantDirectory directory, PolicyLibrary program, DateTimeOffset now, CancellationToken cancellation)
    {
        if (TwoPeople.Name(request.Person, "person") is { } nobody) return nobody;
        await using var connection = await city.OpenConnectionAsync(cancellation);
        await using var transaction = await PolicyBook.Begin(connection, cancellation);
        if ((await PolicyBook.Read(connection, cancellation)).Find(d => d.No == draftNo) is not { } draft) return Refusals.PolicyUnknown;
        if (draft.Publication is not null) return Refusals.PolicyPublishedAlready;
        if (draft.IsWithdrawn) return Refusals.PolicyWithdrawn;
        var read = DraftText.Read(request.Text, request.EffectiveOn, request.Note, DraftText.PacksOf(draft.Scope, directory));
        if (read.Refusal is { } unfit) return unfit;
        var (text, policy, person) = (read.Value, read.Value.Policy, request.Person!.Trim());
        if (policy.Pack != draft.Pack || policy.Version != draft.Version) return Refusals.PolicyOtherVersion;
        if (CountyPolicies.Of(program).Forbids(policy)) return Refusals.PolicyVersionExists;
        if (draft.Latest == text.Revision(draft.Latest.No) && draft.Acts.Any(a => a.Revision == draft.Latest.No && a.Kind is PolicyAct.Drafted or PolicyAct.Revised && a.Person == person)) return draft;
        if (request.Revision != draft.Latest.No) return Refusals.PolicyTextChanged;
        var revision = text.Revision(draft.Latest.No + 1);
        await PolicyBook.AddText(connection, draftNo, revision, text.Text, cancellation);
        var act = await PolicyBook.AddAct(connection, draftNo, new PolicyAct(0, revision.No, PolicyAct.Revised, person, "", now), cancellation);
        await transaction.CommitAsync(cancellation);
        return draft with { Revisions = [.. draft.Revisions, revision], Acts = [.. draft.Acts, act] };
    }
}
