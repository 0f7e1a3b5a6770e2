using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MedInsure.Settlement.Tests.Insurers;

namespace MedInsure.Settlement.Tests.Clearing;

/// <summary>Clearing over HTTP in the whole service, a city with three counties; and who may not.</summary>
[Trait("Category", "Authorization")]
[Collection(PostgresCollection.Name)]
public sealed class ClearingEndpointsTests : IClassFixture<SharedInsurerHost>, IDisposable
{
    private readonly InsurerHost host;
    private readonly HttpClient client;

    public ClearingEndpointsTests(SharedInsurerHost shared)
    {
        host = shared.Host;
        client = new HttpClient { BaseAddress = new Uri(host.Address), DefaultRequestVersion = HttpVersion.Version20, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact };
        client.DefaultRequestHeaders.Add("authorization", $"Bearer {InsurerHost.OperatorToken}");
    }

    public void Dispose() => client.Dispose();

    private static readonly object People = new { prepared_by = "王经办", approver = "李复核" };

    private async Task<(HttpStatusCode Status, JsonElement Body)> Send(HttpMethod method, string path, object? body = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body), Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        using var response = await client.SendAsync(request);
        return (response.StatusCode, await response.Content.ReadFromJsonAsync<JsonElement>());
    }

    [Fact]
    public async Task Operator_SeesTheMatrixAndTheLinks()
    {
        var opened = await Send(HttpMethod.Post, $"/clearing/{host.City}/months", new { month = 202601, prepared_by = "王经办", approver = "李复核" });
        Assert.Equal((HttpStatusCode.OK, 3), (opened.Status, opened.Body.GetProperty("pairs").GetArrayLength()));
        var matrix = await Send(HttpMethod.Get, $"/clearing/{host.City}?month=202601");
        Assert.Equal(("2026-01", 3), (matrix.Body.GetProperty("month").GetString(), matrix.Body.GetProperty("pairs").GetArrayLength()));
        Assert.Equal(0, (await Send(HttpMethod.Get, $"/clearing/{host.City}/202601/differences")).Body.GetProperty("differences").GetArrayLength());
        Assert.Equal(0, (await Send(HttpMethod.Get, $"/clearing/{host.Counties[0]}")).Body.GetProperty("statements").GetArrayLength());
        Assert.Equal(0, (await Send(HttpMethod.Get, $"/clearing/{host.Counties[0]}/links")).Body.GetProperty("told").GetArrayLength());
    }

    private static readonly (string Method, string Path, string Code)[] Refusals =
    [
        ("POST", "{city}/months", "clearing.month_invalid"),
        ("GET", "{city}?month=209901", "clearing.month_unknown"),
        ("POST", "{city}/209901/orders", "clearing.month_unknown"),
        ("POST", "{city}/209901/pairs/1/2/explanation", "clearing.reason_missing"),
        ("POST", "{county}/202601/999999/confirmation", "clearing.statement_unknown"),
        ("POST", "{county}/transfers/X/payment", "approval.person_missing"),
        ("POST", "{county}/transfers/X/arrival", "approval.person_missing"),
        ("GET", "{city}/links", "tenant.unknown"),
        ("POST", "{county}/months", "tenant.unknown"),
    ];

    [Fact]
    public async Task EachRefusal_HasItsCode()
    {
        foreach (var (method, path, code) in Refusals)
        {
            var answer = await Send(new HttpMethod(method), "/clearing/" + path.Replace("{city}", host.City, StringComparison.Ordinal).Replace("{county}", host.Counties[0], StringComparison.Ordinal), method == "POST" ? People : null);
            Assert.Equal((path, code), (path, answer.Body.GetProperty("code").GetString()));
        }
    }

    [Fact]
    public async Task WithoutTheOperatorsToken_NothingIsShownOrDone()
    {
        client.DefaultRequestHeaders.Remove("authorization");
        client.DefaultRequestHeaders.Add("authorization", "Bearer service-token-of-the-test");
        foreach (var path in (string[])[$"/clearing/{host.City}?month=202601", $"/clearing/{host.Counties[0]}", $"/clearing/{host.Counties[0]}/links"]) Assert.Equal(HttpStatusCode.Unauthorized, (await Send(HttpMethod.Get, path)).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await Send(HttpMethod.Post, $"/clearing/{host.City}/months", new { month = 202601, prepared_by = "a", approver = "b" })).Status);
    }
}
