namespace MedInsure.Settlement.Policies;

/// <summary>One version of one pack: benefits as dated, law-referenced data, compiled once for the calculation. Immutable.</summary>
public sealed class BenefitPolicy
{
    private readonly DateOnly[] starts;
    private readonly PolicyTerms[] terms;

    /// <param name="segments">The terms between two changes, by their first day, rising; the first one begins with the policy.</param>
    internal BenefitPolicy(
        string pack, string version, string insutype, string chineseName, string englishName, byte[] contentHash, Kernel.DatePeriod inForce,
        IReadOnlyList<(DateOnly From, PolicyTerms Terms)> segments)
    {
        (Pack, Version, Insutype, ChineseName, EnglishName, ContentHash, InForce) = (pack, version, insutype, chineseName, englishName, contentHash, inForce);
        starts = [.. segments.Select(s => s.From)];
        terms = [.. segments.Select(s => s.Terms)];
    }

    /// <summary>jurisdiction/scheme: harbin/resident.</summary>
    public string Pack { get; }
    public string Version { get; }
    /// <summary>310 employee, 390 resident …</summary>
    public string Insutype { get; }
    public string ChineseName { get; }
    public string EnglishName { get; }
    /// <summary>SHA-256 of the file with normalised line ends.</summary>
    public byte[] ContentHash { get; }
    public Kernel.DatePeriod InForce { get; }

    /// <summary>Values on a date that the pack states for others than the calculation: contributions, premiums.</summary>
    public IReadOnlyList<StatedValue> StatedOn(DateOnly day) => At(day).Stated;

    /// <summary>In the order of their first days.</summary>
    internal IReadOnlyList<PolicyTerms> AllTerms => terms;

    /// <summary>The days around one on which the same terms hold.</summary>
    internal Kernel.DatePeriod PeriodAt(DateOnly policyOn)
    {
        var i = starts.Length - 1;
        while (starts[i] > policyOn) i--;
        return new Kernel.DatePeriod(starts[i], i + 1 < starts.Length ? starts[i + 1].AddDays(-1) : InForce.To);
    }

    /// <exception cref="ArgumentOutOfRangeException">The policy is not in force on that day.</exception>
    internal PolicyTerms At(DateOnly policyOn)
    {
        if (!InForce.Contains(policyOn)) throw new ArgumentOutOfRangeException(nameof(policyOn), $"{Pack} {Version} is not in force on {policyOn:yyyy-MM-dd}");
        var i = terms.Length - 1;
        while (starts[i] > policyOn) i--;
        return terms[i];
    }
}
