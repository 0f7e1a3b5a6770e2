using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Primitives;

namespace MedInsure.Local.Split;

/// <summary>
/// What an ingress is to a cluster: the platform's three addresses, each request passed on to a ready replica of the service it is for. Where one cannot be
/// reached, or says that it cannot answer now, the next is asked. What may have been done already is sent again only where that does no harm: hospitals'
/// messages, gRPC calls, and what only looks. Files are passed on as they come.
/// </summary>
internal sealed class SplitFront(IReadOnlyList<ServiceReplica> replicas, LocalListeners listeners) : IDisposable
{
    private const int BodyBytesMax = 16 * 1024 * 1024;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10), Pause = TimeSpan.FromMilliseconds(50);
    private static readonly (string Prefix, string Service)[] Paths =
    [
        ("/fsi", "gateway"), ("/mss", "gateway"),
        ("/enrolment/", "enrollment"), ("/import/persons", "enrollment"), ("/import/employers", "enrollment"), ("/import", "provider-registry"),
        ("/statements", "settlement"), ("/insurers/", "settlement"), ("/supplements", "settlement"), ("/runs", "settlement"), ("/person-payments", "settlement"), ("/ledger/", "settlement"), ("/family-accounts/", "settlement"), ("/policies/", "settlement"),
        ("/clearing/", "settlement"), ("/provider-statements/", "settlement"), ("/provider-payments/", "settlement"), ("/payment-terms/", "settlement"), ("/indicators/", "settlement"), ("/manual-claims/", "settlement"), ("/fund/", "settlement"),
        ("/billing/", "billing"), ("/medinsure.billing.", "billing"), ("/audit/", "fraud-audit"), ("/medinsure.fraudaudit.", "fraud-audit"), ("/reports/", "reporting"), ("/medinsure.reporting.", "reporting"),
        // Of the services with queues and jobs the one that operators look at first; billing's are asked for at its own address.
        ("/messages", "settlement"), ("/jobs", "settlement"),
        ("/medinsure.enrollment.", "enrollment"), ("/medinsure.providerregistry.", "provider-registry"), ("/medinsure.settlement.", "settlement"), ("/medinsure.insurer.", "settlement"),
    ];
    /// <summary>Of one connection, not of the message; the length is the body's.</summary>
    private static readonly HashSet<string> OfTheConnection = new(StringComparer.OrdinalIgnoreCase) { "Connection", "Keep-Alive", "Transfer-Encoding", "Upgrade", "Proxy-Connection", "Content-Length", "Host" };

    private readonly HttpMessageInvoker http = new(new SocketsHttpHandler { UseProxy = false, UseCookies = false, AllowAutoRedirect = false, EnableMultipleHttp2Connections = true, AutomaticDecompression = DecompressionMethods.None });
    private int turn;

    public void Dispose() => http.Dispose();

    public async Task Serve(HttpContext context)
    {
        var path = context.Request.Path.Value ?? "";
        if (path == "/health/live") return;
        if (path == "/health/ready") { await Health(context); return; }
        // A release before a service has none of its processes.
        if (ServiceOf(path) is not { } service || !replicas.Any(r => r.Service == service && r.IsStarted))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }
        var isFile = path.StartsWith("/import/", StringComparison.Ordinal) || context.Request.ContentType?.StartsWith("text/csv", StringComparison.OrdinalIgnoreCase) == true;
        var body = isFile ? null : await Body(context);
        if (body is null && !isFile) { context.Response.StatusCode = StatusCodes.Status413PayloadTooLarge; return; }
        await PassOn(context, [.. replicas.Where(r => r.Service == service)], body);
    }

    /// <summary>Null: no service answers there.</summary>
    public static string? ServiceOf(string path) => Paths.FirstOrDefault(p => path.StartsWith(p.Prefix, StringComparison.Ordinal)).Service;

    /// <summary>Ready when of every service one replica is.</summary>
    private async Task Health(HttpContext context)
    {
        var missing = replicas.Where(r => r.IsStarted).GroupBy(r => r.Service).Where(g => !g.Any(r => r.IsReady)).Select(g => g.Key).ToList();
        context.Response.StatusCode = missing.Count == 0 ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        await context.Response.WriteAsJsonAsync(new { status = missing.Count == 0 ? "healthy" : "unhealthy", not_ready = missing }, context.RequestAborted);
    }

    private static async Task<byte[]?> Body(HttpContext context)
    {
        using var all = new MemoryStream();
        var part = new byte[16 * 1024];
        int read;
        while ((read = await context.Request.Body.ReadAsync(part, context.RequestAborted)) > 0)
        {
            if (all.Length + read > BodyBytesMax) return null;
            all.Write(part, 0, read);
        }
        return all.ToArray();
    }

    private async Task PassOn(HttpContext context, ServiceReplica[] all, byte[]? body)
    {
        var begun = Stopwatch.StartNew();
        for (int start = Interlocked.Increment(ref turn), attempt = 0; ; attempt++)
        {
            var inTurn = Enumerable.Range(start, all.Length).Select(i => all[(int)((uint)i % (uint)all.Length)]);
            // A ready one; while there is none, whichever comes: it may have become ready since its last probe.
            var order = inTurn.OrderBy(r => r.IsReady ? 0 : 1).ToArray();
            var replica = order[attempt % order.Length];
            var last = begun.Elapsed > Patience;
            try
            {
                using var request = RequestTo(replica, context, body);
                using var answer = await http.SendAsync(request, context.RequestAborted);
                if (last || body is null || !IsUnavailable(answer)) { await Answer(context, answer); return; }
            }
            catch (Exception e) when (e is HttpRequestException or SocketException)
            {
                var wasNotSent = e is not HttpRequestException { HttpRequestError: not HttpRequestError.ConnectionError };
                var mayBeSentTwice = body is not null && (context.Connection.LocalPort != listeners.People || HttpMethods.IsGet(context.Request.Method));
                if (last || !(wasNotSent || mayBeSentTwice))
                {
                    if (context.Response.HasStarted) context.Abort();
                    else context.Response.StatusCode = StatusCodes.Status502BadGateway;
                    return;
                }
            }
            catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested) { return; }
            if ((attempt + 1) % all.Length == 0) await Task.Delay(Pause, context.RequestAborted);
        }
    }

    private HttpRequestMessage RequestTo(ServiceReplica replica, HttpContext context, byte[]? body)
    {
        var isGrpc = context.Connection.LocalPort == listeners.Grpc;
        var request = new HttpRequestMessage(new HttpMethod(context.Request.Method), (isGrpc ? replica.Ports.GrpcAddress : replica.Ports.HttpAddress) + context.Request.Path + context.Request.QueryString)
        {
            Version = isGrpc ? HttpVersion.Version20 : HttpVersion.Version11, VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        if (body is null) request.Content = new StreamContent(context.Request.Body);
        else if (body.Length > 0 || HttpMethods.IsPost(context.Request.Method)) request.Content = new ByteArrayContent(body);
        foreach (var (name, value) in context.Request.Headers)
            if (!OfTheConnection.Contains(name) && !name.StartsWith(':') && !request.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)value)) request.Content?.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)value);
        return request;
    }

    /// <summary>Nothing was done, or the same request may be sent again: 503, or a gRPC answer of UNAVAILABLE (14) before any message.</summary>
    private static bool IsUnavailable(HttpResponseMessage answer) =>
        answer.StatusCode == HttpStatusCode.ServiceUnavailable || (answer.Headers.TryGetValues("grpc-status", out var status) && status.FirstOrDefault() == "14");

    private static async Task Answer(HttpContext context, HttpResponseMessage answer)
    {
        context.Response.StatusCode = (int)answer.StatusCode;
        foreach (var (name, values) in answer.Headers.Concat(answer.Content.Headers))
            if (!OfTheConnection.Contains(name)) context.Response.Headers[name] = new StringValues([.. values]);
        var isGrpc = answer.Version.Major == 2;
        if (!isGrpc) context.Response.ContentLength = answer.Content.Headers.ContentLength;
        if (isGrpc && !answer.Headers.Contains("grpc-status")) await context.Response.StartAsync(context.RequestAborted);
        await using var stream = await answer.Content.ReadAsStreamAsync(context.RequestAborted);
        var part = new byte[32 * 1024];
        try
        {
            int read;
            while ((read = await stream.ReadAsync(part, context.RequestAborted)) > 0)
            {
                await context.Response.Body.WriteAsync(part.AsMemory(0, read), context.RequestAborted);
                if (isGrpc) await context.Response.Body.FlushAsync(context.RequestAborted);
            }
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            context.Abort();
            return;
        }
        foreach (var (name, values) in answer.TrailingHeaders) context.Response.AppendTrailer(name, new StringValues([.. values]));
    }
}
