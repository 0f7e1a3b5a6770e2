using Grpc.Core;
using MedInsure.Hosting.Rpc;
using MedInsure.Kernel;
using MedInsure.Protos.ProviderRegistry.V1;
using MedInsure.ProviderRegistry.Catalog;
using MedInsure.ProviderRegistry.Diseases;
using MedInsure.ProviderRegistry.Doctors;
using MedInsure.ProviderRegistry.Providers;
using MedInsure.ProviderRegistry.Publications;
using Npgsql;

namespace MedInsure.ProviderRegistry;

/// <summary>All rpcs. The tenant of a call is a city.</summary>
internal sealed class ProviderRegistryGrpc(CityChoice cities, SetAgreementStatus setAgreementStatus, SetDoctorStatus setDoctorStatus) : Protos.ProviderRegistry.V1.ProviderRegistry.ProviderRegistryBase
{
    public override Task<Versions> GetVersions(GetVersionsRequest request, ServerCallContext context) =>
        Publications.GetVersions.Read(Database(context), request, context.CancellationToken);

    public override async Task<ListCatalogItemsReply> ListCatalogItems(ListRowsRequest request, ServerCallContext context) =>
        (await Catalog.ListCatalogItems.Read(Database(context), request, context.CancellationToken)).OrThrow();

    public override async Task<ListDiseasesReply> ListDiseases(ListRowsRequest request, ServerCallContext context) =>
        (await Diseases.ListDiseases.Read(Database(context), request, context.CancellationToken)).OrThrow();

    public override async Task<ListProvidersReply> ListProviders(ListRowsRequest request, ServerCallContext context) =>
        (await Providers.ListProviders.Read(Database(context), request, context.CancellationToken)).OrThrow();

    public override async Task<QueryCatalogReply> QueryCatalog(QueryCatalogRequest request, ServerCallContext context) =>
        (await Catalog.QueryCatalog.Read(Database(context), request, context.CancellationToken)).OrThrow();

    public override async Task<ListProvidersReply> QueryProviders(QueryProvidersRequest request, ServerCallContext context) =>
        (await Providers.QueryProviders.Read(Database(context), request, context.CancellationToken)).OrThrow();

    public override async Task<Provider> SetAgreementStatus(SetAgreementStatusRequest request, ServerCallContext context) =>
        (await setAgreementStatus.Apply(CallTenant.Require(context), Database(context), request, context.CancellationToken)).OrThrow();

    public override async Task<ListDoctorsReply> ListDoctors(ListRowsRequest request, ServerCallContext context) =>
        (await Doctors.ListDoctors.Read(Database(context), request, context.CancellationToken)).OrThrow();

    public override async Task<Doctor> SetDoctorStatus(SetDoctorStatusRequest request, ServerCallContext context) =>
        (await setDoctorStatus.Apply(CallTenant.Require(context), Database(context), request, context.CancellationToken)).OrThrow();

    public override async Task<ListCredentialsReply> ListCredentials(ListCredentialsRequest request, ServerCallContext context) =>
        (await Providers.ListCredentials.Read(Database(context), request, context.CancellationToken)).OrThrow();

    private NpgsqlDataSource Database(ServerCallContext context)
    {
        var code = CallTenant.Require(context);
        return cities.Served.Contains(code) ? cities.Database(code) : throw Refusals.NoCity.ToRpcException();
    }
}
