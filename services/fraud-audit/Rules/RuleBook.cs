using System.Collections.Frozen;
using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace MedInsure.FraudAudit.Rules;

/// <summary>Every rule of this release: what rules/*.yaml says and the code of the same number.</summary>
internal sealed class RuleBook
{
    internal RuleBook(IReadOnlyList<RuleDefinition> definitions, IReadOnlyList<BillRule> billRules, IReadOnlyList<PeriodRule> periodRules, IReadOnlyList<Stock.StockRule>? stockRules = null)
    {
        Definitions = definitions.ToFrozenDictionary(d => d.Number);
        (BillRules, PeriodRules, StockRules) = (billRules, periodRules, stockRules ?? []);
        Measured = [.. definitions.Where(d => d.Measured).Select(d => d.Number)];
        string[] coded = [.. billRules.Select(r => r.Number), .. periodRules.Select(r => r.Number), .. StockRules.Select(r => r.Number), .. Measured];
        if (coded.Except(Definitions.Keys).Concat(Definitions.Keys.Except(coded)).ToList() is { Count: > 0 } alone) throw new InvalidOperationException($"rules with a definition or code alone: {string.Join(", ", alone)}");
        if (coded.GroupBy(n => n).FirstOrDefault(g => g.Count() > 1) is { } twice) throw new InvalidOperationException($"rule {twice.Key} is coded twice");
    }

    public FrozenDictionary<string, RuleDefinition> Definitions { get; }
    public IReadOnlyList<BillRule> BillRules { get; }
    public IReadOnlyList<PeriodRule> PeriodRules { get; }
    /// <summary>Looked at by runs over months of stock only.</summary>
    public IReadOnlyList<Stock.StockRule> StockRules { get; }

    /// <summary>Numbers of those that no code looks for: statistics take their terms and points from them.</summary>
    public IReadOnlyList<string> Measured { get; }

    /// <summary>A rule of this release that looks at bills: by themselves, or many of a period. Stock rules need more than bills.</summary>
    public bool LooksAtBills(string rule) => Definitions.ContainsKey(rule) && StockRules.All(r => r.Number != rule) && !Measured.Contains(rule);

    public static RuleBook LoadEmbedded() => new([.. Read()], [.. Drugs.DrugRules.All, .. Services.ServiceRules.All, .. Stays.StayRules.All, .. Behaviour.BehaviourRules.All], [.. Period.PeriodRules.All], Stock.StockRules.All);

    private static IEnumerable<RuleDefinition> Read()
    {
        var assembly = typeof(RuleBook).Assembly;
        var yaml = new DeserializerBuilder().WithNamingConvention(UnderscoredNamingConvention.Instance).WithEnforceRequiredMembers()
            .WithTypeMapping<IReadOnlyList<string>, List<string>>().WithTypeMapping<IReadOnlyDictionary<string, decimal>, Dictionary<string, decimal>>()
            .WithTypeMapping<IReadOnlyDictionary<string, IReadOnlyList<string>>, Dictionary<string, IReadOnlyList<string>>>().Build();
        foreach (var name in assembly.GetManifestResourceNames().Where(n => n.Contains(".rules.", StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            foreach (var definition in yaml.Deserialize<List<RuleDefinition>>(reader) ?? []) yield return definition;
        }
    }
}
