using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Grpc.Net.Client;
using Grpc.Net.ClientFactory;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Grpc.Net.ClientFactory
{
    /// <summary>How long an interceptor of a client lives.</summary>
    public enum InterceptorScope
    {
        /// <summary>One for the channel.</summary>
        Channel,

        /// <summary>One for each client taken from the services.</summary>
        Client,
    }

    /// <summary>An interceptor that a client is made with.</summary>
    public class InterceptorRegistration
    {
        /// <summary>Of that scope, by that function.</summary>
        public InterceptorRegistration(InterceptorScope scope, Func<IServiceProvider, Interceptor> creator)
        {
            ArgumentNullException.ThrowIfNull(creator);
            Scope = scope;
            Creator = creator;
        }

        /// <summary>How long it lives.</summary>
        public InterceptorScope Scope { get; }

        internal Func<IServiceProvider, Interceptor> Creator { get; }
    }

    /// <summary>How a client from <c>AddGrpcClient</c> is made.</summary>
    public class GrpcClientFactoryOptions
    {
        /// <summary>The server, <c>http://host:port</c> or <c>https://host:port</c>.</summary>
        public Uri? Address { get; set; }

        /// <summary>Changes to the channel's options.</summary>
        public IList<Action<GrpcChannelOptions>> ChannelOptionsActions { get; } = [];

        /// <summary>Interceptors, outermost first.</summary>
        public IList<InterceptorRegistration> InterceptorRegistrations { get; } = [];

        /// <summary>Makes the client from its invoker; null: its constructor.</summary>
        public Func<CallInvoker, object>? Creator { get; set; }
    }

    /// <summary>Gives configured clients by name.</summary>
    public abstract class GrpcClientFactory
    {
        /// <summary>A client of that name.</summary>
        public abstract TClient CreateClient<TClient>(string name) where TClient : class;
    }

    internal sealed class DefaultGrpcClientFactory(IServiceProvider services, GrpcClientChannels channels) : GrpcClientFactory
    {
        public override TClient CreateClient<TClient>(string name)
        {
            var options = services.GetRequiredService<IOptionsMonitor<GrpcClientFactoryOptions>>().Get(name);
            var invoker = channels.InvokerOf(name, options);
            for (var i = options.InterceptorRegistrations.Count - 1; i >= 0; i--)
                if (options.InterceptorRegistrations[i] is { Scope: InterceptorScope.Client } registration)
                    invoker = invoker.Intercept(registration.Creator(services));
            return options.Creator is { } creator ? (TClient)creator(invoker) : (TClient)ClientConstructor<TClient>.Create(services, [invoker]);
        }

        private static class ClientConstructor<TClient>
        {
            internal static readonly ObjectFactory Create = ActivatorUtilities.CreateFactory(typeof(TClient), [typeof(CallInvoker)]);
        }
    }

    /// <summary>One channel for each client name: all clients of the name share its connections.</summary>
    internal sealed class GrpcClientChannels(IServiceProvider services, IHttpMessageHandlerFactory handlers, ILoggerFactory loggers) : IDisposable
    {
        private readonly ConcurrentDictionary<string, Lazy<(GrpcChannel Channel, CallInvoker Invoker)>> _channels = new();

        internal CallInvoker InvokerOf(string name, GrpcClientFactoryOptions options) =>
            _channels.GetOrAdd(name, static (n, s) => new Lazy<(GrpcChannel, CallInvoker)>(() => s.self.Create(n, s.options)), (self: this, options)).Value.Invoker;

        private (GrpcChannel, CallInvoker) Create(string name, GrpcClientFactoryOptions options)
        {
            var address = options.Address ?? throw new InvalidOperationException($"Could not resolve the address for gRPC client '{name}'. Set an address when registering the client: services.AddGrpcClient<{name}>(o => o.Address = new Uri(...)).");
            var channelOptions = new GrpcChannelOptions { LoggerFactory = loggers };
            foreach (var action in options.ChannelOptionsActions)
                action(channelOptions);
            if (channelOptions.HttpClient is null && channelOptions.HttpHandler is null)
                channelOptions.HttpHandler = Direct(handlers.CreateHandler(name));
            var channel = GrpcChannel.ForAddress(address, channelOptions);
            var invoker = channel.CreateCallInvoker();
            for (var i = options.InterceptorRegistrations.Count - 1; i >= 0; i--)
                if (options.InterceptorRegistrations[i] is { Scope: InterceptorScope.Channel } registration)
                    invoker = invoker.Intercept(registration.Creator(services));
            return (channel, invoker);
        }

        /// <summary>
        /// The transport itself where the factory only put its own wrapper around it, which would take note of the handler's life: this one lives as
        /// long as the factory. A chain with anybody's handler in it stays whole.
        /// </summary>
        private static HttpMessageHandler Direct(HttpMessageHandler handler) =>
            handler is DelegatingHandler { InnerHandler: SocketsHttpHandler transport } && handler.GetType().Assembly == typeof(IHttpClientFactory).Assembly ? transport : handler;

        public void Dispose()
        {
            foreach (var channel in _channels.Values)
                if (channel.IsValueCreated)
                    channel.Value.Channel.Dispose();
        }
    }
}

