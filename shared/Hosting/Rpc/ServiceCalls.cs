using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.Extensions.Configuration;

namespace MedInsure.Hosting.Rpc;

/// <summary>
/// Calls of one service, wherever it answers. A call goes to the next replica in turn, or to the one that answered this tenant's last call after another
/// had refused it (of settlement one replica writes for a tenant). UNAVAILABLE sends a unary call on to the next replica at once, and, when all have been
/// asked, round again after a growing pause.
/// </summary>
internal sealed class ServiceCalls(string service, IConfiguration configuration) : CallInvoker, IDisposable
{
    /// <summary>How long a call is repeated at most: a writer that was killed is replaced within a second or two, a replica within a few.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private const int PauseFirstMs = 20, PauseMaxMs = 500;

    // Of our own services' answers, not gRPC's 4 MiB: the feed of audits tells a bill as a whole, and one may have 50,000 lines of some hundred bytes each.
    private const int AnswerBytesMax = 64 << 20;

    private static readonly Meter Meter = new("MedInsure.Rpc");
    private static readonly Counter<long> Repeated = Meter.CreateCounter<long>("medinsure.rpc.repeated", "{call}", "Calls sent again after UNAVAILABLE, by service");

    private readonly SocketsHttpHandler http = new()
    {
        EnableMultipleHttp2Connections = true,
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        // An address whose machine is gone says nothing at all: the others are asked soon.
        ConnectTimeout = TimeSpan.FromSeconds(2),
        KeepAlivePingDelay = TimeSpan.FromSeconds(15),
        KeepAlivePingTimeout = TimeSpan.FromSeconds(5),
        KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
    };

    private readonly ConcurrentDictionary<string, ServiceReplicas> replicas = new();
    private readonly ConcurrentDictionary<string, Route> routes = new();

    /// <summary>A tenant's way to the service.</summary>
    private sealed class Route(ServiceReplicas replicas)
    {
        public ServiceReplicas Replicas { get; } = replicas;
        /// <summary>Who answered when another had refused; null while nobody refused.</summary>
        public volatile Replica? Holder;

        public Replica? Choose(Replica[] all, Replica? failed) =>
            failed is not null ? ServiceReplicas.After(all, failed)
            : Holder is { IsResting: false } holder && Array.IndexOf(all, holder) >= 0 ? holder
            : Replicas.InTurn(all);
    }

