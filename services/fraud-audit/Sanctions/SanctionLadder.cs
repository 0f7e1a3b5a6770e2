using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;
using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace MedInsure.FraudAudit.Sanctions;

/// <summary>What decisions may impose and the terms of a case: sanctions/*.yaml.</summary>
internal sealed class SanctionLadder
{
    private SanctionLadder(IReadOnlyList<SanctionStep> steps, string sha256, CaseTerms terms, CreditTerms credit)
    {
        (Steps, Sha256, Terms, Credit) = (steps, sha256, terms, credit);
        ByName = steps.ToFrozenDictionary(s => s.Step, StringComparer.Ordinal);
    }

    /// <summary>From the lightest to the heaviest.</summary>
    public IReadOnlyList<SanctionStep> Steps { get; }
    public FrozenDictionary<string, SanctionStep> ByName { get; }
    /// <summary>Of ladder.yaml: a decision keeps it.</summary>
    public string Sha256 { get; }
    public CaseTerms Terms { get; }
    public CreditTerms Credit { get; }

    public static SanctionLadder LoadEmbedded()
    {
        var yaml = new DeserializerBuilder().WithNamingConvention(UnderscoredNamingConvention.Instance).WithEnforceRequiredMembers().WithTypeMapping<IReadOnlyList<string>, List<string>>()
            .WithTypeMapping<IReadOnlyList<CreditGrade>, List<CreditGrade>>().Build();
        var ladder = Text("ladder");
        return new SanctionLadder(yaml.Deserialize<List<SanctionStep>>(ladder), Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(ladder))), yaml.Deserialize<CaseTerms>(Text("terms")), yaml.Deserialize<CreditTerms>(Text("credit")));
    }

    private static string Text(string name)
    {
        using var reader = new StreamReader(typeof(SanctionLadder).Assembly.GetManifestResourceStream($"MedInsure.FraudAudit.sanctions.{name}.yaml")!);
        return reader.ReadToEnd();
    }
}

/// <summary>A step of the ladder.</summary>
internal sealed record SanctionStep
{
    public required string Step { get; init; }
    public required string Name { get; init; }
    public required string NameEn { get; init; }
    /// <summary>provider, person.</summary>
    public required IReadOnlyList<string> Subjects { get; init; }
    /// <summary>Empty: none. principal: the wrong money; multiple: of a part of it; agreed: as the agreement says; recorded: somebody else takes it.</summary>
    public string Amount { get; init; } = "";
    public int Multiplier { get; init; }
    /// <summary>Empty: none. correction, suspend, terminate.</summary>
    public string Effect { get; init; } = "";
    /// <summary>Taken off a provider's credit.</summary>
    public required int Points { get; init; }
    public required string Source { get; init; }
}

internal sealed record CaseTerms
{
    public required int StatementDays { get; init; }
    public required int AppealDays { get; init; }
    public required int CorrectionDays { get; init; }
    public required int SuspensionMonthsMax { get; init; }
}

internal sealed record CreditTerms
{
    public required int FullPoints { get; init; }
    /// <summary>How long points stay off.</summary>
    public required int Months { get; init; }
    /// <summary>The best first.</summary>
    public required IReadOnlyList<CreditGrade> Grades { get; init; }

    public CreditGrade GradeOf(int points) => Grades.First(g => points >= g.From || g.From == 0);
}

internal sealed record CreditGrade
{
    public required string Grade { get; init; }
    public required int From { get; init; }
    /// <summary>Of the monthly benefit, kept as quality deposit: 1 to 3, or 0.</summary>
    public required decimal DepositPercent { get; init; }
    /// <summary>What else people decide elsewhere who see the grade.</summary>
    public required IReadOnlyList<string> Effects { get; init; }
}
