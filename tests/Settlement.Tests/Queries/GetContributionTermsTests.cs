using MedInsure.Hosting.Tenancy;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Policies;
using MedInsure.Settlement.Queries;

namespace MedInsure.Settlement.Tests.Queries;

/// <summary>What the packs say of contributions, as billing and enrollment get it.</summary>
[Trait("Category", "Unit")]
public sealed class GetContributionTermsTests
{
    private static readonly CountyPolicies Policies = CountyPolicies.Of(PolicyLibrary.LoadEmbedded());

    private static Kernel.Outcome<Protos.Settlement.V1.ContributionTerms> Ask(string pack, string insutype, int on) =>
        GetContributionTerms.Query(new Tenant("990001", "测试", "990000", new Dictionary<string, string> { [insutype] = pack }), Policies, new GetContributionTermsRequest { Insutype = insutype, On = on });

    private static Protos.Settlement.V1.ResidentTerms Resident(string pack, string insutype, int on) => Ask(pack, insutype, on).Value.Resident;

    /// <summary>policy-parameters.md: personal part and subsidy of each pack and class.</summary>
    [Theory]
    [InlineData("harbin/resident", "390", 2026_01_01, "child 5000+38000, adult 12000+38000")]
    [InlineData("guichi/resident", "390", 2020_01_01, "resident 25000+55000")]
    [InlineData("guichi/resident", "390", 2021_01_01, "resident 28000+55000")]
    [InlineData("bijie/resident", "390", 2018_01_01, "resident 15000+45000")]
    [InlineData("yongding/ncms", "380", 2011_01_01, "child 3000+20000, adult 3000+20000")]
    [InlineData("yongding/ncms", "380", 2012_01_01, "child 5000+20000, adult 5000+20000")]
    [InlineData("rizhao/resident", "390", 2016_01_01, "resident 16000+42000")]
    [InlineData("shizhu/resident", "390", 2020_01_01, "resident 6000+23056")]
    public void Resident_HasPersonalPartAndSubsidyByClass(string pack, string insutype, int on, string wanted)
    {
        var terms = Resident(pack, insutype, on);
        Assert.Equal(wanted, string.Join(", ", terms.Contribution.Select(c => $"{c.PersonClass} {c.PersonalFen}+{c.SubsidyFen}")));
        Assert.All(terms.Contribution, c => Assert.Equal(c.SubsidyFen, c.Subsidy.Sum(l => l.AmountFen)));
        Assert.All(terms.Contribution, c => Assert.NotEmpty(c.Clause));
        Assert.Contains(terms.Window, w => w is { Who: "everyone", Begins: "year_start", First: { MonthDay: 901, YearOffset: -1 }, Last: { MonthDay: 1231, YearOffset: -1 } });
    }

    [Fact]
    public void Subsidy_IsDividedToTheFen()
    {
        // 60 % and 30 % of 230.56: 138.336 → 138.34, 69.168 → 69.17; the county bears the rest, 23.05.
        Assert.Equal([("central", 138_34), ("province", 69_17), ("county", 23_05)], Resident("shizhu/resident", "390", 2020_01_01).Contribution[0].Subsidy.Select(l => (l.Level, l.AmountFen)));
        // 330 + 165 + 55 = 550.
        Assert.Equal([("central", 330_00), ("province", 165_00), ("county", 55_00)], Resident("guichi/resident", "390", 2020_01_01).Contribution[0].Subsidy.Select(l => (l.Level, l.AmountFen)));
    }

    [Fact]
    public void Aid_IsThatOfTheYear()
    {
        static string[] Aid(int on) => [.. Resident("guichi/resident", "390", on).Aid.Select(a => $"{a.Id} {a.PaysCase} {a.AmountFen} {a.Payer} {a.Level} of {string.Join('|', a.Category)}")];
        const string groups = "extreme_hardship|low_income|registered_poor|priority_group", others = "severely_disabled|family_planning_aided|low_income_elderly";
        Assert.Equal([$"key_groups Full 0 civil_affairs county of {groups}", $"fixed_groups AmountFen 1780 civil_affairs county of {others}"], Aid(2020_01_01));
        Assert.Equal([$"key_groups AmountFen 25000 civil_affairs county of {groups}", $"fixed_groups AmountFen 1780 civil_affairs county of {others}"], Aid(2021_01_01));
        Assert.Equal(5000, Assert.Single(Resident("bijie/resident", "390", 2020_01_01).Aid, a => a.Id == "poor").RatioBp);
        Assert.Equal([(500L, true), (1000L, true)], new[] { 2011_01_01, 2012_01_01 }.Select(on => Resident("yongding/ncms", "380", on).Aid.First(a => a.Id == "district")).Select(a => (a.AmountFen, a.Category.Count == 0)));
        Assert.All(Resident("harbin/resident", "390", 2026_01_01).Aid, a => Assert.True(a.Full && a.PersonClass.Count == 1));
    }

