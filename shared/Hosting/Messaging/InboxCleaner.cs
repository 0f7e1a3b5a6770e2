using MedInsure.Hosting.Jobs;
using Microsoft.Extensions.Hosting;

namespace MedInsure.Hosting.Messaging;

/// <summary>Forgets what the inboxes no longer need to recognise, once a day, whether or not a clock outside asks for it too. Never at the start: what was waiting
/// for this process comes first.</summary>
internal sealed class InboxCleaner(JobRunner jobs, TimeProvider time) : BackgroundService
{
    public const string Job = "inbox-cleanup";

    public static async Task<JobOutcome> Clean(JobPlace place, CancellationToken cancellation) =>
        new(true, new { Forgotten = await Inbox.Forget(place.Database, cancellation) });

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!jobs.Names.Contains(Job)) return;
        using var timer = new PeriodicTimer(TimeSpan.FromDays(1), time);
        while (await timer.WaitForNextTickAsync(stoppingToken)) await jobs.Go(Job, stoppingToken);
    }
}
