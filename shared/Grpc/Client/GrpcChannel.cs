using System.Net;
using Grpc.Core;
using Grpc.Net.Client.Configuration;
using Grpc.Net.Compression;
using Grpc.Wire;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Grpc.Net.Client;

/// <summary>A way to one server. Calls share its HTTP/2 connections; make one and keep it.</summary>
public sealed class GrpcChannel : ChannelBase, IDisposable
{
    private readonly HttpMessageInvoker _invoker;
    private readonly HttpClient? _client;
    private readonly bool _disposeInvoker;
    private int _disposed;

    private GrpcChannel(Uri address, GrpcChannelOptions options) : base(address.Scheme == "dns" ? address.ToString() : address.Authority)
    {
        if (options.HttpClient is not null && options.HttpHandler is not null)
            throw new ArgumentException($"{nameof(GrpcChannelOptions.HttpClient)} and {nameof(GrpcChannelOptions.HttpHandler)} have been configured. Only one HTTP caller can be specified.", nameof(options));
        var named = address.Scheme == "dns";
        if (named)
            address = Named(address, options);
        else if (address.Scheme != Uri.UriSchemeHttp && address.Scheme != Uri.UriSchemeHttps)
            throw new ArgumentException($"The address '{address}' is not of http, https or dns.", nameof(address));
        if (options.Credentials is { } credentials && credentials.IsSecure != (address.Scheme == Uri.UriSchemeHttps))
            throw new ArgumentException($"The address '{address}' does not fit the channel's credentials.", nameof(options));
        Address = address;
        Targets = named ? new Targets(address, options.ServiceConfig?.LoadBalancingConfigs.FirstOrDefault() is RoundRobinConfig, options.Resolve) : new Targets(address);
        Retries = options.ServiceConfig is { MethodConfigs.Count: > 0 } config ? new Retries(config) : null;
        Providers = options.CompressionProviders is { } providers ? [.. providers] : Encodings.Default;
        AcceptEncoding = FrameDecoder.Names(Providers);
        SendLimit = options.MaxSendMessageSize;
        Decoder = new FrameDecoder(options.MaxReceiveMessageSize, Providers, "response");
        ThrowOperationCanceled = options.ThrowOperationCanceledOnCancellation;
        Credentials = options.Credentials?.CallCredentials;
        CarryCredentials = address.Scheme == Uri.UriSchemeHttps || options.UnsafeUseInsecureChannelCallCredentials;
        Logger = (options.LoggerFactory ?? NullLoggerFactory.Instance).CreateLogger("Grpc.Net.Client.GrpcChannel");
        _disposeInvoker = options.DisposeHttpClient || (options.HttpClient is null && options.HttpHandler is null);
        IsDirect = options.HttpClient is null && options.HttpHandler is null or SocketsHttpHandler;
        IsPlain = IsDirect && !named && Retries is null && Credentials is null;
        _client = options.HttpClient;
        _invoker = _client ?? new HttpMessageInvoker(options.HttpHandler ?? CreateHandler(), _disposeInvoker);
    }

    internal Uri Address { get; }

    internal Targets Targets { get; }

    internal Retries? Retries { get; }

    internal IReadOnlyList<ICompressionProvider> Providers { get; }

    internal string AcceptEncoding { get; }

    internal int? SendLimit { get; }

    internal bool ThrowOperationCanceled { get; }

    internal CallCredentials? Credentials { get; }

    internal bool CarryCredentials { get; }

    /// <summary>Whether nobody's handler stands before the transport, which surely forgets a call's token with the call.</summary>
    internal bool IsDirect { get; }

    /// <summary>Whether a request has nothing to wait for: one address, sent once, no credentials to ask for.</summary>
    internal bool IsPlain { get; }

    internal FrameDecoder Decoder { get; }

    internal ILogger Logger { get; }

    /// <summary>A channel to <c>http://host:port</c> (plain HTTP/2), <c>https://host:port</c>, or, with credentials in the options, all addresses of <c>dns:///host:port</c>.</summary>
    public static GrpcChannel ForAddress(string address) => ForAddress(address, new GrpcChannelOptions());

