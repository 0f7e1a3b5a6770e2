using System.Text.RegularExpressions;

namespace MedInsure.Observability.Tests.Rules;

[Trait("Category", "Unit")]
public sealed partial class RuleFileTests
{
    [Fact]
    public async Task EveryFile_IsTakenByPromtool()
    {
        var outcome = await Promtool.Run(["check", "rules", .. RuleFiles.Rules]);
        Assert.True(outcome.ExitCode == 0, outcome.Text);
        Assert.Equal(RuleFiles.All.Count, FoundRules().Matches(outcome.Text).Sum(m => int.Parse(m.Groups[1].Value)));
    }

    [Fact]
    public async Task RecordedSeries_GiveTheAlertsThatTheyMust()
    {
        var outcome = await Promtool.Run(["test", "rules", .. RuleFiles.Tests]);
        Assert.True(outcome.ExitCode == 0, outcome.Text);
    }

    [Fact]
    public void EveryAlert_FiresInATest()
    {
        var tests = string.Concat(RuleFiles.Tests.Select(File.ReadAllText));
        Assert.Empty(Alerts.Select(a => a.Alert!).Where(name => !tests.Contains($"alertname=\"{name}\",severity", StringComparison.Ordinal)).Distinct());
    }

    [Fact]
    public void EveryAlert_SaysWhatItIsWhatToDoFirstAndWhereToReadOn()
    {
        var headings = File.ReadLines(Path.Combine(RuleFiles.Folder, "README.md")).Where(l => l.StartsWith('#')).Select(l => l.TrimStart('#').Trim().ToLowerInvariant().Replace(' ', '-')).ToList();
        Assert.Equal(headings.Count, headings.Distinct().Count());
        foreach (var alert in Alerts)
        {
            Assert.Contains(alert.Labels.GetValueOrDefault("severity"), (string[])["critical", "warning"]);
            Assert.All((string[])["summary", "action", "runbook"], key => Assert.False(string.IsNullOrWhiteSpace(alert.Annotations.GetValueOrDefault(key)), $"{alert.Alert} has no {key}"));
            var (file, anchor) = (alert.Annotations["runbook"].Split('#')[0], alert.Annotations["runbook"].Split('#')[1]);
            Assert.Equal("deploy/observability/README.md", file);
            Assert.Equal(alert.Alert!.ToLowerInvariant(), anchor);
            Assert.Contains(anchor, headings);
        }
        // And no section without its alert.
        var names = Alerts.Select(a => a.Alert!.ToLowerInvariant()).ToHashSet();
        Assert.DoesNotContain(headings, h => h.StartsWith("medinsure", StringComparison.Ordinal) && !names.Contains(h));
    }

    /// <summary>A chart's files are these and no copies: links, so that one edit is everywhere.</summary>
    [Theory]
    [InlineData("medinsure-city", "rules")]
    [InlineData("medinsure-city", "dashboards")]
    [InlineData("medinsure-county", "rules")]
    [InlineData("medinsure-county", "dashboards")]
    public void Charts_LinkToTheseFiles(string chart, string folder)
    {
        var link = new DirectoryInfo(Path.Combine(RuleFiles.Folder, "../../charts", chart, "files", folder));
        Assert.Equal(Path.GetFullPath(Path.Combine(RuleFiles.Folder, folder)), link.ResolveLinkTarget(returnFinalTarget: true)?.FullName);
    }

    private static IEnumerable<PrometheusRule> Alerts => RuleFiles.All.Where(r => r.Alert is not null);

    [GeneratedRegex(@"SUCCESS: (\d+) rules found")]
    private static partial Regex FoundRules();
}
