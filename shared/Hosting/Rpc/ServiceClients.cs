using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace MedInsure.Hosting.Rpc;

/// <summary>Clients of our other services.</summary>
public static class ServiceClients
{
    /// <summary>A call without a deadline of its own gets this one: nobody waits for ever.</summary>
    public static readonly TimeSpan DeadlineDefault = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Registers a generated client of a service. Services:&lt;service&gt;:Address says where it answers: addresses (http://host:port) separated by commas,
    /// or dns:///name:port for all addresses behind a name; Services:&lt;service&gt;:Addresses:&lt;tenant&gt; the same for a tenant that is served elsewhere.
    /// Every call carries Secrets:ServiceToken; the caller adds the tenant: <c>client.FindPersonAsync(request, CallTenant.For(code))</c>.
    /// A unary call that is answered UNAVAILABLE is repeated at the other addresses, for at most <see cref="ServiceCalls.Patience"/> and within its
    /// deadline: every rpc of ours either only looks or carries a request key.
    /// </summary>
    public static WebApplicationBuilder AddServiceClient<TClient>(this WebApplicationBuilder builder, string service) where TClient : class
    {
        builder.Services.TryAddKeyedSingleton(service, (services, _) => new ServiceCalls(service, services.GetRequiredService<IConfiguration>()));
        builder.Services.TryAddSingleton(services => (TClient)Activator.CreateInstance(typeof(TClient), (CallInvoker)services.GetRequiredKeyedService<ServiceCalls>(service))!);
        return builder;
    }
}
