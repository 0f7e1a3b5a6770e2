using MedInsure.Kernel;
using Microsoft.Extensions.Configuration;

namespace MedInsure.Hosting.Tenancy;

/// <summary>Whether a county's bills are checked by the audit rules before they settle, and what happens to them while nobody answers.</summary>
public enum AuditChoice
{
    /// <summary>They are audited after the settlement only.</summary>
    Off,
    /// <summary>A bill that cannot be checked in time settles, and is audited afterwards.</summary>
    Open,
    /// <summary>A bill that cannot be checked in time does not settle.</summary>
    Closed,
}

/// <summary>A county, or the city that pools its counties; each has its own database.</summary>
/// <param name="Code">Six-digit division code.</param>
/// <param name="Packs">The benefit policy in force by insutype: "390" → "harbin/resident".</param>
public sealed record Tenant(string Code, string Name, string CityCode, IReadOnlyDictionary<string, string> Packs)
{
    public bool IsCity => Code == CityCode;
    /// <summary>No new cost comes into being here: nothing is registered or settled. What is there can be asked for, cancelled and repeated, and events go on.</summary>
    public bool IsSuspended { get; init; }
    public AuditChoice Audit { get; init; }
}

/// <summary>
/// The tenants this process knows, from the configuration section Tenants: per code Name, City (its own code's city when left out),
/// Packs:&lt;insutype&gt;, Database, Suspended (true), Audit (off, open, closed). Read once at start; a wrong entry stops the start.
/// </summary>
public sealed class TenantDirectory
{
    private readonly Dictionary<string, Tenant> byCode;

    public TenantDirectory(IEnumerable<Tenant> tenants)
    {
        All = [.. tenants.OrderBy(t => t.Code, StringComparer.Ordinal)];
        byCode = All.ToDictionary(t => t.Code);
    }

    public IReadOnlyList<Tenant> All { get; }
    public IEnumerable<Tenant> Counties => All.Where(t => !t.IsCity);
    public IEnumerable<Tenant> Cities => All.Where(t => t.IsCity);
    public Tenant? Find(string code) => byCode.GetValueOrDefault(code);

    /// <exception cref="InvalidOperationException">A code is no division code.</exception>
    public static TenantDirectory Read(IConfiguration configuration) =>
        new(configuration.GetSection("Tenants").GetChildren().Select(section =>
        {
            if (!DivisionCode.TryParse(section.Key, out var code)) throw new InvalidOperationException($"configuration Tenants:{section.Key}: not a six-digit division code");
            var city = section["City"] ?? code.City.Value;
            if (!DivisionCode.TryParse(city, out _)) throw new InvalidOperationException($"configuration Tenants:{section.Key}:City: {city} is not a six-digit division code");
            var packs = section.GetSection("Packs").GetChildren().ToDictionary(p => p.Key, p => p.Value ?? "");
            return new Tenant(code.Value, section["Name"] ?? code.Value, city, packs) { IsSuspended = section.GetValue("Suspended", false), Audit = section.GetValue("Audit", AuditChoice.Off) };
        }));
}
