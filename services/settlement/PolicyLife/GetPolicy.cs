using MedInsure.Kernel;
using Npgsql;

namespace MedInsure.Settlement.PolicyLife;

/// <summary>One version: its text, and all that was done about it. A text that is not the one with its hash is not shown.</summary>
internal static class GetPolicy
{
    internal sealed record Shown(PolicyDraft Draft, PolicyRevision Revision, string Text, IReadOnlyList<PolicyDraft> All);

    /// <param name="revision">Null: the latest.</param>
    public static async Task<Outcome<Shown>> Query(NpgsqlDataSource city, long draftNo, int? revision, CancellationToken cancellation)
    {
        await using var connection = await city.OpenConnectionAsync(cancellation);
        var all = await PolicyBook.Read(connection, cancellation);
        if (all.Find(d => d.No == draftNo) is not { } draft) return Refusals.PolicyUnknown;
        if (draft.Revisions.FirstOrDefault(r => r.No == (revision ?? draft.Latest.No)) is not { } shown) return Refusals.PolicyUnknown.At("revision");
        if (await PolicyBook.ReadText(connection, draft, shown, cancellation) is not { } text) return Refusals.PolicyTextTampered;
        return new Shown(draft, shown, text, all);
    }
}