namespace Microsoft.Extensions.DependencyInjection
{
    /// <summary>Registers gRPC clients.</summary>
    public static class GrpcClientServiceExtensions
    {
        /// <summary>A client named as its type.</summary>
        public static IHttpClientBuilder AddGrpcClient<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TClient>(this IServiceCollection services) where TClient : class =>
            Add<TClient>(services, typeof(TClient).Name, null);

        /// <summary>A client named as its type, configured.</summary>
        public static IHttpClientBuilder AddGrpcClient<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TClient>(this IServiceCollection services, Action<GrpcClientFactoryOptions> configureClient) where TClient : class =>
            Add<TClient>(services, typeof(TClient).Name, (_, options) => configureClient(options));

        /// <summary>A client named as its type, configured with services.</summary>
        public static IHttpClientBuilder AddGrpcClient<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TClient>(this IServiceCollection services, Action<IServiceProvider, GrpcClientFactoryOptions> configureClient) where TClient : class =>
            Add<TClient>(services, typeof(TClient).Name, configureClient);

        /// <summary>A named client.</summary>
        public static IHttpClientBuilder AddGrpcClient<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TClient>(this IServiceCollection services, string name) where TClient : class =>
            Add<TClient>(services, name, null);

        /// <summary>A named client, configured.</summary>
        public static IHttpClientBuilder AddGrpcClient<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TClient>(this IServiceCollection services, string name, Action<GrpcClientFactoryOptions> configureClient) where TClient : class =>
            Add<TClient>(services, name, (_, options) => configureClient(options));

        /// <summary>A named client, configured with services.</summary>
        public static IHttpClientBuilder AddGrpcClient<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TClient>(this IServiceCollection services, string name, Action<IServiceProvider, GrpcClientFactoryOptions> configureClient) where TClient : class =>
            Add<TClient>(services, name, configureClient);

