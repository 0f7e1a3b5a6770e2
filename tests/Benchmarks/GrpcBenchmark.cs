using System.Buffers;
using System.Diagnostics;
using System.Net;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using MedInsure.Grpc.Tests.Interop;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace MedInsure.Benchmarks;

/// <summary>
/// Unary gRPC calls beside a plain echo of the same bytes over the same Kestrel and HttpClient: what the protocol costs on top.
/// Client and server share the process, so the bytes per call are those of both sides. grpc-js serves the same calls of our client in a
/// process of its own.
/// </summary>
public static class GrpcBenchmark
{
    public static readonly Benchmark Entry = new("grpc", "unary gRPC against a plain HTTP/2 echo and grpc-js's server [--callers 64 --bytes 200 --seconds 4 --rounds 5 --grpc-js yes]", Run);

    private sealed record Round(double PerSecond, double BytesPerCall, double CpuMicroseconds);

    private static async Task<BenchmarkReport> Run(BenchmarkArguments arguments, TextWriter log, CancellationToken cancellation)
    {
        var (callers, bytes) = (arguments.Number("callers", 64), arguments.Number("bytes", 200));
        var (seconds, rounds) = (arguments.Number("seconds", 4), arguments.Number("rounds", 5));
        var withGrpcJs = arguments.Text("grpc-js") != "no";
        arguments.NoOthers();

        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        builder.Services.AddGrpc();
        builder.Services.AddSingleton<EchoService>();
        await using var app = builder.Build();
        app.MapGrpcService<EchoService>();
        app.MapPost("/plain", PlainEcho);
        await app.StartAsync(cancellation);
        var address = new Uri(app.Urls.Single());

        var request = new Google.Rpc.Status { Code = 1, Message = new string('x', bytes) };
        using var channel = GrpcChannel.ForAddress(address);
        var client = new EchoClient(channel);
        using var invoker = new HttpMessageInvoker(new SocketsHttpHandler { UseProxy = false, EnableMultipleHttp2Connections = true });
        var plain = new Uri(address, "/plain");
        var payload = request.ToByteArray();

        Task Grpc() => client.Echo(request).ResponseAsync;
        Task Plain() => CallPlain(invoker, plain, payload);
        // Alternating and long enough for the compiler's last tier: the first round counts like the others.
        for (var warming = 0; warming < 3; warming++)
        {
            await Measure(Grpc, callers, 2, cancellation);
            await Measure(Plain, callers, 2, cancellation);
        }

        var plainRounds = new List<Round>();
        var result = await Alternation.Run(rounds, async () =>
        {
            var round = await Measure(Plain, callers, seconds, cancellation);
            plainRounds.Add(round);
            return round.PerSecond;
        }, () => Measure(Grpc, callers, seconds, cancellation), round => round.PerSecond, log);
        await app.StopAsync(cancellation);
        var grpcJs = withGrpcJs ? await MeasureGrpcJs(request, callers, seconds, cancellation) : (double?)null;

        static double Of(IEnumerable<Round> rounds, Func<Round, double> what) => Alternation.Median(rounds.Select(what));
        var (cpu, plainCpu) = (Of(result.Runs, r => r.CpuMicroseconds), Of(plainRounds, r => r.CpuMicroseconds));
        var report = new BenchmarkReport("grpc").Add("callers", callers).Add("request_bytes", payload.Length)
            .Add("calls_per_second_median", Of(result.Runs, r => r.PerSecond)).Add("plain_per_second_median", result.MedianReference)
            .Add("ratio_to_plain", result.MedianRatio).Add("ratios", result.Ratios)
            // Steadier than the rates where the machine has other work too.
            .Add("cpu_us_per_call", cpu).Add("plain_cpu_us_per_call", plainCpu).Add("cpu_ratio_to_plain", plainCpu / cpu)
            .Add("allocated_bytes_per_call", Of(result.Runs, r => r.BytesPerCall)).Add("plain_allocated_bytes_per_call", Of(plainRounds, r => r.BytesPerCall));
        if (grpcJs is { } rate)
            report.Add("grpc_js_server_per_second", rate).Add("ratio_to_grpc_js_server", Of(result.Runs, r => r.PerSecond) / rate);
        return report;
    }

