using MedInsure.Kernel;

namespace MedInsure.Hosting.Tenancy;

/// <summary>What a tenant's database, a service's schema and their two roles are called. All are plain SQL identifiers of at most 63 characters.</summary>
public static class TenantNames
{
    public static string Database(string tenantCode) => $"medinsure_{Code(tenantCode)}";
    /// <summary>provider-registry → provider_registry.</summary>
    public static string Schema(string service) => Service(service).Replace('-', '_');
    /// <summary>Owns the schema and runs its migrations; cannot log in.</summary>
    public static string Owner(string tenantCode, string service) => $"{Runtime(tenantCode, service)}_owner";
    /// <summary>Logs in for the service; reads and writes rows of its schema and no more.</summary>
    public static string Runtime(string tenantCode, string service) => $"medinsure_{Code(tenantCode)}_{Schema(service)}";

    private static string Code(string tenantCode) =>
        DivisionCode.TryParse(tenantCode, out var code) ? code.Value : throw new ArgumentException($"{tenantCode} is not a six-digit division code", nameof(tenantCode));

    private static string Service(string service) =>
        service is { Length: > 0 and <= 30 } && service.All(c => c is >= 'a' and <= 'z' or '-') ? service : throw new ArgumentException($"{service} is not a service's folder name", nameof(service));
}
