using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using Grpc.Core;
using MedInsure.Billing;
using MedInsure.Embedded;
using MedInsure.Hosting;
using MedInsure.Hosting.Rpc;
using MedInsure.Hosting.Tenancy;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Policies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace MedInsure.Benchmarks;

/// <summary>
/// A city's yearly assessment by the billing service as it runs: every county's run started over HTTP, the service stopped when a third is done and started again, and in the
/// end counts and sums that must be what the generator's own numbers give by the policy. Beside it PostgreSQL's plain INSERT … SELECT of the rows that came of it.
/// </summary>
public static class AssessBenchmark
{
    public static readonly Benchmark Entry = new("assess", "a city's year assessed, with a restart on the way, as a multiple of a plain INSERT … SELECT of its rows [--persons 5000000 --counties 18]", Run);

    private const string Token = "service-token-of-this-run", Pack = "guichi/resident", Scheme = "390";
    private const int Year = 2026;
    // Guichi's year: 280 yuan, and 250 of it paid for people in low-income families (004_afb7baf3ebb51254.txt, 2021).
    private const long PersonalFen = 280_00, AidFen = 250_00;
    // As BenchPersons: one in eighteen an employee, who is not assessed, one in twenty-five in a category.
    private const int EmployeeEvery = 18, LowIncomeEvery = 25;

    private static async Task<BenchmarkReport> Run(BenchmarkArguments arguments, TextWriter log, CancellationToken cancellation)
    {
        var (persons, count) = (arguments.Number("persons", 5_000_000), arguments.Number("counties", 18));
        arguments.NoOthers();
        await using var server = await PgBench.StartServer(cancellation);
        await using var settlement = await StartSettlement(BenchPersons.Counties(count), cancellation);
        var counties = BenchPersons.Counties(count).Select(code => new Tenant(code, $"测试{code}", BenchPersons.City, new Dictionary<string, string> { [Scheme] = Pack })).ToList();
        var begun = Stopwatch.GetTimestamp();
        await Parallel.ForEachAsync(counties, new ParallelOptions { MaxDegreeOfParallelism = 2, CancellationToken = cancellation }, async (county, stop) =>
        {
            await TenantProvisioning.Provision(server.AdminConnectionString, county, BillingModule.Service, $"secret-{county.Code}", stop);
            await MigrationRunner.Apply(server.AdminConnectionString, county, BillingModule.Service, typeof(BillingModule).Assembly, stop);
            await Fill(server, county.Code, counties.IndexOf(county), counties.Count, persons, stop);
        });
        await log.WriteLineAsync($"assess: {persons} persons in {count} counties, filled in {Stopwatch.GetElapsedTime(begun).TotalSeconds:F0} s");
        await Execute(server, "postgres", "CHECKPOINT", cancellation);

        GC.Collect();
        using var peak = new PeakHeap();
        var address = settlement.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        var (seconds, cpu, seen) = (0.0, CpuTime.Seconds(server), 0L);
        for (var part = 0; part < 2; part++)
        {
            var app = await StartBilling(server, counties, address, cancellation);
            using var http = new HttpClient { BaseAddress = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()), Timeout = Timeout.InfiniteTimeSpan, DefaultRequestHeaders = { { "authorization", $"Bearer {Token}" } } };
            begun = Stopwatch.GetTimestamp();
            if (part == 0)
                foreach (var county in counties)
                    using (var answer = await http.PostAsJsonAsync($"/billing/{county.Code}/assessment-runs", new { request_key = "bench", insutype = Scheme, year = Year, started_by = "bench", reason = "bench" }, cancellation))
                        if (!answer.IsSuccessStatusCode) throw new InvalidOperationException(await answer.Content.ReadAsStringAsync(cancellation));
            var enough = part == 0 ? persons / 3 : persons;
            for (seen = 0; part == 0 ? seen < enough : seen < enough || await Running(http, counties, cancellation) > 0;)
            {
                await Task.Delay(200, cancellation);
                seen = (await Runs(http, counties, cancellation)).Sum(r => r.GetProperty("seen").GetInt64());
            }
            seconds += Stopwatch.GetElapsedTime(begun).TotalSeconds;
            await log.WriteLineAsync($"part {part + 1}: {seen} persons seen after {seconds:F1} s");
            await app.StopAsync(cancellation);
            await app.DisposeAsync();
        }
        cpu = CpuTime.Seconds(server) - cpu;
        await Check(server, counties, persons, cancellation);