    [Fact]
    public void Windows_AreThoseOfThePlan()
    {
        var windows = Resident("bijie/resident", "390", 2018_01_01).Window.ToDictionary(w => w.Id);
        Assert.Equal(("migrant_worker", 101, 228, 0, "payment", false), (windows["migrant"].Who, windows["migrant"].First.MonthDay, windows["migrant"].Last.MonthDay, windows["migrant"].Last.YearOffset, windows["migrant"].Begins, windows["migrant"].Assumed));
        Assert.Equal(("event", 0, 90), (windows["newborn"].Begins, windows["newborn"].First.DaysAfterEvent, windows["newborn"].Last.DaysAfterEvent));
        Assert.Equal(("payment", 30, 91, 1231), (windows["newborn_late"].Begins, windows["newborn_late"].WaitingDays, windows["newborn_late"].First.DaysAfterEvent, windows["newborn_late"].Last.MonthDay));
        Assert.Equal("event", windows["foetus"].Begins);
    }

    [Fact]
    public void Employee_HasRatesBaseAccountAndYears()
    {
        var reply = Ask("harbin/employee", "310", 2026_05_01).Value;
        var terms = reply.Employee;
        Assert.Null(reply.Resident);
        Assert.Equal((56_000_00L, 600, 200, 50), (terms.AverageWageFen, terms.EmployerBp, terms.EmployeeBp, terms.MaternityBp));
        Assert.Equal((6_000, 30_000, 10_000, 3_000, 5), (terms.FloorBp, terms.CeilingBp, terms.AccountOfEmployeeBp, terms.AccountOfEmployerBp, terms.LateChargeBp));
        Assert.Equal([("with_account", 800, 200), ("pool_only", 600, 0)], terms.Flexible.Select(f => (f.Id, f.RateBp, f.AccountBp)));
        Assert.Equal([6_000, 8_000, 10_000], terms.FlexibleBase.Select(b => b.ShareBp));
        Assert.Equal([("1", 30, 15, false), ("2", 25, 15, false)], terms.Retirement.Select(r => (r.Gend, r.Years, r.PaidYears, r.Assumed)));
        Assert.Contains(terms.Clause, c => c is { Item: "employer_rate", Assumed: false } && c.Clause.StartsWith("000_55dbde39a5535a1d.txt", StringComparison.Ordinal));
        Assert.Equal(2020_01_01, reply.FromOn);
    }

    [Fact]
    public void Terms_SayHowLongTheyHold()
    {
        var year = Ask("guichi/resident", "390", 2020_07_01).Value;
        Assert.Equal((2020_01_01, 2020_12_31), (year.FromOn, year.ToOn));
        Assert.Equal((2021_01_01, 0), Ask("guichi/resident", "390", 2026_01_01).Value is { } later ? (later.FromOn, later.ToOn) : default);
        Assert.Equal(Policies.FindFor("guichi/resident", new DateOnly(2026, 1, 1))!.ContentHash, year.PolicyHash.ToByteArray());
    }

    [Theory]
    [InlineData("guichi/resident", "390", 2020_02_30, "query.day_invalid")]
    [InlineData("guichi/resident", "390", 2019_12_31, "policy.none_in_force")]
    [InlineData("nowhere/resident", "390", 2020_01_01, "policy.none_in_force")]
    public void Refusals_SayWhy(string pack, string insutype, int on, string code) => Assert.Equal(code, Ask(pack, insutype, on).Refusal?.Code);

    [Fact]
    public void SchemeWithoutPack_IsRefused() => Assert.Equal("policy.none_in_force",
        GetContributionTerms.Query(new Tenant("990001", "测试", "990000", new Dictionary<string, string>()), Policies, new GetContributionTermsRequest { Insutype = "390", On = 2020_01_01 }).Refusal?.Code);
}
