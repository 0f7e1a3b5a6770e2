using System.Net;
using MedInsure.Local.Sample;
using MedInsure.Local.Split;
using MedInsure.Tool;
using MedInsure.Tool.Hospital;
using MedInsure.Tool.Imports;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace MedInsure.Local.Tests.Platform;

/// <summary>The platform as deploy/up starts it, but on free ports, a small sample and a database that does not flush. One after the other: each start takes seconds.</summary>
[Trait("Category", "Storage")]
public sealed class LocalPlatformTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("medinsure-local-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private LocalOptions Options => new() { Folder = folder, Port = 0, Durable = false, Sample = SampleSize.Small };

    [Fact]
    public async Task StartedTwice_KeepsWhatWasSettled()
    {
        RunFile first;
        string settled;
        await using (var platform = await LocalPlatform.Start(Options))
        {
            first = platform.Run;
            settled = await SellAtPharmacy(first);
            Assert.Contains(settled, await Listed(first, settled), StringComparison.Ordinal);
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(platform.RunPath));
            Assert.Equal(first.ToJson(), RunFile.Read(platform.RunPath).ToJson());
        }
        Assert.False(File.Exists(Path.Combine(folder, "run.json")));

        await using var again = await LocalPlatform.Start(Options);
        Assert.Contains(settled, await Listed(again.Run, settled), StringComparison.Ordinal);
        // The same secrets, so that a hospital signs on as before; only the ports are new.
        Assert.Equal((first with { Gateway = "", Desks = "", Console = "", Grpc = "" }).ToJson(), (again.Run with { Gateway = "", Desks = "", Console = "", Grpc = "" }).ToJson());
        Assert.Equal(0, await HospitalSim.Run(again.RunPath, days: 2, seed: 3, rate: 200, visitsPerDay: 60, TextWriter.Null));
    }

    [Fact]
    public async Task FirstStart_ServesWhatRunJsonSays()
    {
        await using var platform = await LocalPlatform.Start(Options);
        var run = platform.Run;
        foreach (var tenant in run.Tenants)
        {
            Assert.Equal(["1", "2", "3", "community", "pharmacy", "village"], run.Providers.Where(p => p.County == tenant.County).Select(p => p.PolicyLevel).Distinct().Order());
            Assert.Contains(run.Persons, p => p.County == tenant.County);
        }
        Assert.Contains(run.Tenants, t => t.Packs.Values.Contains("guichi/resident"));
        Assert.True(run.Tenants.Count(t => t.City == "230100") >= 4);
        Assert.All(run.Operators, o => Assert.True(o.Password.Length >= 20));

        await ListenersAnswerTheirOwnOnly(run);
        SplitFrontKnowsEveryAddress(platform);
        await ServicesReachTheirOwnSchemaOnly(platform);
        await RefusedFileChangesNothing(run);
        await VisitorsBill.IsMirrored(run);
    }

    private static async Task ListenersAnswerTheirOwnOnly(RunFile run)
    {
        using var http = new HttpClient();
        foreach (var address in (string[])[run.Gateway, run.Desks]) Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(address + "/health/ready")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await http.PostAsync(run.Desks + "/fsi/api/callService", new StringContent("{}"))).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await http.PostAsync(run.Gateway + "/import/persons", new StringContent(""))).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await http.PostAsync(run.Desks + "/import/persons", new StringContent(""))).StatusCode);
    }

    /// <summary>Apart, the services are behind one front, which must know what each of them answers.</summary>
    private static void SplitFrontKnowsEveryAddress(LocalPlatform platform)
    {
        var addresses = platform.Services.GetServices<EndpointDataSource>().SelectMany(s => s.Endpoints).OfType<RouteEndpoint>().Select(e => "/" + e.RoutePattern.RawText!.TrimStart('/')).ToList();
        Assert.Contains("/import/persons", addresses);
        foreach (var address in addresses.Where(a => !a.StartsWith("/health/", StringComparison.Ordinal) && !a.StartsWith("/{", StringComparison.Ordinal)))
            Assert.True(SplitFront.ServiceOf(address) is not null, $"{address} has no service in SplitFront");
    }

    private static async Task ServicesReachTheirOwnSchemaOnly(LocalPlatform platform)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(platform.Postgres.AdminConnectionString) { Database = "medinsure_230102", Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("""
            SELECT count(*) FILTER (WHERE has_schema_privilege('medinsure_230102_settlement', 'enrollment', 'USAGE')), count(*) FILTER (WHERE has_database_privilege('medinsure_230103_settlement', 'medinsure_230102', 'CONNECT')) FROM (VALUES (1)) one
            """, connection);
        await using var reader = await command.ExecuteReaderAsync();
        await reader.ReadAsync();
        Assert.Equal((0L, 0L), (reader.GetInt64(0), reader.GetInt64(1)));
    }

    private async Task RefusedFileChangesNothing(RunFile run)
    {
        var path = Path.Combine(folder, "bad.csv");
        await File.WriteAllTextAsync(path, "code,name,kind,insutype,begndate,enddate,amount,unit\nTEST01,好的,chronic_outpatient,390,2020-01-01,,,\nTEST02,坏的,no_such_kind,390,2020-01-01,,,\n");
        using var error = new StringWriter();
        Assert.Equal(1, await ImportCommand.Run(run, "diseases", path, acceptPartial: false, city: "230100", TextWriter.Null, error, default));
        Assert.Contains("line 3", error.ToString(), StringComparison.Ordinal);
        Assert.Contains("坏的", await File.ReadAllTextAsync(path + ".rejected.csv"), StringComparison.Ordinal);

        using var output = new StringWriter();
        Assert.Equal(0, await ImportCommand.Run(run, "diseases", path, acceptPartial: true, city: "230100", output, TextWriter.Null, default));
        Assert.Contains("1 accepted, 1 rejected, 1 changed", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("in force in 230100", output.ToString(), StringComparison.Ordinal);
    }

    private static async Task<string> SellAtPharmacy(RunFile run)
    {
        using var gateway = new GatewayClient(run.Gateway, TimeProvider.System, (_, _) => { });
        var provider = run.Providers.First(p => p.PolicyLevel == "pharmacy");
        var person = run.Persons.First(p => p.County == provider.County && p.CoverTo.Length == 0);
        await gateway.SignIn(provider);
        var sale = new
        {
            druginfo = new { psn_no = person.PsnNo, mdtrt_cert_type = "02", mdtrt_cert_no = person.Certno, begntime = $"{Encounters.Day(gateway.Today)} 00:00:01", medfee_sumamt = "4.00", invono = "1", insutype = person.Insutype, acct_used_flag = "0", med_type = "41" },
            drugdetail = new[] { new { feedetl_sn = "1", fee_ocur_time = $"{Encounters.Day(gateway.Today)} 00:00:01", med_list_codg = "NONE", medins_list_codg = "1", det_item_fee_sumamt = "4.00", cnt = "2", pric = "2" } },
        };
        var answer = await gateway.Call(provider, "2102", sale, person.County);
        Assert.True(answer.Accepted, answer.Message);
        return GatewayAnswer.Text(answer.Output.GetProperty("setlinfo"), "setl_id");
    }

    private static async Task<string> Listed(RunFile run, string settlement)
    {
        using var gateway = new GatewayClient(run.Gateway, TimeProvider.System, (_, _) => { });
        var provider = run.Providers.First(p => p.PolicyLevel == "pharmacy");
        var person = run.Persons.First(p => p.County == provider.County && p.CoverTo.Length == 0);
        await gateway.SignIn(provider);
        var answer = await gateway.Call(provider, "5203", new { data = new { psn_no = person.PsnNo, setl_id = settlement } }, person.County);
        Assert.True(answer.Accepted, answer.Message);
        return answer.Output.GetRawText();
    }
}
