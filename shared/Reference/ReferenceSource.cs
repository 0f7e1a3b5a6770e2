using Google.Protobuf;
using Grpc.Core;
using MedInsure.Hosting.Rpc;
using MedInsure.Protos.ProviderRegistry.V1;
using MedInsure.Reference.Cache;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace MedInsure.Reference;

/// <summary>Reads a city's publications: their versions from its provider-registry over gRPC, the rows from Redis where it has them, else from the registry, page by page.</summary>
public sealed class ReferenceSource(IServiceProvider services, IConfiguration configuration)
{
    internal const string Service = "provider-registry";

    // With the longest names allowed, a page stays below gRPC's default of 4 MiB.
    private const int PageSize = 2_000;

    /// <summary>Null where no Redis is configured.</summary>
    private readonly ReferenceCache? cache = services.GetService<ReferenceCache>();

    /// <param name="held">The versions whose marks the answer shall say too.</param>
    public async Task<Versions> GetVersions(string city, Versions held, CancellationToken cancellation)
    {
        var request = new GetVersionsRequest { HeldCatalogVersion = held.CatalogVersion, HeldDiseaseVersion = held.DiseaseVersion, HeldProviderVersion = held.ProviderVersion, HeldDoctorVersion = held.DoctorVersion };
        return await Registry.GetVersionsAsync(request, Call(city, cancellation));
    }

    public async Task<List<CatalogItem>> ListItems(string city, long after, Versions upTo, CancellationToken cancellation)
    {
        var range = new ReferenceRange(city, "catalog", after, upTo.CatalogVersion, upTo.CatalogMark);
        var pages = await Read(range, ListCatalogItemsReply.Parser, Registry.ListCatalogItemsAsync, page => page.NextPageToken,
            now => now.HeldCatalogMark == range.Mark, upTo, cancellation);
        return [.. pages.SelectMany(page => page.Item)];
    }

    public async Task<List<Disease>> ListDiseases(string city, long after, Versions upTo, CancellationToken cancellation)
    {
        var range = new ReferenceRange(city, "diseases", after, upTo.DiseaseVersion, upTo.DiseaseMark);
        var pages = await Read(range, ListDiseasesReply.Parser, Registry.ListDiseasesAsync, page => page.NextPageToken,
            now => now.HeldDiseaseMark == range.Mark, upTo, cancellation);
        return [.. pages.SelectMany(page => page.Disease)];
    }

    public async Task<List<Provider>> ListProviders(string city, long after, Versions upTo, CancellationToken cancellation)
    {
        var range = new ReferenceRange(city, "providers", after, upTo.ProviderVersion, upTo.ProviderMark);
        // Each page tells the present state. All of them were read between two answers that this version is the newest: they are its state.
        var pages = await Read(range, ListProvidersReply.Parser, Registry.ListProvidersAsync, page => page.NextPageToken,
            now => now.ProviderVersion == range.UpTo && now.ProviderMark == range.Mark, upTo, cancellation);
        return [.. pages.SelectMany(page => page.Provider)];
    }

    /// <summary>A registry of an earlier release has no doctors: version 0.</summary>
    public async Task<List<Doctor>> ListDoctors(string city, long after, Versions upTo, CancellationToken cancellation)
    {
        var range = new ReferenceRange(city, "doctors", after, upTo.DoctorVersion, upTo.DoctorMark);
        var pages = await Read(range, ListDoctorsReply.Parser, Registry.ListDoctorsAsync, page => page.NextPageToken,
            now => now.DoctorVersion == range.UpTo && now.DoctorMark == range.Mark, upTo, cancellation);
        return [.. pages.SelectMany(page => page.Doctor)];
    }

    // The one-process platform knows its own address only after it listens, and what is made of a missing one stays broken: so not before there is one.
    private ProviderRegistry.ProviderRegistryClient Registry => configuration[$"Services:{Service}:Address"] is null
        ? throw new ReferenceAddressMissingException($"configuration Services:{Service}:Address is missing")
        : services.GetRequiredService<ProviderRegistry.ProviderRegistryClient>();

    private async Task<IReadOnlyList<TPage>> Read<TPage>(
        ReferenceRange range, MessageParser<TPage> parser, Func<ListRowsRequest, CallOptions, AsyncUnaryCall<TPage>> list, Func<TPage, string> next,
        Func<Versions, bool> holds, Versions upTo, CancellationToken cancellation) where TPage : class, IMessage<TPage>
    {
        if (range.After == range.UpTo) return [];
        if (cache is null || range.Mark.Length == 0) return await FromRegistry();
        return await cache.Pages(range, parser, FromRegistry, IsStill, cancellation);

        async Task<IReadOnlyList<TPage>> FromRegistry()
        {
            var pages = new List<TPage>();
            var request = new ListRowsRequest { AfterVersion = range.After, UpToVersion = range.UpTo, PageSize = PageSize };
            do
            {
                ReferenceMeter.RegistryCalls.Add(1, new KeyValuePair<string, object?>("kind", range.Kind));
                pages.Add(await list(request, Call(range.City, cancellation)));
                request.PageToken = next(pages[^1]);
            }
            while (request.PageToken.Length > 0);
            return pages;
        }

        async Task<bool> IsStill()
        {
            try { return holds(await GetVersions(range.City, upTo, cancellation)); }
            // The rows are here; only whether others may have them is not known.
            catch (RpcException) when (!cancellation.IsCancellationRequested) { return false; }
        }
    }

    private static CallOptions Call(string city, CancellationToken cancellation) =>
        new(CallTenant.For(city), cancellationToken: cancellation);
}

/// <summary>Where the provider-registry is, is not configured, or not yet.</summary>
public sealed class ReferenceAddressMissingException : Exception
{
    public ReferenceAddressMissingException(string message) : base(message) { }
    public ReferenceAddressMissingException(string message, Exception inner) : base(message, inner) { }
    public ReferenceAddressMissingException() { }
}
