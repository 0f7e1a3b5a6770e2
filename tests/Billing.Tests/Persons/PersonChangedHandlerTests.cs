using System.Net;
using System.Text;
using MedInsure.Embedded;
using MedInsure.Enrollment;
using MedInsure.Hosting;
using MedInsure.Hosting.Tenancy;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace MedInsure.Billing.Tests.Persons;

/// <summary>A real enrollment and a real billing with a real broker between them: who was there before is copied, who changes is heard of.</summary>
[Trait("Category", "Messaging")]
[Collection("billing")]
public sealed class PersonChangedHandlerTests(BillingFixture fixture)
{
    private const string County = "651100", Token = "service-token-of-this-test";
    private const string Header = "psn_no,psn_cert_type,certno,psn_name,gend,brdy,county,household_no,insutype,psn_type,categories,cover_from,cover_to,employer_no,account_balance\n";

    private static string Row(int i, string categories = "") => $"M{i:D4},99,X{i},王五,1,1980-01-01,{County},H{i / 3},390,1501,{categories},2020-01-01,,,\n";

    [Fact]
    public async Task PersonsOfBeforeAndChanges_ReachBilling()
    {
        await using var rabbit = await RabbitMqServer.Start();
        var tenant = new Tenant(County, "测试县", "650300", new Dictionary<string, string>());
        foreach (var (service, migrations) in new[] { (BillingModule.Service, typeof(BillingModule).Assembly), (EnrollmentModule.Service, typeof(EnrollmentModule).Assembly) })
        {
            await TenantProvisioning.Provision(fixture.Server.AdminConnectionString, tenant, service, $"secret-{service}");
            await MigrationRunner.Apply(fixture.Server.AdminConnectionString, tenant, service, migrations);
        }

        // Enrollment alone: nobody hears of these.
        await using (var before = await Start(rabbit, "http://127.0.0.1:1", EnrollmentModule.Service))
        {
            await Import(before, string.Concat(Enumerable.Range(0, 1_500).Select(i => Row(i))));
            await Until(before, EnrollmentModule.Service, "SELECT count(*) FROM outbox", 0);
            await using var billing = await Start(rabbit, Grpc(before), BillingModule.Service);
            await Until(billing, BillingModule.Service, "SELECT count(*) FROM insured_person", 1_500);
            Assert.Equal("H7", await Sql<string>(billing, BillingModule.Service, "SELECT household_no FROM insured_person WHERE psn_no = 'M0022'"));

            await Import(before, Row(22, "low_income") + Row(2_000));
            await Until(billing, BillingModule.Service, "SELECT count(*) FROM insured_category WHERE psn_no = 'M0022' AND name = 'low_income'", 1);
            await Until(billing, BillingModule.Service, "SELECT count(*) FROM insured_person WHERE psn_no = 'M2000' AND household_no = 'H666'", 1);
            // Each version once, whether it was copied or heard.
            Assert.Equal(0L, await Sql<long>(billing, BillingModule.Service, "SELECT count(*) FROM insured_person WHERE version <> CASE psn_no WHEN 'M0022' THEN 2 ELSE 1 END"));
        }
    }

    private async Task<WebApplication> Start(RabbitMqServer rabbit, string enrollment, string service)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Secrets:ServiceToken"] = Token, [$"Tenants:{County}:Name"] = "测试县", [$"Tenants:{County}:City"] = "650300", ["Tenants:650300:Name"] = "测试市", [$"Tenants:{County}:Database"] = fixture.Server.Address,
            [$"Secrets:Database:{County}:{service}"] = $"secret-{service}", ["Services:enrollment:Address"] = enrollment, ["Services:settlement:Address"] = "http://127.0.0.1:1",
            ["Bus:RabbitMq:Host"] = RabbitMqServer.Host, ["Bus:RabbitMq:Port"] = $"{rabbit.Port}", ["Bus:RabbitMq:User"] = RabbitMqServer.User, ["Secrets:RabbitMq"] = rabbit.Password,
        });
        if (service == EnrollmentModule.Service) builder.AddEnrollment();
        else builder.AddBilling();
        builder.Logging.SetMinimumLevel(LogLevel.Error);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0, o => o.Protocols = HttpProtocols.Http1);
            kestrel.Listen(IPAddress.Loopback, 0, o => o.Protocols = HttpProtocols.Http2);
        });
        var app = builder.Build();
        app.MapPlatform();
        if (service == EnrollmentModule.Service) app.MapEnrollment();
        else app.MapBilling();
        await app.StartAsync();
        return app;
    }

    private static string[] Addresses(WebApplication app) => [.. app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses];

    private static string Grpc(WebApplication app) => Addresses(app)[1];

    private static async Task Import(WebApplication enrollment, string rows)
    {
        using var http = new HttpClient { BaseAddress = new Uri(Addresses(enrollment)[0]), DefaultRequestHeaders = { { "authorization", $"Bearer {Token}" } } };
        using var content = new StringContent(Header + rows, Encoding.UTF8, "text/csv");
        using var answer = await http.PostAsync("/import/persons", content);
        Assert.Contains("\"rejected\":0", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private static async Task<T> Sql<T>(WebApplication app, string service, string sql)
    {
        await using var command = app.Services.GetRequiredService<TenantDatabases>().For(County, service).CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    private static async Task Until(WebApplication app, string service, string sql, long wanted)
    {
        var found = -1L;
        for (var waited = System.Diagnostics.Stopwatch.StartNew(); (found = await Sql<long>(app, service, sql)) != wanted; await Task.Delay(50))
            Assert.True(waited.Elapsed < TimeSpan.FromSeconds(90), $"{sql}: {found}, not {wanted}");
    }
}
