using System.Net;
using System.Text.Json;
using Grpc.Core;
using MedInsure.Protos.Reporting.V1;

namespace MedInsure.Reporting.Tests.Reports;

/// <summary>A city with some thousand generated settlements, once for all tests of reports.</summary>
public sealed class GeneratedCity : IAsyncLifetime
{
    private readonly ReportingFixture fixture = new();

    public ReportingHost Host { get; private set; } = null!;
    public List<ClaimFact> Claims { get; private set; } = [];
    public List<ShareFact> Shares { get; private set; } = [];
    /// <summary>County, purpose, fund, day, amount.</summary>
    public List<(string County, string Purpose, string Fund, DateOnly On, long Fen, bool IsCarry)> Entries { get; } = [];

    /// <summary>Another city, without facts.</summary>
    public Task<ReportingHost> StartAnother() => fixture.Start();

    public async Task InitializeAsync()
    {
        await fixture.InitializeAsync();
        Host = await fixture.Start();
        (Claims, Shares) = CityFacts.Generate(Host.City.Code, [Host.First, Host.Second], 3_000, seed: 7);
        foreach (var feed in (string[])["claims", "vouchers", "persons", "places", "incomes", "collection", "cases", "supervision"]) await CityFacts.Feed(Host.Database, feed, Host.Clock.Now, Host.First, Host.Second);
        await CityFacts.Feed(Host.Database, "vouchers", Host.Clock.Now, Host.City.Code);
        await CityFacts.Write(Host.Database, "claim_fact", Claims);
        await CityFacts.Write(Host.Database, "share_fact", Shares);
        // Another build of the same feed, which no reader may see.
        await CityFacts.Write(Host.Database, "claim_fact", Claims.Take(50).Select(c => c with { Build = 2 }).ToList());
        await WriteLedger();
        await WritePersons();
    }

    private async Task WriteLedger()
    {
        var random = new Random(11);
        (string Purpose, string Fund)[] accounts = [("revenue_personal", "390100"), ("revenue_central", "390100"), ("benefit_expense", "390100"), ("benefit_expense", "610100"), ("deduction_income", "390100"), ("personal_account", "310200"), ("revenue_account", "390100"), ("provider_payable", "390100")];
        var rows = new List<object>();
        for (var i = 0; i < 600; i++)
        {
            var (purpose, fund) = accounts[random.Next(accounts.Length)];
            var (county, day, isCarry) = (random.Next(2) == 0 ? Host.First : Host.Second, new DateOnly(2025, 1, 1).AddDays(random.Next(690)), random.Next(20) == 0);
            var fen = random.NextInt64(1, 9_999_999) * (purpose.StartsWith("revenue_", StringComparison.Ordinal) || purpose == "personal_account" && random.Next(2) == 0 ? -1 : 1);
            Entries.Add((county, purpose, fund, day, fen, isCarry));
            rows.Add(new { County = county, Build = 1, VoucherNo = i + 1, EntryNo = 1, Kind = isCarry ? "year_end" : "manual", Number = isCarry ? "carry 2025" : $"N{i}", EffectiveOn = day, BookedOn = day, Period = 0, Purpose = purpose, Fund = fund, AccountCounty = county, Counterparty = "", AmountFen = fen });
        }
        // The city pays a county's premium.
        Entries.Add((Host.First, "insurer_premium", "390100.critical_premium", new DateOnly(2026, 9, 10), 70_000_00, false));
        rows.Add(new { County = Host.City.Code, Build = 1, VoucherNo = 1, EntryNo = 1, Kind = "premium", Number = "C/2026/1", EffectiveOn = new DateOnly(2026, 9, 10), BookedOn = new DateOnly(2026, 9, 10), Period = 2026, Purpose = "insurer_premium", Fund = "390100.critical_premium", AccountCounty = Host.First, Counterparty = "PICC", AmountFen = 70_000_00L });
        await CityFacts.Write(Host.Database, "entry_fact", rows);
    }