    /// <summary>A channel with options.</summary>
    public static GrpcChannel ForAddress(string address, GrpcChannelOptions channelOptions)
    {
        ArgumentNullException.ThrowIfNull(address);
        return ForAddress(new Uri(address), channelOptions);
    }

    /// <summary>A channel to <c>http://host:port</c> (plain HTTP/2) or <c>https://host:port</c>.</summary>
    public static GrpcChannel ForAddress(Uri address) => ForAddress(address, new GrpcChannelOptions());

    /// <summary>A channel with options.</summary>
    public static GrpcChannel ForAddress(Uri address, GrpcChannelOptions channelOptions)
    {
        ArgumentNullException.ThrowIfNull(address);
        ArgumentNullException.ThrowIfNull(channelOptions);
        return new GrpcChannel(address, channelOptions);
    }

    /// <inheritdoc/>
    public override CallInvoker CreateCallInvoker()
    {
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        return new ChannelCallInvoker(this);
    }

    /// <inheritdoc/>
    protected override Task ShutdownAsyncCore()
    {
        Dispose();
        return Task.CompletedTask;
    }

    /// <summary>Closes the connections of a channel that has its own.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0 && _disposeInvoker)
            _invoker.Dispose();
    }

    internal static SocketsHttpHandler CreateHandler() => new()
    {
        // One connection takes a hundred or so concurrent calls; beyond that another one opens.
        EnableMultipleHttp2Connections = true,
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        AutomaticDecompression = DecompressionMethods.None,
        // A peer that vanished without a word is found while calls wait for it. Not more often: foreign servers count pings.
        KeepAlivePingDelay = TimeSpan.FromSeconds(60),
        KeepAlivePingTimeout = TimeSpan.FromSeconds(20),
        KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
    };

    /// <summary><c>dns:///host:port</c> says nothing of TLS: the credentials do.</summary>
    private static Uri Named(Uri address, GrpcChannelOptions options)
    {
        if (options.Credentials is null)
            throw new ArgumentException($"The address '{address}' needs the channel's credentials: ChannelCredentials.Insecure or SecureSsl.", nameof(options));
        var authority = address.AbsolutePath.TrimStart('/');
        return authority.Length > 0 && Uri.TryCreate((options.Credentials.IsSecure ? "https://" : "http://") + authority, UriKind.Absolute, out var uri)
            ? uri
            : throw new ArgumentException($"The address '{address}' is not of the form dns:///host:port.", nameof(address));
    }

    internal Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        // A plain HttpClient would collect the whole response first.
        return _client is not null
            ? _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken)
            : _invoker.SendAsync(request, cancellationToken);
    }
}

/// <summary>Starts calls over a channel.</summary>
internal sealed class ChannelCallInvoker(GrpcChannel channel) : CallInvoker
{
    public override TResponse BlockingUnaryCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request) =>
        AsyncUnaryCall(method, host, options, request).ResponseAsync.GetAwaiter().GetResult();

    public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request)
    {
        var resources = CallResources.Take();
        var call = new ClientCall<TRequest, TResponse>(channel, method, host, options, resources);
        return new AsyncUnaryCall<TResponse>(call.StartUnary(request, resources), ClientCall.Functions, call);
    }

    public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request)
    {
        var call = new ClientCall<TRequest, TResponse>(channel, method, host, options);
        return new AsyncServerStreamingCall<TResponse>(call.StartResponseStream(request), ClientCall.Functions, call);
    }

    public override AsyncClientStreamingCall<TRequest, TResponse> AsyncClientStreamingCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options)
    {
        var call = new ClientCall<TRequest, TResponse>(channel, method, host, options);
        var requests = call.CreateRequestStream();
        return new AsyncClientStreamingCall<TRequest, TResponse>(requests, call.StartClientStream(), ClientCall.Functions, call);
    }

    public override AsyncDuplexStreamingCall<TRequest, TResponse> AsyncDuplexStreamingCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options)
    {
        var call = new ClientCall<TRequest, TResponse>(channel, method, host, options);
        var requests = call.CreateRequestStream();
        return new AsyncDuplexStreamingCall<TRequest, TResponse>(requests, call.StartResponseStream(null), ClientCall.Functions, call);
    }
}