    private static async Task<double> MeasureGrpcJs(Google.Rpc.Status request, int callers, int seconds, CancellationToken cancellation)
    {
        using var server = await NodePeer.StartScript("echo_server.js");
        using var channel = GrpcChannel.ForAddress("http://127.0.0.1:" + await server.ReadLine());
        var client = new EchoClient(channel);
        Task Call() => client.Echo(request).ResponseAsync;
        await Measure(Call, callers, 2, cancellation);
        return (await Measure(Call, callers, seconds, cancellation)).PerSecond;
    }

    private static async Task<Round> Measure(Func<Task> call, int callers, int seconds, CancellationToken cancellation)
    {
        long calls = 0;
        var before = GC.GetTotalAllocatedBytes(precise: true);
        var cpu = Environment.CpuUsage.TotalTime;
        var watch = Stopwatch.StartNew();
        var end = TimeSpan.FromSeconds(seconds);
        await Task.WhenAll(Enumerable.Range(0, callers).Select(async _ =>
        {
            await Task.Yield();
            long own = 0;
            for (; watch.Elapsed < end && !cancellation.IsCancellationRequested; own++)
                await call();
            Interlocked.Add(ref calls, own);
        }));
        cancellation.ThrowIfCancellationRequested();
        return new Round(calls / watch.Elapsed.TotalSeconds, (GC.GetTotalAllocatedBytes(precise: true) - before) / (double)calls, (Environment.CpuUsage.TotalTime - cpu).TotalMicroseconds / calls);
    }

    private static async Task PlainEcho(HttpContext http)
    {
        while (true)
        {
            var read = await http.Request.BodyReader.ReadAsync();
            if (read.IsCompleted)
            {
                foreach (var part in read.Buffer)
                    http.Response.BodyWriter.Write(part.Span);
                http.Request.BodyReader.AdvanceTo(read.Buffer.End);
                return;
            }
            http.Request.BodyReader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    private static async Task CallPlain(HttpMessageInvoker invoker, Uri address, byte[] payload)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, address) { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact, Content = new ByteArrayContent(payload) };
        using var response = await invoker.SendAsync(request, CancellationToken.None);
        await using var body = await response.Content.ReadAsStreamAsync();
        var buffer = ArrayPool<byte>.Shared.Rent(4096);
        while (await body.ReadAsync(buffer) > 0)
        {
        }
        ArrayPool<byte>.Shared.Return(buffer);
    }

    private static readonly Marshaller<Google.Rpc.Status> Marshaller = Marshallers.Create(
        (message, context) =>
        {
            context.SetPayloadLength(message.CalculateSize());
            message.WriteTo(context.GetBufferWriter());
            context.Complete();
        },
        context => Google.Rpc.Status.Parser.ParseFrom(context.PayloadAsReadOnlySequence()));

    private static readonly Method<Google.Rpc.Status, Google.Rpc.Status> EchoMethod = new(MethodType.Unary, "medinsure.bench.Echo", "Echo", Marshaller, Marshaller);

    private sealed class EchoClient(GrpcChannel channel)
    {
        private readonly CallInvoker _invoker = channel.CreateCallInvoker();

        public AsyncUnaryCall<Google.Rpc.Status> Echo(Google.Rpc.Status request) => _invoker.AsyncUnaryCall(EchoMethod, null, default, request);
    }

    [BindServiceMethod(typeof(EchoService), nameof(Bind))]
    private sealed class EchoService
    {
        public static void Bind(ServiceBinderBase binder, EchoService? service) => binder.AddMethod(EchoMethod, service is null ? null : service.Echo);

        public Task<Google.Rpc.Status> Echo(Google.Rpc.Status request, ServerCallContext context) => Task.FromResult(request);
    }
}
