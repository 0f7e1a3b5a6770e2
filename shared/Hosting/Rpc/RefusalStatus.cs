using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using MedInsure.Kernel;
using MedInsure.Protos.V1;

namespace MedInsure.Hosting.Rpc;

/// <summary>How a refusal travels over gRPC: a status by its kind, with the English text, and grpc-status-details-bin holding a google.rpc.Status
/// with one <see cref="RefusalDetail"/>. A status without that detail is a technical failure, never a "no".</summary>
public static class RefusalStatus
{
    /// <summary>Something behind did not answer; the same call may be repeated.</summary>
    public static readonly Refusal Unavailable = new(RefusalKind.Unavailable, "service.unavailable", "服务暂时不可用，请稍后重试", "the service is temporarily unavailable; the same request may be sent again");

    public static StatusCode StatusCodeOf(RefusalKind kind) => kind switch
    {
        RefusalKind.Invalid => StatusCode.InvalidArgument,
        RefusalKind.NotFound => StatusCode.NotFound,
        RefusalKind.Precondition => StatusCode.FailedPrecondition,
        RefusalKind.Conflict => StatusCode.AlreadyExists,
        RefusalKind.Unauthenticated => StatusCode.Unauthenticated,
        RefusalKind.Denied => StatusCode.PermissionDenied,
        RefusalKind.Unavailable => StatusCode.Unavailable,
        RefusalKind.Exhausted => StatusCode.ResourceExhausted,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };

    /// <summary>To be thrown by a handler: <c>throw refusal.ToRpcException();</c></summary>
    public static RpcException ToRpcException(this Refusal refusal)
    {
        var detail = new RefusalDetail { Code = refusal.Code, Chinese = refusal.Chinese, English = refusal.English, Field = refusal.Field ?? "", Kind = (int)refusal.Kind };
        var code = StatusCodeOf(refusal.Kind);
        var status = new Google.Rpc.Status { Code = (int)code, Message = refusal.English, Details = { Any.Pack(detail) } };
        return new RpcException(new Status(code, refusal.English), new Metadata { { "grpc-status-details-bin", status.ToByteArray() } });
    }

    /// <summary>What an rpc answers with.</summary>
    /// <exception cref="RpcException">The outcome is a refusal.</exception>
    public static T OrThrow<T>(this Outcome<T> outcome) => outcome.Refusal is { } refusal ? throw refusal.ToRpcException() : outcome.Value;

    /// <summary>The refusal that the called service gave, or null when the call failed for a technical reason.</summary>
    public static Refusal? FromRpcException(RpcException exception)
    {
        if (exception.GetRpcStatus(ignoreParseError: true)?.Details.FirstOrDefault(d => d.Is(RefusalDetail.Descriptor)) is not { } any) return null;
        RefusalDetail detail;
        try { detail = any.Unpack<RefusalDetail>(); }
        catch (InvalidProtocolBufferException) { return null; }
        // A kind of a later release: its status says enough to answer by.
        var kind = System.Enum.IsDefined((RefusalKind)detail.Kind) ? (RefusalKind)detail.Kind : RefusalKind.Precondition;
        return new Refusal(kind, detail.Code, detail.Chinese, detail.English, detail.Field.Length == 0 ? null : detail.Field);
    }

    /// <summary>The refusal that the called service gave, or <see cref="Unavailable"/> when it could not be reached in time; null for any other failure.</summary>
    public static Refusal? RefusalOrUnavailable(RpcException exception) =>
        FromRpcException(exception) ?? (exception.StatusCode is StatusCode.Unavailable or StatusCode.DeadlineExceeded ? Unavailable : null);
}
