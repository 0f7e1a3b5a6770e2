using Grpc.AspNetCore.Server;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace Microsoft.Extensions.DependencyInjection
{
    /// <summary>Registers gRPC.</summary>
    public static class GrpcServicesExtensions
    {
        /// <summary>Adds gRPC services.</summary>
        public static IGrpcServerBuilder AddGrpc(this IServiceCollection services)
        {
            ArgumentNullException.ThrowIfNull(services);
            services.AddRouting();
            services.AddOptions();
            services.TryAddSingleton(new GrpcMapping(services));
            services.TryAddEnumerable(ServiceDescriptor.Singleton<IStartupFilter, UnknownMethods>());
            return new GrpcServerBuilder(services);
        }

        /// <summary>Adds gRPC services with general options.</summary>
        public static IGrpcServerBuilder AddGrpc(this IServiceCollection services, Action<GrpcServiceOptions> configureOptions)
        {
            services.Configure(configureOptions);
            return services.AddGrpc();
        }

        /// <summary>Options of one service.</summary>
        public static IGrpcServerBuilder AddServiceOptions<TService>(this IGrpcServerBuilder grpcBuilder, Action<GrpcServiceOptions<TService>> configure) where TService : class
        {
            ArgumentNullException.ThrowIfNull(grpcBuilder);
            grpcBuilder.Services.Configure(configure);
            return grpcBuilder;
        }

        private sealed class GrpcServerBuilder(IServiceCollection services) : IGrpcServerBuilder
        {
            public IServiceCollection Services { get; } = services;
        }
    }
}

namespace Microsoft.AspNetCore.Builder
{
    /// <summary>Maps gRPC services.</summary>
    public static class GrpcEndpointRouteBuilderExtensions
    {
        /// <summary>Maps every method of a service to <c>POST /package.Service/Method</c>. Unknown methods and services end with Unimplemented.</summary>
        public static GrpcServiceEndpointConventionBuilder MapGrpcService<TService>(this IEndpointRouteBuilder builder) where TService : class
        {
            ArgumentNullException.ThrowIfNull(builder);
            var services = builder.ServiceProvider;
            var mapping = services.GetService<GrpcMapping>()
                ?? throw new InvalidOperationException("Unable to find the required services. Please add all the required services by calling 'IServiceCollection.AddGrpc'.");
            var logger = services.GetRequiredService<ILoggerFactory>().CreateLogger("Grpc.AspNetCore.Server");
            var methods = new ServiceMethods<TService>(builder, mapping, MethodOptions.For<TService>(services), logger);
            methods.Bind();
            mapping.Add(methods.Services, methods.Descriptor);
            return new GrpcServiceEndpointConventionBuilder(methods.Endpoints);
        }
    }

    /// <summary>Adds to all endpoints of a service, e.g. <c>RequireAuthorization()</c>.</summary>
    public sealed class GrpcServiceEndpointConventionBuilder : IEndpointConventionBuilder
    {
        private readonly IReadOnlyList<IEndpointConventionBuilder> _endpoints;

        internal GrpcServiceEndpointConventionBuilder(IReadOnlyList<IEndpointConventionBuilder> endpoints) => _endpoints = endpoints;

        /// <inheritdoc/>
        public void Add(Action<EndpointBuilder> convention)
        {
            foreach (var endpoint in _endpoints)
                endpoint.Add(convention);
        }

        /// <inheritdoc/>
        public void Finally(Action<EndpointBuilder> finalConvention)
        {
            foreach (var endpoint in _endpoints)
                endpoint.Finally(finalConvention);
        }
    }
}

namespace Grpc.Core
{
    /// <summary>The HTTP side of a call.</summary>
    public static class ServerCallContextExtensions
    {
        /// <summary>The request that carries the call.</summary>
        public static HttpContext GetHttpContext(this ServerCallContext serverCallContext)
        {
            ArgumentNullException.ThrowIfNull(serverCallContext);
            if (serverCallContext is ServerCall call)
                return call.Http;
            // Test doubles put it here, as with Grpc.AspNetCore.
            return serverCallContext.UserState.TryGetValue("__HttpContext", out var found) && found is HttpContext http
                ? http
                : throw new InvalidOperationException("Could not get HttpContext from ServerCallContext.");
        }
    }
}
