using MedInsure.Events;
using MedInsure.Kernel;
using MedInsure.Settlement.Policies;

namespace MedInsure.Settlement.Tests.PolicyLife;

/// <summary>Later versions of Harbin's residents' pack: the program's text with another number and another share of a stay.</summary>
internal static class PolicyTexts
{
    public const string Pack = "harbin/resident";

    public static string Program { get; } = TestPacks.Files().Single(f => f.File == $"policies/{Pack}.yaml").Text.Replace("\r\n", "\n");

    /// <param name="share">Of what exceeds a stay's deductible; the program's pack has 70.</param>
    public static string Version(string version, int share, string from = "2020-01-01", string to = "null")
    {
        var text = Replaced(Program, "version: \"2026.1\"", $"version: \"{version}\"");
        text = Replaced(text, "- {ratio: 70 %, source: \"Hb 居民 住院支付比例: at least 70 %\"}", $"- {{ratio: {share} %, source: \"Hb 居民 住院支付比例: at least 70 %\"}}");
        return Replaced(text, "in_force: {from: 2020-01-01, to: null,", $"in_force: {{from: {from}, to: {to},");
    }

    public static PolicyPublished Published(long number, string text, string scope, DateOnly? effectiveOn = null)
    {
        var policy = PolicyReader.Read("test", text);
        return new PolicyPublished(number, scope[..4] + "00", scope, policy.Pack, policy.Version, Convert.ToHexStringLower(policy.ContentHash), text, DayNumber.Of(effectiveOn ?? policy.InForce.From), "周发布", 1_780_000_000_000 + number);
    }

    private static string Replaced(string text, string what, string with)
    {
        Assert.Contains(what, text, StringComparison.Ordinal);
        return text.Replace(what, with, StringComparison.Ordinal);
    }
}
