using System.Diagnostics.Metrics;

namespace MedInsure.Reference.Cache;

/// <summary>Meter MedInsure.Reference. A lookup is of one range of one kind; its hit rate is hits / (hits + misses + errors).</summary>
internal static class ReferenceMeter
{
    private static readonly Meter Meter = new("MedInsure.Reference");

    /// <summary>Pages asked of the registry, by rpc.</summary>
    public static readonly Counter<long> RegistryCalls = Meter.CreateCounter<long>("medinsure.reference.registry.calls", "{call}");
    public static readonly Counter<long> Hits = Meter.CreateCounter<long>("medinsure.reference.cache.hits", "{lookup}");
    /// <summary>Ranges that were read from the registry because Redis did not have them, by reason: filled, waited (another process filled too long).</summary>
    public static readonly Counter<long> Misses = Meter.CreateCounter<long>("medinsure.reference.cache.misses", "{lookup}");
    /// <summary>By reason: away (no answer in time, connection or password refused), invalid (a value was not to be believed).</summary>
    public static readonly Counter<long> Errors = Meter.CreateCounter<long>("medinsure.reference.cache.errors", "{error}");
    /// <summary>How long a lookup took until rows were at hand or the registry was asked.</summary>
    public static readonly Histogram<double> Wait = Meter.CreateHistogram<double>("medinsure.reference.cache.wait", "s", null, null,
        new() { HistogramBucketBoundaries = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5] });
}
