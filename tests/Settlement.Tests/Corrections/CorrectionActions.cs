using MedInsure.Events;
using MedInsure.Settlement.Corrections;
using MedInsure.Settlement.Journal;
using MedInsure.Settlement.Policies;
using MedInsure.Settlement.PolicyLife;
using Npgsql;

namespace MedInsure.Settlement.Tests.Corrections;

/// <summary>What tests of corrections do over and over.</summary>
internal static class CorrectionActions
{
    private static int lastMessage;

    /// <summary>The program's pack as another version, changed as a text.</summary>
    public static BenefitPolicy Publish(this SettlementNode node, string pack, string version, params (string From, string To)[] changes) =>
        node.AddPolicy($"{pack}@{version}.yaml", Changed(pack, version, changes));

    private static string Changed(string pack, string version, (string From, string To)[] changes)
    {
        var text = TestPacks.Files().First(f => f.File == $"policies/{pack}.yaml").Text.Replace("version: \"2026.1\"", $"version: \"{version}\"");
        foreach (var (from, to) in changes)
        {
            Assert.Contains(from, text, StringComparison.Ordinal);
            text = text.Replace(from, to, StringComparison.Ordinal);
        }
        return text;
    }

    /// <summary>Stays of residents get 80 % instead of 70 %, above 500.00 instead of 720.00 at level 3.</summary>
    public static BenefitPolicy PublishBetter(this SettlementNode node) => node.Publish("harbin/resident", "2026.2", Better);

    public static readonly (string, string)[] Better = [("70 %, source: \"Hb 居民 住院", "80 %, source: \"Hb 居民 住院"), ("amount: 720 yuan", "amount: 500 yuan")];

    /// <summary>As the city publishes it: the county's journal adopts the program's pack as another version.</summary>
    public static async Task<BenefitPolicy> Adopt(this SettlementNode node, string pack, string version, int effectiveOn, long publicationNo, params (string From, string To)[] changes)
    {
        var text = Changed(pack, version, changes);
        var policy = PolicyReader.Read($"{pack}@{version}.yaml", text);
        await node.Accepted(AdoptPolicy.Command(new PolicyPublished(publicationNo, node.Tenant.CityCode, node.Tenant.Code, policy.Pack, policy.Version, Convert.ToHexStringLower(policy.ContentHash), text, effectiveOn, "李审批", 0), node.Policies));
        return policy;
    }

    public static readonly CorrectionCause ByPolicy = new(CorrectionCause.Policy, "待遇政策调整", "R1");

    /// <summary>Books what differs now.</summary>
    public static async Task<IReadOnlyList<Correction>> Corrected(this SettlementNode node, string psnNo, CorrectionCause? cause = null, string? messageId = null)
    {
        var outcome = await CorrectPerson.Run(node.Journal, node.Database, psnNo, messageId ?? $"C{Interlocked.Increment(ref lastMessage):D12}", cause ?? ByPolicy, default);
        Assert.Null(outcome.Refusal);
        return outcome.Value.ClaimsCorrected?.Correction ?? (IReadOnlyList<Correction>)[];
    }

    /// <summary>What a standing settlement counts for: itself and its corrections.</summary>
    public static async Task<Amounts> Effective(this SettlementNode node, string rootId)
    {
        await node.Projected();
        await using var command = node.Database.CreateCommand("SELECT doc FROM claim WHERE setl_id = $1 UNION ALL SELECT doc FROM claim_correction WHERE root_setl_id = $1 AND kind = 'corrected'");
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = rootId });
        await using var reader = await command.ExecuteReaderAsync();
        Difference? sum = null;
        while (await reader.ReadAsync())
            sum = sum is null ? Differences.Of(JournalRecord.Parser.ParseFrom(reader.GetFieldValue<byte[]>(0)).SettledClaim)
                : Differences.Sum(sum, Correction.Parser.ParseFrom(reader.GetFieldValue<byte[]>(0)).Difference, 1);
        return sum!.Amounts;
    }

    public static Amounts Bare(this Amounts amounts)
    {
        amounts = amounts.Clone();
        amounts.AccountBalanceFen = 0;
        return amounts;
    }

    /// <summary>Nobody finds anything wrong.</summary>
    public static async Task<JournalReport> Holds(this SettlementNode node)
    {
        await node.Projected();
        var report = await VerifyJournal.Run(node.Database, node.Tenant, node.Policies, default);
        Assert.True(report.Findings.Count == 0, string.Join('\n', report.Findings));
        return report;
    }

    /// <summary>Of the ledger: by purpose and fund, the sum of all entries.</summary>
    public static async Task<SortedDictionary<string, long>> Booked(this SettlementNode node)
    {
        await node.Projected();
        await using var command = node.Database.CreateCommand("SELECT purpose || ' ' || fund, sum(amount_fen)::bigint FROM ledger_entry JOIN ledger_account USING (account_id) GROUP BY 1");
        await using var reader = await command.ExecuteReaderAsync();
        var sums = new SortedDictionary<string, long>(StringComparer.Ordinal);
        while (await reader.ReadAsync()) sums.Add(reader.GetString(0), reader.GetInt64(1));
        return sums;
    }
}
