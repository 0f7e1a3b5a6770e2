using System.Net;
using System.Text;
using MedInsure.Hosting.Web;
using MedInsure.Settlement.Journal;
using MedInsure.Settlement.Statements;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace MedInsure.Settlement.Tests.Statements;

/// <summary>The bill over HTTP, as a browser and as a service ask for it.</summary>
[Trait("Category", "Authorization")]
[Collection(PostgresCollection.Name)]
public sealed class StatementEndpointsTests(SharedPostgres postgres) : IAsyncLifetime
{
    private static readonly HttpClient Client = new();
    private const string OperatorToken = "operator-token-of-this-test";
    private World world = null!;
    private WebApplication app = null!;
    private string address = "";

    public async Task InitializeAsync()
    {
        world = await postgres.World();
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Configuration["Secrets:OperatorToken"] = OperatorToken;
        builder.Services.AddSingleton(TenantJournals.Of(world.Node.Journal)).AddSingleton(world.Node.Databases).AddSingleton(world.Node.Policies).AddSingleton<BearerTokens>();
        app = builder.Build();
        StatementEndpoints.Map(app);
        await app.StartAsync();
        address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
    }

    public async Task DisposeAsync() => await app.DisposeAsync();

    [Theory]
    [InlineData(null)]
    [InlineData("Bearer wrong")]
    [InlineData("Basic !!!")]
    [InlineData("Basic b3BlcmF0b3I=")] // "operator", without a colon
    [InlineData("Basic b3A6d3Jvbmc=")] // "op:wrong"
    public async Task WithoutAValidToken_NothingIsShown(string? authorization)
    {
        var settled = await world.Node.Settled(world.Node.Inline(world.Psn, 100));
        using var answer = await Get($"/statements/{settled.SetlId()}", authorization);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Contains("Basic", answer.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("王测试", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/statements/{0}", "application/json", "application/json")]
    [InlineData("/statements/{0}", "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8", "text/html")]
    [InlineData("/statements/{0}?format=html", "*/*", "text/html")]
    [InlineData("/statements/{0}?format=json", "text/html", "application/json")]
    public async Task Form_IsTheOneAskedFor(string path, string accept, string type)
    {
        var settled = await world.Node.Settled(world.Node.Inline(world.Psn, 100));
        using var answer = await Get(string.Format(System.Globalization.CultureInfo.InvariantCulture, path, settled.SetlId()), Basic("op", OperatorToken), accept);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal((type, "utf-8"), (answer.Content.Headers.ContentType!.MediaType, answer.Content.Headers.ContentType.CharSet));
        Assert.True(answer.Headers.CacheControl!.NoStore);
        Assert.Contains("王测试", WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nowhere")]
    [InlineData("S")]
    [InlineData("999999S000000000001")] // another county's
    [InlineData("{0}S999999999999")]
    public async Task UnknownSettlement_IsNotFound(string id)
    {
        using var answer = await Get("/statements/" + id.Replace("{0}", world.Node.Tenant.Code, StringComparison.Ordinal), "Bearer " + OperatorToken);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Contains("settlement.unknown", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private static string Basic(string user, string password) => "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}"));

    private async Task<HttpResponseMessage> Get(string path, string? authorization, string accept = "application/json")
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address + path);
        request.Headers.TryAddWithoutValidation("Accept", accept);
        if (authorization is not null) request.Headers.TryAddWithoutValidation("Authorization", authorization);
        return await Client.SendAsync(request);
    }
}
