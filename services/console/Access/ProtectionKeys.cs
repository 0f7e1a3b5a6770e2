using System.Xml.Linq;
using MedInsure.Hosting.Tenancy;
using Microsoft.AspNetCore.DataProtection.Repositories;

namespace MedInsure.Console.Access;

/// <summary>The keys that protect cookies and forms, in the first city's database: every replica reads every other's cookies.</summary>
internal sealed class ProtectionKeys(TenantDatabases databases) : IXmlRepository
{
    private Npgsql.NpgsqlDataSource Database => databases.For(databases.TenantsOf(ConsoleModule.Service)[0].Code, ConsoleModule.Service);

    public IReadOnlyCollection<XElement> GetAllElements()
    {
        using var command = Database.CreateCommand("SELECT content FROM protection_key ORDER BY created_at, name");
        using var reader = command.ExecuteReader();
        List<XElement> keys = [];
        while (reader.Read()) keys.Add(XElement.Parse(reader.GetString(0)));
        return keys;
    }

    public void StoreElement(XElement element, string friendlyName)
    {
        using var command = Database.CreateCommand("INSERT INTO protection_key (name, content) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING");
        command.Parameters.Add(new() { Value = friendlyName });
        command.Parameters.Add(new() { Value = element.ToString(SaveOptions.DisableFormatting) });
        command.ExecuteNonQuery();
    }
}