    private async Task WritePersons()
    {
        object Person(string county, int no, string gend, int year, string? died = null, string merged = "") => new { County = county, Build = 1, PsnNo = $"{county}{no:D12}", Gend = gend, BirthOn = new DateOnly(year, 5, 1), DiedOn = died, HouseholdNo = no < 3 ? "H1" : "", MergedInto = merged };
        await CityFacts.Write(Host.Database, "person_fact", [Person(Host.First, 1, "1", 1950), Person(Host.First, 2, "2", 2015), Person(Host.First, 3, "1", 1990, "2026-03-01"), Person(Host.First, 4, "1", 1990, merged: $"{Host.First}{1:D12}"), Person(Host.Second, 1, "2", 1980)]);
        object Cover(string county, int no, string from, string? to) => new { County = county, Build = 1, PsnNo = $"{county}{no:D12}", Insutype = "390", FromOn = from, ToOn = to, PsnType = "1501", EmployerNo = "" };
        await CityFacts.Write(Host.Database, "cover_fact", [Cover(Host.First, 1, "2026-01-01", "2026-12-31"), Cover(Host.First, 2, "2026-10-05", "2026-12-31"), Cover(Host.First, 3, "2026-01-01", null), Cover(Host.First, 4, "2026-01-01", null), Cover(Host.Second, 1, "2026-01-01", "2026-10-20")]);
        await CityFacts.Write(Host.Database, "category_fact", [new { County = Host.First, Build = 1, PsnNo = $"{Host.First}{1:D12}", Name = "low_income", FromOn = "2026-01-01", ToOn = (string?)null }]);
        await CityFacts.Write(Host.Database, "place_fact", [new { County = Host.First, Build = 1, HouseholdNo = "H1", Township = "城关镇", Village = "东村" }]);
    }

    public async Task DisposeAsync()
    {
        await Host.DisposeAsync();
        await fixture.DisposeAsync();
    }
}

[CollectionDefinition("generated city")]
public sealed class GeneratedCityCollection : ICollectionFixture<GeneratedCity>;

/// <summary>Reports against what the same settlements and entries come to here, by other code.</summary>
[Collection("generated city")]
[Trait("Category", "Storage")]
public sealed class GetReportTests(GeneratedCity city)
{
    private ReportingHost Host => city.Host;

    private async Task<JsonElement> Report(string code, string period, string? county = null)
    {
        var (status, body) = await Host.Get($"/documents/{code}?period={period}&live=true{(county is null ? "" : "&county=" + county)}");
        Assert.True(status == HttpStatusCode.OK, $"{code} {period}: {body}");
        return body;
    }

    private static string Yuan(long fen) => (fen / 100m).ToString("0.00", System.Globalization.CultureInfo.InvariantCulture);

    private static string? Percent(long part, long of) => of == 0 ? null : decimal.Round(part * 100m / of, 2, MidpointRounding.AwayFromZero).ToString("0.00", System.Globalization.CultureInfo.InvariantCulture);

    private static string? Mean(long fen, long count) => count == 0 ? null : Yuan((long)decimal.Round((decimal)fen / count, 0, MidpointRounding.AwayFromZero));

    private static string Care(ClaimFact c) => c.ClrType == "41" ? "pharmacy" : c.MedType == "52" ? "delivery" : c.ClrType == "21" ? "inpatient" : c.MedType == "14" ? c.DiseaseKind == "chronic_outpatient" ? "chronic" : "special" : c.MedType == "51" ? "other" : "ordinary";

    private List<ClaimFact> In(int year, int fromMonth, int toMonth) => [.. city.Claims.Where(c => c.SettledOn.Year == year && c.SettledOn.Month >= fromMonth && c.SettledOn.Month <= toMonth)];

    private static long Persons(IEnumerable<ClaimFact> claims) => claims.GroupBy(c => c.PsnNo).Count(g => g.Sum(c => c.Visits) > 0);

