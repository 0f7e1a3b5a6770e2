using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace MedInsure.Reference.Cache;

/// <summary>
/// The process's connection to Redis, made when first asked for and then kept up by the client itself. Every question is answered within
/// <see cref="ReferenceOptions.RedisAnswerLongest"/> or counts as unanswered: in this release of the client, asynchronous calls know no limit of their own.
/// </summary>
internal sealed class RedisConnection(string address, string? password, ReferenceOptions options, ILogger<RedisConnection> log) : IAsyncDisposable
{
    private readonly SemaphoreSlim connecting = new(1, 1);
    private volatile ConnectionMultiplexer? connection;
    private int silent;

    /// <returns>Not answered: Redis is away, slow, or refuses us; the reason is logged when that begins and when it ends.</returns>
    public async Task<(bool Answered, T? Value)> Ask<T>(Func<IDatabase, Task<T>> question, CancellationToken cancellation)
    {
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            limit.CancelAfter(options.RedisAnswerLongest);
            var value = await Answer(question, limit.Token).WaitAsync(limit.Token);
            if (Interlocked.Exchange(ref silent, 0) == 1) log.LogInformation("Redis at {Address} answers again", address);
            return (true, value);
        }
#pragma warning disable CA1031 // Whatever it is: the registry has the same rows.
        catch (Exception e) when (!cancellation.IsCancellationRequested)
#pragma warning restore CA1031
        {
            if (Interlocked.Exchange(ref silent, 1) == 0) log.LogWarning("Redis at {Address} does not answer, the registry is asked instead: {Error}", address, e.Message);
            return (false, default);
        }
    }

    private async Task<T> Answer<T>(Func<IDatabase, Task<T>> question, CancellationToken cancellation) => await question((connection ?? await Connect(cancellation)).GetDatabase());

    private async Task<ConnectionMultiplexer> Connect(CancellationToken cancellation)
    {
        await connecting.WaitAsync(cancellation);
        try
        {
            if (connection is { } made) return made;
            var configuration = ConfigurationOptions.Parse(address);
            (configuration.AbortOnConnectFail, configuration.Password) = (false, password);
            (configuration.ClientName, configuration.ConnectTimeout) = ("medinsure-reference", (int)options.RedisAnswerLongest.TotalMilliseconds);
            return connection = await ConnectionMultiplexer.ConnectAsync(configuration);
        }
        finally
        {
            connecting.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (connection is { } made) await made.CloseAsync(allowCommandsToComplete: false);
        connection?.Dispose();
        connecting.Dispose();
    }
}
