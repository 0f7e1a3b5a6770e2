using System.Collections.ObjectModel;
using System.Diagnostics.CodeAnalysis;
using System.IO.Compression;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Grpc.Net.Compression;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Grpc.AspNetCore.Server;

/// <summary>How services answer; set for all by <c>AddGrpc</c>, for one by <c>AddServiceOptions</c>.</summary>
public class GrpcServiceOptions
{
    internal const int DefaultReceiveLimit = 4 * 1024 * 1024;

    private int? _maxReceiveMessageSize = DefaultReceiveLimit;
    private int? _maxSendMessageSize;

    internal bool ReceiveLimitIsSet { get; private set; }

    internal bool SendLimitIsSet { get; private set; }

    /// <summary>Largest response in bytes; null (default) is no limit. Beyond it the call ends with ResourceExhausted.</summary>
    public int? MaxSendMessageSize
    {
        get => _maxSendMessageSize;
        set
        {
            _maxSendMessageSize = value;
            SendLimitIsSet = true;
        }
    }

    /// <summary>Largest request in bytes, decompressed; default 4 MB, null is no limit. Beyond it the call ends with ResourceExhausted.</summary>
    public int? MaxReceiveMessageSize
    {
        get => _maxReceiveMessageSize;
        set
        {
            _maxReceiveMessageSize = value;
            ReceiveLimitIsSet = true;
        }
    }

    /// <summary>Whether clients see the text of a handler's exception. Never in production: it may hold personal data.</summary>
    public bool? EnableDetailedErrors { get; set; }

    /// <summary>Whether calls to unknown services and methods are left to the rest of the application; else they end with Unimplemented.</summary>
    public bool? IgnoreUnknownServices { get; set; }

    /// <summary>The known encodings; gzip and deflate unless changed.</summary>
    [SuppressMessage("Usage", "CA2227", Justification = "As in Grpc.AspNetCore.")]
    public IList<ICompressionProvider> CompressionProviders { get; set; } = [];

    /// <summary>The encoding of responses for clients that take it; null is none.</summary>
    public string? ResponseCompressionAlgorithm { get; set; }

    /// <summary>How hard responses are compressed.</summary>
    public CompressionLevel? ResponseCompressionLevel { get; set; }

    /// <summary>Interceptors, outermost first.</summary>
    public InterceptorCollection Interceptors { get; } = [];
}

/// <summary>Options of one service; what is unset is taken from the general ones, interceptors come inside the general ones.</summary>
public class GrpcServiceOptions<TService> : GrpcServiceOptions where TService : class;

/// <summary>Interceptors by type.</summary>
public class InterceptorCollection : Collection<InterceptorRegistration>
{
    /// <summary>Adds a type; arguments that its constructor needs beyond services.</summary>
    public void Add<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TInterceptor>(params object[] args) where TInterceptor : Interceptor =>
        Add(typeof(TInterceptor), args);

    /// <summary>Adds a type; arguments that its constructor needs beyond services.</summary>
    public void Add([DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] Type interceptorType, params object[] args)
    {
        ArgumentNullException.ThrowIfNull(interceptorType);
        if (!interceptorType.IsSubclassOf(typeof(Interceptor)))
            throw new ArgumentException($"Type must inherit from {nameof(Interceptor)}.", nameof(interceptorType));
        Add(new InterceptorRegistration(interceptorType, args));
    }
}

/// <summary>An interceptor's type. One that is registered as a service is taken from there, any other is made for each call.</summary>
public class InterceptorRegistration
{
    private readonly object[] _args;
    private ObjectFactory? _factory;
    private bool? _isSingleton;
    private Interceptor? _singleton;

    internal InterceptorRegistration(Type type, object[] args)
    {
        Type = type;
        _args = args;
    }

    /// <summary>The type.</summary>
    [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)]
    public Type Type { get; }

    /// <summary>Constructor arguments beyond services.</summary>
    public IReadOnlyList<object> Arguments => _args;

    internal Interceptor Create(HttpContext http, out bool owned)
    {
        owned = false;
        if (_singleton is { } known)
            return known;
        var services = http.RequestServices;
        if (_args.Length == 0 && services.GetService(Type) is Interceptor registered)
        {
            if (_isSingleton ??= services.GetRequiredService<GrpcMapping>().IsSingleton(Type))
                _singleton = registered;
            return registered;
        }
        owned = true;
        _factory ??= ActivatorUtilities.CreateFactory(Type, [.. _args.Select(a => a.GetType())]);
        return (Interceptor)_factory(services, _args);
    }
}

/// <summary>Configures gRPC after <c>AddGrpc</c>.</summary>
public interface IGrpcServerBuilder
{
    /// <summary>The services.</summary>
    IServiceCollection Services { get; }
}

/// <summary>On the endpoint of a method: which one it is.</summary>
public sealed class GrpcMethodMetadata(Type serviceType, IMethod method)
{
    /// <summary>The implementing type.</summary>
    public Type ServiceType { get; } = serviceType;

    /// <summary>The method.</summary>
    public IMethod Method { get; } = method;
}

/// <summary>General and service options as one method uses them.</summary>
internal sealed class MethodOptions
{
    internal required int? ReceiveLimit { get; init; }

    internal required Wire.FrameDecoder Decoder { get; init; }

    internal required int? SendLimit { get; init; }

    internal required bool DetailedErrors { get; init; }

    internal required IReadOnlyList<ICompressionProvider> Providers { get; init; }

    internal required string AcceptEncoding { get; init; }

    internal required string? ResponseEncoding { get; init; }

    internal required CompressionLevel? ResponseLevel { get; init; }

    internal required IReadOnlyList<InterceptorRegistration> Interceptors { get; init; }

    internal static MethodOptions For<TService>(IServiceProvider services) where TService : class
    {
        var general = services.GetRequiredService<IOptions<GrpcServiceOptions>>().Value;
        var own = services.GetRequiredService<IOptions<GrpcServiceOptions<TService>>>().Value;
        var providers = new List<ICompressionProvider>();
        foreach (var provider in own.CompressionProviders.Concat(general.CompressionProviders))
            if (Wire.FrameDecoder.Find(providers, provider.EncodingName) is null)
                providers.Add(provider);
        foreach (var provider in Wire.Encodings.Default)
            if (Wire.FrameDecoder.Find(providers, provider.EncodingName) is null)
                providers.Add(provider);
        var algorithm = own.ResponseCompressionAlgorithm ?? general.ResponseCompressionAlgorithm;
        if (algorithm is not null && algorithm != Wire.GrpcHeader.Identity && Wire.FrameDecoder.Find(providers, algorithm) is null)
            throw new InvalidOperationException($"The response compression algorithm '{algorithm}' has no provider.");
        var receiveLimit = own.ReceiveLimitIsSet ? own.MaxReceiveMessageSize : general.MaxReceiveMessageSize;
        return new MethodOptions
        {
            ReceiveLimit = receiveLimit,
            Decoder = new Wire.FrameDecoder(receiveLimit, providers, "request"),
            SendLimit = own.SendLimitIsSet ? own.MaxSendMessageSize : general.MaxSendMessageSize,
            DetailedErrors = own.EnableDetailedErrors ?? general.EnableDetailedErrors ?? false,
            Providers = providers,
            AcceptEncoding = Wire.FrameDecoder.Names(providers),
            ResponseEncoding = algorithm,
            ResponseLevel = own.ResponseCompressionLevel ?? general.ResponseCompressionLevel,
            Interceptors = [.. general.Interceptors, .. own.Interceptors],
        };
    }
}
