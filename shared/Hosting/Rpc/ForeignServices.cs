using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace MedInsure.Hosting.Rpc;

/// <summary>Proves who calls, or throws a refusal.</summary>
/// <returns>The caller's name, for log lines.</returns>
public delegate ValueTask<string> ForeignAuthenticator(ServerCallContext context);

/// <summary>
/// gRPC services that peers outside the platform call. Each proves its callers in its own way: the platform's service token opens none of them, and what
/// opens one of them opens nothing else. A tenant named in the metadata has no meaning there; the service finds it by who calls.
/// </summary>
public static class ForeignServices
{
    /// <param name="service">Package and name, as in the path of its calls: medinsure.insurer.v1.InsurerExchange.</param>
    /// <param name="authenticator">Made once, when the first call comes.</param>
    public static WebApplicationBuilder AddForeignService(this WebApplicationBuilder builder, string service, Func<IServiceProvider, ForeignAuthenticator> authenticator)
    {
        builder.Services.AddSingleton(services => new ForeignService($"/{service}/", authenticator(services)));
        return builder;
    }
}

/// <param name="Path">How the path of each of its methods begins.</param>
internal sealed record ForeignService(string Path, ForeignAuthenticator Authenticate);
