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
            var outcome = await ImportFile.Send(run.Console, run.OperatorToken, file.Kind, file.Path, acceptPartial: false, file.City, _ => { }, cancellation);
            if (!outcome.IsStored || outcome.Errors.Count > 0)
                throw new InvalidOperationException($"the sample's {file.Kind} were not accepted: {outcome.Refusal} {string.Join("; ", outcome.Errors.Take(5).Select(e => $"line {e.Line} {e.Column} {e.Code} {e.English}"))}");
            await output.WriteLineAsync($"  {file.Kind}{(file.City.Length > 0 ? " of " + file.City : "")}: {file.Rows} rows, {watch.Elapsed.TotalSeconds:F1} s");
        }
        if (await InForce.Wait(run, run.Tenants.Select(t => t.City).Distinct(), TimeSpan.FromSeconds(60), cancellation) is null) throw new TimeoutException("the sample's catalog did not come into force");
        // After everything: a start that was cut off loads again, which changes nothing that is there.
        await File.WriteAllTextAsync(mark, $"{size}\n", cancellation);
    }
}
