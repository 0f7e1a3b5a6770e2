using System.Collections.Concurrent;
using System.Text.Json;
using MedInsure.Hosting.Web;
using MedInsure.Kernel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace MedInsure.Hosting.Imports;

/// <summary>
/// POST of a file as the request body (?accept_partial=true), with authorization: Bearer and a service's or operator's token. A file refused
/// by its header is answered with problem+json; otherwise application/x-ndjson: {"progress":{"rows":n}} lines, with accept_partial one
/// {"rejected":{line,column,code,chinese,english}} line per error, and last {"result":{rows,accepted,rejected,changed,errors}} with the first
/// 1,000 errors, or {"problem":{…}} when the file is refused half way. An answer without such a last line means: nothing is known to be stored.
/// </summary>
public static class ImportEndpoint
{
    /// <summary>A million rows of the widest format are about 300 MB.</summary>
    private const long BodyBytesMax = 2L << 30;

    internal static readonly Refusal Busy = new(RefusalKind.Conflict, "import.busy", "同类文件正在导入，请稍后再试", "a file of this kind is being imported; try again later");

    /// <summary>Maps one kind of file. <typeparamref name="TImport"/> is made per request with services from its scope.</summary>
    public static IEndpointConventionBuilder MapImport<TImport, TRow>(this IEndpointRouteBuilder routes, string path) where TImport : CsvImport<TRow> where TRow : class =>
        routes.MapImport<TImport, TRow>(path, context => ActivatorUtilities.CreateInstance<TImport>(context.RequestServices));

    /// <summary>Maps one kind of file of a path with parameters. One file at a time for each path, whatever its parameters' values make of it.</summary>
    /// <param name="make">The import, or why the path is none.</param>
    public static IEndpointConventionBuilder MapImport<TImport, TRow>(this IEndpointRouteBuilder routes, string path, Func<HttpContext, Outcome<TImport>> make) where TImport : CsvImport<TRow> where TRow : class
    {
        var running = new ConcurrentDictionary<string, byte>(StringComparer.OrdinalIgnoreCase);
        return routes.MapPost(path, async (HttpContext context) =>
        {
            if (!context.RequestServices.GetRequiredService<BearerTokens>().IsServiceOrOperator(context.Request.Headers.Authorization)) { await JsonProblem.Write(context, BearerTokens.NotAuthenticated); return; }
            var kind = make(context);
            if (kind.Refusal is { } refusal) { await JsonProblem.Write(context, refusal); return; }
            var place = context.Request.Path.Value ?? "";
            if (!running.TryAdd(place, 0)) { await JsonProblem.Write(context, Busy); return; }
            try { await Run(context, kind.Value); }
            finally { running.TryRemove(place, out _); }
        });

        async Task Run(HttpContext context, CsvImport<TRow> kind)
        {
            if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit) limit.MaxRequestBodySize = BodyBytesMax;
            var partial = string.Equals(context.Request.Query["accept_partial"], "true", StringComparison.OrdinalIgnoreCase);
            var (response, cancellation) = (context.Response, context.RequestAborted);
            var logger = context.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(ImportEndpoint));

            // A client that writes its whole file before it reads would block on a long list of errors: they wait on disk until the file is read.
            await using var spool = partial ? new FileStream(Path.GetTempFileName(), FileMode.Open, FileAccess.ReadWrite, FileShare.None, 1 << 16, FileOptions.DeleteOnClose) : null;
            var run = new ImportRun(partial, spool is null ? null : error => Line(spool, "rejected", error));

            Outcome<ImportResult> outcome;
            try
            {
                outcome = await CsvFile.Import(context.Request.Body, kind, run, async rows => await Send("progress", new { rows }), cancellation);
            }
            catch (BadHttpRequestException e) when (e.StatusCode == StatusCodes.Status413PayloadTooLarge)
            {
                outcome = new Refusal(RefusalKind.Exhausted, "import.too_large", "文件超过2GiB", "the file is larger than 2 GiB");
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                logger.LogError(e, "Import {Kind} failed after {Rows} rows", kind.GetType().Name, run.Rows);
                outcome = new Refusal(RefusalKind.Unavailable, "import.failed", "导入中断，未保存任何数据，可重新发送同一文件", "the import was interrupted and nothing was stored; the same file may be sent again");
            }

            if (outcome.Refusal is { } refusal)
            {
                if (response.HasStarted) await Send("problem", JsonProblem.Fields(refusal)); else await JsonProblem.Write(context, refusal, cancellation);
                return;
            }
            if (spool is not null)
            {
                Start();
                await spool.FlushAsync(cancellation);
                spool.Position = 0;
                await spool.CopyToAsync(response.Body, cancellation);
            }
            await Send("result", outcome.Value);
            logger.LogInformation("Import {Kind}: {Rows} rows, {Accepted} accepted, {Rejected} rejected, {Changed} changed", kind.GetType().Name, outcome.Value.Rows, outcome.Value.Accepted, outcome.Value.Rejected, outcome.Value.Changed);

            void Start()
            {
                if (!response.HasStarted) response.ContentType = "application/x-ndjson; charset=utf-8";
            }

            async Task Send(string name, object value)
            {
                Start();
                using var line = new MemoryStream();
                Line(line, name, value);
                await response.Body.WriteAsync(line.GetBuffer().AsMemory(0, (int)line.Length), cancellation);
                await response.Body.FlushAsync(cancellation);
            }
        }

        static void Line(Stream to, string name, object value)
        {
            JsonSerializer.Serialize(to, new Dictionary<string, object> { [name] = value }, WebJson.Options);
            to.WriteByte((byte)'\n');
        }
    }
}
