using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace MedInsure.Gateway.Signature;

/// <summary>
/// Which nonces each caller has used while their timestamps could still be accepted. Memory is bounded: a caller beyond its share is
/// refused rather than an old nonce forgotten, and what has passed out of the window is dropped, an idle caller's too.
/// </summary>
public sealed class NonceWindow(int perCallerMax = NonceWindow.PerCallerDefault)
{
    // Both sides of the clock window: a timestamp may lie 300 s ahead and stay acceptable until 300 s after it.
    public const int ClockSlackSeconds = 300;
    // 800 requests a second of one hospital over the longest life of a nonce; about 20 MB for such a caller.
    public const int PerCallerDefault = 500_000;

    private readonly ConcurrentDictionary<string, Caller> callers = new(StringComparer.Ordinal);
    private long sweptMinute;

    public enum Use { First, Repeated, TooMany }

    /// <param name="timestamp">The signed time, already found to lie within the clock window.</param>
    public Use Take(string paasid, string nonce, long timestamp, long now)
    {
        Sweep(now);
        var key = Digest(nonce);
        var caller = callers.GetOrAdd(paasid, static _ => new Caller());
        lock (caller)
        {
            caller.DropBefore(now);
            foreach (var (_, seen) in caller.Minutes)
                if (seen.Contains(key)) return Use.Repeated;
            if (caller.Count >= perCallerMax) return Use.TooMany;
            caller.Add((timestamp + ClockSlackSeconds) / 60, key);
            return Use.First;
        }
    }

    /// <summary>Nonces held of all callers.</summary>
    public int Count => callers.Values.Sum(c => { lock (c) return c.Count; });

    private void Sweep(long now)
    {
        var minute = now / 60;
        var last = Interlocked.Read(ref sweptMinute);
        if (minute <= last || Interlocked.CompareExchange(ref sweptMinute, minute, last) != last) return;
        foreach (var caller in callers.Values)
            lock (caller) caller.DropBefore(now);
    }

    // Eight bytes: among half a million nonces the chance of refusing one wrongly is below 10^-13.
    private static ulong Digest(string nonce)
    {
        Span<byte> text = stackalloc byte[Encoding.UTF8.GetMaxByteCount(SignatureCheck.HeaderLengthMax)];
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(text[..Encoding.UTF8.GetBytes(nonce, text)], hash);
        return BitConverter.ToUInt64(hash);
    }

    private sealed class Caller
    {
        /// <summary>By the minute in which the last of them leaves the window: never more than eleven sets.</summary>
        public List<(long Minute, HashSet<ulong> Seen)> Minutes { get; } = [];
        public int Count { get; private set; }

        public void DropBefore(long now)
        {
            var current = now / 60;
            for (var i = Minutes.Count - 1; i >= 0; i--)
            {
                if (Minutes[i].Minute >= current) continue;
                Count -= Minutes[i].Seen.Count;
                Minutes.RemoveAt(i);
            }
        }

        public void Add(long minute, ulong key)
        {
            var at = Minutes.FindIndex(m => m.Minute == minute);
            if (at < 0) { at = Minutes.Count; Minutes.Add((minute, [])); }
            Minutes[at].Seen.Add(key);
            Count++;
        }
    }
}
