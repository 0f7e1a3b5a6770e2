using System.Globalization;
using MedInsure.Kernel;
using MedInsure.Settlement.Policies;
using Npgsql;

namespace MedInsure.Settlement.PolicyLife;

/// <summary>What a version would change, value by value: against what decides its first day in its scope now, or against a version that is named.</summary>
internal static class ComparePolicies
{
    /// <param name="From">What it is compared with: a version's number; 0: the pack that comes with the program.</param>
    internal sealed record Comparison(PolicyDraft Draft, long From, string FromVersion, IReadOnlyList<PolicyChange> Changes);

    /// <param name="from">A version's number, "program", or empty.</param>
    public static async Task<Outcome<Comparison>> Query(NpgsqlDataSource city, string cityCode, long draftNo, string? from, PolicyLibrary program, CancellationToken cancellation)
    {
        await using var connection = await city.OpenConnectionAsync(cancellation);
        var drafts = await PolicyBook.Read(connection, cancellation);
        if (drafts.Find(d => d.No == draftNo) is not { } draft) return Refusals.PolicyUnknown;
        PolicyDraft? other = null;
        if (string.IsNullOrEmpty(from)) other = DecidesNow(drafts, draft, cityCode);
        else if (from != "program" && (!long.TryParse(from, NumberStyles.None, CultureInfo.InvariantCulture, out var no) || (other = drafts.Find(d => d.No == no)) is null)) return Refusals.PolicyUnknown.At("from");
        var (version, old) = ("", (string?)null);
        if (other is not null)
        {
            (version, old) = (other.Version, await PolicyBook.ReadText(connection, other, other.Latest, cancellation));
            if (old is null) return Refusals.PolicyTextTampered.At("from");
        }
        else if (program.FindFor(draft.Pack, draft.Latest.EffectiveOn) is { } packed) (version, old) = (packed.Version, program.TextOf(packed));
        if (old is null) return Refusals.PolicyUnknown.At("from");
        if (await PolicyBook.ReadText(connection, draft, draft.Latest, cancellation) is not { } text) return Refusals.PolicyTextTampered;
        return new Comparison(draft, other?.No ?? 0, version, PolicyChanges.Between(old, text));
    }

    /// <summary>What was published last of those that decide the draft's first day where it would; null: the program's pack.</summary>
    private static PolicyDraft? DecidesNow(List<PolicyDraft> drafts, PolicyDraft draft, string cityCode) => drafts
        .Where(d => d.No != draft.No && d.Pack == draft.Pack && d.Publication is not null && (d.Scope == draft.Scope || d.Scope == cityCode)
            && (draft.Publication is null || d.Publication.No < draft.Publication.No) && new DatePeriod(d.Latest.EffectiveOn, d.Latest.InForceTo).Contains(draft.Latest.EffectiveOn))
        .MaxBy(d => d.Publication!.No);
}
