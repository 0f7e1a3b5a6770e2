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
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace MedInsure.Benchmarks;

/// <summary>
/// Unary gRPC calls, with messages parsed and serialized on both sides, beside HTTP/2 exchanges over the same Kestrel and the same kind of
/// HttpClient transport, in alternating rounds. <c>ratio</c> is to the raw echo: the message's bytes there and back and nothing else, no
/// header of ours, no trailer, no message object. <c>ratio_to_same_wire</c> is to an echo that also carries the header lines, the frame and
/// the trailer of a gRPC call: the rest is what shared/Grpc itself costs. Client and server share the process, so the bytes and the CPU time
/// per call are those of both sides. grpc-js serves the same calls of our client in a process of its own, passing the bytes on unparsed.
/// </summary>
public static class GrpcBenchmark
{
    public static readonly Benchmark Entry = new("grpc", "unary gRPC against a raw HTTP/2 echo and grpc-js's server [--callers 64 --bytes 200 --seconds 2 --rounds 9 --grpc-js yes]", Run);

    private sealed record Round(double PerSecond, double BytesPerCall, double CpuMicroseconds);

    private static async Task<BenchmarkReport> Run(BenchmarkArguments arguments, TextWriter log, CancellationToken cancellation)
    {
        var (callers, bytes) = (arguments.Number("callers", 64), arguments.Number("bytes", 200));
        var (seconds, rounds) = (arguments.Number("seconds", 2), arguments.Number("rounds", 9));
        var withGrpcJs = arguments.Text("grpc-js") != "no";
        arguments.NoOthers();

        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        builder.Services.AddGrpc();
        builder.Services.AddSingleton<EchoService>();
        await using var app = builder.Build();
        app.MapGrpcService<EchoService>();
        app.MapPost("/raw", http => RawEcho(http, null));
        app.MapPost("/medinsure.bench.Echo/Wire", http => RawEcho(http, "application/grpc"));
        await app.StartAsync(cancellation);
        var address = new Uri(app.Urls.Single());

        var request = new Google.Rpc.Status { Code = 1, Message = new string('x', bytes) };
        using var channel = GrpcChannel.ForAddress(address);
        var client = new EchoClient(channel);
        // As the channel's own transport.
        using var invoker = new HttpMessageInvoker(new SocketsHttpHandler { UseProxy = false, UseCookies = false, AllowAutoRedirect = false, EnableMultipleHttp2Connections = true });
        var (rawAddress, wireAddress) = (new Uri(address, "/raw"), new Uri(address, "/medinsure.bench.Echo/Wire"));
        var payload = request.ToByteArray();
        byte[] frame = [0, .. BitConverter.GetBytes(payload.Length).Reverse(), .. payload];

        Task Grpc() => client.Echo(request).ResponseAsync;
        Task Raw() => CallRaw(invoker, rawAddress, payload, likeGrpc: false);
        Task Wire() => CallRaw(invoker, wireAddress, frame, likeGrpc: true);
        // Alternating and long enough for the compiler's last tier: the first round counts like the others.
        for (var warming = 0; warming < 3; warming++)
        {
            await Measure(Grpc, callers, 2, cancellation);
            await Measure(Raw, callers, 2, cancellation);
            await Measure(Wire, callers, 2, cancellation);
        }

        var (raw, wire) = (new List<Round>(), new List<Round>());
        var result = await Alternation.Run(rounds, async () =>
        {
            wire.Add(await Measure(Wire, callers, seconds, cancellation));
            raw.Add(await Measure(Raw, callers, seconds, cancellation));
            return raw[^1].PerSecond;
        }, () => Measure(Grpc, callers, seconds, cancellation), round => round.PerSecond, log);
        await app.StopAsync(cancellation);
        var grpcJs = withGrpcJs ? await MeasureGrpcJs(request, callers, seconds, cancellation) : (double?)null;

        static double Of(IEnumerable<Round> rounds, Func<Round, double> what) => Alternation.Median(rounds.Select(what));
        var toWire = Alternation.Median(result.Runs.Select((run, i) => run.PerSecond / ((wire[i].PerSecond + wire[i + 1].PerSecond) / 2)));
        var cpu = Of(result.Runs, r => r.CpuMicroseconds);
        var report = new BenchmarkReport("grpc").Add("callers", callers).Add("request_bytes", payload.Length)
            .Add("ratio", result.MedianRatio).Add("ratios", result.Ratios).Add("ratio_to_same_wire", toWire)
            .Add("calls_per_second_median", Of(result.Runs, r => r.PerSecond)).Add("raw_per_second_median", result.MedianReference).Add("same_wire_per_second_median", Of(wire, r => r.PerSecond))
            .Add("allocated_bytes_per_call", Of(result.Runs, r => r.BytesPerCall)).Add("raw_allocated_bytes_per_call", Of(raw, r => r.BytesPerCall)).Add("same_wire_allocated_bytes_per_call", Of(wire, r => r.BytesPerCall))
            // Steadier than the rates where the machine has other work too.
            .Add("cpu_us_per_call", cpu).Add("raw_cpu_us_per_call", Of(raw, r => r.CpuMicroseconds)).Add("same_wire_cpu_us_per_call", Of(wire, r => r.CpuMicroseconds))
            .Add("cpu_ratio", Of(raw, r => r.CpuMicroseconds) / cpu).Add("cpu_ratio_to_same_wire", Of(wire, r => r.CpuMicroseconds) / cpu);
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

    /// <param name="contentType">With one: the answer has it and ends with a trailer.</param>
    private static async Task RawEcho(HttpContext http, string? contentType)
    {
        if (contentType is not null)
            http.Response.ContentType = contentType;
        while (true)
        {
            var read = await http.Request.BodyReader.ReadAsync();
            if (read.IsCompleted)
            {
                foreach (var part in read.Buffer)
                    http.Response.BodyWriter.Write(part.Span);
                http.Request.BodyReader.AdvanceTo(read.Buffer.End);
                if (contentType is not null)
                    http.Features.GetRequiredFeature<IHttpResponseTrailersFeature>().Trailers.GrpcStatus = "0";
                return;
            }
            http.Request.BodyReader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    private static async Task CallRaw(HttpMessageInvoker invoker, Uri address, byte[] payload, bool likeGrpc)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, address) { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact, Content = new ByteArrayContent(payload) };
        if (likeGrpc)
        {
            request.Content.Headers.TryAddWithoutValidation("Content-Type", "application/grpc");
            request.Headers.TryAddWithoutValidation("te", "trailers");
            request.Headers.TryAddWithoutValidation("grpc-accept-encoding", "identity,gzip,deflate");
            request.Headers.TryAddWithoutValidation("User-Agent", "grpc-dotnet-medinsure/1.0.0");
        }
        using var response = await invoker.SendAsync(request, CancellationToken.None);
        await using var body = await response.Content.ReadAsStreamAsync();
        var buffer = ArrayPool<byte>.Shared.Rent(4096);
        while (await body.ReadAsync(buffer) > 0)
        {
        }
        ArrayPool<byte>.Shared.Return(buffer);
        if (likeGrpc && !response.TrailingHeaders.NonValidated.Contains("grpc-status"))
            throw new InvalidOperationException("The echo's trailer is missing.");
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
