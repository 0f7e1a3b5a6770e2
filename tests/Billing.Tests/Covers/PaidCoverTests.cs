using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
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

namespace MedInsure.Billing.Tests.Covers;

/// <summary>From the payment to the cover and back again: a real enrollment and a real billing with a real broker between them, and settlement's terms over gRPC.</summary>
[Trait("Category", "Messaging")]
[Collection("billing")]
public sealed class PaidCoverTests(BillingFixture fixture) : IAsyncLifetime
{
    private const string Token = "service-token-of-this-test";
    private const string Header = "psn_no,psn_cert_type,certno,psn_name,gend,brdy,county,household_no,insutype,psn_type,categories,cover_from,cover_to,employer_no,account_balance\n";

    private static int lastCounty = 651_000;

    private readonly string county = $"{Interlocked.Increment(ref lastCounty)}";
    private readonly SettableTime clock = new();
    private RabbitMqServer rabbit = null!;
    private Neighbours neighbours = null!;
    private WebApplication enrollment = null!, billing = null!;

    public async Task InitializeAsync()
    {
        rabbit = await RabbitMqServer.Start();
        var tenant = new Tenant(county, "测试县", "650300", new Dictionary<string, string> { ["390"] = "guichi/resident" });
        foreach (var (service, migrations) in new[] { (BillingModule.Service, typeof(BillingModule).Assembly), (EnrollmentModule.Service, typeof(EnrollmentModule).Assembly) })
        {
            await TenantProvisioning.Provision(fixture.Server.AdminConnectionString, tenant, service, $"secret-{service}");
            await MigrationRunner.Apply(fixture.Server.AdminConnectionString, tenant, service, migrations);
        }
        neighbours = await Neighbours.Start(tenant, Token);
        enrollment = await Start("http://127.0.0.1:1", EnrollmentModule.Service);
        billing = await Start(Addresses(enrollment)[1], BillingModule.Service);
    }

    public async Task DisposeAsync()
    {
        foreach (var app in new[] { billing, enrollment })
        {
            await app.StopAsync();
            await app.DisposeAsync();
        }
        await neighbours.DisposeAsync();
        await rabbit.DisposeAsync();
    }

    [Fact]
    public async Task PaymentOpensCover_AndItsRefundTakesItBack()
    {
        // Covered to the end of 2026 by the old system's file.
        await Import($"P1,99,X1,王五,1,1980-01-01,{county},H1,390,1501,,2020-01-01,2026-12-31,,\nP2,99,X2,王六,1,1980-01-01,{county},H1,390,1501,,2020-01-01,2026-12-31,,\n");
        await Until(BillingModule.Service, "SELECT count(*) FROM insured_person", 2);
        await Assess(2027);

        // Guichi 2027: 280 yuan, in the window of the end of 2026 (004_afb7baf3ebb51254.txt).
        var paid = await Post("counter-payments", new { request_key = "k", insutype = "390", year = 2027, amount = "560.00", payer = "王五", cashier = "李收费", persons = new[] { new { psn_no = "P1", amount = "280.00" }, new { psn_no = "P2", amount = "280.00" } } });
        await Until(EnrollmentModule.Service, "SELECT count(*) FROM coverage WHERE from_on = '2027-01-01' AND to_on = '2027-12-31'", 2);
        // Billing hears of it in its turn, and the next year's assessment takes it up.
        await Until(BillingModule.Service, "SELECT count(*) FROM insured_cover WHERE to_on = '2027-12-31'", 2);

        // P2 died before the year: the cover goes with the death, the money by two people, and nothing is left of the contribution.
        await Post(enrollment, $"/enrolment/{county}/deaths", new { request_key = "d", psn_no = "P2", died_on = "2026-11-20", evidence = "死亡证明", by = "王经办" });
        await Until(BillingModule.Service, "SELECT count(*) FROM insured_person WHERE died_on = '2026-11-20'", 1);
        var refund = await Post("refunds", new { request_key = "r", payment_no = paid.GetProperty("payment_no").GetInt64(), psn_no = "P2", insutype = "390", year = 2027, amount = "280.00", cause = "death", reason = "参保年度前死亡", payee = "王六", proposed_by = "李收费" });
        await Post($"refunds/{refund.GetProperty("refund_no").GetInt64()}/decision", new { approved = true, approver = "赵复核" });
        await Until(EnrollmentModule.Service, "SELECT count(*) FROM contribution WHERE psn_no = 'P2' AND state = 'closed' AND NOT is_paid", 1);
        await Until(BillingModule.Service, "SELECT count(*) FROM insured_cover WHERE to_on = '2027-12-31'", 1);
        Assert.Equal(1L, await Sql(EnrollmentModule.Service, "SELECT count(*) FROM coverage WHERE psn_no = 'P2'"));
    }

