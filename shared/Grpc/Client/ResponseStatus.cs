using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Grpc.Core;
using Grpc.Wire;

namespace Grpc.Net.Client;

/// <summary>The status of a call from headers, from HTTP, from an exception.</summary>
internal static class ResponseStatus
{
    internal static bool TryRead(HttpHeaders headers, out Status status)
    {
        if (!headers.NonValidated.TryGetValues(GrpcHeader.Status, out var values))
        {
            status = default;
            return false;
        }
        var detail = headers.NonValidated.TryGetValues(GrpcHeader.Message, out var message) ? StatusMessage.Decode(message.ToString()) : "";
        status = int.TryParse(values.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var code)
            ? new Status(code is >= 0 and <= 16 ? (StatusCode)code : StatusCode.Unknown, detail)
            : new Status(StatusCode.Unknown, "Unexpected grpc-status value: " + values);
        return true;
    }

    /// <summary>As the protocol's table for answers that are not gRPC.</summary>
    internal static StatusCode FromHttp(HttpStatusCode code) => code switch
    {
        HttpStatusCode.BadRequest => StatusCode.Internal,
        HttpStatusCode.Unauthorized => StatusCode.Unauthenticated,
        HttpStatusCode.Forbidden => StatusCode.PermissionDenied,
        HttpStatusCode.NotFound => StatusCode.Unimplemented,
        HttpStatusCode.TooManyRequests or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout => StatusCode.Unavailable,
        _ => StatusCode.Unknown,
    };

    /// <param name="answered">Whether anything of an answer has come.</param>
    internal static Status FromException(Exception exception, bool deadlineIsOver, bool cancelled, bool answered)
    {
        if (cancelled || exception is OperationCanceledException)
            return deadlineIsOver
                ? new Status(StatusCode.DeadlineExceeded, "Deadline Exceeded", exception)
                : new Status(StatusCode.Cancelled, "Call canceled by the client.", exception);
        for (var e = exception; e is not null; e = e.InnerException)
            if (e is HttpProtocolException protocol)
            {
                // NO_ERROR before any answer is a server that goes away: its connection ended, the stream was not reset.
                var code = protocol.ErrorCode == 0 && !answered ? StatusCode.Unavailable : FromHttp2Error(protocol.ErrorCode);
                return code == StatusCode.Cancelled && deadlineIsOver
                    ? new Status(StatusCode.DeadlineExceeded, "Deadline Exceeded", exception)
                    : new Status(code, "The HTTP/2 stream or connection ended with error " + protocol.ErrorCode.ToString(CultureInfo.InvariantCulture) + ".", exception);
            }
        return exception switch
        {
            HttpRequestException { HttpRequestError: HttpRequestError.VersionNegotiationError or HttpRequestError.ConfigurationLimitExceeded or HttpRequestError.UserAuthenticationError } =>
                new Status(StatusCode.Internal, "Error starting gRPC call. " + exception.Message, exception),
            HttpRequestException or IOException or ObjectDisposedException => new Status(StatusCode.Unavailable, "The server could not be reached or the connection broke. " + exception.Message, exception),
            _ => new Status(StatusCode.Internal, "Error in gRPC call. " + exception.Message, exception),
        };
    }

    private static StatusCode FromHttp2Error(long code) => code switch
    {
        0x7 => StatusCode.Unavailable, // REFUSED_STREAM: not processed
        0x8 => StatusCode.Cancelled, // CANCEL
        0xb => StatusCode.ResourceExhausted, // ENHANCE_YOUR_CALM
        0xc => StatusCode.PermissionDenied, // INADEQUATE_SECURITY
        _ => StatusCode.Internal,
    };
}
