using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace MedInsure.Hosting.Tests.Dapr;

/// <summary>
/// Answers as Dapr's sidecar does: docs.dapr.io, reference/api (secrets, configuration, health, bindings, error codes) and operations/security (api-token,
/// app-api-token). Where the runtime differs from its documentation the test chooses: a store that is not found is documented as 400 and answered with 401.
/// </summary>
internal sealed class StandInSidecar : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly HttpClient client = new();

    private StandInSidecar(WebApplication app) => this.app = app;

    public int Port => new Uri(app.Urls.Single()).Port;

    /// <summary>DAPR_API_TOKEN of the sidecar; null = it asks for none.</summary>
    public string? ApiToken { get; set; }
    /// <summary>APP_API_TOKEN of the sidecar.</summary>
    public string? AppToken { get; set; }
    public bool IsReady { get; set; } = true;
    /// <summary>Answers that the store itself fails, this often.</summary>
    public int StoreFailures { get; set; }
    public HttpStatusCode StoreNotFound { get; set; } = HttpStatusCode.Unauthorized;
    /// <summary>Store → secret → key → value.</summary>
    public Dictionary<string, Dictionary<string, Dictionary<string, string>>> SecretStores { get; } = [];
    public HashSet<string> Denied { get; } = [];
    /// <summary>Store → key → value.</summary>
    public Dictionary<string, Dictionary<string, string>> ConfigurationStores { get; } = [];
    public ConcurrentQueue<string> Requests { get; } = new();

    public static async Task<StandInSidecar> Start(int port = 0)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        var app = builder.Build();
        var sidecar = new StandInSidecar(app);
        app.Use(sidecar.Authenticate);
        app.MapGet("/v1.0/healthz", () => Health(sidecar.IsReady, "ERR_HEALTH_NOT_READY", "dapr is not ready"));
        app.MapGet("/v1.0/healthz/outbound", () => Health(sidecar.IsReady, "ERR_OUTBOUND_HEALTH_NOT_READY", "dapr outbound is not ready"));
        app.MapGet("/v1.0/secrets/{store}/bulk", sidecar.Bulk);
        app.MapGet("/v1.0/secrets/{store}/{name}", sidecar.Secret);
        app.MapGet("/v1.0/configuration/{store}", sidecar.Configuration);
        await app.StartAsync();
        return sidecar;
    }

    private async Task Authenticate(HttpContext context, RequestDelegate next)
    {
        Requests.Enqueue(context.Request.Path + context.Request.QueryString.Value);
        var isHealth = context.Request.Path.StartsWithSegments("/v1.0/healthz");
        if (ApiToken is null || isHealth || context.Request.Headers["dapr-api-token"] == ApiToken)
        {
            await next(context);
            return;
        }
        context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        context.Response.ContentType = "text/plain; charset=utf-8";
        await context.Response.WriteAsync("invalid api token\n");
    }

    private static IResult Health(bool ready, string code, string message) => ready ? Results.NoContent() : Error(HttpStatusCode.InternalServerError, code, message);

    private static IResult Error(HttpStatusCode status, string code, string message) => Results.Json(new { errorCode = code, message }, statusCode: (int)status);

    private IResult? StoreError(string store)
    {
        if (SecretStores.Count == 0) return Error(HttpStatusCode.InternalServerError, "ERR_SECRET_STORES_NOT_CONFIGURED", "secret store is not configured");
        if (!SecretStores.ContainsKey(store)) return Error(StoreNotFound, "ERR_SECRET_STORE_NOT_FOUND", $"failed finding secret store with key {store}");
        if (StoreFailures == 0) return null;
        StoreFailures--;
        return Error(HttpStatusCode.InternalServerError, "ERR_SECRET_GET", $"failed getting secrets from secret store {store}: the store is away");
    }

    private IResult Secret(string store, string name)
    {
        if (StoreError(store) is { } error) return error;
        if (Denied.Contains(name)) return Error(HttpStatusCode.Forbidden, "ERR_PERMISSION_DENIED", $"access denied by policy to get \"{name}\" from \"{store}\"");
        return SecretStores[store].TryGetValue(name, out var keys) ? Results.Json(keys) : Results.NoContent();
    }

    private IResult Bulk(string store) =>
        StoreError(store) ?? Results.Json(SecretStores[store].Where(secret => !Denied.Contains(secret.Key)).ToDictionary());

    private IResult Configuration(HttpContext context, string store)
    {
        if (ConfigurationStores.Count == 0) return Error(HttpStatusCode.InternalServerError, "ERR_CONFIGURATION_STORE_NOT_CONFIGURED", "configuration stores not configured");
        if (!ConfigurationStores.TryGetValue(store, out var items)) return Error(HttpStatusCode.BadRequest, "ERR_CONFIGURATION_STORE_NOT_FOUND", $"configuration store {store} not found");
        var keys = context.Request.Query["key"];
        var found = items.Where(item => keys.Count == 0 || keys.Contains(item.Key)).ToDictionary(item => item.Key, item => new { value = item.Value, version = "1" });
        return found.Count == 0 ? Results.NoContent() : Results.Json(found);
    }

    /// <summary>As at its start: which of the input bindings the application wants.</summary>
    public async Task<string[]> AskWhichBindings(Uri application, params string[] names)
    {
        var wanted = new List<string>();
        foreach (var name in names)
        {
            using var request = Request(HttpMethod.Options, new Uri(application, $"/{name}"), AppToken);
            using var answer = await client.SendAsync(request);
            // Documented: 404 not wanted; 2xx or 405 wanted.
            if (answer.StatusCode == HttpStatusCode.NotFound) continue;
            Assert.True(answer.IsSuccessStatusCode || answer.StatusCode == HttpStatusCode.MethodNotAllowed, $"{name}: {answer.StatusCode}");
            wanted.Add(name);
        }
        return [.. wanted];
    }

    /// <summary>A cron binding's time has come. Documented: 200 is the one answer that says processed.</summary>
    public async Task<(HttpStatusCode Status, string Body)> Fire(Uri application, string name)
    {
        using var request = Request(HttpMethod.Post, new Uri(application, $"/{name}"), AppToken);
        request.Content = new ByteArrayContent([]);
        request.Headers.Add("readTimeUTC", "2026-11-21 18:00:00 +0000 UTC");
        request.Headers.Add("timeZone", "Local");
        using var answer = await client.SendAsync(request);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    private static HttpRequestMessage Request(HttpMethod method, Uri address, string? token)
    {
        var request = new HttpRequestMessage(method, address);
        if (token is not null) request.Headers.Add("dapr-api-token", token);
        return request;
    }

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        await app.StopAsync();
        await app.DisposeAsync();
    }
}
