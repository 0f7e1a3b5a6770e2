using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace MedInsure.FraudAudit.FieldWork;

/// <summary>field/*.yaml: terms of work in the field, and what patients are asked.</summary>
internal sealed record FieldTerms
{
    public required int CallDays { get; init; }
    public required int CallAgainDays { get; init; }
    /// <summary>After so many calls without an answer the patient is visited.</summary>
    public required int CallPhoneAttempts { get; init; }
    public required int ResampleBp { get; init; }
    public required int InBedMinBp { get; init; }
    public required int RewardShareBp { get; init; }
    public required long RewardFloorFen { get; init; }
    public required long RewardCeilingFen { get; init; }

    [YamlIgnore]
    public CallScripts Calls { get; private set; } = null!;

    public static FieldTerms LoadEmbedded()
    {
        var yaml = new DeserializerBuilder().WithNamingConvention(UnderscoredNamingConvention.Instance).WithEnforceRequiredMembers()
            .WithTypeMapping<IReadOnlyList<CallScript>, List<CallScript>>().WithTypeMapping<IReadOnlyList<CallQuestion>, List<CallQuestion>>().WithTypeMapping<IReadOnlyList<CallResult>, List<CallResult>>().Build();
        var terms = yaml.Deserialize<FieldTerms>(Text("terms"));
        terms.Calls = yaml.Deserialize<CallScripts>(Text("call-scripts"));
        return terms;
    }

    private static string Text(string name)
    {
        using var reader = new StreamReader(typeof(FieldTerms).Assembly.GetManifestResourceStream($"MedInsure.FraudAudit.field.{name}.yaml")!);
        return reader.ReadToEnd();
    }
}

internal sealed record CallScripts
{
    /// <summary>The newest last.</summary>
    public required IReadOnlyList<CallScript> Scripts { get; init; }
    public required IReadOnlyList<CallResult> Results { get; init; }

    public CallScript? Find(string? version) => version is null ? Scripts[^1] : Scripts.FirstOrDefault(s => s.Version == version);
    public CallResult? Result(string? code) => Results.FirstOrDefault(r => r.Code == code);
    [YamlIgnore]
    public string[] Doubts => [.. Results.Where(r => r.Doubt).Select(r => r.Code)];
}

internal sealed record CallScript
{
    public required string Version { get; init; }
    public required IReadOnlyList<CallQuestion> Questions { get; init; }
}

internal sealed record CallQuestion
{
    public required string Code { get; init; }
    public required string Text { get; init; }
    public required string TextEn { get; init; }
}

internal sealed record CallResult
{
    public required string Code { get; init; }
    public required string Name { get; init; }
    public required string NameEn { get; init; }
    /// <summary>The patient, or their family, was spoken to.</summary>
    public required bool Reached { get; init; }
    /// <summary>Evidence of a violation.</summary>
    public required bool Doubt { get; init; }
}
