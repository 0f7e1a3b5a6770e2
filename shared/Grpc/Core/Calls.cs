using System.Runtime.CompilerServices;

namespace Grpc.Core;

/// <summary>Where a call's headers, status and trailers come from, and how it is given up.</summary>
internal sealed record CallFunctions(Func<object, Task<Metadata>> Headers, Func<object, Status> Status, Func<object, Metadata> Trailers, Action<object> Dispose);

/// <summary>What the four kinds of call share. The channel's calls all use the same functions.</summary>
internal readonly struct CallState(CallFunctions functions, object state)
{
    internal CallState(Task<Metadata> headers, Func<Status> status, Func<Metadata> trailers, Action dispose)
        : this(new CallFunctions(h => (Task<Metadata>)h, _ => status(), _ => trailers(), _ => dispose()), headers)
    {
    }

    internal Task<Metadata> Headers() => functions.Headers(state);

    internal Status Status() => functions.Status(state);

    internal Metadata Trailers() => functions.Trailers(state);

    internal void Dispose() => functions.Dispose(state);
}

/// <summary>A call with one request and one response. Awaitable: gives the response or throws <see cref="RpcException"/>.</summary>
public sealed class AsyncUnaryCall<TResponse> : IDisposable
{
    private readonly CallState _call;

    internal AsyncUnaryCall(Task<TResponse> responseAsync, CallFunctions functions, object state)
    {
        ResponseAsync = responseAsync;
        _call = new CallState(functions, state);
    }

    /// <summary>From tasks and functions.</summary>
    public AsyncUnaryCall(Task<TResponse> responseAsync, Task<Metadata> responseHeadersAsync, Func<Status> getStatusFunc, Func<Metadata> getTrailersFunc, Action disposeAction)
    {
        ResponseAsync = responseAsync;
        _call = new CallState(responseHeadersAsync, getStatusFunc, getTrailersFunc, disposeAction);
    }

    /// <summary>From functions of a state.</summary>
    public AsyncUnaryCall(Task<TResponse> responseAsync, Func<object, Task<Metadata>> responseHeadersAsync, Func<object, Status> getStatusFunc, Func<object, Metadata> getTrailersFunc, Action<object> disposeAction, object state)
    {
        ResponseAsync = responseAsync;
        _call = new CallState(new CallFunctions(responseHeadersAsync, getStatusFunc, getTrailersFunc, disposeAction), state);
    }

    /// <summary>The response.</summary>
    public Task<TResponse> ResponseAsync { get; }

    /// <summary>The response headers.</summary>
    public Task<Metadata> ResponseHeadersAsync => _call.Headers();

    /// <summary>Awaits the response.</summary>
    public TaskAwaiter<TResponse> GetAwaiter() => ResponseAsync.GetAwaiter();

    /// <summary>Awaits the response.</summary>
    public ConfiguredTaskAwaitable<TResponse> ConfigureAwait(bool continueOnCapturedContext) => ResponseAsync.ConfigureAwait(continueOnCapturedContext);

    /// <summary>The status; throws before the call has ended.</summary>
    public Status GetStatus() => _call.Status();

    /// <summary>The trailers; throws before the call has ended.</summary>
    public Metadata GetTrailers() => _call.Trailers();

    /// <summary>Gives the call up if it has not ended.</summary>
    public void Dispose() => _call.Dispose();
}

/// <summary>A call with one request and many responses. Dispose it.</summary>
public sealed class AsyncServerStreamingCall<TResponse> : IDisposable
{
    private readonly CallState _call;

    internal AsyncServerStreamingCall(IAsyncStreamReader<TResponse> responseStream, CallFunctions functions, object state)
    {
        ResponseStream = responseStream;
        _call = new CallState(functions, state);
    }

    /// <summary>From tasks and functions.</summary>
    public AsyncServerStreamingCall(IAsyncStreamReader<TResponse> responseStream, Task<Metadata> responseHeadersAsync, Func<Status> getStatusFunc, Func<Metadata> getTrailersFunc, Action disposeAction)
    {
        ResponseStream = responseStream;
        _call = new CallState(responseHeadersAsync, getStatusFunc, getTrailersFunc, disposeAction);
    }

    /// <summary>From functions of a state.</summary>
    public AsyncServerStreamingCall(IAsyncStreamReader<TResponse> responseStream, Func<object, Task<Metadata>> responseHeadersAsync, Func<object, Status> getStatusFunc, Func<object, Metadata> getTrailersFunc, Action<object> disposeAction, object state)
    {
        ResponseStream = responseStream;
        _call = new CallState(new CallFunctions(responseHeadersAsync, getStatusFunc, getTrailersFunc, disposeAction), state);
    }

    /// <summary>The responses.</summary>
    public IAsyncStreamReader<TResponse> ResponseStream { get; }

    /// <summary>The response headers.</summary>
    public Task<Metadata> ResponseHeadersAsync => _call.Headers();

    /// <summary>The status; throws before the call has ended.</summary>
    public Status GetStatus() => _call.Status();

    /// <summary>The trailers; throws before the call has ended.</summary>
    public Metadata GetTrailers() => _call.Trailers();

