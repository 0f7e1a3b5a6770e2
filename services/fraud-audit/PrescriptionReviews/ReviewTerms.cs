using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace MedInsure.FraudAudit.PrescriptionReviews;

/// <summary>field/prescription-review.yaml: how many are drawn, how long a doctor may answer, what an expert may say.</summary>
internal sealed record ReviewTerms
{
    public required int PerDoctorMin { get; init; }
    public required int ShareBp { get; init; }
    public required int StatementDays { get; init; }
    public required IReadOnlyList<ReviewClass> Classes { get; init; }
    public required IReadOnlyList<ReviewReason> Reasons { get; init; }

    public ReviewClass? Class(string? code) => Classes.FirstOrDefault(c => c.Code == code);
    public ReviewReason? Reason(string? code) => Reasons.FirstOrDefault(r => r.Code == code);
    public string NameOf(string outcome) => Class(outcome)?.Name ?? "";

    public static ReviewTerms LoadEmbedded()
    {
        using var reader = new StreamReader(typeof(ReviewTerms).Assembly.GetManifestResourceStream("MedInsure.FraudAudit.field.prescription-review.yaml")!);
        return new DeserializerBuilder().WithNamingConvention(UnderscoredNamingConvention.Instance).WithEnforceRequiredMembers().WithTypeMapping<IReadOnlyList<ReviewClass>, List<ReviewClass>>()
            .WithTypeMapping<IReadOnlyList<ReviewReason>, List<ReviewReason>>().WithTypeMapping<IReadOnlyList<string>, List<string>>().Build().Deserialize<ReviewTerms>(reader);
    }
}

internal sealed record ReviewClass
{
    public required string Code { get; init; }
    public required string Name { get; init; }
    /// <summary>0 rational; the graver the higher.</summary>
    public required int Grade { get; init; }
    /// <summary>Of doctors' points; none: it costs no points.</summary>
    public required IReadOnlyList<string> Violations { get; init; }
}

internal sealed record ReviewReason
{
    public required string Code { get; init; }
    public required string Class { get; init; }
    public required string Name { get; init; }
}