        private static IHttpClientBuilder Add<TClient>(IServiceCollection services, string name, Action<IServiceProvider, GrpcClientFactoryOptions>? configure) where TClient : class
        {
            ArgumentNullException.ThrowIfNull(services);
            ArgumentNullException.ThrowIfNull(name);
            services.AddLogging();
            services.TryAddSingleton<GrpcClientChannels>();
            services.TryAddTransient<GrpcClientFactory, DefaultGrpcClientFactory>();
            if (configure is not null)
                services.AddTransient<IConfigureOptions<GrpcClientFactoryOptions>>(provider => new ConfigureNamedOptions<GrpcClientFactoryOptions>(name, options => configure(provider, options)));
            services.AddTransient(provider => provider.GetRequiredService<GrpcClientFactory>().CreateClient<TClient>(name));
            return services.AddHttpClient(name)
                // One record for each call is the activity's and the interceptors' task.
                .RemoveAllLoggers()
                .ConfigurePrimaryHttpMessageHandler(GrpcChannel.CreateHandler)
                // The channel keeps its handler: a new one every two minutes would only leave connections behind.
                .SetHandlerLifetime(Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Configures gRPC clients after <c>AddGrpcClient</c>.</summary>
    public static class GrpcHttpClientBuilderExtensions
    {
        /// <summary>Changes the channel's options.</summary>
        public static IHttpClientBuilder ConfigureChannel(this IHttpClientBuilder builder, Action<GrpcChannelOptions> configureChannel) =>
            Configure(builder, (_, options) => options.ChannelOptionsActions.Add(configureChannel));

        /// <summary>Changes the channel's options, with services.</summary>
        public static IHttpClientBuilder ConfigureChannel(this IHttpClientBuilder builder, Action<IServiceProvider, GrpcChannelOptions> configureChannel) =>
            Configure(builder, (services, options) => options.ChannelOptionsActions.Add(channel => configureChannel(services, channel)));

        /// <summary>Makes the client by a function.</summary>
        public static IHttpClientBuilder ConfigureGrpcClientCreator(this IHttpClientBuilder builder, Func<CallInvoker, object> configureCreator) =>
            Configure(builder, (_, options) => options.Creator = configureCreator);

        /// <summary>Adds an interceptor to the channel.</summary>
        public static IHttpClientBuilder AddInterceptor(this IHttpClientBuilder builder, Func<Interceptor> configureInvoker) =>
            builder.AddInterceptor(InterceptorScope.Channel, _ => configureInvoker());

        /// <summary>Adds an interceptor to the channel, made with services.</summary>
        public static IHttpClientBuilder AddInterceptor(this IHttpClientBuilder builder, Func<IServiceProvider, Interceptor> configureInvoker) =>
            builder.AddInterceptor(InterceptorScope.Channel, configureInvoker);

        /// <summary>Adds an interceptor of that scope.</summary>
        public static IHttpClientBuilder AddInterceptor(this IHttpClientBuilder builder, InterceptorScope scope, Func<IServiceProvider, Interceptor> configureInvoker) =>
            Configure(builder, (_, options) => options.InterceptorRegistrations.Add(new InterceptorRegistration(scope, configureInvoker)));

        /// <summary>Adds an interceptor that is a service to the channel.</summary>
        public static IHttpClientBuilder AddInterceptor<TInterceptor>(this IHttpClientBuilder builder) where TInterceptor : Interceptor =>
            builder.AddInterceptor<TInterceptor>(InterceptorScope.Channel);

        /// <summary>Adds an interceptor that is a service, of that scope.</summary>
        public static IHttpClientBuilder AddInterceptor<TInterceptor>(this IHttpClientBuilder builder, InterceptorScope scope) where TInterceptor : Interceptor =>
            builder.AddInterceptor(scope, services => services.GetRequiredService<TInterceptor>());

        /// <summary>Adds credentials to every call.</summary>
        public static IHttpClientBuilder AddCallCredentials(this IHttpClientBuilder builder, Func<AuthInterceptorContext, Metadata, Task> authInterceptor) =>
            builder.AddCallCredentials((context, metadata, _) => authInterceptor(context, metadata));

        /// <summary>Adds credentials, made with services, to every call.</summary>
        public static IHttpClientBuilder AddCallCredentials(this IHttpClientBuilder builder, Func<AuthInterceptorContext, Metadata, IServiceProvider, Task> authInterceptor) =>
            Configure(builder, (services, options) => options.ChannelOptionsActions.Add(channel =>
                channel.Credentials = ChannelCredentials.Create(
                    channel.Credentials ?? (options.Address?.Scheme == Uri.UriSchemeHttps ? ChannelCredentials.SecureSsl : ChannelCredentials.Insecure),
                    CallCredentials.FromInterceptor((context, metadata) => authInterceptor(context, metadata, services)))));

        private static IHttpClientBuilder Configure(IHttpClientBuilder builder, Action<IServiceProvider, GrpcClientFactoryOptions> configure)
        {
            ArgumentNullException.ThrowIfNull(builder);
            builder.Services.AddTransient<IConfigureOptions<GrpcClientFactoryOptions>>(provider => new ConfigureNamedOptions<GrpcClientFactoryOptions>(builder.Name, options => configure(provider, options)));
            return builder;
        }
    }
}
