using Grpc.Core;
using MedInsure.Hosting.Rpc;
using MedInsure.Hosting.Tenancy;
using Npgsql;

namespace MedInsure.Reporting;

/// <summary>The cities whose reports this process makes.</summary>
internal sealed class ReportedCities(TenantDatabases databases, TenantDirectory directory)
{
    public IReadOnlyDictionary<string, Tenant> All { get; } = databases.TenantsOf(ReportingModule.Service).Where(t => t.IsCity).ToDictionary(t => t.Code);

    public NpgsqlDataSource Database(string city) => databases.For(city, ReportingModule.Service);

    /// <summary>The city's counties, by code.</summary>
    public IEnumerable<Tenant> CountiesOf(string city) => directory.Counties.Where(c => c.CityCode == city);

    /// <summary>The city's or one of its counties' name; a code that is neither stays itself.</summary>
    public string NameOf(string code) => directory.Find(code)?.Name ?? code;

    /// <summary>The city whose call it is.</summary>
    /// <exception cref="RpcException">It is not served here.</exception>
    public Tenant Of(ServerCallContext context) => All.GetValueOrDefault(CallTenant.Require(context)) ?? throw ReportingRefusals.CityNotServed.ToRpcException();
}
