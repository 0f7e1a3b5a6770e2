using System.Net;
using Grpc.Core;
using MedInsure.Hosting.Rpc;
using MedInsure.Kernel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace MedInsure.Hosting.Tests.Rpc;

/// <summary>Two replicas of a service, of which tenants have their writers now here and now there.</summary>
[Trait("Category", "Unit")]
public sealed class ServiceCallsTests : IAsyncLifetime
{
    private static readonly Refusal NotTheWriter = new(RefusalKind.Unavailable, "echo.not_the_writer", "正在切换", "moving");
    private static readonly Refusal No = new(RefusalKind.Precondition, "echo.refused", "不行", "no");

    /// <summary>What a replica does with a call, by its tenant; and whom it was asked by.</summary>
    private sealed class Replica
    {
        private int asked;
        public Func<Refusal?> Answer { get; set; } = () => null;
        public int Asked => Volatile.Read(ref asked);
        public WebApplication App { get; set; } = null!;

        public Saying Say(Saying request)
        {
            Interlocked.Increment(ref asked);
            return Answer() is { } refusal ? throw refusal.ToRpcException() : request;
        }
    }

    private sealed class EchoService(Replica replica) : Echo.EchoBase
    {
        public override Task<Saying> Say(Saying request, ServerCallContext context) => Task.FromResult(replica.Say(request));
    }

    private readonly Replica first = new(), second = new();
    private readonly WebApplication caller;