    [Fact]
    public async Task EnrolledByCommand_PaysAndIsCovered_NewbornFoetusAndMigrantToo()
    {
        await Import($"M1,99,X1,王母,2,1995-01-01,{county},H1,390,1501,,2020-01-01,2026-12-31,,\n");
        await Until(BillingModule.Service, "SELECT count(*) FROM insured_person", 1);
        await Assess(2027);
        var stranger = Number(await Post(enrollment, $"/enrolment/{county}/enrolments", new { request_key = "p", insutype = "390", year = 2027, by = "王经办", persons = new[] { new { psn_cert_type = "08", certno = "E1", psn_name = "赵六", gend = "1", birth_on = "1990-02-03", psn_type = "1501" } } }));
        var foetus = Number(await Post(enrollment, $"/enrolment/{county}/foetuses", new { request_key = "f", insutype = "390", mother_no = "M1", expected_on = "2027-02-10", by = "王经办" }));
        await Until(BillingModule.Service, "SELECT count(*) FROM assessment WHERE year = 2027 AND NOT withdrawn", 3);
        await Pay("1", stranger);
        await Pay("2", foetus);
        await Until(EnrollmentModule.Service, $"SELECT count(*) FROM coverage WHERE psn_no = '{stranger}' AND from_on = '2027-01-01' AND to_on = '2027-12-31'", 1);
        await Until(EnrollmentModule.Service, $"SELECT count(*) FROM contribution WHERE psn_no = '{foetus}' AND state = 'waiting'", 1);

        clock.Now = new DateTimeOffset(2027, 2, 8, 2, 0, 0, TimeSpan.Zero);
        await Post(enrollment, $"/enrolment/{county}/foetuses/{foetus}/birth", new { request_key = "b", psn_name = "王宝", gend = "2", birth_on = "2027-02-07", evidence = "出生医学证明", by = "王经办", approver = "赵复核" });
        await Until(EnrollmentModule.Service, $"SELECT count(*) FROM coverage WHERE psn_no = '{foetus}' AND from_on = '2027-02-07' AND to_on = '2027-12-31'", 1);
        var newborn = Number(await Post(enrollment, $"/enrolment/{county}/newborns", new { request_key = "n", insutype = "390", year = 2027, mother_no = "M1", psn_name = "王贝", gend = "1", birth_on = "2027-02-01", by = "王经办" }));
        var migrant = Number(await Post(enrollment, $"/enrolment/{county}/enrolments", new { request_key = "m", insutype = "390", year = 2027, who = "migrant_worker", by = "王经办", persons = new[] { new { psn_cert_type = "08", certno = "E2", psn_name = "孙七", gend = "1", birth_on = "1990-02-03", psn_type = "1501" } } }));
        await Until(BillingModule.Service, "SELECT count(*) FROM assessment WHERE year = 2027 AND NOT withdrawn", 5);
        await Pay("3", newborn);
        await Pay("4", migrant);
        await Until(EnrollmentModule.Service, $"SELECT count(*) FROM coverage WHERE psn_no = '{newborn}' AND from_on = '2027-02-01' AND to_on = '2027-12-31'", 1);
        await Until(EnrollmentModule.Service, $"SELECT count(*) FROM coverage WHERE psn_no = '{migrant}' AND from_on = '2027-02-08' AND to_on = '2027-12-31'", 1);

        // The mother did not pay in her window; now it is closed, and she is not covered.
        using var http = Http(billing);
        using var late = await http.PostAsJsonAsync($"/billing/{county}/counter-payments", Order("5", "M1"));
        Assert.Equal("payment.window_closed", JsonElement.Parse(await late.Content.ReadAsStringAsync()).GetProperty("code").GetString());
        Assert.Equal(0L, await Sql(EnrollmentModule.Service, "SELECT count(*) FROM coverage WHERE psn_no = 'M1' AND from_on > '2026-12-31'"));
        Assert.Equal(0L, await Sql(EnrollmentModule.Service, "SELECT count(*) FROM finding"));
    }