    [Theory]
    [InlineData("202609", 2026, 9, 9)]
    [InlineData("2026Q2", 2026, 4, 6)]
    [InlineData("2025", 2025, 1, 12)]
    public async Task Benefits_AreWhatTheSettlementsComeTo(string period, int year, int from, int to)
    {
        var (report, now, before) = (await Report("benefits", period), In(year, from, to), In(year - 1, from, to));
        foreach (var row in report.GetProperty("rows").EnumerateArray())
        {
            var care = row.GetProperty("keys").GetProperty("care").GetString();
            Check(row, [.. now.Where(c => Care(c) == care)], [.. before.Where(c => Care(c) == care)]);
        }
        Assert.Equal(now.Concat(before).Concat(In(year, 1, to)).Select(Care).Distinct().Order(), report.GetProperty("rows").EnumerateArray().Select(r => r.GetProperty("keys").GetProperty("care").GetString()!).Order());
        Check(report.GetProperty("totals"), now, before);

        static void Check(JsonElement row, List<ClaimFact> now, List<ClaimFact> before)
        {
            Assert.Equal($"{now.Sum(c => c.Visits)}", row.Text("visits"));
            Assert.Equal($"{Persons(now)}", row.Text("persons"));
            Assert.Equal(Yuan(now.Sum(c => c.TotalFen)), row.Text("total"));
            Assert.Equal(Yuan(now.Sum(c => c.FundTotalFen)), row.Text("fund"));
            Assert.Equal(Yuan(now.Sum(c => c.CashFen)), row.Text("cash"));
            Assert.Equal(Percent(now.Sum(c => c.BasicFundFen), now.Sum(c => c.InScopeFen)), row.Text("policy_ratio"));
            Assert.Equal(Percent(now.Sum(c => c.FundTotalFen), now.Sum(c => c.TotalFen)), row.Text("actual_ratio"));
            var stays = now.Where(c => c.ClrType == "21").ToList();
            Assert.Equal(Mean(stays.Sum(c => c.TotalFen), stays.Sum(c => c.Visits)), row.Text("cost_per_stay"));
            Assert.Equal(Mean(stays.Sum(c => c.TotalFen), stays.Sum(c => c.BedDays)), row.Text("cost_per_bed_day"));
            Assert.Equal($"{before.Sum(c => c.Visits)}", row.Text("visits_before"));
            Assert.Equal(Percent(now.Sum(c => c.FundTotalFen) - before.Sum(c => c.FundTotalFen), before.Sum(c => c.FundTotalFen)), row.Text("fund_growth"));
        }
    }

    [Fact]
    public async Task BenefitsByCounty_AreEachCountys()
    {
        var (report, now) = (await Report("benefits_by_county", "202605"), In(2026, 5, 5));
        foreach (var row in report.GetProperty("rows").EnumerateArray())
        {
            var (county, care) = (row.GetProperty("keys").GetProperty("county").GetString(), row.GetProperty("keys").GetProperty("care").GetString());
            Assert.Equal(Yuan(now.Where(c => c.County == county && Care(c) == care).Sum(c => c.FundTotalFen)), row.Text("fund"));
            Assert.Equal(county == Host.First ? "甲县" : "乙县", row.Text("county"));
        }
        var own = (await Report("benefits", "202605", Host.Second)).GetProperty("totals");
        Assert.Equal($"{Persons(now.Where(c => c.County == Host.Second))}", own.Text("persons"));
    }

    [Fact]
    public async Task Assistance_IsByTheFirstCategoryWithItsOneStopShare()
    {
        var now = In(2026, 1, 12).Where(c => c.AssistanceFen != 0).ToList();
        var report = await Report("assistance", "2026");
        var totals = report.GetProperty("totals");
        Assert.Equal(Yuan(now.Sum(c => c.AssistanceFen)), totals.Text("assistance"));
        Assert.Equal(Percent(now.Where(c => !c.Paper).Sum(c => c.Visits), now.Sum(c => c.Visits)), totals.Text("one_stop_share"));
        Assert.Equal(Percent(now.Sum(c => c.AssistanceFen), now.Sum(c => c.InScopeFen - c.BasicFundFen - c.CriticalIllnessFen)), totals.Text("ratio"));
        var hardship = report.GetProperty("rows").EnumerateArray().Single(r => r.GetProperty("keys").GetProperty("category").GetString() == "extreme_hardship");
        Assert.Equal(Yuan(now.Where(c => c.Categories.Contains("extreme_hardship")).Sum(c => c.AssistanceFen)), hardship.Text("assistance"));
        Assert.Equal("特困人员", hardship.Text("category"));
    }

