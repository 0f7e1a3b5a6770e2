using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MedInsure.Hosting.Web;
using MedInsure.Settlement.Journal;
using MedInsure.Settlement.Supplements;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace MedInsure.Settlement.Tests.Supplements;

[Trait("Category", "Authorization")]
[Collection(PostgresCollection.Name)]
public sealed class SupplementEndpointsTests(SharedPostgres postgres) : IAsyncLifetime, IDisposable
{
    private SupplementWorld world = null!;
    private WebApplication app = null!;
    private readonly HttpClient client = new();

    public async Task InitializeAsync()
    {
        world = await postgres.Supplements();
        var builder = WebApplication.CreateBuilder();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["Secrets:OperatorToken"] = "operator-token-of-the-test", ["Secrets:ServiceToken"] = "service-token-of-the-test" });
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(TenantJournals.Of(world.Node.Journal)).AddSingleton(world.Node.Databases).AddSingleton<BearerTokens>();
        app = builder.Build();
        SupplementEndpoints.Map(app);
        await app.StartAsync();
        client.BaseAddress = new Uri(app.Urls.First());
    }

    public async Task DisposeAsync()
    {
        await app.DisposeAsync();
    }

    public void Dispose() => client.Dispose();

    [Fact]
    public async Task BillsThatAwaitAnAnswer_AreListedByState()
    {
        var settled = await world.SettledWithoutAnswer(await world.Node.Visit(await world.Consented("POL-E"), 20_000));
        await world.Node.Projected();
        var row = (await List("pending")).EnumerateArray().Single(r => r.GetProperty("setlId").GetString() == settled.SetlId());
        Assert.Equal(("POL-E", 0, JsonValueKind.Null), (row.GetProperty("policyNo").GetString(), row.GetProperty("askedCount").GetInt32(), row.GetProperty("amount").ValueKind));
        await world.Round();
        Assert.DoesNotContain((await List("pending")).EnumerateArray(), r => r.GetProperty("setlId").GetString() == settled.SetlId());
        row = (await List("answered")).EnumerateArray().Single(r => r.GetProperty("setlId").GetString() == settled.SetlId());
        Assert.Equal("50.00", row.GetProperty("amount").GetString());
    }

    [Theory]
    [InlineData(null, "", HttpStatusCode.Unauthorized)]
    [InlineData("wrong", "", HttpStatusCode.Unauthorized)]
    [InlineData("operator-token-of-the-test", "", HttpStatusCode.OK)]
    [InlineData("service-token-of-the-test", "?state=given_up", HttpStatusCode.OK)]
    [InlineData("operator-token-of-the-test", "?state=all", HttpStatusCode.BadRequest)]
    public async Task Caller_ProvesToBeAnOperatorAndNamesAState(string? token, string query, HttpStatusCode status) =>
        Assert.Equal(status, (await Get(world.Node.Tenant.Code + query, token)).StatusCode);

    [Fact]
    public async Task CountyThatIsNotServedHere_IsUnknown() => Assert.Equal(HttpStatusCode.NotFound, (await Get("110101", "operator-token-of-the-test")).StatusCode);

    private async Task<JsonElement> List(string state) => await (await Get($"{world.Node.Tenant.Code}?state={state}", "operator-token-of-the-test")).Content.ReadFromJsonAsync<JsonElement>();

    private async Task<HttpResponseMessage> Get(string path, string? token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/supplements/" + path);
        if (token is not null) request.Headers.Authorization = new("Bearer", token);
        return await client.SendAsync(request);
    }
}