    private static string Number(JsonElement enrolled) => enrolled.GetProperty("persons")[0].GetProperty("psn_no").GetString()!;

    private static object Order(string key, string psnNo) => new { request_key = $"pay{key}", insutype = "390", year = 2027, amount = "280.00", payer = "王五", cashier = "李收费", persons = new[] { new { psn_no = psnNo, amount = "280.00" } } };

    private Task<JsonElement> Pay(string key, string psnNo) => Post("counter-payments", Order(key, psnNo));

    private async Task<WebApplication> Start(string enrollmentAddress, string service)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Secrets:ServiceToken"] = Token, [$"Tenants:{county}:Name"] = "测试县", [$"Tenants:{county}:City"] = "650300", ["Tenants:650300:Name"] = "测试市", [$"Tenants:{county}:Database"] = fixture.Server.Address,
            [$"Secrets:Database:{county}:{service}"] = $"secret-{service}", ["Services:enrollment:Address"] = enrollmentAddress, ["Services:settlement:Address"] = neighbours.Address,
            ["Bus:RabbitMq:Host"] = RabbitMqServer.Host, ["Bus:RabbitMq:Port"] = $"{rabbit.Port}", ["Bus:RabbitMq:User"] = RabbitMqServer.User, ["Secrets:RabbitMq"] = rabbit.Password,
        });
        builder.Services.AddSingleton<TimeProvider>(clock);
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

    private static HttpClient Http(WebApplication app) => new() { BaseAddress = new Uri(Addresses(app)[0]), DefaultRequestHeaders = { { "authorization", $"Bearer {Token}" } } };

    private async Task Import(string rows)
    {
        using var http = Http(enrollment);
        using var content = new StringContent(Header + rows, Encoding.UTF8, "text/csv");
        using var answer = await http.PostAsync("/import/persons", content);
        Assert.Contains("\"rejected\":0", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private Task<JsonElement> Post(string path, object body) => Post(billing, $"/billing/{county}/{path}", body);

    private static async Task<JsonElement> Post(WebApplication app, string path, object body)
    {
        using var http = Http(app);
        using var answer = await http.PostAsJsonAsync(path, body);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{path}: {text}");
        return JsonElement.Parse(text);
    }

    private async Task Assess(int year)
    {
        await Until(BillingModule.Service, "SELECT count(*) FROM person_copy WHERE completed_at IS NOT NULL", 1);
        await Post("assessment-runs", new { request_key = $"run{year}", insutype = "390", year, started_by = "王经办", reason = "年度核定" });
        await Until(BillingModule.Service, $"SELECT count(*) FROM assessment_run WHERE year = {year} AND state = 'done'", 1);
    }

    private async Task<long> Sql(string service, string sql)
    {
        await using var command = (service == BillingModule.Service ? billing : enrollment).Services.GetRequiredService<TenantDatabases>().For(county, service).CreateCommand(sql);
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private async Task Until(string service, string sql, long wanted)
    {
        var found = -1L;
        for (var waited = System.Diagnostics.Stopwatch.StartNew(); (found = await Sql(service, sql)) != wanted; await Task.Delay(50))
            Assert.True(waited.Elapsed < TimeSpan.FromSeconds(90), $"{sql}: {found}, not {wanted}");
    }
}
