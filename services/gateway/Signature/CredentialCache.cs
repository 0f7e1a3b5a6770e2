using System.Collections.Frozen;
using System.Text;
using MedInsure.Kernel;
using Microsoft.Extensions.Logging;

namespace MedInsure.Gateway.Signature;

/// <summary>A provider's system that may call: its provider and the token it signs with.</summary>
/// <param name="Token">UTF-8, at most <see cref="TokenLengthMax"/> bytes. Never logged.</param>
/// <param name="City">The city in whose registry the provider is.</param>
public sealed record CallerCredential(string Paasid, ReadOnlyMemory<byte> Token, string FixmedinsCode, string City)
{
    public const int TokenLengthMax = 256;

    public static CallerCredential? Of(string paasid, string token, string fixmedinsCode, string city)
    {
        var bytes = Encoding.UTF8.GetBytes(token);
        return bytes.Length is 0 or > TokenLengthMax ? null : new CallerCredential(paasid, bytes, fixmedinsCode, city);
    }

    // A record prints its members: the token must not reach a log that way.
    public override string ToString() => Paasid;
}

/// <summary>
/// The credentials of all providers, from the registries of the cities. An unknown caller makes it ask again, at most every few seconds,
/// so that a new provider is known at once and a stranger cannot make the registry work; a known one keeps signing while the registry is down.
/// </summary>
/// <param name="load">Reads all credentials; throws when a registry cannot be reached.</param>
public sealed partial class CredentialCache(Func<CancellationToken, Task<IReadOnlyList<CallerCredential>>> load, TimeProvider time, ILogger<CredentialCache> log) : IDisposable
{
    private static readonly TimeSpan BetweenMisses = TimeSpan.FromSeconds(3);
    // After this a snapshot is read anew beside the requests; after the second one a request waits for it, so that a withdrawn token is not
    // honoured once more by a gateway that nobody called for a night.
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(1), LifetimeMax = TimeSpan.FromMinutes(3);

    private sealed record Snapshot(FrozenDictionary<string, CallerCredential> ByPaasid, long ReadAt);

    private readonly SemaphoreSlim reading = new(1, 1);
    private Snapshot? snapshot;
    private long triedAt;
    private bool failed;

    public async ValueTask<CallerCredential?> Find(string paasid, CancellationToken cancellation)
    {
        var known = Volatile.Read(ref snapshot);
        if (known is not null && known.ByPaasid.TryGetValue(paasid, out var credential))
        {
            var age = time.GetElapsedTime(known.ReadAt);
            if (age <= Lifetime || !Due()) return credential;
            var refresh = Refresh(known, CancellationToken.None);
            if (age <= LifetimeMax) return credential;
            await refresh;
            return Volatile.Read(ref snapshot)!.ByPaasid.GetValueOrDefault(paasid);
        }
        if (known is not null && !Due()) return null;
        await Refresh(known, cancellation);
        return Volatile.Read(ref snapshot)?.ByPaasid.GetValueOrDefault(paasid);
    }

    public void Dispose() => reading.Dispose();

    private bool Due()
    {
        var last = Interlocked.Read(ref triedAt);
        return last == 0 || time.GetElapsedTime(last) >= BetweenMisses;
    }

    private async Task Refresh(Snapshot? before, CancellationToken cancellation)
    {
        await reading.WaitAsync(cancellation);
        try
        {
            // Somebody else read while this one waited.
            if (!ReferenceEquals(before, snapshot) || (before is not null && !Due())) return;
            // A registry that just failed is not asked once per waiting caller.
            if (failed && !Due()) throw new CredentialsUnavailableException();
            failed = true;
            IReadOnlyList<CallerCredential> all;
            try { all = await load(cancellation); }
            finally { Interlocked.Exchange(ref triedAt, Math.Max(1, time.GetTimestamp())); }
            Volatile.Write(ref snapshot, new Snapshot(all.ToFrozenDictionary(c => c.Paasid, StringComparer.Ordinal), time.GetTimestamp()));
            failed = false;
        }
        catch (Exception e) when (e is not OperationCanceledException and not CredentialsUnavailableException)
        {
            LogUnreadable(log, e);
            // With nothing at all to check against, the caller hears "unavailable", not "unknown".
            if (before is null) throw new CredentialsUnavailableException(e);
        }
        finally { reading.Release(); }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "provider credentials could not be read; the last ones stay in use")]
    private static partial void LogUnreadable(ILogger logger, Exception e);
}

/// <summary>Nothing is known of any caller and no registry could be asked.</summary>
public sealed class CredentialsUnavailableException(Exception? cause = null) : Exception("provider credentials are not available", cause);
