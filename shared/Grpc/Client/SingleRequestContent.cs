using System.Net;
using Grpc.Core;
using Grpc.Wire;

namespace Grpc.Net.Client;

/// <summary>
/// One request: serialized when the connection asks for it, written at once. The base class is the only open one that tells the connection
/// that the request is whole before the response begins: so it leaves in one write with its headers, and nothing else waits for it.
/// </summary>
/// <param name="frame">Room for the request. Whoever lent it takes it back when <see cref="IsSent"/>, else leaves it to the collector.</param>
internal sealed class SingleRequestContent<T>(ClientCall call, Marshaller<T> marshaller, T request, PooledBuffer frame) : ByteArrayContent([]) where T : class
{
    private Task? _written;

    /// <summary>Whether the connection has the bytes, and surely reads the frame no more.</summary>
    internal bool IsSent => _written is { IsCompletedSuccessfully: true };

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        // Sent again: an earlier write may have failed with the bytes in use.
        var target = _written is null ? frame : new PooledBuffer(1024);
        var broken = false;
        try
        {
            FrameWriter.Write(target, call.FrameForm, call.Options.WriteOptions?.Flags ?? 0, marshaller.ContextualSerializer, request, ref broken);
        }
        catch (Exception e)
        {
            // What the transport would make of it hides the cause.
            return Task.FromException(call.Fail(e is RpcException ? e : new RpcException(new Status(StatusCode.Internal, "The request could not be serialized.", e))));
        }
        return _written = stream.WriteAsync(target.Written, cancellationToken).AsTask();
    }

    protected override bool TryComputeLength(out long length)
    {
        length = -1;
        return false;
    }
}
