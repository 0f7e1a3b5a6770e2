using System.Diagnostics;
using MedInsure.Local.Sample;
using MedInsure.Tool;
using MedInsure.Tool.Imports;

namespace MedInsure.Local;

/// <summary>Loads the generated sample through the import endpoints, as an agency would load its own files. Only once: people change things after that.</summary>
internal static class SampleLoad
{
    public static async Task Run(RunFile run, string folder, SampleSize size, TextWriter output, CancellationToken cancellation)
    {
        var mark = Path.Combine(folder, "loaded");
        if (File.Exists(mark)) return;
        await output.WriteLineAsync($"loading the sample (seed {size.Seed})");
        foreach (var file in SampleFiles.Write(folder, size))
        {
            var watch = Stopwatch.StartNew();
            var outcome = await ImportFile.Send(run.Desks, run.OperatorToken, file.Kind, file.Path, acceptPartial: false, file.City, _ => { }, cancellation);
            // A release before the register of doctors, at the start of an upgrade.
            if (file.Kind == "doctors" && outcome.Refusal == ImportFile.KindUnknown) continue;
            if (!outcome.IsStored || outcome.Errors.Count > 0)
                throw new InvalidOperationException($"the sample's {file.Kind} were not accepted: {outcome.Refusal} {string.Join("; ", outcome.Errors.Take(5).Select(e => $"line {e.Line} {e.Column} {e.Code} {e.English}"))}");
            await output.WriteLineAsync($"  {file.Kind}{(file.City.Length > 0 ? " of " + file.City : "")}: {file.Rows} rows, {watch.Elapsed.TotalSeconds:F1} s");
        }
        if (await InForce.Wait(run, run.Tenants.Select(t => t.City).Distinct(), TimeSpan.FromSeconds(60), cancellation) is null) throw new TimeoutException("the sample's catalog did not come into force");
        await LoadKnowledge(run, SampleKnowledge.Write(folder, size), output, cancellation);
        // After everything: a start that was cut off loads again, which changes nothing that is there.
        await File.WriteAllTextAsync(mark, $"{size}\n", cancellation);
    }

    /// <summary>Every county has a knowledge base of its own.</summary>
    private static async Task LoadKnowledge(RunFile run, string path, TextWriter output, CancellationToken cancellation)
    {
        using var http = new HttpClient { BaseAddress = new Uri(run.Desks), Timeout = TimeSpan.FromMinutes(5), DefaultRequestHeaders = { Authorization = new("Bearer", run.OperatorToken) } };
        foreach (var county in run.Tenants)
        {
            using var file = new StreamContent(File.OpenRead(path)) { Headers = { ContentType = new("text/csv", "utf-8") } };
            using var answer = await http.PostAsync($"/audit/{county.County}/knowledge-points?title=sample&reason=sample&imported_by=sample&approver=reviewer", file, cancellation);
            // A release before fraud-audit, at the start of an upgrade.
            if (answer.StatusCode == System.Net.HttpStatusCode.NotFound) return;
            if (!answer.IsSuccessStatusCode) throw new InvalidOperationException($"the sample's knowledge points were not accepted by {county.County}: {await answer.Content.ReadAsStringAsync(cancellation)}");
        }
        await output.WriteLineAsync($"  knowledge points: {File.ReadLines(path).Count() - 1} in each of {run.Tenants.Count} counties");
    }
}
