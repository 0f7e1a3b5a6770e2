using System.Threading.RateLimiting;
using Microsoft.Extensions.Configuration;

namespace MedInsure.Gateway.Calls;

/// <summary>Configuration section Gateway:Limits, per gateway process.</summary>
/// <param name="CountyCalls">Of one county's services at once; more wait.</param>
/// <param name="CountyWaiting">Waiting for them; more are answered "busy".</param>
/// <param name="ProviderCalls">Of one provider at once; more are answered "busy".</param>
/// <param name="ProviderCallsPerSecond">Of one provider over time; twice as many may come in a burst.</param>
public sealed record CallLimitOptions(int CountyCalls, int CountyWaiting, int ProviderCalls, int ProviderCallsPerSecond)
{
    /// <exception cref="InvalidOperationException">A value is out of range.</exception>
    public static CallLimitOptions Read(IConfiguration section)
    {
        // Assumed: half of what one journal row takes (settlement's BatchMax) keeps a county's writer at work; a provider of hundreds of windows
        // stays far below its limits, a program gone wild does not.
        var limits = new CallLimitOptions(section.GetValue("CountyCalls", 128), section.GetValue("CountyWaiting", 1024), section.GetValue("ProviderCalls", 256), section.GetValue("ProviderCallsPerSecond", 500));
        if (limits.CountyCalls < 1 || limits.CountyWaiting < 0 || limits.ProviderCalls < 1 || limits.ProviderCallsPerSecond < 1) throw new InvalidOperationException("configuration Gateway:Limits: counts must be positive");
        return limits;
    }
}

/// <summary>
/// One county's storm stays its own: at most so many calls are under way to the services of a county, whoever sends them, and the others wait
/// in line or are told "busy"; a county without a storm never waits for another's. One provider cannot fill its county's line either.
/// </summary>
public sealed class CallLimits : IDisposable
{
    // A large upload takes some ten times its size while it is read.
    private const int UploadsMax = 4;

    private readonly PartitionedRateLimiter<string> counties, providers, rates;
    private readonly ConcurrencyLimiter uploads = new(new() { PermitLimit = UploadsMax, QueueLimit = 0 });

    public CallLimits(CallLimitOptions options)
    {
        counties = PartitionedRateLimiter.Create<string, string>(county => RateLimitPartition.GetConcurrencyLimiter(county, _ => new() { PermitLimit = options.CountyCalls, QueueLimit = options.CountyWaiting, QueueProcessingOrder = QueueProcessingOrder.OldestFirst }));
        providers = PartitionedRateLimiter.Create<string, string>(provider => RateLimitPartition.GetConcurrencyLimiter(provider, _ => new() { PermitLimit = options.ProviderCalls, QueueLimit = 0 }));
        rates = PartitionedRateLimiter.Create<string, string>(provider => RateLimitPartition.GetTokenBucketLimiter(provider, _ => new()
        {
            // Ten times a second, so that the burst is not spent and filled in one go.
            TokenLimit = 2 * options.ProviderCallsPerSecond, TokensPerPeriod = Math.Max(1, options.ProviderCallsPerSecond / 10), ReplenishmentPeriod = TimeSpan.FromMilliseconds(options.ProviderCallsPerSecond >= 10 ? 100 : 1000d / options.ProviderCallsPerSecond), QueueLimit = 0,
        }));
    }

    /// <summary>A provider's call, before anything of it is read. Not acquired: it has too many.</summary>
    public RateLimitLease TryEnter(string provider)
    {
        var place = providers.AttemptAcquire(provider);
        if (!place.IsAcquired) return place;
        var token = rates.AttemptAcquire(provider);
        if (token.IsAcquired) { token.Dispose(); return place; }
        place.Dispose();
        return token;
    }

    /// <summary>A request larger than others may be. Not acquired: too many of them at once.</summary>
    public RateLimitLease TryEnterUpload() => uploads.AttemptAcquire();

    /// <summary>A call to the services of a county, waited for until shortly before its deadline. Not acquired: too many wait, or it waited in vain.</summary>
    public async ValueTask<RateLimitLease> Enter(string county, DateTime deadline, CancellationToken aborted)
    {
        // At once for a county without a storm.
        if (counties.AttemptAcquire(county) is { IsAcquired: true } free) return free;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(aborted);
        // Half of what is left stays for the call itself.
        var left = (deadline - TimeProvider.System.GetUtcNow().UtcDateTime) / 2;
        patience.CancelAfter(left > TimeSpan.Zero ? left : TimeSpan.Zero);
        try { return await counties.AcquireAsync(county, cancellationToken: patience.Token); }
        catch (OperationCanceledException) when (!aborted.IsCancellationRequested) { return Waited; }
    }

    private static readonly RateLimitLease Waited = new InVain();

    private sealed class InVain : RateLimitLease
    {
        public override bool IsAcquired => false;
        public override IEnumerable<string> MetadataNames => [];
        public override bool TryGetMetadata(string metadataName, out object? metadata) { metadata = null; return false; }
    }

    public void Dispose()
    {
        counties.Dispose();
        providers.Dispose();
        rates.Dispose();
        uploads.Dispose();
    }
}
