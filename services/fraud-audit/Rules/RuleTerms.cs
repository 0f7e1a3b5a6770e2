using System.Collections.Frozen;

namespace MedInsure.FraudAudit.Rules;

/// <summary>A rule as a county has it on a day.</summary>
internal sealed class RuleTerms(RuleDefinition definition, bool isOn, bool blocks, IReadOnlyDictionary<string, decimal> set)
{
    private readonly FrozenDictionary<string, decimal> parameters = definition.Parameters.ToFrozenDictionary(p => p.Key, p => set.TryGetValue(p.Key, out var value) ? value : p.Value);

    public static RuleTerms Default(RuleDefinition definition) => new(definition, true, definition.Blocks, new Dictionary<string, decimal>());

    public RuleDefinition Definition { get; } = definition;
    public bool IsOn { get; } = isOn;
    public bool Blocks { get; } = blocks;

    public decimal this[string parameter] => parameters[parameter];
    public int Whole(string parameter) => (int)parameters[parameter];
    public IReadOnlyList<string> Codes(string list) => Definition.Codes[list];
    /// <summary>A parameter in yuan.</summary>
    public long Fen(string parameter) => (long)(parameters[parameter] * 100);
}
