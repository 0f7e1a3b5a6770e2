using System.Collections.Concurrent;
using System.Diagnostics;
using MedInsure.Kernel;

namespace MedInsure.Tool.Hospital;

/// <summary>What happened so far: counted from many tasks, read by the live line and the report at the end.</summary>
public sealed class Tally
{
    private readonly ConcurrentQueue<string> faults = new();
    private readonly ConcurrentDictionary<string, int> refused = new(), unknown = new();
    private readonly ConcurrentDictionary<string, ConcurrentBag<long>> latencies = new();
    private readonly Dictionary<string, long> fundFen = [];
    private readonly Stopwatch since = Stopwatch.StartNew();
    private int settled, reversed, repeated, gaveUp, undone, intended, unavailable, calls, faultCount;

    public int Settled => settled;
    public int Faults => faultCount;
    public int Intended => intended;
    public IEnumerable<string> FirstFaults => faults;

    public void Measured(string infno, TimeSpan took)
    {
        Interlocked.Increment(ref calls);
        latencies.GetOrAdd(infno, _ => []).Add(took.Ticks);
    }

    public void Booked(SettlementMoney money, bool reversal)
    {
        if (reversal) Interlocked.Increment(ref reversed); else Interlocked.Increment(ref settled);
        lock (fundFen)
            foreach (var field in (string[])[.. SettlementMoney.Funds, "acct_pay", "acct_mulaid_pay", "psn_cash_pay"]) fundFen[field] = fundFen.GetValueOrDefault(field) + money[field].Value;
    }

    /// <summary>The outcome is not known yet: the message is sent again.</summary>
    public void Unavailable(string what)
    {
        Interlocked.Increment(ref unavailable);
        unknown.AddOrUpdate(what, 1, (_, n) => n + 1);
    }

    public void Repeated() => Interlocked.Increment(ref repeated);
    public void GaveUp() => Interlocked.Increment(ref gaveUp);
    public void Undone() => Interlocked.Increment(ref undone);

    /// <summary>A refusal that the simulation asked for.</summary>
    public void Refused(string what)
    {
        Interlocked.Increment(ref intended);
        refused.AddOrUpdate(what, 1, (_, n) => n + 1);
    }

    /// <summary>Something the platform should not have done, or a difference. Any one makes the run fail.</summary>
    public void Fault(string what)
    {
        if (Interlocked.Increment(ref faultCount) <= 30) faults.Enqueue(what);
    }

    public string Line(DateOnly day) =>
        $"{day:yyyy-MM-dd}  settled {settled}, reversed {reversed}, repeated {repeated}, gave up {gaveUp}, undone {undone}, refused as intended {intended}, unavailable {unavailable}, faults {faultCount}" +
        $"  |  {calls / Math.Max(0.001, since.Elapsed.TotalSeconds):F0} calls/s, settle p50 {Settle(50):F1} ms, p99 {Settle(99):F1} ms  |  {Money()}";

    public IEnumerable<string> UnavailableByCause() => unknown.OrderByDescending(u => u.Value).ThenBy(u => u.Key, StringComparer.Ordinal).Select(u => $"{u.Value,5}  {u.Key}");

    public IEnumerable<string> RefusalsByCode() => refused.OrderByDescending(r => r.Value).ThenBy(r => r.Key, StringComparer.Ordinal).Select(r => $"{r.Value,5}  {r.Key}");

    public IEnumerable<string> LatenciesByTransaction() => latencies.OrderBy(l => l.Key, StringComparer.Ordinal)
        .Select(l => $"{l.Key,-6} {l.Value.Count,7} calls   p50 {Percentile([.. l.Value], 50),7:F1} ms   p99 {Percentile([.. l.Value], 99),7:F1} ms");

    public string Money()
    {
        lock (fundFen) return string.Join("  ", fundFen.Where(f => f.Value != 0).Select(f => $"{f.Key} {new Fen(f.Value)}"));
    }

    private double Settle(int percent) =>
        Percentile([.. latencies.Where(l => l.Key is "2207A" or "2304" or "2102").SelectMany(l => l.Value)], percent);

    private static double Percentile(long[] ticks, int percent)
    {
        if (ticks.Length == 0) return 0;
        Array.Sort(ticks);
        return TimeSpan.FromTicks(ticks[(ticks.Length - 1) * percent / 100]).TotalMilliseconds;
    }
}
