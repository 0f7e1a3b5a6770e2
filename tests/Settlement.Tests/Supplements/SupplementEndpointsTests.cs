using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MedInsure.Settlement.Supplements;

namespace MedInsure.Settlement.Tests.Supplements;

[Trait("Category", "Authorization")]
[Collection(PostgresCollection.Name)]
public sealed class SupplementEndpointsTests(SharedPostgres postgres) : IAsyncLifetime
{
    private SupplementWorld world = null!;
    private OperatorDesk http = null!;

    public async Task InitializeAsync() => http = await OperatorDesk.Start((world = await postgres.Supplements()).Node, SupplementEndpoints.Map);
    public Task DisposeAsync() => http.DisposeAsync().AsTask();

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
    [InlineData(OperatorDesk.Operator, "", HttpStatusCode.OK)]
    [InlineData(OperatorDesk.Service, "?state=given_up", HttpStatusCode.OK)]
    [InlineData(OperatorDesk.Operator, "?state=all", HttpStatusCode.BadRequest)]
    public async Task Caller_ProvesToBeAnOperatorAndNamesAState(string? token, string query, HttpStatusCode status) =>
        Assert.Equal(status, (await Get(world.Node.Tenant.Code + query, token)).StatusCode);

    [Fact]
    public async Task CountyThatIsNotServedHere_IsUnknown() => Assert.Equal(HttpStatusCode.NotFound, (await Get("110101", OperatorDesk.Operator)).StatusCode);

    private async Task<JsonElement> List(string state) => await (await Get($"{world.Node.Tenant.Code}?state={state}", OperatorDesk.Operator)).Content.ReadFromJsonAsync<JsonElement>();

    private Task<HttpResponseMessage> Get(string path, string? token) => http.Send(HttpMethod.Get, "/supplements/" + path, token: token);
}
