using MedInsure.Protos.ProviderRegistry.V1;
using Npgsql;

namespace MedInsure.ProviderRegistry.Publications;

internal static class GetVersions
{
    // Of each kind the newest version, and the one the caller holds.
    private const string Sql = """
        SELECT kind, version, mark, version = newest
        FROM publication JOIN (SELECT kind, max(version) AS newest FROM publication GROUP BY kind) newest USING (kind)
        WHERE version = newest OR version = CASE kind WHEN 'catalog' THEN $1 WHEN 'diseases' THEN $2 WHEN 'doctors' THEN $4 ELSE $3 END
        """;

    public static async Task<Versions> Read(NpgsqlDataSource database, GetVersionsRequest request, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(Sql);
        foreach (var held in (long[])[request.HeldCatalogVersion, request.HeldDiseaseVersion, request.HeldProviderVersion, request.HeldDoctorVersion]) command.Parameters.Add(new() { Value = held });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var versions = new Versions();
        while (await reader.ReadAsync(cancellation))
        {
            var (kind, version, mark) = (reader.GetString(0), reader.GetInt64(1), reader.GetGuid(2).ToString());
            if (reader.GetBoolean(3))
                switch (kind)
                {
                    case Publication.Catalog: (versions.CatalogVersion, versions.CatalogMark) = (version, mark); break;
                    case Publication.Diseases: (versions.DiseaseVersion, versions.DiseaseMark) = (version, mark); break;
                    case Publication.Providers: (versions.ProviderVersion, versions.ProviderMark) = (version, mark); break;
                    case Publication.Doctors: (versions.DoctorVersion, versions.DoctorMark) = (version, mark); break;
                }
            switch (kind)
            {
                case Publication.Catalog when version == request.HeldCatalogVersion: versions.HeldCatalogMark = mark; break;
                case Publication.Diseases when version == request.HeldDiseaseVersion: versions.HeldDiseaseMark = mark; break;
                case Publication.Providers when version == request.HeldProviderVersion: versions.HeldProviderMark = mark; break;
                case Publication.Doctors when version == request.HeldDoctorVersion: versions.HeldDoctorMark = mark; break;
            }
        }
        return versions;
    }
}
