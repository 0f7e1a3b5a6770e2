using Google.Protobuf;

namespace Grpc.Core;

/// <summary>The details of a status: <c>google.rpc.Status</c> in the trailer <c>grpc-status-details-bin</c>. Names as in Grpc.StatusProto.</summary>
public static class RpcExceptionExtensions
{
    internal const string StatusDetailsTrailer = "grpc-status-details-bin";

    /// <summary>The status with its details, or null if the trailer is missing or, unless it shall throw, unreadable.</summary>
    public static Google.Rpc.Status? GetRpcStatus(this RpcException ex, bool ignoreParseError = false)
    {
        ArgumentNullException.ThrowIfNull(ex);
        var trailer = ex.Trailers.Get(StatusDetailsTrailer);
        if (trailer is null)
            return null;
        try
        {
            return Google.Rpc.Status.Parser.ParseFrom(trailer.ValueBytes);
        }
        catch (InvalidProtocolBufferException) when (ignoreParseError)
        {
            return null;
        }
    }
}

/// <summary>Sends a status with details.</summary>
public static class RpcStatusExtensions
{
    /// <summary>The exception that ends a call with that status and its details.</summary>
    public static RpcException ToRpcException(this Google.Rpc.Status status)
    {
        ArgumentNullException.ThrowIfNull(status);
        var known = Enum.IsDefined((StatusCode)status.Code);
        return new RpcException(
            new Status(known ? (StatusCode)status.Code : StatusCode.Unknown, status.Message),
            new Metadata { { RpcExceptionExtensions.StatusDetailsTrailer, status.ToByteArray() } });
    }
}
