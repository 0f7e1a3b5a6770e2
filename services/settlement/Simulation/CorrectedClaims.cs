using MedInsure.Settlement.Journal;
using Npgsql;

namespace MedInsure.Settlement.Simulation;

/// <summary>Settlements with what corrections made of them: the books hold both.</summary>
internal sealed class CorrectedClaims
{
    private readonly Dictionary<string, (Difference Difference, Correction Last)> byRoot = new(StringComparer.Ordinal);

    /// <param name="reader">Rows of one column, documents of corrections in their order.</param>
    public static async Task<CorrectedClaims> Read(NpgsqlDataReader reader, CancellationToken cancellation)
    {
        var corrected = new CorrectedClaims();
        while (await reader.ReadAsync(cancellation))
        {
            var correction = Correction.Parser.ParseFrom(reader.GetFieldValue<byte[]>(0));
            var earlier = corrected.byRoot.GetValueOrDefault(correction.RootSetlId).Difference;
            corrected.byRoot[correction.RootSetlId] = (Differences.Sum(earlier, correction.Difference, 1), correction);
        }
        return corrected;
    }

    /// <summary>The document as if it had been settled that way: amounts, changes, facts and version of the last correction.</summary>
    public SettledClaim Of(SettledClaim claim)
    {
        if (!byRoot.TryGetValue(claim.SetlId, out var corrected)) return claim;
        var effective = claim.Clone();
        effective.Amounts = Differences.Sum(claim.Amounts, corrected.Difference.Amounts, 1);
        effective.Facts = corrected.Last.Facts;
        effective.Family = FamilyDocuments.Sum(claim.Family, corrected.Difference.Family, 1);
        (effective.PolicyPack, effective.PolicyVersion, effective.PolicyHash) = (corrected.Last.PolicyPack, corrected.Last.PolicyVersion, corrected.Last.PolicyHash);
        effective.Change.Clear();
        effective.Change.AddRange(Differences.Changes(claim.Change, corrected.Difference));
        return effective;
    }
}
