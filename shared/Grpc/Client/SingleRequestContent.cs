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
    private bool _framed;
    private Task? _written;

    /// <summary>Whether the connection has the bytes, and surely reads the frame no more.</summary>
    internal bool IsSent => _written is { IsCompletedSuccessfully: true };

    /// <summary>The transport asks for the length before it connects: a request that cannot be serialized goes nowhere.</summary>
    protected override bool TryComputeLength(out long length)
    {
        WriteFrame();
        length = frame.Length;
        return true;
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        WriteFrame();
        // Sent again after a failure: the last attempt alone tells whether the bytes are free, for one that failed may still be reading them.
        var written = stream.WriteAsync(frame.Written, cancellationToken).AsTask();
        return _written = _written is null or { IsCompletedSuccessfully: true } ? written : Task.WhenAll(_written, written);
    }

    private void WriteFrame()
    {
        if (_framed)
            return;
        var broken = false;
        try
        {
            FrameWriter.Write(frame, call.FrameForm, call.Options.WriteOptions?.Flags ?? 0, marshaller.ContextualSerializer, request, ref broken);
            _framed = true;
        }
        catch (Exception e)
        {
            // What the transport would make of it hides the cause.
            throw call.Fail(e is RpcException ? e : new RpcException(new Status(StatusCode.Internal, "The request could not be serialized.", e)));
        }
    }
}
