using MedInsure.Billing.Assessments;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Policies;
using MedInsure.Settlement.Queries;
using Microsoft.Extensions.DependencyInjection;

namespace MedInsure.Billing.Tests.Assessments;

/// <summary>The source documents' counties, in their proportions, assessed to the totals that they report. 1 wan = 10,000 yuan.</summary>
[Trait("Category", "Golden")]
[Collection("billing")]
public sealed class GoldenAssessmentTests(BillingFixture fixture)
{
    /// <summary>Heads straight into the copy: the events that bring them one by one are tested elsewhere.</summary>
    /// <param name="categories">Category and how many of the first persons hold it, each group after the one before.</param>
    private static Task<object> Fill(BillingHost host, int heads, string psnType, string insutype, params (string Name, int Heads)[] categories)
    {
        var (sql, from) = ($"""
            INSERT INTO insured_person SELECT '{psnType}' || to_char(i, 'FM0000000'), 1, '01', i::text, '某', '1', CASE WHEN '{psnType}' LIKE '14%' THEN date '2012-01-01' ELSE date '1980-01-01' END, 'H' || i / 4 FROM generate_series(1, {heads}) i;
            INSERT INTO insured_cover SELECT '{psnType}' || to_char(i, 'FM0000000'), '{insutype}', '2010-01-01', NULL, '{psnType}', '' FROM generate_series(1, {heads}) i;
            """, 1);
        foreach (var (name, count) in categories)
        {
            sql += $"INSERT INTO insured_category SELECT '{psnType}' || to_char(i, 'FM0000000'), '{name}', '2010-01-01', NULL FROM generate_series({from}, {from + count - 1}) i;";
            from += count;
        }
        return host.Sql<object>(sql + "ANALYZE");
    }

    private static Task<string> Sums(BillingHost host) => host.Sql<string>("""
        SELECT concat_ws(' ', count(*), sum(personal_fen), sum(central_fen + province_fen + city_fen + county_fen), count(*) FILTER (WHERE aid_id <> ''), sum(aid_fen), sum(due_fen)) FROM assessment
        """);

    /// <summary>Guichi 2020 (004_afb7baf3ebb51254.txt): 562,914 persons × 800 = 45,033.12 wan, of which aid 47,665 in full and 6,223 fixed.</summary>
    [Fact]
    public async Task Guichi2020_Raises45033Wan()
    {
        await using var host = await fixture.Start("guichi/resident", workers: false);
        await Fill(host, 562_914, "1501", "390", ("registered_poor", 30_000), ("low_income", 12_000), ("extreme_hardship", 3_000), ("priority_group", 2_665), ("severely_disabled", 4_000), ("family_planning_aided", 2_223));
        await Run(host, 2020);
        // 562,914 × 250 = 140,728,500; × 550 = 309,602,700; together 450,331,200 yuan = 45,033.12 wan.
        // 30,000 + 12,000 + 3,000 + 2,665 = 47,665 × 250 = 11,916,250; 4,000 + 2,223 = 6,223 × 17.80 = 110,769.40; aid 12,027,019.40 = 1,202.70 wan of 53,888 persons.
        // The persons owe 140,728,500 - 12,027,019.40 = 128,701,480.60.
        Assert.Equal("562914 14072850000 30960270000 53888 1202701940 12870148060", await Sums(host));
        Assert.Equal(45_033_12L * 10_000, 14_072_850_000 + 30_960_270_000); // 0.01 wan is 10,000 fen
        Assert.Equal([(47_665L, "key_groups"), (6_223L, "fixed_groups")], new[] { (await host.Sql<long>("SELECT count(*) FROM assessment WHERE aid_id = 'key_groups'"), "key_groups"), (await host.Sql<long>("SELECT count(*) FROM assessment WHERE aid_id = 'fixed_groups'"), "fixed_groups") });

        var payers = (await host.Get("/subsidies/390/2020")).Body.GetProperty("payers").EnumerateArray().Select(p => $"{p.GetProperty("kind").GetString()} {p.GetProperty("level").GetString()} {p.GetProperty("payer").GetString()} {p.GetProperty("heads")} {p.GetProperty("due").GetString()}");
        // 562,914 × 330, × 165, × 55.
        Assert.Equal(["subsidy central finance 562914 185761620.00", "subsidy province finance 562914 92880810.00", "subsidy county finance 562914 30960270.00", "aid county civil_affairs 53888 12027019.40"], payers);
    }

    /// <summary>The same persons in 2021: 280 + 550; of the key groups the government pays 250, they 30.</summary>
    [Fact]
    public async Task Guichi2021_KeyGroupsPay30()
    {
        await using var host = await fixture.Start("guichi/resident", workers: false);
        await Fill(host, 5_629, "1501", "390", ("registered_poor", 300), ("low_income", 177), ("severely_disabled", 62));
        await Run(host, 2021);
        // 5,629 × 280 = 1,576,120; × 550 = 3,095,950. Aid 477 × 250 = 119,250 and 62 × 17.80 = 1,103.60: 120,353.60. Due 1,576,120 - 120,353.60 = 1,455,766.40.
        Assert.Equal("5629 157612000 309595000 539 12035360 145576640", await Sums(host));
        Assert.Equal(30_00L, await host.Sql<long>("SELECT DISTINCT due_fen FROM assessment WHERE aid_id = 'key_groups'"));
    }

