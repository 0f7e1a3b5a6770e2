using System.Diagnostics;
using Grpc.Core;
using Grpc.Core.Interceptors;
using MedInsure.Hosting.Tenancy;
using MedInsure.Hosting.Web;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace MedInsure.Hosting.Rpc;

/// <summary>
/// Around every gRPC call: the caller proves to be a service of ours (authorization: Bearer), the tenant it names is known here, log lines carry that
/// tenant, and a database that is away is answered as unavailable. Refusals thrown by handlers pass as they are; other exceptions are our own faults.
/// Callers of a <see cref="ForeignServices">foreign service</see> prove themselves to that service alone.
/// </summary>
internal sealed class PlatformInterceptor(BearerTokens tokens, TenantDirectory tenants, IEnumerable<ForeignService> foreign, ILogger<PlatformInterceptor> logger) : Interceptor
{
    private readonly ForeignService[] foreign = [.. foreign];

    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        using var scope = await Admit(context);
        try { return await continuation(request, context); }
        catch (Exception e) when (IsDatabaseAway(e, context)) { throw Unavailable(e, context); }
    }

    public override async Task<TResponse> ClientStreamingServerHandler<TRequest, TResponse>(IAsyncStreamReader<TRequest> requestStream, ServerCallContext context, ClientStreamingServerMethod<TRequest, TResponse> continuation)
    {
        using var scope = await Admit(context);
        try { return await continuation(requestStream, context); }
        catch (Exception e) when (IsDatabaseAway(e, context)) { throw Unavailable(e, context); }
    }

    public override async Task ServerStreamingServerHandler<TRequest, TResponse>(TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context, ServerStreamingServerMethod<TRequest, TResponse> continuation)
    {
        using var scope = await Admit(context);
        try { await continuation(request, responseStream, context); }
        catch (Exception e) when (IsDatabaseAway(e, context)) { throw Unavailable(e, context); }
    }

    public override async Task DuplexStreamingServerHandler<TRequest, TResponse>(IAsyncStreamReader<TRequest> requestStream, IServerStreamWriter<TResponse> responseStream, ServerCallContext context, DuplexStreamingServerMethod<TRequest, TResponse> continuation)
    {
        using var scope = await Admit(context);
        try { await continuation(requestStream, responseStream, context); }
        catch (Exception e) when (IsDatabaseAway(e, context)) { throw Unavailable(e, context); }
    }

    /// <exception cref="RpcException">The caller is not one of ours, or names a tenant that is not known here.</exception>
    private ValueTask<IDisposable?> Admit(ServerCallContext context)
    {
        foreach (var service in foreign)
            if (context.Method.StartsWith(service.Path, StringComparison.Ordinal)) return AdmitForeign(service, context);
        return ValueTask.FromResult(AdmitService(context));
    }

    private async ValueTask<IDisposable?> AdmitForeign(ForeignService service, ServerCallContext context)
    {
        var caller = await service.Authenticate(context);
        Activity.Current?.SetTag("medinsure.caller", caller);
        return logger.BeginScope(new KeyValuePair<string, object?>[] { new("caller", caller) });
    }

    private IDisposable? AdmitService(ServerCallContext context)
    {
        if (!tokens.IsService(context.RequestHeaders.GetValue("authorization"))) throw BearerTokens.NotAuthenticated.ToRpcException();
        if (context.RequestHeaders.GetValue(CallTenant.Key) is not { } code) return null;
        if (tenants.Find(code) is null) throw CallTenant.Unknown.ToRpcException();
        Activity.Current?.SetTag("medinsure.tenant", code);
        return logger.BeginScope(new KeyValuePair<string, object?>[] { new("tenant", code) });
    }

    // A cancelled call is no fault of the database, whatever exception it surfaces as.
    private static bool IsDatabaseAway(Exception exception, ServerCallContext context) =>
        !context.CancellationToken.IsCancellationRequested && exception is NpgsqlException { IsTransient: true } or TimeoutException;

    private RpcException Unavailable(Exception exception, ServerCallContext context)
    {
        logger.LogWarning(exception, "{Method} found its database away", context.Method);
        return RefusalStatus.Unavailable.ToRpcException();
    }
}
