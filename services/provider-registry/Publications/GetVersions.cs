using MedInsure.Protos.ProviderRegistry.V1;
using Npgsql;

namespace MedInsure.ProviderRegistry.Publications;

internal static class GetVersions
{
    public static async Task<Versions> Read(NpgsqlDataSource database, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand("SELECT kind, max(version) FROM publication GROUP BY kind");
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var versions = new Versions();
        while (await reader.ReadAsync(cancellation))
        {
            var version = reader.GetInt64(1);
            switch (reader.GetString(0))
            {
                case Publication.Catalog: versions.CatalogVersion = version; break;
                case Publication.Diseases: versions.DiseaseVersion = version; break;
                case Publication.Providers: versions.ProviderVersion = version; break;
            }
        }
        return versions;
    }
}
