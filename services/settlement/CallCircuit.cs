namespace MedInsure.Settlement;

/// <summary>
/// Keeps a dead or slow service from costing every bill its deadline: after some calls in a row without an answer nobody is asked for a while; then one call tries.
/// </summary>
internal sealed class CallCircuit(TimeProvider time)
{
    // Assumed: no source names them. A handful of bills wait in vain, then at most one every ten seconds.
    public const int FailuresMax = 5;
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    private readonly Lock gate = new();
    private int failures;
    private long closedAt;

    /// <summary>False: do not call now.</summary>
    public bool TryEnter()
    {
        lock (gate)
        {
            if (failures < FailuresMax) return true;
            if (time.GetElapsedTime(closedAt) < Pause) return false;
            closedAt = time.GetTimestamp(); // the others wait for what this one finds
            return true;
        }
    }

    public void Answered()
    {
        lock (gate) failures = 0;
    }

    public void Failed()
    {
        lock (gate)
            if (++failures >= FailuresMax) closedAt = time.GetTimestamp();
    }
}
