using MedInsure.Hosting.Tenancy;
using Microsoft.AspNetCore.Http;
using Npgsql;

namespace MedInsure.ProviderRegistry.Publications;

/// <summary>Which cities an imported file is for: those of this process, or the one named by ?city=230100.</summary>
internal sealed class CityChoice(TenantDatabases databases, IHttpContextAccessor? http = null)
{
    /// <summary>All that this process serves, in order.</summary>
    public IReadOnlyList<string> Served { get; } = [.. databases.TenantsOf(ProviderRegistryModule.Service).Where(t => t.IsCity).Select(t => t.Code).Order(StringComparer.Ordinal)];

    /// <summary>Codes, in order. Empty: the city named is not served here.</summary>
    public IReadOnlyList<string> Cities()
    {
        var named = http?.HttpContext?.Request.Query["city"].ToString();
        return string.IsNullOrEmpty(named) ? Served : [.. Served.Where(code => code == named)];
    }

    public NpgsqlDataSource Database(string city) => databases.For(city, ProviderRegistryModule.Service);
}
