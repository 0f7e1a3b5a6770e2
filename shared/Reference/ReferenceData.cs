using System.Collections.Concurrent;
using MedInsure.Kernel;
using MedInsure.Protos.ProviderRegistry.V1;

namespace MedInsure.Reference;

/// <summary>
/// What the provider-registries of this process's cities have published, held in memory and swapped whole. <see cref="ReferenceDataLoader"/> keeps it fresh.
/// Take <see cref="For"/> once per piece of work and use that snapshot throughout.
/// </summary>
public sealed class ReferenceData(ReferenceSource source)
{
    private readonly ConcurrentDictionary<string, CityState> cities = new();

    /// <summary>A refusal for a request that came before the first load; the same request may be sent again.</summary>
    public static readonly Refusal NotLoaded = new(RefusalKind.Unavailable, "reference.not_loaded", "目录与定点机构数据正在加载，请稍后重试", "the catalog and providers are not loaded yet; send the request again shortly");

    /// <summary>The newest snapshot of a city.</summary>
    /// <exception cref="ReferenceNotLoadedException">Never loaded since the start.</exception>
    public CityReference For(string city) => Find(city) ?? throw new ReferenceNotLoadedException(city);

    /// <summary>The newest snapshot, or null before the first load.</summary>
    public CityReference? Find(string city) => cities.TryGetValue(city, out var state) ? state.Current : null;

    /// <summary>Raised after a swap, with the new snapshot.</summary>
    public event Action<CityReference>? Swapped;

    /// <summary>Returns when the snapshot is at these versions or later: for a caller that knows of a publication before this process does. Asks the registry at once;
    /// while the registry is away or behind, goes on asking until cancelled.</summary>
    public async Task EnsureAtLeast(string city, long catalogVersion = 0, long diseaseVersion = 0, long providerVersion = 0, CancellationToken cancellation = default)
    {
        for (var wait = TimeSpan.FromMilliseconds(20); ; wait = wait * 2 < TimeSpan.FromSeconds(2) ? wait * 2 : wait)
        {
            if (Find(city) is { } now && now.CatalogVersion >= catalogVersion && now.DiseaseVersion >= diseaseVersion && now.ProviderVersion >= providerVersion) return;
            try
            {
                await Refresh(city, cancellation);
                if (Find(city) is { } then && then.CatalogVersion >= catalogVersion && then.DiseaseVersion >= diseaseVersion && then.ProviderVersion >= providerVersion) return;
            }
            catch (Exception e) when (e is Grpc.Core.RpcException or ReferenceAddressMissingException && !cancellation.IsCancellationRequested) { /* Away: asked again below. */ }
            await Task.Delay(wait, cancellation);
        }
    }

    /// <summary>Fetches what was published since the snapshot and swaps. Concurrent calls for one city follow one another; nothing new costs one call.</summary>
    /// <exception cref="Grpc.Core.RpcException">The registry did not answer; the snapshot stays.</exception>
    public async Task Refresh(string city, CancellationToken cancellation = default)
    {
        var state = cities.GetOrAdd(city, _ => new CityState());
        await state.Refreshing.WaitAsync(cancellation);
        try
        {
            var held = state.Current ?? CityReference.Empty(city);
            var versions = await source.GetVersions(city, held.Versions, cancellation);
            // A registry restored from a backup counts on from an earlier number: what was held is not its past then.
            var before = held.IsPastOf(versions) ? held : CityReference.Empty(city);
            if (state.Current == before && before.IsAt(versions)) return;

            var items = await source.ListItems(city, before.CatalogVersion, versions, cancellation);
            var diseases = await source.ListDiseases(city, before.DiseaseVersion, versions, cancellation);
            var providers = await source.ListProviders(city, before.ProviderVersion, versions, cancellation);
            var doctors = await source.ListDoctors(city, before.DoctorVersion, versions, cancellation);
            var after = before.With(versions, items, diseases, providers, doctors);
            state.Current = after;
            Swapped?.Invoke(after);
        }
        finally
        {
            state.Refreshing.Release();
        }
    }

    /// <summary>The bus says that a city published something: its loader looks at once.</summary>
    public void Announce(string city) => cities.GetOrAdd(city, _ => new CityState()).Wake();

    /// <summary>Waits for an announcement, at most for <paramref name="patience"/>.</summary>
    internal Task<bool> WaitForAnnouncement(string city, TimeSpan patience, CancellationToken cancellation) =>
        cities.GetOrAdd(city, _ => new CityState()).Announced.WaitAsync(patience, cancellation);

    private sealed class CityState
    {
        private volatile CityReference? current;

        public CityReference? Current { get => current; set => current = value; }
        public SemaphoreSlim Refreshing { get; } = new(1, 1);
        public SemaphoreSlim Announced { get; } = new(0, 1);

        public void Wake()
        {
            // One pending announcement is enough, however many came.
            lock (Announced)
                if (Announced.CurrentCount == 0) Announced.Release();
        }
    }
}

/// <summary>Asked for a city's reference data before its first load.</summary>
public sealed class ReferenceNotLoadedException : Exception
{
    public ReferenceNotLoadedException(string city) : base($"the reference data of {city} is not loaded yet") { }
    public ReferenceNotLoadedException(string message, Exception inner) : base(message, inner) { }
    public ReferenceNotLoadedException() { }
}
