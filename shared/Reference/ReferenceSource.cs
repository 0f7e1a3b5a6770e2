using Grpc.Core;
using MedInsure.Hosting.Rpc;
using MedInsure.Protos.ProviderRegistry.V1;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace MedInsure.Reference;

/// <summary>Reads a city's publications from its provider-registry over gRPC, page by page.</summary>
public sealed class ReferenceSource(IServiceProvider services, IConfiguration configuration)
{
    internal const string Service = "provider-registry";

    // With the longest names allowed, a page stays below gRPC's default of 4 MiB.
    private const int PageSize = 2_000;

    public async Task<Versions> GetVersions(string city, CancellationToken cancellation) =>
        await Registry.GetVersionsAsync(new GetVersionsRequest(), Call(city, cancellation));

    public Task<List<CatalogItem>> ListItems(string city, long after, long upTo, CancellationToken cancellation) => ReadPages<CatalogItem>(after, upTo, async request =>
    {
        var page = await Registry.ListCatalogItemsAsync(request, Call(city, cancellation));
        return (page.Item, page.NextPageToken);
    });

    public Task<List<Disease>> ListDiseases(string city, long after, long upTo, CancellationToken cancellation) => ReadPages<Disease>(after, upTo, async request =>
    {
        var page = await Registry.ListDiseasesAsync(request, Call(city, cancellation));
        return (page.Disease, page.NextPageToken);
    });

    public Task<List<Provider>> ListProviders(string city, long after, long upTo, CancellationToken cancellation) => ReadPages<Provider>(after, upTo, async request =>
    {
        var page = await Registry.ListProvidersAsync(request, Call(city, cancellation));
        return (page.Provider, page.NextPageToken);
    });

    // The one-process platform knows its own address only after it listens, and what is made of a missing one stays broken: so not before there is one.
    private ProviderRegistry.ProviderRegistryClient Registry => configuration[$"Services:{Service}:Address"] is null
        ? throw new ReferenceAddressMissingException($"configuration Services:{Service}:Address is missing")
        : services.GetRequiredService<ProviderRegistry.ProviderRegistryClient>();

    private static async Task<List<TRow>> ReadPages<TRow>(long after, long upTo, Func<ListRowsRequest, Task<(IEnumerable<TRow> Rows, string Next)>> read)
    {
        var all = new List<TRow>();
        if (after == upTo) return all;
        var request = new ListRowsRequest { AfterVersion = after, UpToVersion = upTo, PageSize = PageSize };
        do
        {
            var (rows, next) = await read(request);
            all.AddRange(rows);
            request.PageToken = next;
        }
        while (request.PageToken.Length > 0);
        return all;
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