    /// <summary>Gives the call up if it has not ended.</summary>
    public void Dispose() => _call.Dispose();
}

/// <summary>A call with many requests and one response. Awaitable.</summary>
public sealed class AsyncClientStreamingCall<TRequest, TResponse> : IDisposable
{
    private readonly CallState _call;

    internal AsyncClientStreamingCall(IClientStreamWriter<TRequest> requestStream, Task<TResponse> responseAsync, CallFunctions functions, object state)
    {
        RequestStream = requestStream;
        ResponseAsync = responseAsync;
        _call = new CallState(functions, state);
    }

    /// <summary>From tasks and functions.</summary>
    public AsyncClientStreamingCall(IClientStreamWriter<TRequest> requestStream, Task<TResponse> responseAsync, Task<Metadata> responseHeadersAsync, Func<Status> getStatusFunc, Func<Metadata> getTrailersFunc, Action disposeAction)
    {
        RequestStream = requestStream;
        ResponseAsync = responseAsync;
        _call = new CallState(responseHeadersAsync, getStatusFunc, getTrailersFunc, disposeAction);
    }

    /// <summary>From functions of a state.</summary>
    public AsyncClientStreamingCall(IClientStreamWriter<TRequest> requestStream, Task<TResponse> responseAsync, Func<object, Task<Metadata>> responseHeadersAsync, Func<object, Status> getStatusFunc, Func<object, Metadata> getTrailersFunc, Action<object> disposeAction, object state)
    {
        RequestStream = requestStream;
        ResponseAsync = responseAsync;
        _call = new CallState(new CallFunctions(responseHeadersAsync, getStatusFunc, getTrailersFunc, disposeAction), state);
    }

    /// <summary>The requests.</summary>
    public IClientStreamWriter<TRequest> RequestStream { get; }

    /// <summary>The response.</summary>
    public Task<TResponse> ResponseAsync { get; }

    /// <summary>The response headers.</summary>
    public Task<Metadata> ResponseHeadersAsync => _call.Headers();

    /// <summary>Awaits the response.</summary>
    public TaskAwaiter<TResponse> GetAwaiter() => ResponseAsync.GetAwaiter();

    /// <summary>Awaits the response.</summary>
    public ConfiguredTaskAwaitable<TResponse> ConfigureAwait(bool continueOnCapturedContext) => ResponseAsync.ConfigureAwait(continueOnCapturedContext);

    /// <summary>The status; throws before the call has ended.</summary>
    public Status GetStatus() => _call.Status();

    /// <summary>The trailers; throws before the call has ended.</summary>
    public Metadata GetTrailers() => _call.Trailers();

    /// <summary>Gives the call up if it has not ended.</summary>
    public void Dispose() => _call.Dispose();
}

/// <summary>A call with many requests and many responses, in any order. Dispose it.</summary>
public sealed class AsyncDuplexStreamingCall<TRequest, TResponse> : IDisposable
{
    private readonly CallState _call;

    internal AsyncDuplexStreamingCall(IClientStreamWriter<TRequest> requestStream, IAsyncStreamReader<TResponse> responseStream, CallFunctions functions, object state)
    {
        RequestStream = requestStream;
        ResponseStream = responseStream;
        _call = new CallState(functions, state);
    }

    /// <summary>From tasks and functions.</summary>
    public AsyncDuplexStreamingCall(IClientStreamWriter<TRequest> requestStream, IAsyncStreamReader<TResponse> responseStream, Task<Metadata> responseHeadersAsync, Func<Status> getStatusFunc, Func<Metadata> getTrailersFunc, Action disposeAction)
    {
        RequestStream = requestStream;
        ResponseStream = responseStream;
        _call = new CallState(responseHeadersAsync, getStatusFunc, getTrailersFunc, disposeAction);
    }

    /// <summary>From functions of a state.</summary>
    public AsyncDuplexStreamingCall(IClientStreamWriter<TRequest> requestStream, IAsyncStreamReader<TResponse> responseStream, Func<object, Task<Metadata>> responseHeadersAsync, Func<object, Status> getStatusFunc, Func<object, Metadata> getTrailersFunc, Action<object> disposeAction, object state)
    {
        RequestStream = requestStream;
        ResponseStream = responseStream;
        _call = new CallState(new CallFunctions(responseHeadersAsync, getStatusFunc, getTrailersFunc, disposeAction), state);
    }

    /// <summary>The requests.</summary>
    public IClientStreamWriter<TRequest> RequestStream { get; }

    /// <summary>The responses.</summary>
    public IAsyncStreamReader<TResponse> ResponseStream { get; }

    /// <summary>The response headers.</summary>
    public Task<Metadata> ResponseHeadersAsync => _call.Headers();

    /// <summary>The status; throws before the call has ended.</summary>
    public Status GetStatus() => _call.Status();

    /// <summary>The trailers; throws before the call has ended.</summary>
    public Metadata GetTrailers() => _call.Trailers();

    /// <summary>Gives the call up if it has not ended.</summary>
    public void Dispose() => _call.Dispose();
}