    /// <summary>Harbin (000_55dbde39a5535a1d.txt): adults 120 + 380, students and children 50 + 380; low-income and severely disabled persons pay nothing.</summary>
    [Fact]
    public async Task Harbin_AdultsAndChildren()
    {
        await using var host = await fixture.Start("harbin/resident", workers: false);
        await Fill(host, 7_000, "1501", "390", ("low_income", 300), ("severely_disabled", 100), ("low_income_elderly", 50), ("priority_group", 40));
        await Fill(host, 3_000, "1403", "390", ("low_income", 120), ("priority_group", 10));
        await Run(host, 2026);
        // 7,000 × 120 + 3,000 × 50 = 840,000 + 150,000 = 990,000; 10,000 × 380 = 3,800,000.
        // Aid: 450 × 120 = 54,000 and 120 × 50 = 6,000: 60,000 of 570 persons. Due 930,000.
        Assert.Equal("10000 99000000 380000000 570 6000000 93000000", await Sums(host));
    }

    /// <summary>Yongding (003_896aa420924c8ba6.txt): 288,158 persons × 230 = 6,627.63 wan, the year's fund of 6,629 wan; the district pays 5 of everybody's 30 in 2011, 10 of 50 in 2012.</summary>
    [Theory]
    [InlineData(2011, "28815 86445000 576300000 28815 15657500 70787500")]
    [InlineData(2012, "28815 144075000 576300000 28815 30815000 113260000")]
    public async Task Yongding_TheDistrictPaysForEverybody(int year, string sums)
    {
        await using var host = await fixture.Start("yongding/ncms", "380", workers: false);
        await Fill(host, 28_815, "1501", "380", ("extreme_hardship", 500));
        await Run(host, year, "380");
        // 2011: 28,815 × 30 = 864,450; × 200 = 5,763,000. Aid 28,315 × 5 + 500 × 30 = 141,575 + 15,000 = 156,575. Due 707,875.
        // 2012: 28,815 × 50 = 1,440,750. Aid 28,315 × 10 + 500 × 50 = 283,150 + 25,000 = 308,150. Due 1,132,600.
        Assert.Equal(sums, await Sums(host));
        Assert.Equal(6_627_63L, 288_158L * 230 / 100);
    }

    /// <summary>Bijie (000_55dbde39a5535a1d.txt): full aid of civil affairs beats the half of the poverty office, whoever is in both lists.</summary>
    [Fact]
    public async Task Bijie_TheHighestAidCountsOnce()
    {
        await using var host = await fixture.Start("bijie/resident", workers: false);
        await Fill(host, 1_000, "1501", "390", ("registered_poor", 100), ("low_income", 50));
        await host.Sql<object>("INSERT INTO insured_category SELECT psn_no, 'low_income', '2015-01-01', NULL FROM insured_category WHERE name = 'registered_poor' ORDER BY psn_no LIMIT 30");
        await Run(host, 2018);
        // 1,000 × 150; 80 × 150 + 70 × 75 = 12,000 + 5,250 = 17,250; due 132,750.
        Assert.Equal("1000 15000000 45000000 150 1725000 13275000", await Sums(host));
        Assert.Equal(["30 poverty_office"], [await host.Sql<string>("SELECT count(*) || ' poverty_office' FROM assessment WHERE aid_payer = 'civil_affairs' AND categories @> '{registered_poor}'")]);
    }

    /// <summary>A county like Shizhu (000_55dbde39a5535a1d.txt): 461,843 residents, 13,419.16 wan due.</summary>
    [Fact]
    public void Shizhu_TheYearsDueIsThatOfTheReport()
    {
        var terms = GetContributionTerms.Query(new("990001", "", "990000", new Dictionary<string, string> { ["390"] = "shizhu/resident" }), CountyPolicies.Of(PolicyLibrary.LoadEmbedded()), new GetContributionTermsRequest { Insutype = "390", On = 2020_01_01 }).Value;
        var year = new AssessmentTerms(2020, terms);
        var head = year.Personal[0] + year.Subsidies.Sum(s => s[0]);
        // 290.56 × 461,843 = 134,193,102.08 yuan = 13,419.31 wan: the report's 13,419.16 wan is 290.5567 a head, which no whole fen gives.
        Assert.Equal((290_56L, 134_193_102_08L), (head, head * 461_843));
        Assert.Equal(13_419L, head * 461_843 / 1_000_000);
    }

    private static async Task Run(BillingHost host, int year, string insutype = "390")
    {
        await host.Post("/assessment-runs", new { request_key = $"golden {year}", insutype, year, started_by = "王经办", reason = "年度核定" });
        var worker = host.Services.GetRequiredService<AssessmentWorker>();
        while (await worker.Part(host.County, 50_000, default)) { }
    }
}
