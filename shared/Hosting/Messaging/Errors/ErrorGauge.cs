using System.Diagnostics.Metrics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace MedInsure.Hosting.Messaging.Errors;

/// <summary>
/// medinsure.messages.errors: messages that wait for an operator, by queue; every process that receives from a queue reports it, so take the greatest.
/// A queue that gains messages is also named in the log.
/// </summary>
internal sealed class ErrorGauge(IMessageErrors errors, TimeProvider time, ILogger<ErrorGauge> logger) : BackgroundService
{
    public const string Name = "medinsure.messages.errors";
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(30);

    private readonly Meter meter = new("MedInsure.Messages");
    private volatile IReadOnlyDictionary<string, long> counts = new Dictionary<string, long>();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        meter.CreateObservableGauge(Name, () => counts.Select(c => new Measurement<long>(c.Value, new KeyValuePair<string, object?>("queue", c.Key))), "{message}", "Messages that could not be handled and wait for an operator");
        using var timer = new PeriodicTimer(Pause, time);
        do
        {
            try { await Look(stoppingToken); }
            // The bus has a health check of its own; what was counted last still waits.
            catch (Exception e) when (!stoppingToken.IsCancellationRequested) { logger.LogDebug(e, "The error queues were not counted"); }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    internal async Task Look(CancellationToken cancellation)
    {
        var (before, now) = (counts, await errors.Count(cancellation));
        // Queues that were emptied report 0 once more, so that an alarm ends.
        counts = now.Concat(before.Keys.Where(q => !now.ContainsKey(q)).Select(q => new KeyValuePair<string, long>(q, 0))).ToDictionary();
        foreach (var (queue, count) in now)
            if (count > before.GetValueOrDefault(queue)) logger.LogWarning("{Count} messages in {Queue} could not be handled: GET /messages/errors", count, queue);
    }

    public override void Dispose()
    {
        meter.Dispose();
        base.Dispose();
    }
}
