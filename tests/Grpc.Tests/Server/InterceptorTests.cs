using System.Collections.Concurrent;
using Grpc.Core;
using Grpc.Core.Interceptors;
using MedInsure.Grpc.Tests.Probing;
using Microsoft.Extensions.DependencyInjection;

namespace MedInsure.Grpc.Tests.Server;

[Trait("Category", "Unit")]
public class InterceptorTests
{
    public sealed class Trail : ConcurrentQueue<string>;

    public sealed class Outer(Trail trail) : Interceptor
    {
        public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
        {
            trail.Enqueue("outer in");
            try
            {
                return await continuation(request, context);
            }
            finally
            {
                trail.Enqueue("outer out");
            }
        }
    }

    public sealed class Inner(Trail trail, string name) : Interceptor, IAsyncDisposable
    {
        public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
        {
            trail.Enqueue(name);
            context.UserState["seen"] = name;
            return await continuation(request, context);
        }

        public override async Task DuplexStreamingServerHandler<TRequest, TResponse>(IAsyncStreamReader<TRequest> requestStream, IServerStreamWriter<TResponse> responseStream, ServerCallContext context, DuplexStreamingServerMethod<TRequest, TResponse> continuation)
        {
            trail.Enqueue(name + " duplex");
            await continuation(requestStream, responseStream, context);
        }

        public override Task<TResponse> ClientStreamingServerHandler<TRequest, TResponse>(IAsyncStreamReader<TRequest> requestStream, ServerCallContext context, ClientStreamingServerMethod<TRequest, TResponse> continuation)
        {
            trail.Enqueue(name + " input");
            return continuation(requestStream, context);
        }

        public override Task ServerStreamingServerHandler<TRequest, TResponse>(TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context, ServerStreamingServerMethod<TRequest, TResponse> continuation)
        {
            trail.Enqueue(name + " output");
            return continuation(request, responseStream, context);
        }

        public ValueTask DisposeAsync()
        {
            trail.Enqueue(name + " disposed");
            return ValueTask.CompletedTask;
        }
    }

    public sealed class Refusing : Interceptor
    {
        public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation) =>
            throw new RpcException(new Status(StatusCode.Unauthenticated, "no token"));
    }

    [Fact]
    public async Task Interceptors_stand_around_the_handler_in_order()
    {
        var trail = new Trail();
        await using var server = await ProbeServer.Start(
            o =>
            {
                o.Interceptors.Add<Outer>();
                o.Interceptors.Add<Inner>("inner");
            },
            b => b.Services.AddSingleton(trail).AddSingleton<Outer>());
        await server.Client.UnaryCallAsync(new ProbeRequest());
        Assert.Equal(["outer in", "inner", "inner disposed", "outer out"], trail);

        trail.Clear();
        using var duplex = server.Client.FullDuplex();
        await duplex.RequestStream.CompleteAsync();
        Assert.False(await duplex.ResponseStream.MoveNext());
        using var output = server.Client.StreamingOutput(new StreamRequest());
        Assert.False(await output.ResponseStream.MoveNext());
        using var input = server.Client.StreamingInput();
        await input.RequestStream.CompleteAsync();
        await input;
        Assert.Equal(["inner duplex", "inner disposed", "inner output", "inner disposed", "inner input", "inner disposed"], trail);
    }

    [Fact]
    public async Task Interceptors_of_a_service_come_inside_the_general_ones()
    {
        var trail = new Trail();
        await using var server = await ProbeServer.Start(
            o => o.Interceptors.Add<Outer>(),
            b =>
            {
                b.Services.AddSingleton(trail);
                b.Services.AddGrpc().AddServiceOptions<ProbeService>(o => o.Interceptors.Add<Inner>("own"));
            });
        await server.Client.UnaryCallAsync(new ProbeRequest());
        Assert.Equal(["outer in", "own", "own disposed", "outer out"], trail);
    }

    [Fact]
    public async Task An_interceptor_can_refuse()
    {
        await using var server = await ProbeServer.Start(o => o.Interceptors.Add<Refusing>());
        var e = await Assert.ThrowsAsync<RpcException>(() => server.Client.UnaryCallAsync(new ProbeRequest()).ResponseAsync);
        Assert.Equal(StatusCode.Unauthenticated, e.StatusCode);
    }

    private sealed class Stamp(string name, Trail trail) : Interceptor
    {
        public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(TRequest request, ClientInterceptorContext<TRequest, TResponse> context, AsyncUnaryCallContinuation<TRequest, TResponse> continuation)
        {
            trail.Enqueue(name);
            var call = continuation(request, context);
            return new AsyncUnaryCall<TResponse>(call.ResponseAsync, call.ResponseHeadersAsync, call.GetStatus, call.GetTrailers, call.Dispose);
        }
    }

    [Fact]
    public async Task Client_interceptors_stand_around_the_call_in_order()
    {
        var trail = new Trail();
        await using var server = await ProbeServer.Start();
        var client = new Probe.ProbeClient(server.Channel
            .Intercept(new Stamp("first", trail), new Stamp("second", trail))
            .Intercept(headers => [.. headers, new Metadata.Entry("x-probe-echo-initial", "added")]));
        using var call = client.UnaryCallAsync(new ProbeRequest());
        Assert.Equal("added", (await call.ResponseHeadersAsync).GetValue("x-probe-echo-initial"));
        await call;
        Assert.Equal(["first", "second"], trail);
        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
    }

    public sealed class Counted : Probe.ProbeBase, IDisposable
    {
        private readonly Trail _trail;

        public Counted(Trail trail)
        {
            _trail = trail;
            _trail.Enqueue("made");
        }

        public override Task<ProbeResponse> UnaryCall(ProbeRequest request, ServerCallContext context) => Task.FromResult(new ProbeResponse());

        public void Dispose() => _trail.Enqueue("disposed");
    }

    [Fact]
    public async Task A_service_that_is_not_registered_lives_for_one_call()
    {
        var trail = new Trail();
        await using var server = await ProbeServer.Start<Counted>(build: b => b.Services.AddSingleton(trail));
        await server.Client.UnaryCallAsync(new ProbeRequest());
        await server.Client.UnaryCallAsync(new ProbeRequest());
        Assert.Equal(["made", "disposed", "made", "disposed"], trail);
    }
}
