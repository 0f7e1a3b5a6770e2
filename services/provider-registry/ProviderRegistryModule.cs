using MedInsure.Hosting;
using MedInsure.Hosting.Imports;
using MedInsure.Hosting.Messaging;
using MedInsure.ProviderRegistry.Catalog;
using MedInsure.ProviderRegistry.Diseases;
using MedInsure.ProviderRegistry.Doctors;
using MedInsure.ProviderRegistry.Providers;
using MedInsure.ProviderRegistry.Publications;

namespace MedInsure.ProviderRegistry;

/// <summary>Designated providers, catalogs and disease lists of the cities whose database this process serves.</summary>
public static class ProviderRegistryModule
{
    public const string Service = "provider-registry";

    public static WebApplicationBuilder AddProviderRegistry(this WebApplicationBuilder builder)
    {
        builder.AddPlatform(Service);
        builder.AddOutbox(Service);
        builder.Services.AddHttpContextAccessor();
        builder.Services.AddSingleton<CityChoice>();
        builder.Services.AddSingleton<SetAgreementStatus>().AddSingleton<SetDoctorStatus>().AddSingleton<ProviderRegistryGrpc>();
        return builder;
    }

    public static WebApplication MapProviderRegistry(this WebApplication app)
    {
        app.MapGrpcService<ProviderRegistryGrpc>();
        app.MapImport<ImportProviders, ProviderFileRow>("/import/providers");
        app.MapImport<ImportCatalog, CatalogFileRow>("/import/catalog");
        app.MapImport<ImportDiseases, DiseaseFileRow>("/import/diseases");
        app.MapImport<ImportDoctors, DoctorFileRow>("/import/doctors");
        return app;
    }
}