        begun = Stopwatch.GetTimestamp();
        await Parallel.ForEachAsync(counties, new ParallelOptions { MaxDegreeOfParallelism = 2, CancellationToken = cancellation }, async (county, stop) => await Execute(server, TenantNames.Database(county.Code), """
            CREATE TABLE billing.plain (LIKE billing.assessment INCLUDING GENERATED INCLUDING CONSTRAINTS, PRIMARY KEY (psn_no, insutype, year));
            INSERT INTO billing.plain (psn_no, insutype, year, household_no, psn_type, person_class, categories, personal_fen, aid_id, aid_payer, aid_level, aid_fen, collective_fen, central_fen, province_fen, city_fen, county_fen, paid_fen, withdrawn, version, run_no, cause, changed_at)
            SELECT psn_no, insutype, year, household_no, psn_type, person_class, categories, personal_fen, aid_id, aid_payer, aid_level, aid_fen, collective_fen, central_fen, province_fen, city_fen, county_fen, paid_fen, withdrawn, version, run_no, cause, changed_at FROM billing.assessment
            """, stop));
        var plain = Stopwatch.GetElapsedTime(begun).TotalSeconds;
        return new BenchmarkReport("assess").Add("times_plain", seconds / plain).Add("persons", persons).Add("counties", count).Add("assess_s", seconds).Add("persons_per_second", persons / seconds)
            .Add("assess_cpu_s", cpu).Add("plain_insert_s", plain).Add("restarts", 1).Add("peak_heap_mib", peak.Highest / 1048576.0);
    }

    private static async Task<long> Running(HttpClient http, List<Tenant> counties, CancellationToken cancellation) => (await Runs(http, counties, cancellation)).Count(r => r.GetProperty("state").GetString() == "running");

    private static async Task<List<JsonElement>> Runs(HttpClient http, List<Tenant> counties, CancellationToken cancellation)
    {
        var runs = new List<JsonElement>();
        foreach (var county in counties) runs.Add((await http.GetFromJsonAsync<JsonElement>($"/billing/{county.Code}/assessment-runs?insutype={Scheme}&year={Year}", cancellation)).GetProperty("runs")[0]);
        return runs;
    }

    /// <summary>Person i lives in county i mod n, as enrollment's events would have told.</summary>
    private static async Task Fill(PostgresServer server, string county, int place, int counties, int persons, CancellationToken cancellation)
    {
        var who = $"generate_series({place}, {persons - 1}, {counties}) AS i";
        await Execute(server, TenantNames.Database(county), $"""
            SET session_replication_role = replica; SET search_path = billing;
            INSERT INTO insured_person (psn_no, version, psn_cert_type, certno, psn_name, gend, birth_on, household_no)
            SELECT '6502' || lpad(i::text, 14, '0'), 1, '01', lpad(i::text, 18, '1'), '王' || i % 100, '1', DATE '1940-01-01' + (i::bigint * 7919 % 30000)::int, 'H' || lpad((i / {counties} / 3)::text, 8, '0') FROM {who};
            INSERT INTO insured_cover (psn_no, insutype, from_on, psn_type, employer_no)
            SELECT '6502' || lpad(i::text, 14, '0'), CASE WHEN i % {EmployeeEvery} = 0 THEN '310' ELSE '390' END, '2020-01-01', CASE WHEN i % {EmployeeEvery} = 0 THEN '1101' ELSE '1501' END, '' FROM {who};
            INSERT INTO insured_category (psn_no, name, from_on) SELECT '6502' || lpad(i::text, 14, '0'), 'low_income', '2020-01-01' FROM {who} WHERE i % {LowIncomeEvery} = 0;
            UPDATE person_copy SET completed_at = now();
            ANALYZE insured_person; ANALYZE insured_cover; ANALYZE insured_category
            """, cancellation);
    }

    private static async Task Check(PostgresServer server, List<Tenant> counties, int persons, CancellationToken cancellation)
    {
        var (assessed, aided) = (0L, 0L);
        for (var i = 0; i < persons; i++)
        {
            if (i % EmployeeEvery == 0) continue;
            assessed++;
            if (i % LowIncomeEvery == 0) aided++;
        }
        var (rows, due, aid) = (0L, 0L, 0L);
        foreach (var county in counties)
        {
            await using var connection = new NpgsqlConnection(server.ConnectionString(TenantNames.Database(county.Code)));
            await connection.OpenAsync(cancellation);
            await using var command = new NpgsqlCommand("SELECT count(*), coalesce(sum(due_fen), 0)::bigint, coalesce(sum(aid_fen), 0)::bigint FROM billing.assessment WHERE version = 1 AND NOT withdrawn", connection) { CommandTimeout = 0 };
            await using var reader = await command.ExecuteReaderAsync(cancellation);
            await reader.ReadAsync(cancellation);
            (rows, due, aid) = (rows + reader.GetInt64(0), due + reader.GetInt64(1), aid + reader.GetInt64(2));
        }
        var expected = (assessed, assessed * PersonalFen - aided * AidFen, aided * AidFen);
        if ((rows, due, aid) != expected) throw new InvalidOperationException($"the assessments say {(rows, due, aid)}, the persons {expected}");
    }

    private static async Task<WebApplication> StartBilling(PostgresServer server, List<Tenant> counties, string settlement, CancellationToken cancellation)
    {
        var settings = new Dictionary<string, string?> { ["Secrets:ServiceToken"] = Token, ["Services:settlement:Address"] = settlement, ["Services:enrollment:Address"] = settlement };
        foreach (var county in counties)
        {
            settings[$"Tenants:{county.Code}:Name"] = county.Name;
            settings[$"Tenants:{county.Code}:City"] = county.CityCode;
            settings[$"Tenants:{county.Code}:Database"] = server.Address;
            settings[$"Secrets:Database:{county.Code}:{BillingModule.Service}"] = $"secret-{county.Code}";
        }
        return await Start(settings, HttpProtocols.Http1, builder => builder.AddBilling(), app => app.MapBilling(), cancellation);
    }

    /// <summary>Says the terms of the program's pack, as settlement does.</summary>
    private static Task<WebApplication> StartSettlement(IEnumerable<string> counties, CancellationToken cancellation)
    {
        var settings = new Dictionary<string, string?> { ["Secrets:ServiceToken"] = Token };
        foreach (var county in counties) settings[$"Tenants:{county}:Name"] = county;
        return Start(settings, HttpProtocols.Http2, builder =>
        {
            builder.AddPlatform("neighbours");
            builder.Services.AddSingleton<Terms>();
        }, app => app.MapGrpcService<Terms>(), cancellation);
    }

    private static async Task<WebApplication> Start(Dictionary<string, string?> settings, HttpProtocols protocol, Action<WebApplicationBuilder> add, Action<WebApplication> map, CancellationToken cancellation)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Configuration.AddInMemoryCollection(settings);
        add(builder);
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0, o => o.Protocols = protocol));
        var app = builder.Build();
        app.MapPlatform();
        map(app);
        await app.StartAsync(cancellation);
        return app;
    }

    private static async Task Execute(PostgresServer server, string database, string sql, CancellationToken cancellation)
    {
        await using var connection = new NpgsqlConnection(server.ConnectionString(database));
        await connection.OpenAsync(cancellation);
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancellation);
    }

    internal sealed class Terms : Protos.Settlement.V1.Settlement.SettlementBase
    {
        private static readonly CountyPolicies Policies = CountyPolicies.Of(PolicyLibrary.LoadEmbedded());
        private static readonly Tenant Anywhere = new(BenchPersons.City, "测试", BenchPersons.City, new Dictionary<string, string> { [Scheme] = Pack });

        public override Task<Protos.Settlement.V1.ContributionTerms> GetContributionTerms(GetContributionTermsRequest request, ServerCallContext context) =>
            Task.FromResult(Settlement.Queries.GetContributionTerms.Query(Anywhere, Policies, request).Value);
    }
}
