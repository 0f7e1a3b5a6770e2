using System.Net;
using System.Net.Sockets;
using Grpc.Core;
using Grpc.Net.Client;
using Grpc.Net.Client.Configuration;
using MedInsure.Grpc.Tests.Probing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace MedInsure.Grpc.Tests.Client;

[Trait("Category", "Unit")]
public class RetryAndBalanceTests
{
    private sealed class Flaky(int failures, StatusCode code, string? pushback = null) : Probe.ProbeBase
    {
        private int _calls;

        public int Calls => _calls;

        public override Task<ProbeResponse> UnaryCall(ProbeRequest request, ServerCallContext context)
        {
            if (Interlocked.Increment(ref _calls) <= failures)
            {
                if (pushback is not null)
                    context.ResponseTrailers.Add("grpc-retry-pushback-ms", pushback);
                throw new RpcException(new Status(code, "flaky"));
            }
            return Task.FromResult(new ProbeResponse { Text = context.RequestHeaders.GetValue("grpc-previous-rpc-attempts") ?? "" });
        }
    }

    private static RetryPolicy Policy(int attempts = 4) => new()
    {
        MaxAttempts = attempts,
        InitialBackoff = TimeSpan.FromMilliseconds(5),
        MaxBackoff = TimeSpan.FromMilliseconds(20),
        BackoffMultiplier = 2,
        RetryableStatusCodes = { StatusCode.Unavailable },
    };

    private static ServiceConfig Config(MethodName name, RetryPolicy? policy = null) => new() { MethodConfigs = { new MethodConfig { Names = { name }, RetryPolicy = policy ?? Policy() } } };

    private static Task<ProbeServer> Serve(Flaky flaky, ServiceConfig config) =>
        ProbeServer.Start<Flaky>(build: b => b.Services.AddSingleton(flaky), channel: new GrpcChannelOptions { ServiceConfig = config });

    [Fact]
    public async Task An_unavailable_answer_is_asked_for_again()
    {
        var flaky = new Flaky(2, StatusCode.Unavailable);
        await using var server = await Serve(flaky, Config(MethodName.Default));
        Assert.Equal("2", (await server.Client.UnaryCallAsync(new ProbeRequest())).Text);
        Assert.Equal(3, flaky.Calls);
    }

    [Fact]
    public async Task Attempts_are_bounded()
    {
        var flaky = new Flaky(100, StatusCode.Unavailable);
        await using var server = await Serve(flaky, Config(MethodName.Default));
        Assert.Equal(StatusCode.Unavailable, (await Assert.ThrowsAsync<RpcException>(() => server.Client.UnaryCallAsync(new ProbeRequest()).ResponseAsync)).StatusCode);
        Assert.Equal(4, flaky.Calls);
    }

    [Theory]
    [InlineData(StatusCode.FailedPrecondition, null)]
    [InlineData(StatusCode.Unavailable, "-1")]
    public async Task Other_codes_and_servers_that_say_never_are_not_asked_again(StatusCode code, string? pushback)
    {
        var flaky = new Flaky(1, code, pushback);
        await using var server = await Serve(flaky, Config(MethodName.Default));
        await Assert.ThrowsAsync<RpcException>(() => server.Client.UnaryCallAsync(new ProbeRequest()).ResponseAsync);
        Assert.Equal(1, flaky.Calls);
    }

    [Fact]
    public async Task The_most_exact_name_decides()
    {
        var config = Config(new MethodName { Service = "medinsure.grpcprobe.v1.Probe" });
        config.MethodConfigs.Add(new MethodConfig { Names = { new MethodName { Service = "medinsure.grpcprobe.v1.Probe", Method = "UnaryCall" } } });
        var flaky = new Flaky(1, StatusCode.Unavailable);
        await using var server = await Serve(flaky, config);
        await Assert.ThrowsAsync<RpcException>(() => server.Client.UnaryCallAsync(new ProbeRequest()).ResponseAsync);
        Assert.Equal(1, flaky.Calls);
    }

    [Fact]
    public async Task A_throttle_stops_repeating_while_calls_fail()
    {
        var flaky = new Flaky(1000, StatusCode.Unavailable);
        var config = Config(MethodName.Default);
        config.RetryThrottling = new RetryThrottlingPolicy { MaxTokens = 10, TokenRatio = 0.1 };
        await using var server = await Serve(flaky, config);
        for (var i = 0; i < 10; i++)
            await Assert.ThrowsAsync<RpcException>(() => server.Client.UnaryCallAsync(new ProbeRequest()).ResponseAsync);
        Assert.InRange(flaky.Calls, 11, 16);
    }

