namespace MedInsure.FraudAudit.Rules;

/// <summary>What rules/*.yaml says of a rule; its logic is the <see cref="BillRule"/> or <see cref="PeriodRule"/> of the same number.</summary>
internal sealed record RuleDefinition
{
    /// <summary>GZ10000… as in the national rule base where it has a code there, MI10000… of our own. Never used for another rule.</summary>
    public required string Number { get; init; }
    public required string Name { get; init; }
    public required string NameEn { get; init; }
    /// <summary>policy-drug, policy-service, policy-consumable, management, medical-drug, medical-service, medical-consumable, statistics.</summary>
    public required string Class { get; init; }
    /// <summary>In Chinese: what is a violation, exactly.</summary>
    public required string Definition { get; init; }
    /// <summary>Where it comes from: the document and its section, and how certain its numbers are.</summary>
    public required string Clause { get; init; }
    public required IReadOnlyList<string> Inputs { get; init; }
    /// <summary>before, during, after.</summary>
    public required IReadOnlyList<string> Stages { get; init; }
    /// <summary>certain or suspicious.</summary>
    public required string Kind { get; init; }
    /// <summary>1 light, 2 medium, 3 severe.</summary>
    public required int Severity { get; init; }
    /// <summary>What of the past is looked at: bill, stay, day, month, quarter, year, or person / provider and a number of days.</summary>
    public required string Window { get; init; }
    /// <summary>Whether a county's settlement is refused for it unless the county says otherwise.</summary>
    public bool Blocks { get; init; }
    /// <summary>Names and defaults of what a county may set.</summary>
    public IReadOnlyDictionary<string, decimal> Parameters { get; init; } = new Dictionary<string, decimal>();
    /// <summary>Lists of codes, or of their beginnings, that its definition names.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Codes { get; init; } = new Dictionary<string, IReadOnlyList<string>>();
    /// <summary>Whether knowledge points name its items.</summary>
    public bool Points { get; init; }
    /// <summary>Columns that a point of the rule must fill; a|b: one of them.</summary>
    public IReadOnlyList<string> PointNeeds { get; init; } = [];
    /// <summary>What a point's limit counts: quantity (of the item or days), price (yuan); empty: it has none.</summary>
    public string PointLimit { get; init; } = "";
    /// <summary>Whether lines of a point's other items are handed over beside those of its items.</summary>
    public bool Pairs { get; init; }

    /// <summary>It finds nothing: a statistic takes its parameters and points from it.</summary>
    public bool Measured { get; init; }

    public bool IsCertain => Kind == "certain";
}
