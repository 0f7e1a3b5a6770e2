using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Google.Protobuf;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace MedInsure.Reference.Cache;

/// <summary>
/// The level below the snapshots in memory: what one process read of the registry, kept in Redis for those that start after or beside it. Which version is
/// the newest is never asked here but of the registry each time, so that nothing expired is served. Where Redis is away, slow or holds something that is not
/// to be believed, the registry is read.
/// </summary>
public sealed class ReferenceCache(IConfiguration configuration, ReferenceOptions options, ILoggerFactory logging) : IAsyncDisposable
{
    internal const string AddressKey = "Redis:Address";

    // The first look of a waiting process comes soon, the later ones more seldom.
    private static readonly TimeSpan LookFirst = TimeSpan.FromMilliseconds(20), LookLast = TimeSpan.FromMilliseconds(250);

    private readonly RedisConnection redis = new(configuration[AddressKey] ?? throw new InvalidOperationException($"configuration {AddressKey} is missing"),
        configuration["Secrets:Redis"], options, logging.CreateLogger<RedisConnection>());
    private readonly ILogger log = logging.CreateLogger<ReferenceCache>();

    /// <summary>The range's pages: from Redis, else by <paramref name="read"/>, which one process at a time does while the others wait for what it leaves, bounded.</summary>
    /// <param name="isStill">Asked after reading: whether the registry's history is the one of <paramref name="range"/> still. If not, the pages are used but not kept.</param>
    internal async Task<IReadOnlyList<TReply>> Pages<TReply>(
        ReferenceRange range, MessageParser<TReply> parser, Func<Task<IReadOnlyList<TReply>>> read, Func<Task<bool>> isStill, CancellationToken cancellation) where TReply : IMessage<TReply>
    {
        var begun = Stopwatch.GetTimestamp();
        var holder = RandomNumberGenerator.GetHexString(32);
        for (var pause = LookFirst; ; pause = pause * 2 < LookLast ? pause * 2 : LookLast)
        {
            var look = await Look(range, parser, begun, cancellation);
            if (look.Pages is { } found) return Hit(found, begun);
            if (!look.Answered) break;
            var (answered, isMine) = await redis.Ask(db => db.LockTakeAsync(range.LockKey, holder, options.CacheLockExpiry), cancellation);
            if (!answered) break;
            if (isMine)
                try { return await Fill(range, parser, read, isStill, begun, cancellation); }
                // Not with the caller's token: a lock left behind would let the others wait for nobody.
                finally { await redis.Ask(db => db.LockReleaseAsync(range.LockKey, holder), CancellationToken.None); }
            if (IsTooLong(begun))
            {
                ReferenceMeter.Misses.Add(1, new KeyValuePair<string, object?>("reason", "waited"));
                Waited(begun);
                return await read();
            }
            // Apart from one another, so that twenty do not ask in step.
            await Task.Delay(pause + TimeSpan.FromMilliseconds(Random.Shared.Next(20)), cancellation);
        }
        ReferenceMeter.Errors.Add(1, new KeyValuePair<string, object?>("reason", "away"));
        Waited(begun);
        return await read();
    }

    /// <summary>Whether Redis answers, for the health check.</summary>
    internal async Task<bool> Answers(CancellationToken cancellation) => (await redis.Ask(db => db.PingAsync(), cancellation)).Answered;

    private async Task<IReadOnlyList<TReply>> Fill<TReply>(
        ReferenceRange range, MessageParser<TReply> parser, Func<Task<IReadOnlyList<TReply>>> read, Func<Task<bool>> isStill, long begun, CancellationToken cancellation) where TReply : IMessage<TReply>
    {
        // The holder before us may have filled between our look and our lock.
        if ((await Look(range, parser, begun, cancellation)).Pages is { } found) return Hit(found, begun);
        ReferenceMeter.Misses.Add(1, new KeyValuePair<string, object?>("reason", "filled"));
        Waited(begun);
        var pages = await read();
        if (!await isStill()) return pages;
        var writing = Stopwatch.GetTimestamp();
        // Page 0 last: who finds it finds the others.
        for (var page = pages.Count - 1; page >= 0; page--)
        {
            var key = range.PageKey(page);
            var value = CachedPage.Write(key, Secret, pages.Count, pages[page]);
            var (answered, _) = await redis.Ask(db => db.StringSetAsync(key, value, options.CacheKept), cancellation);
            if (answered && !IsTooLong(writing)) continue;
            ReferenceMeter.Errors.Add(1, new KeyValuePair<string, object?>("reason", "away"));
            break;
        }
        return pages;
    }

    private async Task<(bool Answered, IReadOnlyList<TReply>? Pages)> Look<TReply>(
        ReferenceRange range, MessageParser<TReply> parser, long begun, CancellationToken cancellation) where TReply : IMessage<TReply>
    {
        var (answered, first) = await redis.Ask(db => db.StringGetAsync(range.PageKey(0)), cancellation);
        if (!answered || first.IsNull) return (answered, null);
        if (await Believe(range, 0, first, parser, cancellation) is not (var count, { } firstReply)) return (true, null);
        var replies = new TReply[count];
        replies[0] = firstReply;
        for (var page = 1; page < count; page++)
        {
            // Pages that each come just in time would add up.
            if (IsTooLong(begun)) return (false, null);
            var number = page;
            (answered, var value) = await redis.Ask(db => db.StringGetAsync(range.PageKey(number)), cancellation);
            if (!answered || value.IsNull) return (answered, null);
            if (await Believe(range, page, value, parser, cancellation) is not (_, { } reply)) return (true, null);
            replies[page] = reply;
        }
        return (true, replies);
    }

    /// <summary>Null: dropped.</summary>
    private async Task<(int Pages, TReply Reply)?> Believe<TReply>(ReferenceRange range, int page, RedisValue value, MessageParser<TReply> parser, CancellationToken cancellation) where TReply : IMessage<TReply>
    {
        var key = range.PageKey(page);
        if (CachedPage.Read(key, Secret, (byte[])value!, parser) is { } content) return content;
        log.LogWarning("Redis held a value under {Key} that is not to be believed; it is dropped", key);
        ReferenceMeter.Errors.Add(1, new KeyValuePair<string, object?>("reason", "invalid"));
        await redis.Ask(db => db.KeyDeleteAsync(key), cancellation);
        return null;
    }

    // Read each time, so that a rotated secret holds at once: what was written with the old one is read afresh.
    private byte[] Secret => Encoding.UTF8.GetBytes(configuration["Secrets:ServiceToken"] ?? "");

    private static IReadOnlyList<TReply> Hit<TReply>(IReadOnlyList<TReply> pages, long begun)
    {
        ReferenceMeter.Hits.Add(1);
        Waited(begun);
        return pages;
    }

    private bool IsTooLong(long begun) => Stopwatch.GetElapsedTime(begun) > options.CacheWaitLongest;

    private static void Waited(long begun) => ReferenceMeter.Wait.Record(Stopwatch.GetElapsedTime(begun).TotalSeconds);

    public ValueTask DisposeAsync() => redis.DisposeAsync();
}
