using MedInsure.Hosting.Tenancy;
using MedInsure.Local.Sample;
using MedInsure.Tool.Hospital;
using Npgsql;

namespace MedInsure.Local.Tests.Platform;

/// <summary>A county with settlements, and its city, dumped from a running platform and restored to another server.</summary>
[Trait("Category", "Storage")]
public sealed class RestoreDrillTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("medinsure-drill-test-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task CountyAndCity_AreRestoredAsTheyWere()
    {
        await using var platform = await LocalPlatform.Start(new LocalOptions { Folder = folder, Port = 0, Durable = false, Sample = SampleSize.Small });
        Assert.Equal(0, await HospitalSim.Run(platform.RunPath, days: 1, seed: 5, rate: 200, visitsPerDay: 60, TextWriter.Null));
        var source = platform.Postgres.AdminConnectionString;

        var (code, said) = await Drill(source, "230102");
        Assert.True(code == 0, said);
        Assert.Matches(@"230102: dumped \d+ tables, [1-9]\d* rows", said);
        Assert.Matches(@"230102: restored \d+ tables, [1-9]\d* rows of billing, enrollment, fraud-audit, settlement", said);
        Assert.Matches(@"230102: journal to seq [1-9]\d*, tables to \d+, [1-9]\d* settlements, \d+ reversals, \d+ corrections, 0 findings", said);
        Assert.EndsWith("230102: the restored database is good", said, StringComparison.Ordinal);

        var city = await Drill(source, "230100");
        Assert.True(city.Code == 0, city.Said);
        Assert.Contains("provider-registry", city.Said, StringComparison.Ordinal);

        // What was changed behind the journal's back comes with the dump, and is found.
        await using (var admin = new NpgsqlConnection(platform.Postgres.ConnectionString(TenantNames.Database("230103"))))
        {
            await admin.OpenAsync();
            await using var change = new NpgsqlCommand(@"UPDATE settlement.journal SET records = records || '\x00'::bytea WHERE seq = 1", admin);
            Assert.Equal(1, await change.ExecuteNonQueryAsync());
        }
        var changed = await Drill(source, "230103");
        Assert.Equal(1, changed.Code);
        Assert.Contains("230103: seq 1: the chain of hashes is broken", changed.Said, StringComparison.Ordinal);
    }

    private static async Task<(int Code, string Said)> Drill(string source, string tenant)
    {
        await using var said = new StringWriter();
        return (await RestoreDrill.Run(source, tenant, null, said), said.ToString().Trim());
    }
}
