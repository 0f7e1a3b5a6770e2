using System.Security.Cryptography;
using System.Text.Json;
using MedInsure.Kernel;
using MedInsure.Protos.Reporting.V1;
using MedInsure.Reference;
using MedInsure.Reporting.Reports;
using MedInsure.Reporting.Snapshots;
using MedInsure.Hosting.Tenancy;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace MedInsure.Reporting.Tests.Snapshots;

[Collection("reporting")]
[Trait("Category", "Storage")]
public sealed class MakeSnapshotsTests(ReportingFixture fixture)
{
    private static ClaimFact Claim(string county, long seq, DateOnly day, long fundFen) => new()
    {
        County = county, Seq = seq, SetlId = $"{county}S{seq}", PsnNo = $"{county}{seq}", FixmedinsCode = "P1", ProviderCounty = county, ProviderLevel = "2", MedType = "21", ClrType = "21", SettledOn = day, BedDays = 4,
        TotalFen = 2 * fundFen, InScopeFen = 2 * fundFen, BasicFundFen = fundFen, FundTotalFen = fundFen, PersonShareFen = fundFen, CashFen = fundFen,
    };

    private static async Task<ReportPeriod?> Next(ReportingHost host) => await MakeSnapshots.Next(
        new ReportPlace(host.City, host.Database, host.Services.GetRequiredService<ReportedCities>(), host.Services.GetRequiredService<ReferenceData>()), host.Services.GetRequiredService<ChinaCalendar>(), default);

    private static async Task<List<string>> All(ReportingHost host)
    {
        var kept = new List<string>();
        while (await Next(host) is { } period) kept.Add(period.Text);
        return kept;
    }

    private static async Task<JsonElement> Benefits(ReportingHost host, string period, bool isLive = false) => (await host.Get($"/documents/benefits?period={period}&live={(isLive ? "true" : "false")}")).Body;

    private async Task<ReportingHost> City()
    {
        var host = await fixture.Start();
        await CityFacts.Feed(host.Database, "claims", host.Clock.Now, host.First, host.Second);
        await CityFacts.Write(host.Database, "claim_fact", [Claim(host.First, 1, new(2026, 9, 3), 100_00), Claim(host.Second, 2, new(2026, 10, 5), 50_00)]);
        return host;
    }

    [Fact]
    public async Task MonthsAndDaysThatAreOver_AreKeptOnceInTheirOrder()
    {
        await using var host = await City();
        // The clock stands at 22 November, 10:00.
        Assert.Equal(["202609", "202610", "20261115", "20261116", "20261117", "20261118", "20261119", "20261120", "20261121"], await All(host));
        Assert.Empty(await All(host));
        var listed = await host.Client.ListSnapshotsAsync(new ListSnapshotsRequest { Code = "benefits", PeriodKind = "month" }, host.Headers());
        Assert.Equal([("202610", host.Second), ("202610", host.First), ("202610", ""), ("202609", host.Second), ("202609", host.First), ("202609", "")], listed.Snapshot.Select(s => (s.Period, s.County)));
        // The document is what its hash says, and what it was made at.
        var document = await host.Http.GetByteArrayAsync($"/reports/{host.City.Code}/snapshots/{listed.Snapshot[0].No}");
        Assert.Equal(listed.Snapshot[0].Sha256, Convert.ToHexStringLower(SHA256.HashData(document)));
        Assert.Contains("\"feed\":\"claims\"", listed.Snapshot[0].Positions, StringComparison.Ordinal);
    }

    [Fact]
    public async Task LateSettlement_LeavesTheKeptMonthAndIsToldByTheNext()
    {
        await using var host = await City();
        host.Clock.Now = new(2026, 10, 20, 2, 0, 0, TimeSpan.Zero);
        Assert.Equal("202609", (await Next(host))!.Text);
        var kept = await Benefits(host, "202609");
        Assert.Equal(("snapshot", "100.00"), (kept.GetProperty("source").GetString(), kept.GetProperty("totals").GetProperty("fund").GetString()));

        await CityFacts.Write(host.Database, "claim_fact", [Claim(host.First, 3, new(2026, 9, 30), 7_00)]);
        Assert.Equal(kept.GetRawText(), (await Benefits(host, "202609")).GetRawText());
        Assert.Equal("107.00", (await Benefits(host, "202609", isLive: true)).GetProperty("totals").GetProperty("fund").GetString());

        host.Clock.Now = new(2026, 11, 22, 2, 0, 0, TimeSpan.Zero);
        await host.Sql<object>("UPDATE feed_build SET read_at = '2026-11-22 02:00Z' RETURNING 1");
        Assert.Contains("202610", await All(host));
        var next = await Benefits(host, "202610");
        Assert.Equal("50.00", next.GetProperty("totals").GetProperty("fund").GetString());
        Assert.Contains(("202609", "fund", "100.00", "107.00"), next.GetProperty("changes_since").EnumerateArray().Select(c => (c.GetProperty("period").GetString()!, c.GetProperty("column").GetString()!, c.GetProperty("was").GetString()!, c.GetProperty("is").GetString()!)));
        // Told once: December's has nothing more to say of September.
        host.Clock.Now = new(2026, 12, 22, 2, 0, 0, TimeSpan.Zero);
        await host.Sql<object>("UPDATE feed_build SET read_at = '2026-12-22 02:00Z' RETURNING 1");
        Assert.Contains("202611", await All(host));
        Assert.Equal(0, (await Benefits(host, "202611")).GetProperty("changes_since").GetArrayLength());
    }

    [Fact]
    public async Task FeedThatIsNotReadPastTheEnd_WaitsWithTheMonth()
    {
        await using var host = await City();
        await host.Sql<object>("UPDATE feed_build SET read_at = '2026-09-30 15:59:59Z' RETURNING 1");
        Assert.Null(await Next(host));
        // Read now, but what came on the month's last day still waits.
        await host.Sql<object>("UPDATE feed_build SET read_at = '2026-11-22 02:00Z', behind = 5, behind_since = '2026-09-30 15:00Z' RETURNING 1");
        Assert.Null(await Next(host));
        await host.Sql<object>("UPDATE feed_build SET behind_since = '2026-09-30 16:00Z' RETURNING 1");
        Assert.Equal("202609", (await Next(host))!.Text);
    }

    [Fact]
    public async Task KeptReport_CannotBeChangedByAnybody()
    {
        await using var host = await City();
        await Next(host);
        foreach (var sql in (string[])["UPDATE report_snapshot SET made_at = now()", "DELETE FROM report_snapshot"])
        {
            await using var command = host.Database.CreateCommand(sql);
            Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, (await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteNonQueryAsync())).SqlState);
        }
        await using var owner = new NpgsqlConnection(fixture.Server.ConnectionString(TenantNames.Database(host.City.Code)));
        await owner.OpenAsync();
        foreach (var sql in (string[])["UPDATE reporting.report_snapshot SET made_at = now()", "DELETE FROM reporting.report_snapshot", "TRUNCATE reporting.report_snapshot"])
        {
            await using var command = new NpgsqlCommand(sql, owner);
            Assert.Contains("never changed", (await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteNonQueryAsync())).MessageText, StringComparison.Ordinal);
        }
    }
}
