using Grpc.Core;
using Grpc.Core.Interceptors;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace MedInsure.Hosting.Rpc;

/// <summary>Clients of our other services.</summary>
public static class ServiceClients
{
    /// <summary>A call without a deadline of its own gets this one: nobody waits for ever.</summary>
    public static readonly TimeSpan DeadlineDefault = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Registers a generated client of a service. Address: Services:&lt;service&gt;:Address. Every call carries Secrets:ServiceToken;
    /// the caller adds the tenant: <c>client.FindPersonAsync(request, CallTenant.For(code))</c>.
    /// </summary>
    public static IHttpClientBuilder AddServiceClient<TClient>(this WebApplicationBuilder builder, string service) where TClient : class
    {
        // Several modules of one process know the same service; a second interceptor would send the token twice.
        if (builder.Services.Any(d => d.ServiceType == typeof(TClient))) return builder.Services.AddHttpClient(typeof(TClient).Name);
        return builder.Services.AddGrpcClient<TClient>((services, options) =>
            {
                // Read when the client is first used: the one-process platform knows its own address only after it listens.
                var address = services.GetRequiredService<IConfiguration>()[$"Services:{service}:Address"];
                options.Address = new Uri(address ?? throw new InvalidOperationException($"configuration Services:{service}:Address is missing"));
            })
            .AddInterceptor(services => new CallerInterceptor(services.GetRequiredService<IConfiguration>()));
    }

    private sealed class CallerInterceptor(IConfiguration configuration) : Interceptor
    {
        public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(TRequest request, ClientInterceptorContext<TRequest, TResponse> context, AsyncUnaryCallContinuation<TRequest, TResponse> continuation) =>
            continuation(request, Signed(context, DeadlineDefault));

        public override TResponse BlockingUnaryCall<TRequest, TResponse>(TRequest request, ClientInterceptorContext<TRequest, TResponse> context, BlockingUnaryCallContinuation<TRequest, TResponse> continuation) =>
            continuation(request, Signed(context, DeadlineDefault));

        // Streams may rightly be long: their callers set the deadline.
        public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(TRequest request, ClientInterceptorContext<TRequest, TResponse> context, AsyncServerStreamingCallContinuation<TRequest, TResponse> continuation) =>
            continuation(request, Signed(context, null));

        public override AsyncClientStreamingCall<TRequest, TResponse> AsyncClientStreamingCall<TRequest, TResponse>(ClientInterceptorContext<TRequest, TResponse> context, AsyncClientStreamingCallContinuation<TRequest, TResponse> continuation) =>
            continuation(Signed(context, null));

        public override AsyncDuplexStreamingCall<TRequest, TResponse> AsyncDuplexStreamingCall<TRequest, TResponse>(ClientInterceptorContext<TRequest, TResponse> context, AsyncDuplexStreamingCallContinuation<TRequest, TResponse> continuation) =>
            continuation(Signed(context, null));

        private ClientInterceptorContext<TRequest, TResponse> Signed<TRequest, TResponse>(ClientInterceptorContext<TRequest, TResponse> context, TimeSpan? deadline) where TRequest : class where TResponse : class
        {
            var headers = new Metadata();
            // A copy: the caller may use one list of headers for many calls.
            foreach (var entry in context.Options.Headers ?? []) headers.Add(entry);
            headers.Add("authorization", $"Bearer {configuration["Secrets:ServiceToken"]}");
            var options = context.Options.WithHeaders(headers);
            // The machine's clock, as the channel compares with it: never an injected one.
            if (deadline is { } limit && options.Deadline is null) options = options.WithDeadline(TimeProvider.System.GetUtcNow().UtcDateTime + limit);
            return new ClientInterceptorContext<TRequest, TResponse>(context.Method, context.Host, options);
        }
    }
}
