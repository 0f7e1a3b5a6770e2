using MedInsure.Settlement.Policies;
using MedInsure.Settlement.PolicyLife;
using MedInsure.Settlement.Simulation;
using MedInsure.Settlement.Tests.Corrections;
using MedInsure.Settlement.Tests.PolicyLife;
using Npgsql;

namespace MedInsure.Settlement.Tests.Simulation;

/// <summary>A simulation is what a county would have booked whose bills had been settled under the draft from the beginning: the same year happens in two counties.</summary>
[Trait("Category", "Property")]
[Collection(PostgresCollection.Name)]
public sealed class SimulatePolicyTests(SharedPostgres postgres)
{
    private static readonly DateOnly First = new(2025, 1, 1), Last = new(2026, 12, 31), February = new(2026, 2, 1);

    [Theory]
    [InlineData("2301", "390", "harbin/resident", 1)]
    [InlineData("2301", "390", "harbin/resident", 2)]
    [InlineData("2301", "310", "harbin/employee", 3)]
    [InlineData("3417", "390", "guichi/resident", 4)]
    public async Task Totals_AreThoseOfACountyThatSettledUnderTheDraft(string city, string insutype, string pack, int seed)
    {
        var script = new CountyScript(seed, insutype, count: 12, length: 220);
        await using var county = await SettlementNode.Create(postgres.Server, city);
        var happened = await script.Play(county);
        Assert.True(happened.Count(h => h == "settled") > 150 && happened.Contains("reversed"), string.Join(' ', happened.CountBy(h => h)));

        var outside = 0L;
        foreach (var from in new[] { First, February })
        {
            var text = Drafts.Changed(pack, from == First ? "2020-01-01" : $"{from:yyyy-MM-dd}");
            var library = PolicyLibrary.LoadEmbedded();
            library.Add($"{pack}@draft.yaml", text);
            await using var anew = await SettlementNode.Create(postgres.Server, city, policies: library);
            // The same bills, the same refusals.
            Assert.Equal(happened, await script.Play(anew));

            foreach (var kind in new[] { SimulationBase.Published, SimulationBase.Booked })
            {
                var totals = (await Run(county, Drafts.Read(text), from, kind)).Totals;
                await AreBooked(county, from, totals, t => t.Before, account: true);
                // What an account has to give is another question: here it offers what it gave.
                await AreBooked(anew, from, totals, t => t.After, account: insutype != "310");
                Assert.Equal(await Sum(anew, "fund_total_fen", First, from.AddDays(-1)) - await Sum(county, "fund_total_fen", First, from.AddDays(-1)), totals.Outside.Fund);
                Assert.True(totals.All.Changed > 10, $"{totals.All.Changed} of {totals.All.Settlements}");
                outside += totals.OutsideChanged;
            }
        }
        Assert.True(outside > 0 || pack != "harbin/resident", "nothing before February changed with the year's sums");
    }

    [Fact]
    public async Task DraftThatChangesNothing_ChangesNothing()
    {
        await using var county = await SettlementNode.Create(postgres.Server);
        await new CountyScript(5, "310", count: 6, length: 80).Play(county);
        foreach (var kind in new[] { SimulationBase.Published, SimulationBase.Booked })
        {
            var totals = (await Run(county, Drafts.Read(Drafts.Of("harbin/employee")), First, kind)).Totals;
            Assert.True(totals.All.Settlements > 50);
            Assert.Equal((0, 0, 0, 0), (totals.All.Changed, totals.All.FundChange, totals.OutsideChanged, totals.TopSettlements.Items.Count));
            await AreBooked(county, First, totals, t => t.After, account: true);
        }
    }

    /// <summary>Two stays of 10,000.00, one before the county adopted 80 % and one after it; the draft pays 80 % as well.</summary>
    [Fact]
    public async Task WhatACountyAdopted_IsWhatIsPublished()
    {
        await using var county = await SettlementNode.Create(postgres.Server);
        await county.AddPerson("P1");
        await county.AddPerson("P2");
        await county.Settled(await county.Visit("P1", 1_000_000, "21"));
        await county.Accepted(AdoptPolicy.Command(PolicyTexts.Published(1, PolicyTexts.Version("2026.2", 80), county.Tenant.CityCode), county.Policies));
        await county.Settled(await county.Visit("P2", 1_000_000, "21"));
        await county.Projected();
        var draft = Drafts.Read(PolicyTexts.Version("2026.3", 80));
        var published = (await Run(county, draft, First, SimulationBase.Published)).Totals;
        Assert.Equal((2, 0, 1_484_800), (published.All.Settlements, published.All.Changed, published.Before.Fund));
        var booked = (await Run(county, draft, First, SimulationBase.Booked)).Totals;
        Assert.Equal((2, 1, 649_600 + 742_400, 1_484_800), (booked.All.Settlements, booked.All.Changed, booked.Before.Fund, booked.After.Fund));
    }

