using Google.Protobuf;
using Grpc.Core;
using MedInsure.Grpc.Tests.Probing;

namespace MedInsure.Grpc.Tests;

/// <summary>The server side of the tests.</summary>
public sealed class ProbeService : Probe.ProbeBase
{
    public override Task<Nothing> EmptyCall(Nothing request, ServerCallContext context) => Task.FromResult(request);

    public override async Task<ProbeResponse> UnaryCall(ProbeRequest request, ServerCallContext context)
    {
        await EchoMetadata(context);
        if (request.DelayMs > 0)
            await Task.Delay(request.DelayMs, request.IgnoreCancellation ? CancellationToken.None : context.CancellationToken);
        if (request.ThrowError)
            throw new InvalidOperationException("a secret of the handler");
        if (request.Status is { Code: not 0 } status)
            throw new RpcException(new Status((StatusCode)status.Code, status.Message));
        return new ProbeResponse { Payload = ByteString.CopyFrom(new byte[request.ResponseSize]), Text = request.Text == "grpc-encoding" ? context.GetHttpContext().Request.Headers["grpc-encoding"].ToString() : request.Text };
    }

    public override async Task StreamingOutput(StreamRequest request, IServerStreamWriter<ProbeResponse> responseStream, ServerCallContext context)
    {
        await EchoMetadata(context);
        await Answer(request, responseStream, context);
    }

    public override async Task<InputSummary> StreamingInput(IAsyncStreamReader<ProbeRequest> requestStream, ServerCallContext context)
    {
        var summary = new InputSummary();
        await foreach (var request in requestStream.ReadAllAsync(context.CancellationToken))
        {
            summary.Bytes += request.Payload.Length;
            summary.Messages++;
            if (request.Status is { Code: not 0 } status)
                throw new RpcException(new Status((StatusCode)status.Code, status.Message));
        }
        return summary;
    }

    public override async Task FullDuplex(IAsyncStreamReader<StreamRequest> requestStream, IServerStreamWriter<ProbeResponse> responseStream, ServerCallContext context)
    {
        await EchoMetadata(context);
        await foreach (var request in requestStream.ReadAllAsync())
            await Answer(request, responseStream, context);
    }

    private static async Task Answer(StreamRequest request, IServerStreamWriter<ProbeResponse> responses, ServerCallContext context)
    {
        foreach (var part in request.Parts)
        {
            if (part.DelayMs > 0)
                await Task.Delay(part.DelayMs, context.CancellationToken);
            responses.WriteOptions = part.Compress ? WriteOptions.Default : new WriteOptions(WriteFlags.NoCompress);
            await responses.WriteAsync(new ProbeResponse { Payload = ByteString.CopyFrom(new byte[part.Size]) });
        }
        if (request.Status is { Code: not 0 } status)
            throw new RpcException(new Status((StatusCode)status.Code, status.Message));
    }

    /// <summary>As the interop services: one header goes back in the headers, one in the trailers.</summary>
    private static async Task EchoMetadata(ServerCallContext context)
    {
        if (context.RequestHeaders.Get("x-probe-echo-trailing-bin") is { } trailing)
            context.ResponseTrailers.Add(trailing);
        var headers = new Metadata();
        if (context.RequestHeaders.Get("x-probe-echo-initial") is { } initial)
            headers.Add(initial);
        if (context.RequestHeaders.Get("x-probe-compress") is { } compress)
            headers.Add("grpc-internal-encoding-request", compress.Value);
        if (headers.Count > 0)
            await context.WriteResponseHeadersAsync(headers);
    }
}