    [Fact]
    public void A_policy_without_its_numbers_is_a_mistake() =>
        Assert.Throws<InvalidOperationException>(() => GrpcChannel.ForAddress("http://127.0.0.1:1", new GrpcChannelOptions { ServiceConfig = Config(MethodName.Default, new RetryPolicy { MaxAttempts = 3 }) }));

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private sealed class Naming(string name) : Probe.ProbeBase
    {
        public override Task<ProbeResponse> UnaryCall(ProbeRequest request, ServerCallContext context) => Task.FromResult(new ProbeResponse { Text = name + " " + context.Host });
    }

    private static async Task<WebApplication> StartAt(string ip, int port)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Parse(ip), port, listen => listen.Protocols = HttpProtocols.Http2));
        builder.Services.AddGrpc();
        builder.Services.AddSingleton(new Naming(ip));
        var app = builder.Build();
        app.MapGrpcService<Naming>();
        await app.StartAsync();
        return app;
    }

    [Fact]
    public async Task Waiting_for_ready_outlasts_a_server_that_is_not_up()
    {
        var port = FreePort();
        using var channel = GrpcChannel.ForAddress($"http://127.0.0.1:{port}");
        var client = new Probe.ProbeClient(channel);
        var waiting = client.UnaryCallAsync(new ProbeRequest(), new CallOptions(deadline: DateTime.UtcNow.AddSeconds(20)).WithWaitForReady());
        var hasty = client.UnaryCallAsync(new ProbeRequest());
        Assert.Equal(StatusCode.Unavailable, (await Assert.ThrowsAsync<RpcException>(() => hasty.ResponseAsync)).StatusCode);
        await using var app = await StartAt("127.0.0.1", port);
        Assert.StartsWith("127.0.0.1 ", (await waiting).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Waiting_for_ready_ends_with_the_deadline()
    {
        using var channel = GrpcChannel.ForAddress("http://127.0.0.1:1");
        var e = await Assert.ThrowsAsync<RpcException>(() => new Probe.ProbeClient(channel).UnaryCallAsync(new ProbeRequest(), new CallOptions(deadline: DateTime.UtcNow.AddMilliseconds(300)).WithWaitForReady()).ResponseAsync);
        Assert.Equal(StatusCode.DeadlineExceeded, e.StatusCode);
    }

    [Fact]
    public async Task Calls_go_round_the_addresses_of_a_name_and_past_the_dead_ones()
    {
        var port = FreePort();
        await using var first = await StartAt("127.0.0.2", port);
        await using var second = await StartAt("127.0.0.3", port);
        using var channel = GrpcChannel.ForAddress($"dns:///settlement.example:{port}", new GrpcChannelOptions
        {
            Credentials = ChannelCredentials.Insecure,
            ServiceConfig = new ServiceConfig { LoadBalancingConfigs = { new RoundRobinConfig() } },
            Resolve = (_, _) => Task.FromResult(new[] { IPAddress.Parse("127.0.0.2"), IPAddress.Parse("127.0.0.3"), IPAddress.Parse("127.0.0.4") }),
        });
        var client = new Probe.ProbeClient(channel);
        var answers = new List<string>();
        for (var i = 0; i < 12; i++)
            answers.Add((await client.UnaryCallAsync(new ProbeRequest())).Text);
        Assert.All(answers, a => Assert.EndsWith($" settlement.example:{port}", a, StringComparison.Ordinal));
        Assert.InRange(answers.Count(a => a.StartsWith("127.0.0.2", StringComparison.Ordinal)), 3, 9);
        Assert.InRange(answers.Count(a => a.StartsWith("127.0.0.3", StringComparison.Ordinal)), 3, 9);

        await first.StopAsync();
        for (var i = 0; i < 6; i++)
            Assert.StartsWith("127.0.0.3", (await client.UnaryCallAsync(new ProbeRequest())).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_without_addresses_is_unavailable()
    {
        using var channel = GrpcChannel.ForAddress("dns:///nobody.example:1", new GrpcChannelOptions { Credentials = ChannelCredentials.Insecure, Resolve = (_, _) => throw new SocketException((int)SocketError.HostNotFound) });
        Assert.Equal(StatusCode.Unavailable, (await Assert.ThrowsAsync<RpcException>(() => new Probe.ProbeClient(channel).UnaryCallAsync(new ProbeRequest()).ResponseAsync)).StatusCode);
        Assert.Throws<ArgumentException>(() => GrpcChannel.ForAddress("dns:///x:1"));
        Assert.Throws<ArgumentException>(() => GrpcChannel.ForAddress("ftp://x:1"));
    }
}