    [Fact]
    public async Task PoorLines_AreTheFiveFundsOfThePoor()
    {
        var poor = In(2026, 1, 12).Where(c => c.Categories.Any(k => k is "low_income" or "registered_poor" or "extreme_hardship")).ToList();
        long Paid(string rule) => city.Shares.Where(s => s.RuleId == rule).Join(poor, s => (s.County, s.Seq), c => (c.County, c.Seq), (s, _) => s.AmountFen).Sum();
        var totals = (await Report("poor_lines", "2026")).GetProperty("totals");
        Assert.Equal((Yuan(Paid("backstop_351")), Yuan(Paid("supplement_180"))), (totals.Text("backstop"), totals.Text("supplement")));
        var five = poor.Sum(c => c.BasicFundFen + c.CriticalIllnessFen + c.AssistanceFen) + Paid("backstop_351") + Paid("supplement_180");
        Assert.Equal((Yuan(five), Percent(five, poor.Sum(c => c.TotalFen))), (totals.Text("five_lines"), totals.Text("five_lines_ratio")));
    }

    [Fact]
    public async Task OffSiteByDiseaseAndCriticalIllness_CountTheirOwn()
    {
        var now = In(2026, 1, 12);
        var offSite = (await Report("off_site", "2026")).GetProperty("totals");
        Assert.Equal($"{now.Where(c => c.OffSite).Sum(c => c.Visits)}", offSite.Text("visits"));
        Assert.Equal($"{now.Where(c => c.OffSite && c.ProviderCounty == "110101").Sum(c => c.Visits)}", offSite.Text("cross_province"));
        var disease = (await Report("by_disease", "2026")).GetProperty("totals");
        Assert.Equal(Percent(now.Where(c => c.FixedKind == "per_disease").Sum(c => c.Visits), now.Where(c => c.ClrType == "21").Sum(c => c.Visits)), disease.Text("execution_rate"));
        var critical = (await Report("critical_illness", "202609")).GetProperty("totals");
        var paid = In(2026, 9, 9).Sum(c => c.CriticalIllnessFen);
        Assert.Equal((Yuan(paid), "70000.00", Percent(paid, 70_000_00)), (critical.Text("paid"), critical.Text("premium"), critical.Text("loss_ratio")));
    }

    [Fact]
    public async Task Fund_IsWhatTheLedgersBooked()
    {
        var booked = city.Entries.Where(e => !e.IsCarry && e.On is { Year: 2026, Month: 9 } && e.Purpose is not ("revenue_account" or "provider_payable")).ToList();
        static long Revenue((string County, string Purpose, string Fund, DateOnly On, long Fen, bool IsCarry) e) => e.Purpose.StartsWith("revenue_", StringComparison.Ordinal) ? -e.Fen : e.Purpose == "personal_account" && e.Fen < 0 ? -e.Fen : 0;
        static long Spent((string County, string Purpose, string Fund, DateOnly On, long Fen, bool IsCarry) e) => e.Purpose is "benefit_expense" or "insurer_premium" or "deduction_income" || e.Purpose == "personal_account" && e.Fen > 0 ? e.Fen : 0;
        var report = await Report("fund", "202609");
        Assert.Equal((Yuan(booked.Sum(Revenue)), Yuan(booked.Sum(Spent)), Yuan(-booked.Sum(e => e.Fen))), (report.GetProperty("totals").Text("revenue"), report.GetProperty("totals").Text("expenditure"), report.GetProperty("totals").Text("surplus")));
        var premium = report.GetProperty("rows").EnumerateArray().Single(r => r.GetProperty("keys").GetProperty("line").GetString() == "insurer_premium");
        Assert.Equal((Host.First, "390", "70000.00", "大病保险保费支出"), (premium.GetProperty("keys").GetProperty("county").GetString(), premium.GetProperty("keys").GetProperty("pool").GetString(), premium.Text("expenditure"), premium.Text("line")));
    }

