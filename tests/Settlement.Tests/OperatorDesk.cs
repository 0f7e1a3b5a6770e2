using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using MedInsure.Hosting.Web;
using MedInsure.Kernel;
using MedInsure.Settlement.Journal;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace MedInsure.Settlement.Tests;

/// <summary>A county's endpoints over HTTP, as operators and others ask them.</summary>
internal sealed class OperatorDesk : IAsyncDisposable
{
    public const string Operator = "operator-token-of-the-test", Service = "service-token-of-the-test";

    private readonly WebApplication app;
    private readonly HttpClient client;

    private OperatorDesk(WebApplication app) => (this.app, client) = (app, new HttpClient { BaseAddress = new Uri(app.Urls.First()) });

    public static async Task<OperatorDesk> Start(SettlementNode node, params Action<WebApplication>[] maps)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["Secrets:OperatorToken"] = Operator, ["Secrets:ServiceToken"] = Service });
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(TenantJournals.Of(node.Journal)).AddSingleton(node.Databases).AddSingleton<BearerTokens>().AddSingleton(node.Time).AddSingleton<ChinaCalendar>().AddSingleton<CountyDesk>();
        var app = builder.Build();
        foreach (var map in maps) map(app);
        await app.StartAsync();
        return new OperatorDesk(app);
    }

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        await app.DisposeAsync();
    }

    /// <param name="body">A text is sent as CSV, anything else as JSON.</param>
    /// <param name="token">Null: none.</param>
    public async Task<HttpResponseMessage> Send(HttpMethod method, string path, object? body = null, string? token = Operator)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body switch { null => null, string text => new StringContent(text, Encoding.UTF8, "text/csv"), _ => JsonContent.Create(body, body.GetType(), options: CountyDesk.Json) } };
        if (token is not null) request.Headers.TryAddWithoutValidation("authorization", $"Bearer {token}");
        return await client.SendAsync(request);
    }

    public Task<JsonElement> Get(string path) => Answered(HttpMethod.Get, path, null);

    public Task<JsonElement> Post(string path, object body) => Answered(HttpMethod.Post, path, body);

    /// <returns>The refusal's code.</returns>
    public async Task<string?> Refused(HttpMethod method, string path, object? body, HttpStatusCode status)
    {
        using var answer = await Send(method, path, body);
        Assert.Equal(status, answer.StatusCode);
        return JsonElement.Parse(await answer.Content.ReadAsStringAsync()).GetProperty("code").GetString();
    }

    /// <summary>None but an operator is answered.</summary>
    public async Task LetsInNobodyElse(HttpMethod method, string path)
    {
        foreach (var token in (string?[])[null, Service, "x"])
        {
            using var answer = await Send(method, path, method == HttpMethod.Post ? new { } : null, token);
            Assert.True(answer.StatusCode == HttpStatusCode.Unauthorized, $"{method} {path}: {answer.StatusCode}");
        }
    }

    private async Task<JsonElement> Answered(HttpMethod method, string path, object? body)
    {
        using var answer = await Send(method, path, body);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{path}: {answer.StatusCode} {text}");
        return JsonElement.Parse(text);
    }
}
