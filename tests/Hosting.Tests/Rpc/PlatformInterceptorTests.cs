using System.Net;
using Grpc.Core;
using Grpc.Net.Client;
using MedInsure.Hosting.Rpc;
using MedInsure.Kernel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace MedInsure.Hosting.Tests.Rpc;

[Trait("Category", "Unit")]
public sealed class PlatformInterceptorTests : IAsyncLifetime
{
    private static readonly Refusal No = new(RefusalKind.Precondition, "echo.refused", "不行，金额不符", "no, the sums differ", "text");

    private sealed class EchoService : Echo.EchoBase
    {
        public override Task<Saying> Say(Saying request, ServerCallContext context) => request.Text switch
        {
            "refuse" => throw No.ToRpcException(),
            "database" => throw new NpgsqlException("away", new IOException()),
            "fault" => throw new InvalidOperationException("secret 230102199001011234"),
            "tenant" => Task.FromResult(new Saying { Tenant = CallTenant.Require(context) }),
            _ => Task.FromResult(new Saying { Text = request.Text, Tenant = context.RequestHeaders.GetValue(CallTenant.Key) ?? "" }),
        };
    }

    private WebApplication app = null!;

    public async Task InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Tenants:230102:Name"] = "道里区", ["Secrets:ServiceToken"] = "right", ["Logging:LogLevel:Default"] = "None", ["Logging:LogLevel:Microsoft.Hosting.Lifetime"] = "None",
        });
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0, l => l.Protocols = HttpProtocols.Http2));
        builder.AddPlatform("echo");
        builder.AddServiceClient<Echo.EchoClient>("echo");
        app = builder.Build();
        app.MapPlatform();
        app.MapGrpcService<EchoService>();
        await app.StartAsync();
        app.Configuration["Services:echo:Address"] = app.Urls.Single();
    }

    public async Task DisposeAsync() => await app.DisposeAsync();

    private Echo.EchoClient Client => app.Services.GetRequiredService<Echo.EchoClient>();

    private async Task<Refusal?> RefusalOf(string text, Metadata headers) =>
        RefusalStatus.FromRpcException(await Assert.ThrowsAsync<RpcException>(async () => await Client.SayAsync(new Saying { Text = text }, headers)));

    [Fact]
    public async Task Service_client_sends_token_and_tenant()
    {
        var reply = await Client.SayAsync(new Saying { Text = "你好" }, CallTenant.For("230102"));
        Assert.Equal(("你好", "230102"), (reply.Text, reply.Tenant));
        Assert.Equal("230102", (await Client.SayAsync(new Saying { Text = "tenant" }, CallTenant.For("230102"))).Tenant);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("Bearer wrong")]
    [InlineData("Bearer ")]
    [InlineData("right")]
    public async Task Caller_without_the_service_token_is_refused(string? authorization)
    {
        using var channel = GrpcChannel.ForAddress(app.Urls.Single());
        var headers = new Metadata();
        if (authorization is not null) headers.Add("authorization", authorization);
        var refused = await Assert.ThrowsAsync<RpcException>(async () => await new Echo.EchoClient(channel).SayAsync(new Saying { Text = "a" }, headers));
        Assert.Equal(StatusCode.Unauthenticated, refused.StatusCode);
        Assert.Equal("auth.not_authenticated", RefusalStatus.FromRpcException(refused)?.Code);
    }

    [Fact]
    public async Task Nobody_is_admitted_while_no_token_is_configured()
    {
        app.Configuration["Secrets:ServiceToken"] = "";
        Assert.Equal("auth.not_authenticated", (await RefusalOf("a", CallTenant.For("230102")))?.Code);
    }

    [Fact]
    public async Task Unknown_and_missing_tenants_are_refused()
    {
        Assert.Equal("tenant.unknown", (await RefusalOf("a", CallTenant.For("230103")))?.Code);
        Assert.Equal("tenant.missing", (await RefusalOf("tenant", []))?.Code);
    }

    [Fact]
    public async Task Refusal_arrives_as_it_was_given() => Assert.Equal(No, await RefusalOf("refuse", CallTenant.For("230102")));

    [Fact]
    public async Task Database_away_is_answered_as_unavailable() => Assert.Equal(RefusalStatus.Unavailable, await RefusalOf("database", CallTenant.For("230102")));

    [Fact]
    public async Task Fault_of_our_own_tells_the_caller_nothing()
    {
        var fault = await Assert.ThrowsAsync<RpcException>(async () => await Client.SayAsync(new Saying { Text = "fault" }, CallTenant.For("230102")));
        Assert.Null(RefusalStatus.RefusalOrUnavailable(fault));
        Assert.DoesNotContain("secret", fault.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Service_that_cannot_be_reached_counts_as_unavailable()
    {
        await app.StopAsync();
        var failed = await Assert.ThrowsAsync<RpcException>(async () => await Client.SayAsync(new Saying { Text = "a" }, CallTenant.For("230102")));
        Assert.Null(RefusalStatus.FromRpcException(failed));
        Assert.Equal(RefusalStatus.Unavailable, RefusalStatus.RefusalOrUnavailable(failed));
    }

    [Fact]
    public void Every_kind_of_refusal_survives_the_journey()
    {
        foreach (var kind in Enum.GetValues<RefusalKind>())
        {
            var refusal = new Refusal(kind, "a.b", "中文", "English");
            Assert.Equal(refusal, RefusalStatus.FromRpcException(refusal.ToRpcException()));
        }
    }
}
