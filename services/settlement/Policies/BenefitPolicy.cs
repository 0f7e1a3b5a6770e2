namespace MedInsure.Settlement.Policies;

/// <summary>One version of one pack: benefits as dated, law-referenced data, compiled once for the calculation.</summary>
public sealed class BenefitPolicy
{
    /// <summary>jurisdiction/scheme: harbin/resident.</summary>
    public required string Pack { get; init; }
    public required string Version { get; init; }
    /// <summary>SHA-256 of the file with normalised line ends.</summary>
    public required byte[] ContentHash { get; init; }
}