    public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request)
    {
        var call = new UnaryCall<TRequest, TResponse>(this, RouteOf(options), method, Signed(options, ServiceClients.DeadlineDefault), request);
        return new AsyncUnaryCall<TResponse>(call.Run(), UnaryCall.Headers, UnaryCall.Status, UnaryCall.Trailers, UnaryCall.End, call);
    }

    public override TResponse BlockingUnaryCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request) =>
        AsyncUnaryCall(method, host, options, request).ResponseAsync.GetAwaiter().GetResult();

    // Streams may rightly be long: their callers set the deadline. They are not repeated: part of one may have been read.
    public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request) =>
        ForStream(options).AsyncServerStreamingCall(method, host, Signed(options, null), request);

    public override AsyncClientStreamingCall<TRequest, TResponse> AsyncClientStreamingCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options) =>
        ForStream(options).AsyncClientStreamingCall(method, host, Signed(options, null));

    public override AsyncDuplexStreamingCall<TRequest, TResponse> AsyncDuplexStreamingCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options) =>
        ForStream(options).AsyncDuplexStreamingCall(method, host, Signed(options, null));

    public void Dispose() => http.Dispose();

    private CallInvoker ForStream(CallOptions options)
    {
        var route = RouteOf(options);
        return route.Choose(route.Replicas.Known(), null)?.Calls ?? throw NoAddress(service);
    }

    private Route RouteOf(CallOptions options) => routes.GetOrAdd(options.Headers?.GetValue(CallTenant.Key) ?? "", static (tenant, self) => self.NewRoute(tenant), this);

    // Asked for at the first call: the one-process platform knows its own address only after it listens.
    private Route NewRoute(string tenant)
    {
        var address = configuration[$"Services:{service}:Addresses:{tenant}"] ?? configuration[$"Services:{service}:Address"]
            ?? throw new RpcException(new Status(StatusCode.Unavailable, $"configuration Services:{service}:Address is missing"));
        return new Route(replicas.GetOrAdd(address, a => ServiceReplicas.Parse(a, Connect)));
    }

    private CallInvoker Connect(Uri address) => GrpcChannel.ForAddress(address, new GrpcChannelOptions { HttpHandler = http, MaxReceiveMessageSize = AnswerBytesMax }).CreateCallInvoker();

    private CallOptions Signed(CallOptions options, TimeSpan? deadline)
    {
        var headers = new Metadata();
        // A copy: the caller may use one list of headers for many calls.
        foreach (var entry in options.Headers ?? []) headers.Add(entry);
        headers.Add("authorization", $"Bearer {configuration["Secrets:ServiceToken"]}");
        var signed = options.WithHeaders(headers);
        // The machine's clock, as the channel compares with it: never an injected one.
        return deadline is { } limit && options.Deadline is null ? signed.WithDeadline(TimeProvider.System.GetUtcNow().UtcDateTime + limit) : signed;
    }

    private static RpcException NoAddress(string service) => new(new Status(StatusCode.Unavailable, $"no address of {service} answers"));

    private abstract class UnaryCall
    {
        public static readonly Func<object, Task<Metadata>> Headers = call => ((UnaryCall)call).HeadersAsync();
        public static readonly Func<object, Status> Status = call => ((UnaryCall)call).GetStatus();
        public static readonly Func<object, Metadata> Trailers = call => ((UnaryCall)call).GetTrailers();
        public static readonly Action<object> End = call => ((UnaryCall)call).Dispose();

        protected abstract Task<Metadata> HeadersAsync();
        protected abstract Status GetStatus();
        protected abstract Metadata GetTrailers();
        protected abstract void Dispose();
    }

    private sealed class UnaryCall<TRequest, TResponse>(ServiceCalls calls, Route route, Method<TRequest, TResponse> method, CallOptions options, TRequest request) : UnaryCall
        where TRequest : class where TResponse : class
    {
        private AsyncUnaryCall<TResponse>? current;
        private Task<TResponse>? response;

        public Task<TResponse> Run() => response = Repeat();

        private async Task<TResponse> Repeat()
        {
            Replica? failed = null;
            var refused = false;
            long begun = 0;
            for (var failures = 0; ;)
            {
                var all = await route.Replicas.Get(options.CancellationToken);
                var replica = route.Choose(all, failed);
                RpcException failure;
                try
                {
                    if (replica is null) throw NoAddress(calls.Name);
                    current = replica.Calls.AsyncUnaryCall(method, null, options, request);
                    var answer = await current.ResponseAsync;
                    if (refused && failed != replica) route.Holder = replica;
                    return answer;
                }
                catch (RpcException e) when (e.StatusCode == StatusCode.Unavailable) { failure = e; }

                begun = begun == 0 ? TimeProvider.System.GetTimestamp() : begun;
                var pause = PauseAfter(++failures, all.Length);
                if (TimeProvider.System.GetElapsedTime(begun) + pause > Patience || TimeProvider.System.GetUtcNow().UtcDateTime + pause >= options.Deadline) throw failure;
                if (replica is not null)
                {
                    // A refusal came from a replica that lives; without one it could not be reached.
                    if (RefusalStatus.FromRpcException(failure) is null) route.Replicas.Failed(replica);
                    else refused = true;
                    failed = replica;
                }
                Repeated.Add(1, new KeyValuePair<string, object?>("service", calls.Name));
                if (pause > TimeSpan.Zero) await Pause(pause);
            }
        }

        private async Task Pause(TimeSpan pause)
        {
            try { await Task.Delay(pause, options.CancellationToken); }
            catch (OperationCanceledException e) { throw new RpcException(new Status(StatusCode.Cancelled, "Call canceled by the client.", e)); }
        }

        protected override async Task<Metadata> HeadersAsync()
        {
            await response!;
            return await current!.ResponseHeadersAsync;
        }

        protected override Status GetStatus() => current!.GetStatus();
        protected override Metadata GetTrailers() => current!.GetTrailers();
        protected override void Dispose() => current?.Dispose();
    }

    private string Name => service;

    /// <summary>None while there are replicas that were not asked in this round; then longer with each round, and never the same for two callers.</summary>
    private static TimeSpan PauseAfter(int failures, int replicas)
    {
        if (replicas > 0 && failures % replicas != 0) return TimeSpan.Zero;
        var round = failures / Math.Max(1, replicas);
        var most = Math.Min(PauseMaxMs, PauseFirstMs << Math.Min(round - 1, 10));
#pragma warning disable CA5394 // Spreads load, guards nothing.
        return TimeSpan.FromMilliseconds(most / 2 + Random.Shared.Next(most / 2 + 1));
#pragma warning restore CA5394
    }
}
