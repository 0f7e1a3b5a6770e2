using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using MedInsure.Hosting.Imports;
using MedInsure.Hosting.Web;

namespace MedInsure.Tool.Imports;

/// <summary>What became of a file. A refused file changed nothing; a partly accepted one has errors and a result.</summary>
/// <param name="Refusal">Why the whole file was refused; empty when its rows were read.</param>
/// <param name="Errors">Of single rows; every one with accept-partial, else the first thousand.</param>
public sealed record ImportOutcome(string Refusal, ImportResult? Result, IReadOnlyList<RowError> Errors)
{
    /// <summary>Stored, wholly or (where that was asked for) in part.</summary>
    public bool IsStored => Refusal.Length == 0 && Result is { Accepted: > 0 } or { Rows: 0 };
}

/// <summary>Sends one CSV file to the platform's import endpoint, streamed, and reads its answer line by line.</summary>
public static class ImportFile
{
    /// <summary>The platform knows no such kind of file: another release.</summary>
    public const string KindUnknown = "import.kind_unknown";

    public static readonly string[] Kinds = ["persons", "providers", "catalog", "diseases", "doctors", "employers"];

    /// <param name="address">Of the people's listener: http://127.0.0.1:8080.</param>
    /// <param name="city">For what a city publishes: only this one; empty = every city.</param>
    /// <param name="progress">Told what is done now, often.</param>
    /// <exception cref="ToolException">The platform did not answer, or not to the end: then nothing is known to be stored.</exception>
    public static async Task<ImportOutcome> Send(string address, string operatorToken, string kind, string path, bool acceptPartial, string city, Action<string> progress, CancellationToken cancellation)
    {
        // A million rows take minutes; the caller's token ends a wait that is too long.
        using var http = new HttpClient { Timeout = Timeout.InfiniteTimeSpan };
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.Asynchronous | FileOptions.SequentialScan);
        using var body = new StreamContent(file, 1 << 16) { Headers = { ContentType = new MediaTypeHeaderValue("text/csv", "utf-8"), ContentLength = file.Length } };
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(new Uri(address), $"/import/{kind}?accept_partial={(acceptPartial ? "true" : "false")}&city={city}"))
        {
            Content = body,
            Headers = { Authorization = new AuthenticationHeaderValue("Bearer", operatorToken) },
        };
        try
        {
            var sending = http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
            while (await Task.WhenAny(sending, Task.Delay(200, cancellation)) != sending) progress(Sent(file));
            using var response = await sending;
            return await ReadAnswer(response, progress, cancellation);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or JsonException)
        {
            throw new ToolException($"importing {Path.GetFileName(path)} was cut off ({e.Message}); nothing is known to be stored, the same file may be sent again", e);
        }
    }

    private static string Sent(FileStream file)
    {
        try { return file.Length == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"{file.Position * 100 / file.Length} % of {file.Length / 1024} KiB sent"); }
        catch (ObjectDisposedException) { return "sent"; }
    }

    private static async Task<ImportOutcome> ReadAnswer(HttpResponseMessage response, Action<string> progress, CancellationToken cancellation)
    {
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(cancellation), Encoding.UTF8);
        if (response.StatusCode == HttpStatusCode.NotFound && response.Content.Headers.ContentType is null) return new ImportOutcome(KindUnknown, null, []);
        if (!response.IsSuccessStatusCode) return new ImportOutcome(Describe(JsonSerializer.Deserialize<JsonElement>(await reader.ReadToEndAsync(cancellation))), null, []);
        var errors = new List<RowError>();
        while (await reader.ReadLineAsync(cancellation) is { } line)
        {
            var answer = JsonSerializer.Deserialize<JsonElement>(line);
            if (answer.TryGetProperty("progress", out var done)) progress($"{done.GetProperty("rows").GetInt64()} rows read");
            else if (answer.TryGetProperty("rejected", out var rejected)) errors.Add(rejected.Deserialize<RowError>(WebJson.Options)!);
            else if (answer.TryGetProperty("problem", out var problem)) return new ImportOutcome(Describe(problem), null, errors);
            else if (answer.TryGetProperty("result", out var result))
            {
                var whole = result.Deserialize<ImportResult>(WebJson.Options)!;
                return new ImportOutcome("", whole, errors.Count > 0 ? errors : whole.Errors);
            }
        }
        throw new IOException("the answer ended without a result");
    }

    private static string Describe(JsonElement problem)
    {
        string Text(string name) => problem.TryGetProperty(name, out var value) ? value.ToString() : "";
        return $"{Text("code")}: {Text("chinese")} ({Text("english")}{(Text("field") is { Length: > 0 } field ? $", {field}" : "")})";
    }
}
