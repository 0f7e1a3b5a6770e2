using System.Diagnostics;
using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Grpc.Net.Client;
using Grpc.Net.ClientFactory;
using MedInsure.Grpc.Tests.Probing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace MedInsure.Grpc.Tests.Client;

[Trait("Category", "Unit")]
public class ChannelTests
{
    private sealed class Telling : Probe.ProbeBase
    {
        public override Task<ProbeResponse> UnaryCall(ProbeRequest request, ServerCallContext context)
        {
            var connection = context.GetHttpContext().Connection.Id;
            return Task.FromResult(new ProbeResponse
            {
                Text = request.Text switch
                {
                    "connection" => connection,
                    "peer" => context.AuthContext.IsPeerAuthenticated ? context.AuthContext.PeerIdentity.First().Value : "nobody",
                    var header => string.Join("|", context.RequestHeaders.GetAll(header).Select(e => e.Value)),
                },
            });
        }
    }

    private static async Task<string> Ask(Probe.ProbeClient client, string what) => (await client.UnaryCallAsync(new ProbeRequest { Text = what })).Text;

    [Fact]
    public async Task Calls_share_one_connection()
    {
        await using var server = await ProbeServer.Start<Telling>();
        var ids = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Ask(server.Client, "connection")));
        var later = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Ask(server.Client, "connection")));
        Assert.Single(ids.Concat(later).Distinct());
    }

    [Fact]
    public async Task Nobody_listening_is_unavailable()
    {
        using var channel = GrpcChannel.ForAddress("http://127.0.0.1:1");
        var e = await Assert.ThrowsAsync<RpcException>(() => Ask(new Probe.ProbeClient(channel), ""));
        Assert.Equal(StatusCode.Unavailable, e.StatusCode);
        using var call = new Probe.ProbeClient(channel).FullDuplex();
        Assert.Equal(StatusCode.Unavailable, (await Assert.ThrowsAsync<RpcException>(() => call.RequestStream.WriteAsync(new StreamRequest()))).StatusCode);
        Assert.Equal(StatusCode.Unavailable, (await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext())).StatusCode);
        Assert.Equal(StatusCode.Unavailable, (await Assert.ThrowsAsync<RpcException>(() => call.ResponseHeadersAsync)).StatusCode);
    }

    [Theory]
    [InlineData(401, StatusCode.Unauthenticated)]
    [InlineData(403, StatusCode.PermissionDenied)]
    [InlineData(404, StatusCode.Unimplemented)]
    [InlineData(503, StatusCode.Unavailable)]
    [InlineData(500, StatusCode.Unknown)]
    public async Task An_http_answer_becomes_a_status(int http, StatusCode code)
    {
        await using var server = await ProbeServer.Start(map: app => app.Use(async (context, next) =>
        {
            if (context.Request.Headers.ContainsKey("x-http"))
                context.Response.StatusCode = http;
            else
                await next();
        }));
        var e = await Assert.ThrowsAsync<RpcException>(() => server.Client.UnaryCallAsync(new ProbeRequest(), new Metadata { { "x-http", "1" } }).ResponseAsync);
        Assert.Equal(code, e.StatusCode);
    }

    [Fact]
    public async Task An_answer_that_is_no_grpc_is_unknown()
    {
        await using var server = await ProbeServer.Start(map: app => app.Run(context => context.Response.WriteAsJsonAsync("hello")));
        Assert.Equal(StatusCode.Unknown, (await Assert.ThrowsAsync<RpcException>(() => Ask(server.Client, ""))).StatusCode);
    }

    [Fact]
    public async Task Trace_context_travels_and_both_sides_are_tagged()
    {
        var stopped = new System.Collections.Concurrent.ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is "Grpc.Net.Client" or "Microsoft.AspNetCore" or "test.trace",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = stopped.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        await using var server = await ProbeServer.Start<Telling>();
        using var source = new ActivitySource("test.trace");
        string parent;
        ActivityTraceId trace;
        using (var activity = source.StartActivity("outer")!)
        {
            trace = activity.TraceId;
            parent = await Ask(server.Client, "traceparent");
            Assert.Same(activity, Activity.Current);
        }
        Assert.Contains(trace.ToHexString(), parent, StringComparison.Ordinal);
        // The server's activity stops after the answer has left.
        for (var i = 0; i < 200 && !stopped.Any(a => a.Source.Name == "Microsoft.AspNetCore" && a.TraceId == trace); i++)
            await Task.Delay(10);
        var sides = stopped.Where(a => a.TraceId == trace && a.Source.Name != "test.trace").ToArray();
        Assert.Equal(["Grpc.Net.Client", "Microsoft.AspNetCore"], sides.Select(a => a.Source.Name).Order());
        foreach (var side in sides)
        {
            Assert.Equal("/medinsure.grpcprobe.v1.Probe/UnaryCall", side.GetTagItem("grpc.method"));
            Assert.Equal("0", side.GetTagItem("grpc.status_code"));
            Assert.Equal("grpc", side.GetTagItem("rpc.system"));
        }
    }

    [Fact]
    public async Task Credentials_are_added_where_allowed()
    {
        await using var server = await ProbeServer.Start<Telling>();
        var credentials = CallCredentials.FromInterceptor((context, metadata) =>
        {
            metadata.Add("authorization", "Bearer " + context.MethodName);
            return Task.CompletedTask;
        });
        using var plain = GrpcChannel.ForAddress(server.Address, new GrpcChannelOptions { Credentials = ChannelCredentials.Create(ChannelCredentials.Insecure, credentials) });
        Assert.Equal("", await Ask(new Probe.ProbeClient(plain), "authorization"));
        using var unsafely = GrpcChannel.ForAddress(server.Address, new GrpcChannelOptions { Credentials = ChannelCredentials.Create(ChannelCredentials.Insecure, credentials), UnsafeUseInsecureChannelCallCredentials = true });
        Assert.Equal("Bearer UnaryCall", await Ask(new Probe.ProbeClient(unsafely), "authorization"));
        var own = await Assert.ThrowsAsync<RpcException>(() => server.Client.UnaryCallAsync(new ProbeRequest(), new CallOptions(credentials: credentials)).ResponseAsync);
        Assert.Equal(StatusCode.Internal, own.StatusCode);
        Assert.Throws<ArgumentException>(() => GrpcChannel.ForAddress(server.Address, new GrpcChannelOptions { Credentials = ChannelCredentials.SecureSsl }));
    }

    [Fact]
    public async Task Cancellation_can_be_thrown_as_such()
    {
        await using var server = await ProbeServer.Start(channel: new GrpcChannelOptions { ThrowOperationCanceledOnCancellation = true });
        using var source = new CancellationTokenSource();
        var call = server.Client.UnaryCallAsync(new ProbeRequest { DelayMs = 60_000 }, cancellationToken: source.Token);
        await source.CancelAsync();
        var e = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call.ResponseAsync);
        Assert.Equal(source.Token, e.CancellationToken);
    }

    [Fact]
    public async Task Host_of_a_client_is_sent()
    {
        await using var server = await ProbeServer.Start<Hosting>();
        Assert.Equal("county.example", (await server.Client.WithHost("county.example").UnaryCallAsync(new ProbeRequest())).Text);
    }

    private sealed class Hosting : Probe.ProbeBase
    {
        public override Task<ProbeResponse> UnaryCall(ProbeRequest request, ServerCallContext context) => Task.FromResult(new ProbeResponse { Text = context.Host });
    }

    public sealed class Adding(string value) : Interceptor
    {
        public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(TRequest request, ClientInterceptorContext<TRequest, TResponse> context, AsyncUnaryCallContinuation<TRequest, TResponse> continuation)
        {
            Metadata headers = [.. context.Options.Headers ?? [], new Metadata.Entry("x-added", value)];
            return continuation(request, new ClientInterceptorContext<TRequest, TResponse>(context.Method, context.Host, context.Options.WithHeaders(headers)));
        }
    }

    [Fact]
    public async Task Clients_come_from_the_services()
    {
        await using var server = await ProbeServer.Start<Telling>();
        var services = new ServiceCollection();
        services.AddSingleton(new Adding("typed"));
        services.AddGrpcClient<Probe.ProbeClient>(o => o.Address = server.Address)
            .AddInterceptor<Adding>()
            .AddInterceptor(() => new Adding("made"))
            .AddCallCredentials((_, metadata) => { metadata.Add("authorization", "Bearer t"); return Task.CompletedTask; })
            .ConfigureChannel(o => o.UnsafeUseInsecureChannelCallCredentials = true);
        services.AddGrpcClient<Probe.ProbeClient>("other", (_, o) => o.Address = server.Address)
            .AddInterceptor(InterceptorScope.Client, _ => new Adding("scoped"));
        await using var provider = services.BuildServiceProvider();
        using var scope = provider.CreateScope();
        var client = scope.ServiceProvider.GetRequiredService<IEnumerable<Probe.ProbeClient>>().First();
        Assert.Equal("Bearer t", await Ask(client, "authorization"));
        Assert.Equal("typed|made", (await Ask(client, "x-added")).Replace(", ", "|", StringComparison.Ordinal));
        var other = scope.ServiceProvider.GetRequiredService<GrpcClientFactory>().CreateClient<Probe.ProbeClient>("other");
        Assert.Equal("scoped", await Ask(other, "x-added"));
        Assert.Equal("", await Ask(other, "authorization"));
        Assert.Equal(await Ask(client, "connection"), await Ask(provider.GetRequiredService<GrpcClientFactory>().CreateClient<Probe.ProbeClient>("ProbeClient"), "connection"));
    }

    private sealed class Counting : DelegatingHandler
    {
        public int Calls;

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref Calls);
            return base.SendAsync(request, cancellationToken);
        }
    }

    [Fact]
    public async Task A_handler_added_to_a_client_sees_its_calls()
    {
        await using var server = await ProbeServer.Start<Telling>();
        var counting = new Counting();
        var services = new ServiceCollection();
        services.AddGrpcClient<Probe.ProbeClient>(o => o.Address = server.Address).AddHttpMessageHandler(() => counting);
        services.AddGrpcClient<Probe.ProbeClient>("plain", o => o.Address = server.Address);
        await using var provider = services.BuildServiceProvider();
        var factory = provider.GetRequiredService<GrpcClientFactory>();
        await Ask(factory.CreateClient<Probe.ProbeClient>("ProbeClient"), "connection");
        await Ask(factory.CreateClient<Probe.ProbeClient>("ProbeClient"), "connection");
        Assert.Equal(2, counting.Calls);
        await Ask(factory.CreateClient<Probe.ProbeClient>("plain"), "connection");
        Assert.Equal(2, counting.Calls);
    }

    [Fact]
    public async Task A_client_without_address_is_a_mistake()
    {
        var services = new ServiceCollection();
        services.AddGrpcClient<Probe.ProbeClient>();
        await using var provider = services.BuildServiceProvider();
        Assert.Throws<InvalidOperationException>(provider.GetRequiredService<Probe.ProbeClient>);
    }

    [Fact]
    public async Task Tls_with_certificates_on_both_sides()
    {
        using var serverCertificate = SelfSigned("localhost");
        using var clientCertificate = SelfSigned("insurer.example");
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            listen.Protocols = HttpProtocols.Http2;
            listen.UseHttps(https =>
            {
                https.ServerCertificate = serverCertificate;
                https.ClientCertificateMode = ClientCertificateMode.AllowCertificate;
                https.ClientCertificateValidation = (certificate, _, _) => certificate.Thumbprint == clientCertificate.Thumbprint;
            });
        }));
        builder.Services.AddGrpc();
        await using var app = builder.Build();
        app.MapGrpcService<Telling>();
        await app.StartAsync();

        using var handler = new SocketsHttpHandler { SslOptions = new SslClientAuthenticationOptions { ClientCertificates = [clientCertificate], RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate!.GetCertHashString() == serverCertificate.Thumbprint } };
        using var channel = GrpcChannel.ForAddress(app.Urls.Single(), new GrpcChannelOptions { HttpHandler = handler });
        Assert.Equal("insurer.example", await Ask(new Probe.ProbeClient(channel), "peer"));
        using var anonymous = new SocketsHttpHandler { SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate!.GetCertHashString() == serverCertificate.Thumbprint } };
        using var second = GrpcChannel.ForAddress(app.Urls.Single(), new GrpcChannelOptions { HttpHandler = anonymous });
        Assert.Equal("nobody", await Ask(new Probe.ProbeClient(second), "peer"));
        using var distrusting = GrpcChannel.ForAddress(app.Urls.Single());
        Assert.Equal(StatusCode.Unavailable, (await Assert.ThrowsAsync<RpcException>(() => Ask(new Probe.ProbeClient(distrusting), "peer"))).StatusCode);
    }

    private static X509Certificate2 SelfSigned(string name)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=" + name, key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pfx), null);
    }

    [Fact]
    public async Task Calls_cancelled_or_disposed_after_their_end_leave_later_calls_alone()
    {
        await using var server = await ProbeServer.Start();
        async Task Caller(int number)
        {
            for (var i = 0; i < 100; i++)
            {
                using var source = new CancellationTokenSource();
                var call = server.Client.UnaryCallAsync(new ProbeRequest { Text = $"{number} {i}" }, cancellationToken: source.Token);
                // Some are given up on the way.
                if (i % 7 == 3)
                {
                    await source.CancelAsync();
                    Assert.Equal(StatusCode.Cancelled, (await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync)).StatusCode);
                    continue;
                }
                Assert.Equal($"{number} {i}", (await call).Text);
                await source.CancelAsync();
                call.Dispose();
                Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
            }
        }
        await Task.WhenAll(Enumerable.Range(0, 16).Select(Caller));
    }
}