    [Fact]
    public async Task VersionThatIsNotKnown_EndsTheRunAndIsNamed()
    {
        await using var county = await SettlementNode.Create(postgres.Server);
        await county.AddPerson("P1");
        var settled = await county.Settled(await county.Visit("P1", 1_000_000, "21"));
        await county.Projected();
        var nowhere = Directory.CreateTempSubdirectory();
        try
        {
            var request = new SimulationRequest(new SimulationScope(Drafts.Read(Drafts.Changed("harbin/resident")), First, Last), SimulationBase.Published, null, [county.Tenant]);
            var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => SimulatePolicy.Run(request, _ => county.Database, PolicyLibrary.LoadFolder(nowhere.FullName), TextWriter.Null, CancellationToken.None));
            Assert.StartsWith($"{settled.SetlId()}: policy harbin/resident 2026.1", failure.Message, StringComparison.Ordinal);
        }
        finally { nowhere.Delete(); }
    }

    /// <summary>What was corrected stands in the books as it was corrected: amounts, version and the categories that were recognised later.</summary>
    [Fact]
    public async Task Corrections_BelongToTheBooks()
    {
        await using var county = await SettlementNode.Create(postgres.Server, "3417", policies: PolicyLibrary.LoadEmbedded());
        await new CountyScript(8, "390", count: 8, length: 90).Play(county);
        await county.AddPersons([await Recognised(county, 2), await Recognised(county, 5)]);
        await county.Restart();
        var better = county.Publish("guichi/resident", "2026.2", ("{when: {level: \"3\"}, ratio: 75 %}", "{when: {level: \"3\"}, ratio: 85 %}"));
        var corrections = 0;
        foreach (var i in (int[])[0, 1, 2, 3, 5]) corrections += (await county.Corrected($"{county.Tenant.Code}P{i:D3}")).Count;
        await county.Projected();
        Assert.True(corrections > 5);

        // The version by which they were corrected changes nothing of them, and everything of who was not.
        var totals = (await Run(county, Drafts.Read(Drafts.Of("guichi/resident", changes: ("{when: {level: \"3\"}, ratio: 75 %}", "{when: {level: \"3\"}, ratio: 85 %}"))), First, SimulationBase.Booked)).Totals;
        Assert.Equal(await Sum(county, "fund_total_fen", First, Last) + await Sum(county, "fund_total_fen", First, Last, "claim_correction"), totals.Before.Fund);
        Assert.Equal(await Sum(county, "cash_fen", First, Last) + await Sum(county, "cash_fen", First, Last, "claim_correction"), totals.Before.Of(PaidBy.Cash));
        Assert.All(totals.TopPersons.Items, p => Assert.Contains(p.PsnNo[^1], "467"));
        Assert.True(totals.All.Changed > 0);

        static async Task<Protos.Enrollment.V1.Person> Recognised(SettlementNode county, int i)
        {
            var person = await county.AddPerson($"{county.Tenant.Code}P{i:D3}", "390", i % 4 == 0 ? "1403" : "1501", 0, "low_income", "registered_poor");
            person.Version = 2;
            return person;
        }
    }

    [Fact]
    public async Task EverySection_SumsToTheWhole()
    {
        await using var county = await SettlementNode.Create(postgres.Server);
        await new CountyScript(6, "390", count: 12, length: 120).Play(county);
        var totals = (await Run(county, Drafts.Read(Drafts.Changed("harbin/resident")), First, SimulationBase.Published)).Totals;
        foreach (var groups in new[] { totals.Counties.Groups, totals.Levels.Groups, totals.MedTypes.Groups, totals.Burdens })
        {
            var all = groups.ToList();
            Assert.Equal((totals.All.Settlements, totals.All.Changed, totals.All.FundBefore, totals.All.FundAfter, totals.All.PersonBefore, totals.All.PersonAfter),
                (all.Sum(g => g.Settlements), all.Sum(g => g.Changed), all.Sum(g => g.FundBefore), all.Sum(g => g.FundAfter), all.Sum(g => g.PersonBefore), all.Sum(g => g.PersonAfter)));
        }
        Assert.Equal(-totals.All.PersonChange, totals.All.FundChange);
        Assert.Equal(totals.All.Loss - totals.All.Gain, totals.All.PersonChange);
        // Who is in two categories counts in each.
        Assert.True(totals.Categories["extreme_hardship"].Settlements > 0);
        Assert.Equal((totals.Categories["extreme_hardship"].FundAfter, totals.Categories["extreme_hardship"].Settlements), (totals.Categories["severely_disabled"].FundAfter, totals.Categories["severely_disabled"].Settlements));
        Assert.Equal(totals.All.Settlements, new[] { "", "low_income", "extreme_hardship" }.Sum(c => totals.Categories[c].Settlements));
        var top = totals.TopSettlements.Items;
        Assert.Equal(TopList<ChangedSettlement>.Most, top.Count);
        Assert.Equal(top.OrderByDescending(s => Math.Abs(s.FundChange)).Select(s => s.FundChange), top.Select(s => s.FundChange));
        Assert.Equal(totals.All.FundChange, totals.TopPersons.Items.Sum(p => p.FundChange));
    }

    [Fact]
    public async Task SampleOfEverybody_IsExact_AndAPartIsBounded()
    {
        await using var county = await SettlementNode.Create(postgres.Server);
        await new CountyScript(7, "390", count: 30, length: 200).Play(county);
        var draft = Drafts.Read(Drafts.Changed("harbin/resident"));
        var exact = await Run(county, draft, First, SimulationBase.Published);
        var all = await Run(county, draft, First, SimulationBase.Published, sample: 30);
        Assert.True(all.Estimate.IsExact);
        Assert.Equal((exact.Totals.All.FundChange, exact.Persons, 0L), (all.Totals.All.FundChange, all.Drawn, all.Estimate.Bound(all.Totals.All.FundChange, all.Totals.All.FundSquares)));

        var half = await Run(county, draft, First, SimulationBase.Published, sample: 15, seed: 3);
        var again = await Run(county, draft, First, SimulationBase.Published, sample: 15, seed: 3);
        Assert.Equal((15, exact.Persons, half.Totals.All.FundChange), (half.Drawn, half.Persons, again.Totals.All.FundChange));
        Assert.NotEqual(half.Totals.All.FundChange, (await Run(county, draft, First, SimulationBase.Published, sample: 15, seed: 4)).Totals.All.FundChange);
        var bound = half.Estimate.Bound(half.Totals.All.FundChange, half.Totals.All.FundSquares);
        Assert.True(bound > 0);
        // The truth lies within, of this draw as of nearly every other.
        Assert.InRange(exact.Totals.All.FundChange, half.Estimate.Of(half.Totals.All.FundChange) - bound.Value, half.Estimate.Of(half.Totals.All.FundChange) + bound.Value);
    }

    private static Task<SimulationOutcome> Run(SettlementNode county, BenefitPolicy draft, DateOnly from, SimulationBase kind, int? sample = null, long seed = 1) =>
        SimulatePolicy.Run(new SimulationRequest(new SimulationScope(draft, from, Last), kind, null, [county.Tenant], null, sample, seed), _ => county.Database, county.Policies, TextWriter.Null, CancellationToken.None);

    /// <summary>The tables' sums, settlements and reversals together, are those of what stands.</summary>
    private static async Task AreBooked(SettlementNode node, DateOnly from, SimulationTotals totals, Func<SimulationTotals, PaidSums> side, bool account)
    {
        (PaidBy PaidBy, string Column)[] columns =
        [
            (PaidBy.BasicFund, "basic_fund_fen"), (PaidBy.CriticalIllness, "critical_illness_fen"), (PaidBy.LargeSum, "large_sum_fen"), (PaidBy.Assistance, "assistance_fen"), (PaidBy.CivilServant, "civil_servant_fen"),
            (PaidBy.Enterprise, "enterprise_fen"), (PaidBy.OtherFunds, "other_funds_fen - supplement_fen"), (PaidBy.Supplement, "supplement_fen"), (PaidBy.Person, "person_share_fen"),
            .. account ? [(PaidBy.Account, "account_fen"), (PaidBy.Cash, "cash_fen")] : ((PaidBy, string)[])[],
        ];
        foreach (var (payer, column) in columns) Assert.Equal((payer, await Sum(node, column, from, Last)), (payer, side(totals).Of(payer)));
        Assert.Equal(await Sum(node, "fund_total_fen - supplement_fen", from, Last), side(totals).Fund);
    }

    private static async Task<long> Sum(SettlementNode node, string column, DateOnly from, DateOnly to, string table = "claim")
    {
        await using var command = node.Database.CreateCommand($"SELECT coalesce(sum({column}), 0)::bigint FROM {table} WHERE policy_on BETWEEN $1 AND $2");
        command.Parameters.Add(new NpgsqlParameter<DateOnly> { TypedValue = from });
        command.Parameters.Add(new NpgsqlParameter<DateOnly> { TypedValue = to });
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
