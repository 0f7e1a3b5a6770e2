using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace MedInsure.FraudAudit.Doctors;

/// <summary>What sanctions/doctor-points.yaml says of insurance doctors' points.</summary>
internal sealed record DoctorTerms
{
    public required int PointsAYear { get; init; }
    public required int WarnFrom { get; init; }
    /// <summary>To the year's end.</summary>
    public required int SuspendFrom { get; init; }
    public required int TerminateFrom { get; init; }
    public required IReadOnlyList<DoctorViolation> Violations { get; init; }

    public static DoctorTerms LoadEmbedded()
    {
        using var reader = new StreamReader(typeof(DoctorTerms).Assembly.GetManifestResourceStream("MedInsure.FraudAudit.sanctions.doctor-points.yaml")!);
        return new DeserializerBuilder().WithNamingConvention(UnderscoredNamingConvention.Instance).WithEnforceRequiredMembers().WithTypeMapping<IReadOnlyList<DoctorViolation>, List<DoctorViolation>>().Build().Deserialize<DoctorTerms>(reader);
    }
}

internal sealed record DoctorViolation
{
    public required string Code { get; init; }
    public required string Name { get; init; }
    public required int Points { get; init; }
    public required string Source { get; init; }
}
