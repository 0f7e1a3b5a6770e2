using Grpc.AspNetCore.HealthChecks;
using Grpc.AspNetCore.Server;
using Grpc.Core;
using Grpc.Health.V1;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace Grpc.AspNetCore.HealthChecks
{
    /// <summary><c>grpc.health.v1</c> over the application's health checks: serving while none is unhealthy, and until the application stops.</summary>
    internal sealed class HealthServiceByChecks(HealthCheckService checks, GrpcMapping mapping, IHostApplicationLifetime lifetime, TimeProvider time) : Health.V1.Health.HealthBase
    {
        private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

        public override async Task<HealthCheckResponse> Check(HealthCheckRequest request, ServerCallContext context)
        {
            var state = await StateOf(request.Service, context.CancellationToken);
            return state != HealthCheckResponse.Types.ServingStatus.ServiceUnknown
                ? new HealthCheckResponse { Status = state }
                : throw new RpcException(new Status(StatusCode.NotFound, "The service is not known."));
        }

        public override async Task Watch(HealthCheckRequest request, IServerStreamWriter<HealthCheckResponse> responseStream, ServerCallContext context)
        {
            HealthCheckResponse.Types.ServingStatus? told = null;
            // A watcher must not hold the application up when it stops: it is told so, and let go.
            using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, lifetime.ApplicationStopping);
            while (true)
            {
                var state = await StateOf(request.Service, context.CancellationToken);
                if (state != told)
                    await responseStream.WriteAsync(new HealthCheckResponse { Status = state });
                told = state;
                if (lifetime.ApplicationStopping.IsCancellationRequested)
                    return;
                try
                {
                    await Task.Delay(Interval, time, ending.Token);
                }
                catch (OperationCanceledException) when (!context.CancellationToken.IsCancellationRequested)
                {
                }
            }
        }

        private async Task<HealthCheckResponse.Types.ServingStatus> StateOf(string service, CancellationToken cancellationToken)
        {
            if (service.Length > 0 && !mapping.Services.Contains(service))
                return HealthCheckResponse.Types.ServingStatus.ServiceUnknown;
            if (lifetime.ApplicationStopping.IsCancellationRequested)
                return HealthCheckResponse.Types.ServingStatus.NotServing;
            var report = await checks.CheckHealthAsync(cancellationToken);
            return report.Status == HealthStatus.Unhealthy ? HealthCheckResponse.Types.ServingStatus.NotServing : HealthCheckResponse.Types.ServingStatus.Serving;
        }
    }
}

namespace Microsoft.Extensions.DependencyInjection
{
    /// <summary>Registers the health service.</summary>
    public static class GrpcHealthChecksServiceExtensions
    {
        /// <summary>Adds gRPC health checks; the builder takes the checks.</summary>
        public static IHealthChecksBuilder AddGrpcHealthChecks(this IServiceCollection services)
        {
            ArgumentNullException.ThrowIfNull(services);
            services.AddGrpc();
            services.TryAddSingleton(TimeProvider.System);
            services.TryAddSingleton<HealthServiceByChecks>();
            return services.AddHealthChecks();
        }
    }
}

namespace Microsoft.AspNetCore.Builder
{
    /// <summary>Maps the health service.</summary>
    public static class GrpcHealthChecksEndpointRouteBuilderExtensions
    {
        /// <summary>Maps <c>grpc.health.v1.Health</c>.</summary>
        public static GrpcServiceEndpointConventionBuilder MapGrpcHealthChecksService(this IEndpointRouteBuilder builder) => builder.MapGrpcService<HealthServiceByChecks>();
    }
}