    [Fact]
    public async Task Enrolment_CountsWhoIsInsuredAtTheEnd()
    {
        var report = await Report("enrolment", "202610");
        var totals = report.GetProperty("totals");
        Assert.Equal(("2", "1", "1", "1", "1", "1"), (totals.Text("insured"), totals.Text("men"), totals.Text("minors"), totals.Text("elders"), totals.Text("began"), totals.Text("ended")));
        Assert.Equal("1", report.GetProperty("rows").EnumerateArray().Single(r => r.GetProperty("keys").GetProperty("category").GetString() == "low_income").Text("insured"));
        var village = (await Report("enrolment_by_place", "202610")).GetProperty("rows").EnumerateArray().Single(r => r.Text("village") == "东村");
        Assert.Equal("2", village.Text("insured"));
    }

    [Fact]
    public async Task EveryReportOfAnEmptyPeriod_IsZerosAndANote()
    {
        foreach (var report in (await Host.Client.ListReportsAsync(new ListReportsRequest(), Host.Headers())).Report)
            foreach (var kind in report.PeriodKind)
            {
                var empty = await Report(report.Code, kind switch { "day" => "20190228", "month" => "201902", "quarter" => "2019Q1", _ => "2019" });
                // A table in a fixed layout has its lines always.
                if (report.HasRows) Assert.Equal(0, empty.GetProperty("rows").GetArrayLength());
                else Assert.All(empty.GetProperty("rows").EnumerateArray(), r => Assert.True(r.Text("value") is null or "0" or "0.00", r.GetRawText()));
                Assert.All(report.Column.Where(c => c.HasRows), c => Assert.Equal(c.Unit == "yuan" ? "0.00" : "0", empty.GetProperty("totals").Text(c.Key)));
                Assert.Contains("本期没有数据，各项数字为零。", empty.GetProperty("notes").EnumerateArray().Select(n => n.GetString()));
            }
    }

    [Fact]
    public async Task GuichiTable_HasEachLineWithItsCheck()
    {
        var table = await Report("guichi", "2026");
        var lines = table.GetProperty("rows").EnumerateArray().ToDictionary(r => r.Text("section") + "/" + r.Text("item"));
        var now = In(2026, 1, 12);
        // Kinds of care add up to all, as in the self-check: but for what a pharmacy sold.
        string[] cares = ["住院", "住院分娩", "慢性病门诊", "特殊疾病门诊", "普通门诊", "其他门诊"];
        Assert.Equal(now.Sum(c => c.Visits), cares.Sum(c => long.Parse(lines[$"待遇/{c}人次"].Text("value")!)) + now.Where(c => c.ClrType == "41").Sum(c => c.Visits));
        Assert.Equal(Yuan(now.Sum(c => c.FundTotalFen)), lines["待遇/基金支出"].Text("value"));
        var stays = now.Where(c => Care(c) == "inpatient").ToList();
        Assert.Equal(Percent(stays.Sum(c => c.BasicFundFen), stays.Sum(c => c.InScopeFen)), lines["待遇/住院政策范围内报销比"].Text("value"));
        var (paid, before) = (now.Sum(c => c.CriticalIllnessFen), In(2025, 1, 12).Sum(c => c.CriticalIllnessFen));
        Assert.Equal((Yuan(paid), Yuan(before), Yuan(paid - before), Percent(paid - before, before)), (lines["大病保险/赔付金额"].Text("value"), lines["大病保险/赔付金额"].Text("before"), lines["大病保险/赔付金额"].Text("change"), lines["大病保险/赔付金额"].Text("growth")));
        Assert.Equal(Yuan(70_000_00), lines["大病保险/保费"].Text("value"));
        Assert.Equal("inpatient", lines["待遇/住院人次"].GetProperty("keys").GetProperty("key.care").GetString());
        Assert.All(lines.Values, l => Assert.NotEqual("", l.Text("definition")));
    }

