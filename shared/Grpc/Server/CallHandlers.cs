using Grpc.Core;
using Grpc.Wire;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Extensions.Logging;

namespace Grpc.AspNetCore.Server;

/// <summary>Serves the requests of one method: checks that it is gRPC, runs the handler, answers.</summary>
internal abstract class CallHandler(IMethod method, MethodOptions options, ILogger logger)
{
    // Kestrel's own limit, unless configured, is 30,000,000 bytes for the whole body.
    private const int SurelyAllowed = 5 * 1024 * 1024;

    private readonly bool _manyRequests = method.Type is MethodType.ClientStreaming or MethodType.DuplexStreaming;
    private readonly bool _largeBody = method.Type is MethodType.ClientStreaming or MethodType.DuplexStreaming || options.ReceiveLimit is null or > SurelyAllowed;

    internal Task HandleAsync(HttpContext http)
    {
        if (!GrpcRequest.Check(http))
            return Task.CompletedTask;
        if (_largeBody && http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = null; // Each message has its own limit.
        if (_manyRequests && http.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate)
            rate.MinDataRate = null; // A stream may rest.
        return RunAsync(http, new ServerCall(http, method, options, logger));
    }

    private protected abstract Task RunAsync(HttpContext http, ServerCall call);
}

internal sealed class UnaryCallHandler<TRequest, TResponse>(Method<TRequest, TResponse> method, UnaryServerMethod<TRequest, TResponse> invoke, MethodOptions options, ILogger logger)
    : CallHandler(method, options, logger) where TRequest : class where TResponse : class
{
    // One state machine from the request's bytes to the answer's: most calls of a platform are these, and each further one costs them.
    private protected override async Task RunAsync(HttpContext http, ServerCall call)
    {
        try
        {
            call.Begin();
            var body = http.Request.BodyReader;
            TRequest request;
            // Without a token: the deadline cancels the read itself, a client that goes away breaks it.
            while (!call.TryReadOnly(body, await body.ReadAsync(), method.RequestMarshaller.ContextualDeserializer, out request))
            {
            }
            var response = await invoke(request, call);
            await call.EndAsync(method.ResponseMarshaller, response);
        }
#pragma warning disable CA1031 // Whatever a handler throws ends its call only.
        catch (Exception e)
#pragma warning restore CA1031
        {
            await call.FailAsync(e);
        }
        finally
        {
            call.Release();
        }
    }
}

internal abstract class StreamingCallHandler(IMethod method, MethodOptions options, ILogger logger) : CallHandler(method, options, logger)
{
    private protected sealed override async Task RunAsync(HttpContext http, ServerCall call)
    {
        try
        {
            call.Begin();
            await ServeAsync(http, call);
        }
#pragma warning disable CA1031 // Whatever a handler throws ends its call only.
        catch (Exception e)
#pragma warning restore CA1031
        {
            await call.FailAsync(e);
        }
        finally
        {
            call.Release();
        }
    }

    private protected abstract Task ServeAsync(HttpContext http, ServerCall call);
}

internal sealed class ClientStreamingCallHandler<TRequest, TResponse>(Method<TRequest, TResponse> method, ClientStreamingServerMethod<TRequest, TResponse> invoke, MethodOptions options, ILogger logger)
    : StreamingCallHandler(method, options, logger) where TRequest : class where TResponse : class
{
    private protected override async Task ServeAsync(HttpContext http, ServerCall call)
    {
        var response = await invoke(new RequestStream<TRequest>(call, method.RequestMarshaller), call);
        await call.EndAsync(method.ResponseMarshaller, response);
    }
}

internal sealed class ServerStreamingCallHandler<TRequest, TResponse>(Method<TRequest, TResponse> method, ServerStreamingServerMethod<TRequest, TResponse> invoke, MethodOptions options, ILogger logger)
    : StreamingCallHandler(method, options, logger) where TRequest : class where TResponse : class
{
    private protected override async Task ServeAsync(HttpContext http, ServerCall call)
    {
        var body = http.Request.BodyReader;
        TRequest request;
        while (!call.TryReadOnly(body, await body.ReadAsync(), method.RequestMarshaller.ContextualDeserializer, out request))
        {
        }
        await invoke(request, new ResponseStream<TResponse>(call, method.ResponseMarshaller), call);
        await call.EndAsync();
    }
}

internal sealed class DuplexStreamingCallHandler<TRequest, TResponse>(Method<TRequest, TResponse> method, DuplexStreamingServerMethod<TRequest, TResponse> invoke, MethodOptions options, ILogger logger)
    : StreamingCallHandler(method, options, logger) where TRequest : class where TResponse : class
{
    private protected override async Task ServeAsync(HttpContext http, ServerCall call)
    {
        await invoke(new RequestStream<TRequest>(call, method.RequestMarshaller), new ResponseStream<TResponse>(call, method.ResponseMarshaller), call);
        await call.EndAsync();
    }
}

/// <summary>Tells gRPC requests from others.</summary>
internal static class GrpcRequest
{
    /// <summary>Whether the request is gRPC over HTTP/2; if not, it is answered in plain HTTP.</summary>
    internal static bool Check(HttpContext http)
    {
        if (!GrpcHeader.IsGrpcContentType(http.Request.ContentType))
        {
            http.Response.StatusCode = StatusCodes.Status415UnsupportedMediaType;
            return false;
        }
        if (!HttpProtocol.IsHttp2(http.Request.Protocol) && !HttpProtocol.IsHttp3(http.Request.Protocol))
        {
            http.Response.StatusCode = StatusCodes.Status426UpgradeRequired;
            http.Response.Headers.Upgrade = "HTTP/2";
            return false;
        }
        return true;
    }
}
