using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MedInsure.Hosting.Observability;
using Microsoft.Extensions.Configuration;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace MedInsure.Hosting.Messaging.Errors;

/// <summary>
/// The error queues of this process's queues on the broker: _error for what could not be handled, _skipped for what no consumer here knows the form of.
/// A message that is looked at is taken and given back; the queues have no delivery limit that this could exhaust. Of a queue the first 1,000 are seen.
/// </summary>
internal sealed class RabbitErrorQueues(IConfiguration configuration, IServiceProvider services) : IMessageErrors, IDisposable
{
    private static readonly string[] Endings = ["_error", "_skipped"];
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private const int LookedMax = 1000;

    private readonly Lazy<string[]> queues = new(() => [.. EventBus.QueueNames(services)]);
    // While one operator looks at a queue, what is taken would be missing for another.
    private readonly SemaphoreSlim one = new(1, 1);

    private IEnumerable<string> Names => queues.Value.SelectMany(q => Endings, (q, ending) => q + ending).Order(StringComparer.Ordinal);

    public async Task<IReadOnlyDictionary<string, long>> Count(CancellationToken cancellation)
    {
        await using var connection = await Connect(cancellation);
        var counts = new Dictionary<string, long>();
        IChannel? channel = null;
        try
        {
            foreach (var name in Names)
            {
                channel ??= await connection.CreateChannelAsync(cancellationToken: cancellation);
                try
                {
                    if ((await channel.QueueDeclarePassiveAsync(name, cancellation)).MessageCount is > 0 and var count) counts[name] = count;
                }
                catch (OperationInterruptedException e) when (e.ShutdownReason?.ReplyCode == 404)
                {
                    await channel.DisposeAsync();
                    channel = null;
                }
            }
            return counts;
        }
        finally { if (channel is not null) await channel.DisposeAsync(); }
    }

    public async Task<IReadOnlyList<ErrorMessage>> List(string? queue, int skip, int limit, CancellationToken cancellation)
    {
        var found = new List<ErrorMessage>();
        await one.WaitAsync(cancellation);
        try
        {
            await using var connection = await Connect(cancellation);
            foreach (var name in Names.Where(n => queue is null || n == queue))
                await Look(connection, name, (message, _, _) => { found.Add(message); return Task.FromResult(false); }, cancellation);
            return [.. found.Skip(skip).Take(limit)];
        }
        finally { one.Release(); }
    }

    public Task<IReadOnlyList<ErrorMessage>> Replay(string queue, string? id, CancellationToken cancellation) => Take(queue, id, sendAgain: true, cancellation);
    public Task<IReadOnlyList<ErrorMessage>> Discard(string queue, string? id, CancellationToken cancellation) => Take(queue, id, sendAgain: false, cancellation);

    private async Task<IReadOnlyList<ErrorMessage>> Take(string queue, string? id, bool sendAgain, CancellationToken cancellation)
    {
        var done = new List<ErrorMessage>();
        if (queues.Value.FirstOrDefault(q => Endings.Any(ending => q + ending == queue)) is not { } home) return done;
        await one.WaitAsync(cancellation);
        try
        {
            await using var connection = await Connect(cancellation);
            await Look(connection, queue, async (message, taken, channel) =>
            {
                // One that is seen a second time has failed again meanwhile.
                if ((id ?? message.Id) != message.Id || done.Any(d => d.Id == message.Id)) return false;
                // Confirmed before it is acknowledged here: cut off in between it is there twice, which the inbox makes harmless.
                if (sendAgain) await channel.BasicPublishAsync("", home, mandatory: true, Clean(taken.BasicProperties, message.Id), taken.Body, cancellation);
                await channel.BasicAckAsync(taken.DeliveryTag, multiple: false, cancellation);
                done.Add(message);
                return true;
            }, cancellation);
            return done;
        }
        finally { one.Release(); }
    }