    [Fact]
    public async Task ShizhuTable_SetsThisHalfYearAgainstTheOneBefore()
    {
        var lines = (await Report("shizhu", "2026Q2")).GetProperty("rows").EnumerateArray().ToDictionary(r => r.Text("section") + "/" + r.Text("item"));
        var (now, before) = (In(2026, 4, 6), In(2025, 4, 6));
        static List<ClaimFact> County(List<ClaimFact> claims) => [.. claims.Where(c => c.ProviderLevel == "2" && c.ClrType == "21")];
        Assert.Equal(Mean(County(now).Sum(c => c.TotalFen), County(now).Sum(c => c.Visits)), lines["县级医院/次均住院费用"].Text("value"));
        Assert.Equal(Mean(County(before).Sum(c => c.TotalFen), County(before).Sum(c => c.BedDays)), lines["县级医院/床日费用"].Text("before"));
        Assert.Equal(Percent(County(now).Sum(c => c.FundTotalFen), County(now).Sum(c => c.TotalFen)), lines["县级医院/实际补偿比"].Text("value"));
        // Coverage: visits of the insured at the end of June, which are two.
        Assert.Equal("2", lines["参保/居民参保人数"].Text("value"));
        Assert.Equal(Percent(now.Sum(c => c.Visits), 2), lines["受益/受益面（人次）"].Text("value"));
        Assert.Null(lines["县级医院/实际补偿比"].Text("growth"));
    }

    [Fact]
    public async Task Grpc_TellsTheSame()
    {
        var told = await Host.Client.GetReportAsync(new GetReportRequest { Code = "benefits", Period = "202609", Live = true }, Host.Headers());
        var shown = await Report("benefits", "202609");
        Assert.Equal(shown.GetProperty("rows").EnumerateArray().Select(r => r.Text("fund")), told.Row.Select(r => r.Cell[told.Column.Select(c => c.Key).ToList().IndexOf("fund")]));
        Assert.Equal("live", told.Source);
    }

    [Fact]
    public async Task FeedThatIsBehind_IsSaid()
    {
        await using var host = await city.StartAnother();
        await CityFacts.Feed(host.Database, "claims", host.Clock.Now, host.First);
        await host.Sql<object>("UPDATE feed_build SET behind = 1000000, behind_since = now() RETURNING 1");
        var (_, report) = await host.Get("/documents/benefits?period=202610");
        var lag = Assert.Single(report.GetProperty("lag").EnumerateArray());
        Assert.Equal(("claims", host.First, 1_000_000), (lag.GetProperty("feed").GetString(), lag.GetProperty("county").GetString(), lag.GetProperty("behind").GetInt64()));
        Assert.Contains(report.GetProperty("notes").EnumerateArray(), n => n.GetString()!.Contains("尚未读完", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("nothing", "202609", null, "report.unknown")]
    [InlineData("benefits", "202613", null, "report.period_invalid")]
    [InlineData("benefits", "2026Q5", null, "report.period_invalid")]
    [InlineData("benefits", "'; DROP", null, "report.period_invalid")]
    [InlineData("premium_aid", "202609", null, "report.period_invalid")]
    [InlineData("benefits", "202609", "110101", "report.county_unknown")]
    public async Task WhatIsNotThere_IsRefused(string code, string period, string? county, string expected)
    {
        var (_, body) = await Host.Get($"/documents/{code}?period={Uri.EscapeDataString(period)}&county={county}");
        Assert.Equal(expected, body.GetProperty("code").GetString());
        var refused = await Assert.ThrowsAsync<RpcException>(async () => await Host.Client.GetReportAsync(new GetReportRequest { Code = code, Period = period, County = county ?? "" }, Host.Headers()));
        Assert.NotEqual(StatusCode.Unknown, refused.StatusCode);
    }
}

internal static class ShownFigures
{
    public static string? Text(this JsonElement row, string column) => row.GetProperty(column).GetString();
}
