using System.Diagnostics;

namespace MedInsure.Observability.Tests.Rules;

/// <summary>Prometheus' own tool, of Debian's package prometheus; no server.</summary>
public static class Promtool
{
    public sealed record Outcome(int ExitCode, string Text);

    public static async Task<Outcome> Run(params IEnumerable<string> arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("promtool", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })
            ?? throw new InvalidOperationException("promtool did not start; deploy/setup installs it (package prometheus)");
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        var output = process.StandardOutput.ReadToEndAsync(patience.Token);
        var errors = process.StandardError.ReadToEndAsync(patience.Token);
        await process.WaitForExitAsync(patience.Token);
        return new Outcome(process.ExitCode, $"{await output}{await errors}");
    }

    /// <summary>What promtool says against expressions, which need not be rules; empty: all parse.</summary>
    public static async Task<string> Parse(IEnumerable<string> expressions)
    {
        var file = Path.GetTempFileName();
        try
        {
            var rules = expressions.Distinct().Select((e, i) => $"  - record: \"parsed:{i}\"\n    expr: {System.Text.Json.JsonSerializer.Serialize(e)}\n");
            await File.WriteAllTextAsync(file, $"groups:\n- name: parsed\n  rules:\n{string.Concat(rules)}");
            var outcome = await Run("check", "rules", file);
            return outcome.ExitCode == 0 ? "" : outcome.Text;
        }
        finally { File.Delete(file); }
    }
}
