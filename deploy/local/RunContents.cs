using Grpc.Net.Client;
using MedInsure.Local.Sample;
using MedInsure.Protos.ProviderRegistry.V1;
using Registry = MedInsure.Protos.ProviderRegistry.V1.ProviderRegistry;
using MedInsure.Tool;
using MedInsure.Tool.Imports;

namespace MedInsure.Local;

/// <summary>What run.json says beside the addresses: providers with what they sign with, persons worth playing, diseases, operators, insurers.</summary>
internal static class RunContents
{
    private const int PersonsPerKind = 15, PageSize = 1_000;

    public static async Task<RunFile> Complete(RunFile addresses, SampleSize? sample, LocalSecrets secrets, CancellationToken cancellation)
    {
        using var channel = GrpcChannel.ForAddress(addresses.Grpc);
        var registry = new Registry.ProviderRegistryClient(channel);
        List<RunProvider> providers = [];
        List<RunDisease> diseases = [];
        foreach (var city in addresses.Tenants.Select(t => t.City).Distinct())
        {
            var metadata = ServiceCall.For(addresses, city);
            var credentials = new Dictionary<string, Credential>();
            for (var request = new ListCredentialsRequest { PageSize = PageSize }; ;)
            {
                var page = await registry.ListCredentialsAsync(request, metadata, cancellationToken: cancellation);
                foreach (var credential in page.Credential) credentials[credential.FixmedinsCode] = credential;
                if ((request.AfterPaasid = page.NextAfterPaasid).Length == 0) break;
            }
            for (var request = new ListRowsRequest(); ;)
            {
                var page = await registry.ListProvidersAsync(request, metadata, cancellationToken: cancellation);
                foreach (var p in page.Provider)
                    if (credentials.TryGetValue(p.FixmedinsCode, out var c))
                        providers.Add(new RunProvider(p.FixmedinsCode, p.FixmedinsName, p.FixmedinsType, p.HospLv, p.PolicyLevel, p.County, c.Paasid, c.Token));
                if ((request.PageToken = page.NextPageToken).Length == 0) break;
            }
            for (var request = new ListRowsRequest(); ;)
            {
                var page = await registry.ListDiseasesAsync(request, metadata, cancellationToken: cancellation);
                diseases.AddRange(page.Disease.Where(d => d.ToOn == 0).Select(d => new RunDisease(d.Code, d.Name, d.Kind, d.Insutype, city)));
                if ((request.PageToken = page.NextPageToken).Length == 0) break;
            }
        }
        return addresses with
        {
            Providers = [.. providers.OrderBy(p => p.FixmedinsCode, StringComparer.Ordinal)],
            Diseases = diseases,
            Persons = sample is null ? [] : Persons(sample),
            Operators = [.. LocalConsole.Operators(addresses, secrets)],
            Insurers = LocalInsurers.Run(secrets),
        };
    }

    /// <summary>Of every county, scheme and kind of person the first few, and everybody in a rare situation.</summary>
    private static List<RunPerson> Persons(SampleSize size) =>
        [.. SampleFiles.Persons(size)
            .GroupBy(p => (p.County, p.PsnType, Category: string.Join(';', p.Categories), Ended: p.CoverTo is not null))
            .SelectMany(kind => kind.Take(PersonsPerKind))
            .OrderBy(p => p.PsnNo, StringComparer.Ordinal)
            .Select(p => new RunPerson(p.PsnNo, p.Certno, p.Name, p.Gender.ToString(), p.County, p.Insutype, p.PsnType, p.Categories, SampleDay.Text(p.CoverTo)))];
}
