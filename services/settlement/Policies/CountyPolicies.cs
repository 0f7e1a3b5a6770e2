namespace MedInsure.Settlement.Policies;

/// <summary>A published version that a county adopted.</summary>
/// <param name="EffectiveOn">The first policy date that it decides.</param>
/// <param name="PublicationNo">The city's: the highest one that is effective decides.</param>
public sealed record AdoptedPolicy(BenefitPolicy Policy, DateOnly EffectiveOn, long PublicationNo);

/// <summary>
/// The policies of one county as of one place in its journal: those that come with the program and, above them, what the journal adopted. Immutable: whoever
/// holds it sees what was decided by then.
/// </summary>
public sealed class CountyPolicies
{
    private readonly PolicyLibrary program;
    // By number, rising.
    private readonly AdoptedPolicy[] adopted;

    private CountyPolicies(PolicyLibrary program, AdoptedPolicy[] adopted) => (this.program, this.adopted) = (program, adopted);

    /// <summary>Of a county that adopted nothing yet.</summary>
    public static CountyPolicies Of(PolicyLibrary program) => new(program, []);

    public IReadOnlyList<AdoptedPolicy> Adopted => adopted;

    /// <summary>What the program brings under the same number does not count: a later release may bring what was published before.</summary>
    /// <exception cref="InvalidOperationException">The version was adopted already.</exception>
    public CountyPolicies With(AdoptedPolicy policy)
    {
        if (HasAdopted(policy.Policy.Pack, policy.Policy.Version)) throw new InvalidOperationException($"{policy.Policy.Pack} {policy.Policy.Version} was adopted before: a published pack never changes");
        return new CountyPolicies(program, [.. adopted.Append(policy).OrderBy(p => p.PublicationNo)]);
    }

    /// <summary>What decides a policy date: the version published last of those that are effective and in force, else the program's.</summary>
    public BenefitPolicy? FindFor(string pack, DateOnly policyOn)
    {
        for (var i = adopted.Length - 1; i >= 0; i--)
        {
            var (policy, effectiveOn, _) = adopted[i];
            if (effectiveOn <= policyOn && policy.Pack == pack && policy.InForce.Contains(policyOn)) return policy;
        }
        return program.FindFor(pack, policyOn);
    }

    public BenefitPolicy? FindByHash(ReadOnlySpan<byte> contentHash)
    {
        foreach (var (policy, _, _) in adopted) if (contentHash.SequenceEqual(policy.ContentHash)) return policy;
        return program.FindByHash(contentHash);
    }

    /// <summary>Whether a version of this number would be another one than what is there.</summary>
    public bool Forbids(BenefitPolicy policy) =>
        HasAdopted(policy.Pack, policy.Version) || (program.Find(policy.Pack, policy.Version) is { } known && !known.ContentHash.AsSpan().SequenceEqual(policy.ContentHash));

    private bool HasAdopted(string pack, string version) => Array.Exists(adopted, a => a.Policy.Pack == pack && a.Policy.Version == version);
}
