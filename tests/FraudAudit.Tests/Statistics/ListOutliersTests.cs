using System.Net;
using MedInsure.FraudAudit.Intake;
using MedInsure.FraudAudit.Tests.Rules;
using MedInsure.Protos.FraudAudit.V1;

namespace MedInsure.FraudAudit.Tests.Statistics;

[Collection("audit")]
[Trait("Category", "Storage")]
public sealed class ListOutliersTests(AuditFixture fixture)
{
    private static IEnumerable<AuditClaim> Stays(string provider, decimal price, int year = 2026) => Enumerable.Range(0, 10).Select(i => Bill.Stay(year * 10_000 + 1101, year * 10_000 + 1108, $"{provider}{i}", provider, Bill.Line("X1", price, year * 10_000 + 1102)));

    private static async Task Keep(AuditHost host, IEnumerable<AuditClaim> claims)
    {
        await using var connection = await host.Database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var seq = 1L;
        await ClaimStore.Keep(connection, transaction, [.. claims.Select(c => { c.JournalSeq = seq++; return c; })], default);
        await transaction.CommitAsync();
    }

    [Fact]
    public async Task TheMonthsOutliers_WithoutWhatWasReversed()
    {
        await using var host = await fixture.Start();
        var dear = Stays("F", 9000).ToList();
        await Keep(host, [.. Stays("A", 4800), .. Stays("B", 4900), .. Stays("C", 5000), .. Stays("D", 5100), .. Stays("E", 5200), .. dear]);
        var (status, body) = await host.Get("/statistics/202611/outliers?measure=cost_per_stay");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal((60, 0, 1), (body.GetProperty("bills").GetInt32(), body.GetProperty("bills_year_before").GetInt32(), body.GetProperty("total").GetInt32()));
        Assert.Equal("F", body.GetProperty("outliers")[0].GetProperty("key").GetString());
        Assert.Equal(0, (await host.Get("/statistics/202610/outliers")).Body.GetProperty("total").GetInt32());

        await host.Sql<DBNull>($"UPDATE audit_claim SET reversed_by = 'R' WHERE setl_id = '{dear[0].SetlId}'");
        Assert.Equal(0, (await host.Get("/statistics/202611/outliers?measure=cost_per_stay")).Body.GetProperty("total").GetInt32());
    }

    [Theory]
    [InlineData("/statistics/202612/outliers", "statistics.month_invalid")]
    [InlineData("/statistics/2026-11/outliers", "statistics.month_invalid")]
    [InlineData("/statistics/202611/outliers?subject=village", "statistics.subject_unknown")]
    [InlineData("/statistics/202611/outliers?subject=person&measure=cost_per_stay", "statistics.measure_unknown")]
    [InlineData("/statistics/202611/outliers?score_min=0", "statistics.score_invalid")]
    [InlineData("/statistics/202611/outliers?page_size=501", "page.size_invalid")]
    public async Task BadQuestion_IsRefused(string path, string code)
    {
        await using var host = await fixture.Start();
        var (status, body) = await host.Get(path);
        Assert.Equal((HttpStatusCode.BadRequest, code), (status, body.GetProperty("code").GetString()));
    }

    [Fact]
    public async Task Measures_AreListed()
    {
        await using var host = await fixture.Start();
        Assert.Contains((await host.Get("/statistics/measures")).Body.GetProperty("measures").EnumerateArray(), m => m.GetProperty("code").GetString() == "readmission_rate");
    }
}
