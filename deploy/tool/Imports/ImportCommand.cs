using System.CommandLine;
using System.Diagnostics;
using System.Text;
using Grpc.Core;
using MedInsure.Hosting.Imports;

namespace MedInsure.Tool.Imports;

/// <summary>deploy/import.</summary>
public static class ImportCommand
{
    private const int ErrorsShown = 20;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static Command Command()
    {
        var run = new Option<string>("--run") { Description = "run.json of the running platform", Required = true };
        var kind = new Option<string>("--kind") { Description = string.Join('|', ImportFile.Kinds), Required = true };
        kind.AcceptOnlyFromAmong(ImportFile.Kinds);
        var partial = new Option<bool>("--accept-partial") { Description = "store the good rows and write the bad ones to FILE.rejected.csv" };
        var city = new Option<string>("--city") { Description = "publish to this city only (providers, catalog, diseases)", DefaultValueFactory = _ => "" };
        var file = new Argument<FileInfo>("FILE") { Description = "CSV, UTF-8, with a header row" };
        file.AcceptExistingOnly();
        var command = new Command("import", "Imports a file into the running platform, whole or not at all") { run, kind, partial, city, file };
        command.SetAction((parsed, cancellation) =>
            Run(RunFile.Read(parsed.GetValue(run)!), parsed.GetValue(kind)!, parsed.GetValue(file)!.FullName, parsed.GetValue(partial), parsed.GetValue(city)!, Console.Out, Console.Error, cancellation));
        return command;
    }

    /// <returns>0 when the file was stored (the same file again stores nothing new and is 0 as well), else 1.</returns>
    public static async Task<int> Run(RunFile run, string kind, string path, bool acceptPartial, string city, TextWriter output, TextWriter error, CancellationToken cancellation)
    {
        if (city.Length > 0 && run.Tenants.All(t => t.City != city)) throw new ToolException($"{city} is no city of this platform; it has {string.Join(", ", run.Tenants.Select(t => t.City).Distinct())}");
        var watch = Stopwatch.StartNew();
        var progress = new ProgressLine(error);
        var outcome = await ImportFile.Send(run.Desks, run.OperatorToken, kind, path, acceptPartial, city, progress.Show, cancellation);
        progress.Clear();

        if (outcome.Refusal.Length > 0) await error.WriteLineAsync($"refused: {outcome.Refusal}");
        foreach (var row in outcome.Errors.Take(ErrorsShown)) await error.WriteLineAsync($"line {row.Line}, {(row.Column.Length > 0 ? row.Column : "row")}: {row.Code} {row.Chinese} ({row.English})");
        if (outcome.Errors.Count > ErrorsShown) await error.WriteLineAsync($"and {outcome.Errors.Count - ErrorsShown} more");
        if (outcome.Errors.Count > 0) await error.WriteLineAsync($"rejected rows: {await WriteRejected(path, outcome.Errors)}");
        if (outcome.Result is { } result) await output.WriteLineAsync($"{kind}: {result.Rows} rows, {result.Accepted} accepted, {result.Rejected} rejected, {result.Changed} changed, {watch.Elapsed.TotalSeconds:F1} s");
        if (!outcome.IsStored) return 1;
        return kind is "persons" or "employers" ? 0 : await WaitInForce(run, city, output, error, cancellation);
    }

    private static async Task<int> WaitInForce(RunFile run, string city, TextWriter output, TextWriter error, CancellationToken cancellation)
    {
        try
        {
            var cities = city.Length > 0 ? [city] : run.Tenants.Select(t => t.City).Distinct();
            if (await InForce.Wait(run, cities, Patience, cancellation) is not { } versions)
            {
                await error.WriteLineAsync($"stored, but not every county settles under it after {Patience.TotalSeconds:F0} s; it will be in force when they have loaded it");
                return 1;
            }
            foreach (var (code, held) in versions) await output.WriteLineAsync($"in force in {code}: catalog {held.CatalogVersion}, diseases {held.DiseaseVersion}, providers {held.ProviderVersion}");
            return 0;
        }
        catch (RpcException e)
        {
            await error.WriteLineAsync($"stored, but whether it is in force could not be asked: {e.Status}");
            return 1;
        }
    }

    private static async Task<string> WriteRejected(string path, IReadOnlyList<RowError> errors)
    {
        var rejected = path + ".rejected.csv";
        using var original = new StreamReader(path, Encoding.UTF8);
        // With the byte-order mark: people open this one in a spreadsheet.
        await using var writer = new StreamWriter(rejected, append: false, new UTF8Encoding(encoderShouldEmitUTF8Identifier: true));
        await RejectedRows.WriteCsv(original, errors, writer);
        return rejected;
    }
}

/// <summary>One line that is written over on a terminal, and every few seconds a line where there is none.</summary>
public sealed class ProgressLine(TextWriter error)
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(5);
    private readonly Stopwatch sinceLast = Stopwatch.StartNew();
    private int shown;

    public void Show(string text)
    {
        if (!Console.IsErrorRedirected)
        {
            error.Write("\r" + text.PadRight(shown));
            shown = text.Length;
        }
        else if (sinceLast.Elapsed > Every)
        {
            error.WriteLine(text);
            sinceLast.Restart();
        }
    }

    public void Clear()
    {
        if (shown > 0) error.Write("\r" + new string(' ', shown) + "\r");
    }
}
