using Grpc.Core;
using Grpc.Core.Interceptors;
using Microsoft.Extensions.DependencyInjection;

namespace Grpc.AspNetCore.Server;

/// <summary>Puts configured interceptors around handlers; the chain is built once, an interceptor's instance per call.</summary>
internal static class ServerInterceptors
{
    internal static UnaryServerMethod<TRequest, TResponse> Around<TRequest, TResponse>(IReadOnlyList<InterceptorRegistration> interceptors, UnaryServerMethod<TRequest, TResponse> handler)
        where TRequest : class where TResponse : class
    {
        for (var i = interceptors.Count - 1; i >= 0; i--)
        {
            var (registration, next) = (interceptors[i], handler);
            handler = (request, context) =>
            {
                var interceptor = Create(registration, context, out var owned);
                return owned
                    ? Disposal.Run(interceptor, (interceptor, request, context, next), static s => s.interceptor.UnaryServerHandler(s.request, s.context, s.next))
                    : interceptor.UnaryServerHandler(request, context, next);
            };
        }
        return handler;
    }

    internal static ClientStreamingServerMethod<TRequest, TResponse> AroundClientStreaming<TRequest, TResponse>(IReadOnlyList<InterceptorRegistration> interceptors, ClientStreamingServerMethod<TRequest, TResponse> handler)
        where TRequest : class where TResponse : class
    {
        for (var i = interceptors.Count - 1; i >= 0; i--)
        {
            var (registration, next) = (interceptors[i], handler);
            handler = (requests, context) =>
            {
                var interceptor = Create(registration, context, out var owned);
                return owned
                    ? Disposal.Run(interceptor, (interceptor, requests, context, next), static s => s.interceptor.ClientStreamingServerHandler(s.requests, s.context, s.next))
                    : interceptor.ClientStreamingServerHandler(requests, context, next);
            };
        }
        return handler;
    }

    internal static ServerStreamingServerMethod<TRequest, TResponse> AroundServerStreaming<TRequest, TResponse>(IReadOnlyList<InterceptorRegistration> interceptors, ServerStreamingServerMethod<TRequest, TResponse> handler)
        where TRequest : class where TResponse : class
    {
        for (var i = interceptors.Count - 1; i >= 0; i--)
        {
            var (registration, next) = (interceptors[i], handler);
            handler = (request, responses, context) =>
            {
                var interceptor = Create(registration, context, out var owned);
                return owned
                    ? Disposal.Run(interceptor, (interceptor, request, responses, context, next), static s => s.interceptor.ServerStreamingServerHandler(s.request, s.responses, s.context, s.next))
                    : interceptor.ServerStreamingServerHandler(request, responses, context, next);
            };
        }
        return handler;
    }

    internal static DuplexStreamingServerMethod<TRequest, TResponse> AroundDuplexStreaming<TRequest, TResponse>(IReadOnlyList<InterceptorRegistration> interceptors, DuplexStreamingServerMethod<TRequest, TResponse> handler)
        where TRequest : class where TResponse : class
    {
        for (var i = interceptors.Count - 1; i >= 0; i--)
        {
            var (registration, next) = (interceptors[i], handler);
            handler = (requests, responses, context) =>
            {
                var interceptor = Create(registration, context, out var owned);
                return owned
                    ? Disposal.Run(interceptor, (interceptor, requests, responses, context, next), static s => s.interceptor.DuplexStreamingServerHandler(s.requests, s.responses, s.context, s.next))
                    : interceptor.DuplexStreamingServerHandler(requests, responses, context, next);
            };
        }
        return handler;
    }

    private static Interceptor Create(InterceptorRegistration registration, ServerCallContext context, out bool owned)
    {
        var interceptor = registration.Create(context.GetHttpContext(), out owned);
        owned = owned && interceptor is IDisposable or IAsyncDisposable;
        return interceptor;
    }
}

/// <summary>Gives the instance of a service: the registered one, else one made for the call.</summary>
internal sealed class ServiceActivator<TService>(GrpcMapping mapping) where TService : class
{
    private TService? _singleton;
    private ObjectFactory<TService>? _factory;

    internal TService Create(ServerCallContext context, out bool owned)
    {
        owned = false;
        if (_singleton is { } known)
            return known;
        var services = context.GetHttpContext().RequestServices;
        if (_factory is null && services.GetService<TService>() is { } registered)
        {
            if (mapping.IsSingleton(typeof(TService)))
                _singleton = registered;
            return registered;
        }
        _factory ??= ActivatorUtilities.CreateFactory<TService>([]);
        var made = _factory(services, []);
        owned = made is IDisposable or IAsyncDisposable;
        return made;
    }
}

/// <summary>Disposes what was made for one call. The state spares calls with nothing to dispose a closure.</summary>
internal static class Disposal
{
    internal static async Task<T> Run<TState, T>(object used, TState state, Func<TState, Task<T>> call)
    {
        try
        {
            return await call(state);
        }
        finally
        {
            await Of(used);
        }
    }

    internal static async Task Run<TState>(object used, TState state, Func<TState, Task> call)
    {
        try
        {
            await call(state);
        }
        finally
        {
            await Of(used);
        }
    }

    internal static ValueTask Of(object used)
    {
        if (used is IAsyncDisposable asynchronous)
            return asynchronous.DisposeAsync();
        (used as IDisposable)?.Dispose();
        return ValueTask.CompletedTask;
    }
}