    /// <summary>Takes everything from a queue and gives back, in its order, what <paramref name="act"/> has not taken (true) for good.
    /// Everything, because the broker would put what comes back behind what had come back before.</summary>
    private static async Task Look(IConnection connection, string queue, Func<ErrorMessage, BasicGetResult, IChannel, Task<bool>> act, CancellationToken cancellation)
    {
        await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true), cancellation);
        var back = new List<ulong>();
        try
        {
            for (var looked = 0; looked < LookedMax && await channel.BasicGetAsync(queue, autoAck: false, cancellation) is { } taken; looked++)
                if (!await act(Read(queue, taken), taken, channel)) back.Add(taken.DeliveryTag);
        }
        // The broker makes the queue with the first message, and closes the channel of who asks before.
        catch (OperationInterruptedException e) when (e.ShutdownReason?.ReplyCode == 404) { return; }
        foreach (var tag in back) await channel.BasicNackAsync(tag, multiple: false, requeue: true, cancellation);
        await channel.CloseAsync(cancellation);
    }

    private Task<IConnection> Connect(CancellationToken cancellation)
    {
        var at = BrokerAddress.Read(configuration);
        return new ConnectionFactory
        {
            HostName = at.Host, Port = at.Port, VirtualHost = at.VirtualHost, UserName = at.User, Password = at.Password,
            ClientProvidedName = "medinsure operator", AutomaticRecoveryEnabled = false, RequestedConnectionTimeout = Patience, ContinuationTimeout = Patience,
            Ssl = new SslOption(at.Host, enabled: at.Tls),
        }.CreateConnectionAsync(cancellation);
    }

    private static BasicProperties Clean(IReadOnlyBasicProperties was, string id)
    {
        var clean = new BasicProperties(was) { MessageId = id, Persistent = true, Headers = new Dictionary<string, object?>() };
        // What it failed of is written anew should it fail again.
        foreach (var (name, value) in was.Headers ?? new Dictionary<string, object?>())
            if (!name.StartsWith("MT-Fault-", StringComparison.Ordinal) && name is not ("MT-Reason" or "x-delivery-count" or "x-acquired-count")) clean.Headers[name] = value;
        return clean;
    }

    private static ErrorMessage Read(string queue, BasicGetResult taken)
    {
        var (source, type, events) = ("", "", 0);
        try
        {
            using var body = JsonDocument.Parse(taken.Body);
            var batch = body.RootElement.GetProperty("message");
            (source, type, events) = (batch.GetProperty("tenant").GetString() ?? "", batch.GetProperty("type").GetString() ?? "", batch.GetProperty("events").GetArrayLength());
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException) { /* Perhaps that is why it is here. */ }
        var headers = taken.BasicProperties.Headers;
        var id = taken.BasicProperties.MessageId is { Length: > 0 } given ? given : Convert.ToHexStringLower(SHA256.HashData(taken.Body.Span).AsSpan(0, 16));
        var at = DateTimeOffset.TryParse(Text(headers, "MT-Fault-Timestamp"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : (DateTimeOffset?)null;
        return new ErrorMessage(queue, id, source, type, events, ErrorText.Of(Text(headers, "MT-Fault-ExceptionType"), Text(headers, "MT-Fault-Message")), at);
    }

    private static string Text(IDictionary<string, object?>? headers, string name) =>
        headers is not null && headers.TryGetValue(name, out var value) ? value switch { byte[] bytes => Encoding.UTF8.GetString(bytes), _ => $"{value}" } : "";

    public void Dispose() => one.Dispose();
}

/// <summary>What an operator reads of a failure.</summary>
internal static class ErrorText
{
    private const int LengthMax = 500;

    public static string Of(Exception e) => Of(e.GetType().Name, e.Message);

    public static string Of(string type, string message)
    {
        var text = LogMask.Text($"{type[(type.LastIndexOf('.') + 1)..]}: {message}".ReplaceLineEndings(" ").Trim(' ', ':'));
        return text.Length <= LengthMax ? text : text[..LengthMax] + "…";
    }
}