    public ServiceCallsTests()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.AddServiceClient<Echo.EchoClient>("echo");
        caller = builder.Build();
    }

    public async Task InitializeAsync()
    {
        foreach (var replica in (Replica[])[first, second]) await Start(replica, 0);
        caller.Configuration["Secrets:ServiceToken"] = "right";
        caller.Configuration["Services:echo:Address"] = $"{Address(first)}, {Address(second)}";
    }

    public async Task DisposeAsync()
    {
        await caller.DisposeAsync();
        foreach (var replica in (Replica[])[first, second]) await replica.App.DisposeAsync();
    }

    private static async Task Start(Replica replica, int port)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Tenants:230102:Name"] = "道里区", ["Tenants:230103:Name"] = "南岗区", ["Secrets:ServiceToken"] = "right", ["Logging:LogLevel:Default"] = "None", ["Logging:LogLevel:Microsoft.Hosting.Lifetime"] = "None",
        });
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, port, l => l.Protocols = HttpProtocols.Http2));
        builder.Services.AddSingleton(replica);
        builder.AddPlatform("echo");
        replica.App = builder.Build();
        replica.App.MapPlatform();
        replica.App.MapGrpcService<EchoService>();
        await replica.App.StartAsync();
    }

    private static string Address(Replica replica) => replica.App.Urls.Single();

    private async Task<string> Say(string text = "a", string tenant = "230102", DateTime? deadline = null) =>
        (await caller.Services.GetRequiredService<Echo.EchoClient>().SayAsync(new Saying { Text = text }, CallTenant.For(tenant), deadline)).Text;

    private static DateTime In(double seconds) => TimeProvider.System.GetUtcNow().UtcDateTime.AddSeconds(seconds);

    [Fact]
    public async Task TenantWithoutAnAddress_CannotBeReached()
    {
        caller.Configuration["Services:echo:Address"] = null;
        Assert.Equal(StatusCode.Unavailable, (await Assert.ThrowsAsync<RpcException>(() => Say())).StatusCode);
        // The others can, and this one once it has an address.
        caller.Configuration["Services:echo:Addresses:230103"] = Address(first);
        Assert.Equal("a", await Say(tenant: "230103"));
        caller.Configuration["Services:echo:Addresses:230102"] = Address(second);
        Assert.Equal("a", await Say());
    }

    [Fact]
    public async Task ReplicasThatAllAnswer_TakeTurns()
    {
        for (var i = 0; i < 10; i++) await Say();
        Assert.Equal((5, 5), (first.Asked, second.Asked));
    }

    [Fact]
    public async Task WriterOfATenant_IsFoundAndAskedFirstFromThenOn()
    {
        first.Answer = () => NotTheWriter;
        for (var i = 0; i < 10; i++) await Say();
        Assert.Equal(10, second.Asked);
        Assert.InRange(first.Asked, 0, 1);

        // It moves: the old one refuses once, then the new one is asked first.
        (first.Answer, second.Answer) = (() => null, () => NotTheWriter);
        for (var i = 0; i < 10; i++) await Say();
        Assert.Equal(11, second.Asked);
        Assert.InRange(first.Asked, 10, 11);
    }

    [Fact]
    public async Task NoWriterForAMoment_IsWaitedFor()
    {
        (first.Answer, second.Answer) = (() => NotTheWriter, () => second.Asked < 4 ? NotTheWriter : null);
        Assert.Equal("a", await Say());
        Assert.Equal(4, second.Asked);
    }

    [Fact]
    public async Task NoWriterForLong_EndsWithItsRefusalWithinTheDeadline()
    {
        first.Answer = second.Answer = () => NotTheWriter;
        var failed = await Assert.ThrowsAsync<RpcException>(() => Say(deadline: In(1)));
        Assert.Equal("echo.not_the_writer", RefusalStatus.FromRpcException(failed)?.Code);
        Assert.InRange(first.Asked + second.Asked, 4, 40); // with growing pauses
    }

    [Fact]
    public async Task BusinessRefusal_IsNotRepeated()
    {
        first.Answer = second.Answer = () => No;
        var failed = await Assert.ThrowsAsync<RpcException>(() => Say());
        Assert.Equal(No, RefusalStatus.FromRpcException(failed));
        Assert.Equal(1, first.Asked + second.Asked);
    }

    [Fact]
    public async Task ReplicaThatIsGone_IsPassedOverAndUsedAgainWhenItIsBack()
    {
        await Say();
        await Say();
        var port = new Uri(Address(first)).Port;
        await first.App.DisposeAsync();
        for (var i = 0; i < 20; i++) Assert.Equal("a", await Say());
        Assert.Equal(21, second.Asked);

        await Start(first, port);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        for (var before = first.Asked; first.Asked == before; await Task.Delay(20, patience.Token)) await Say();
    }

    [Fact]
    public async Task ReplicasStoppedOneAfterTheOtherUnderLoad_NoCallFails()
    {
        using var enough = new CancellationTokenSource();
        var callers = Enumerable.Range(0, 8).Select(c => Task.Run(async () =>
        {
            var calls = 0;
            for (; !enough.IsCancellationRequested; calls++) Assert.Equal($"{c} {calls}", await Say($"{c} {calls}"));
            return calls;
        })).ToArray();
        foreach (var replica in (Replica[])[first, second, first])
        {
            var (port, asked) = (new Uri(Address(replica)).Port, replica.Asked);
            while (replica.Asked < asked + 200) await Task.Delay(5); // until it is in use
            await replica.App.StopAsync();
            await replica.App.DisposeAsync();
            await Start(replica, port);
        }
        await enough.CancelAsync();
        Assert.All(await Task.WhenAll(callers), calls => Assert.True(calls > 0));
    }

    [Fact]
    public async Task TenantServedElsewhere_IsCalledThere()
    {
        caller.Configuration["Services:echo:Addresses:230103"] = Address(second);
        for (var i = 0; i < 4; i++) await Say(tenant: "230103");
        Assert.Equal((0, 4), (first.Asked, second.Asked));
    }

    [Fact]
    public async Task Name_StandsForAllItsAddresses()
    {
        caller.Configuration["Services:echo:Address"] = $"dns:///localhost:{new Uri(Address(first)).Port}";
        Assert.Equal("b", await Say("b"));
        caller.Configuration["Services:echo:Addresses:230103"] = "dns:///no-such-name.invalid:1";
        Assert.Equal(StatusCode.Unavailable, (await Assert.ThrowsAsync<RpcException>(() => Say(tenant: "230103", deadline: In(1)))).StatusCode);
    }

    [Theory]
    [InlineData("")]
    [InlineData("localhost:8082")]
    [InlineData("ftp://localhost:1")]
    public async Task AddressOfAnotherForm_IsRefused(string address)
    {
        caller.Configuration["Services:echo:Address"] = address;
        await Assert.ThrowsAsync<InvalidOperationException>(() => Say());
    }
}
