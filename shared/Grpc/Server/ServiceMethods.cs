using System.Reflection;
using Google.Protobuf.Reflection;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.Logging;

namespace Grpc.AspNetCore.Server;

/// <summary>Maps the methods of a service to endpoints; generated binding code tells them.</summary>
internal sealed class ServiceMethods<TService>(IEndpointRouteBuilder endpoints, GrpcMapping mapping, MethodOptions options, ILogger logger) : ServiceBinderBase where TService : class
{
    private delegate Task<TResponse> Unary<TRequest, TResponse>(TService service, TRequest request, ServerCallContext context);

    private delegate Task<TResponse> ClientStreaming<TRequest, TResponse>(TService service, IAsyncStreamReader<TRequest> requests, ServerCallContext context);

    private delegate Task ServerStreaming<TRequest, TResponse>(TService service, TRequest request, IServerStreamWriter<TResponse> responses, ServerCallContext context);

    private delegate Task DuplexStreaming<TRequest, TResponse>(TService service, IAsyncStreamReader<TRequest> requests, IServerStreamWriter<TResponse> responses, ServerCallContext context);

    private readonly ServiceActivator<TService> _activator = new(mapping);

    internal List<IEndpointConventionBuilder> Endpoints { get; } = [];

    internal HashSet<string> Services { get; } = [];

    /// <summary>The service's descriptor, where generated code has one.</summary>
    internal ServiceDescriptor? Descriptor { get; private set; }

    /// <summary>Binds what the generated base of the service declares.</summary>
    internal void Bind()
    {
        BindServiceMethodAttribute? attribute = null;
        for (var type = typeof(TService); type is not null && attribute is null; type = type.BaseType)
            attribute = type.GetCustomAttribute<BindServiceMethodAttribute>(inherit: false);
        var bind = attribute?.BindType
            .GetMethods(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static)
            .SingleOrDefault(m => m.Name == attribute.BindMethodName
                && m.GetParameters() is [{ } binder, { } service]
                && binder.ParameterType == typeof(ServiceBinderBase) && service.ParameterType.IsAssignableFrom(typeof(TService)));
        if (bind is null)
            throw new InvalidOperationException($"{typeof(TService)} is no gRPC service: no generated base with {nameof(BindServiceMethodAttribute)}.");
        Descriptor = attribute!.BindType.GetProperty("Descriptor", BindingFlags.Public | BindingFlags.Static)?.GetValue(null) as ServiceDescriptor;
        bind.Invoke(null, BindingFlags.DoNotWrapExceptions, null, [this, null], null);
    }

    public override void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, UnaryServerMethod<TRequest, TResponse>? handler)
    {
        var (info, open) = Find<Unary<TRequest, TResponse>>(method, typeof(TRequest), typeof(ServerCallContext));
        var invoke = ServerInterceptors.Around<TRequest, TResponse>(options.Interceptors, (request, context) =>
        {
            var service = _activator.Create(context, out var owned);
            return owned
                ? Disposal.Run(service, (open, service, request, context), static s => s.open(s.service, s.request, s.context))
                : open(service, request, context);
        });
        Map(method, info, new UnaryCallHandler<TRequest, TResponse>(method, invoke, options, logger));
    }

    public override void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, ClientStreamingServerMethod<TRequest, TResponse>? handler)
    {
        var (info, open) = Find<ClientStreaming<TRequest, TResponse>>(method, typeof(IAsyncStreamReader<TRequest>), typeof(ServerCallContext));
        var invoke = ServerInterceptors.AroundClientStreaming<TRequest, TResponse>(options.Interceptors, (requests, context) =>
        {
            var service = _activator.Create(context, out var owned);
            return owned
                ? Disposal.Run(service, (open, service, requests, context), static s => s.open(s.service, s.requests, s.context))
                : open(service, requests, context);
        });
        Map(method, info, new ClientStreamingCallHandler<TRequest, TResponse>(method, invoke, options, logger));
    }

    public override void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, ServerStreamingServerMethod<TRequest, TResponse>? handler)
    {
        var (info, open) = Find<ServerStreaming<TRequest, TResponse>>(method, typeof(TRequest), typeof(IServerStreamWriter<TResponse>), typeof(ServerCallContext));
        var invoke = ServerInterceptors.AroundServerStreaming<TRequest, TResponse>(options.Interceptors, (request, responses, context) =>
        {
            var service = _activator.Create(context, out var owned);
            return owned
                ? Disposal.Run(service, (open, service, request, responses, context), static s => s.open(s.service, s.request, s.responses, s.context))
                : open(service, request, responses, context);
        });
        Map(method, info, new ServerStreamingCallHandler<TRequest, TResponse>(method, invoke, options, logger));
    }

    public override void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, DuplexStreamingServerMethod<TRequest, TResponse>? handler)
    {
        var (info, open) = Find<DuplexStreaming<TRequest, TResponse>>(method, typeof(IAsyncStreamReader<TRequest>), typeof(IServerStreamWriter<TResponse>), typeof(ServerCallContext));
        var invoke = ServerInterceptors.AroundDuplexStreaming<TRequest, TResponse>(options.Interceptors, (requests, responses, context) =>
        {
            var service = _activator.Create(context, out var owned);
            return owned
                ? Disposal.Run(service, (open, service, requests, responses, context), static s => s.open(s.service, s.requests, s.responses, s.context))
                : open(service, requests, responses, context);
        });
        Map(method, info, new DuplexStreamingCallHandler<TRequest, TResponse>(method, invoke, options, logger));
    }

    private static (MethodInfo Info, TDelegate Open) Find<TDelegate>(IMethod method, params Type[] parameters) where TDelegate : Delegate
    {
        for (var type = typeof(TService); type is not null; type = type.BaseType)
            if (type.GetMethod(method.Name, BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.DeclaredOnly, parameters) is { } info)
                return (info, info.CreateDelegate<TDelegate>());
        throw new InvalidOperationException($"{typeof(TService)} has no method {method.Name}.");
    }

    private void Map(IMethod method, MethodInfo info, CallHandler handler)
    {
        Services.Add(method.ServiceName);
        var endpoint = endpoints.Map(RoutePatternFactory.Parse(method.FullName), handler.HandleAsync);
        endpoint.Add(builder =>
        {
            builder.DisplayName = "gRPC - " + method.FullName;
            builder.Metadata.Add(new GrpcMethodMetadata(typeof(TService), method));
            builder.Metadata.Add(new HttpMethodMetadata([HttpMethods.Post], acceptCorsPreflight: true));
            foreach (var attribute in typeof(TService).GetCustomAttributes(inherit: true))
                builder.Metadata.Add(attribute);
            foreach (var attribute in info.GetCustomAttributes(inherit: true))
                builder.Metadata.Add(attribute);
        });
        Endpoints.Add(endpoint);
    }
}
