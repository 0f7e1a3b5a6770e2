using MedInsure.Hosting.Tenancy;
using MedInsure.Kernel;
using MedInsure.Settlement.Policies;
using Npgsql;

namespace MedInsure.Settlement.PolicyLife;

/// <summary>Somebody hands in a version: for the whole city, or for one of its counties.</summary>
internal static class DraftPolicy
{
    /// <param name="Scope">The city's code (also when left out), or that of one of its counties.</param>
    /// <param name="EffectiveOn">yyyy-MM-dd; left out: the pack's first day.</param>
    internal sealed record Request(string? Scope, string? Text, string? EffectiveOn, string? Note, string? Person);

    /// <summary>In order: the person, the scope, the text (<see cref="DraftText.Read"/>), that the version's number is free. The same again changes nothing.</summary>
    public static async Task<Outcome<PolicyDraft>> Execute(NpgsqlDataSource city, string cityCode, Request request, TenantDirectory directory, PolicyLibrary program, DateTimeOffset now, CancellationToken cancellation)
    {
        if (TwoPeople.Name(request.Person, "person") is { } nobody) return nobody;
        var scope = string.IsNullOrEmpty(request.Scope) ? cityCode : request.Scope;
        if (scope != cityCode && directory.Find(scope)?.CityCode != cityCode) return Refusals.PolicyScopeUnknown;
        var read = DraftText.Read(request.Text, request.EffectiveOn, request.Note, DraftText.PacksOf(scope, directory));
        if (read.Refusal is { } unfit) return unfit;
        var (text, policy, revision) = (read.Value, read.Value.Policy, read.Value.Revision(1));
        if (CountyPolicies.Of(program).Forbids(policy)) return Refusals.PolicyVersionExists;

        await using var connection = await city.OpenConnectionAsync(cancellation);
        await using var transaction = await PolicyBook.Begin(connection, cancellation);
        var rivals = (await PolicyBook.Read(connection, cancellation)).FindAll(d => d.Pack == policy.Pack && d.Version == policy.Version && PolicyDraft.Overlap(d.Scope, scope, cityCode));
        if (rivals.Find(d => d.Scope == scope && d.Revisions[0] == revision && d.Acts[0].Person == request.Person!.Trim()) is { } same) return same;
        // A number that was withdrawn stays used in its own scope: it has its acts.
        if (rivals.Exists(d => d.Scope == scope || !d.IsWithdrawn)) return Refusals.PolicyVersionExists;
        var no = await PolicyBook.AddDraft(connection, scope, policy.Pack, policy.Version, cancellation);
        await PolicyBook.AddText(connection, no, revision, text.Text, cancellation);
        var act = await PolicyBook.AddAct(connection, no, new PolicyAct(0, 1, PolicyAct.Drafted, request.Person!.Trim(), "", now), cancellation);
        await transaction.CommitAsync(cancellation);
        return new PolicyDraft(no, scope, policy.Pack, policy.Version, [revision], [act]);
    }
}
