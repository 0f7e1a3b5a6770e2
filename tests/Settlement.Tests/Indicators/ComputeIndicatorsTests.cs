using MedInsure.Kernel;
using MedInsure.Settlement.Encounters;
using MedInsure.Settlement.Indicators;
using MedInsure.Settlement.Tests.PaymentMethods;

namespace MedInsure.Settlement.Tests.Indicators;

/// <summary>Indicators of months from settlements on real tables, own persons' and foreign ones'.</summary>
[Trait("Category", "Storage")]
[Collection(PostgresCollection.Name)]
public sealed class ComputeIndicatorsTests(SharedPostgres postgres) : IAsyncLifetime
{
    private SettlementNode node = null!;
    private MethodDesk desk = null!;
    private int lastRequest;

    public async Task InitializeAsync() => desk = new MethodDesk(node = await SettlementNode.Create(postgres.Server));
    public Task DisposeAsync() => node.DisposeAsync().AsTask();

    private DraftLimit.Order Order(string indicator, decimal limit, decimal deduction = 1, int? days = null, int from = 202601, int to = 202612) =>
        new($"L{++lastRequest}", desk.Hospital(), indicator, from, to, limit, deduction, days, "XY-2026-1", MethodDesk.First);

    private Task<Outcome<IndicatorLimit>> Draft(DraftLimit.Order order) => DraftLimit.Execute(desk.Place, order, node.Time.GetUtcNow(), default);
    private Task<Outcome<IndicatorLimit>> Approve(IndicatorLimit limit, string by = MethodDesk.Second) => ApproveLimit.Execute(desk.Place, limit.Number, new ApproveLimit.Approval(by), node.Time.GetUtcNow(), default);
    private async Task<IndicatorLimit> Agreed(DraftLimit.Order order) => MethodDesk.Value(await Approve(MethodDesk.Value(await Draft(order))));

    private MethodDesk.Other Stay(int month, int day, int days, long total, string psnNo) => desk.Case(month, day, total / 2, total) with { ClearingType = "21", MedType = "21", Days = days, PsnNo = psnNo };

    private async Task<List<string>> Texts(int month) => (await desk.Indicators(month)).ConvertAll(r => $"{r.Indicator} {r.Value:F4} {r.DeductionFen}");

    [Fact]
    public async Task Month_CountsOwnAndForeignStays_WhoCameBack_AndDaysWithACharge()
    {
        await node.AddPerson("P1");
        var at = SettlementNode.At(2026, 6, 1);
        var mdtrt = await node.Opened("P1", "21", at);
        // 1 to 10 June, charged on three of nine days, and on the day of leaving.
        await node.Charged(mdtrt, "P1", "3", [.. ((int[])[1, 2, 2, 5, 10]).Select((day, i) => SettlementNode.Line($"{i}", "A1", 10_000, 400_000 * 10_000L, SettlementNode.At(2026, 6, day)))]);
        await node.Discharged(mdtrt, "P1", "3", SettlementNode.At(2026, 6, 10));
        var amounts = (await node.Settled(node.Settling(mdtrt, "P1", 2_000_000))).Claim().Amounts;
        // X left on 20 May and was there again from 2 to 4 June, 13 days later; Y left on 10 May, 23 days before. Z is new.
        await desk.OffCounty(Stay(202605, 20, 5, 100_000, "X"), Stay(202605, 10, 5, 100_000, "Y"), Stay(202606, 4, 2, 300_000, "X"), Stay(202606, 4, 2, 300_000, "Y"), Stay(202606, 30, 3, 300_000, "Z"), desk.Case(202606, 3, 100, 5_000));
        await Agreed(Order("readmission_rate", 0.2m));
        await Agreed(Order("cost_per_stay", 7_000));
        var fund = amounts.FundTotalFen + 450_000;
        var share = HalfUp.DivideProduct(amounts.FundTotalFen + 450_000, 10_000, 2_900_000);
        // 4 stays, 29,000.00, 9 + 2 + 2 + 3 = 16 days; 29,000 - 4 × 7,000 = 1,000.00 over; one came back of 4 = 25 %, a fifth of a stay above 20 %.
        Assert.Equal(["eligible_share 1.0000 0", $"actual_ratio {share * 0.0001m:F4} 0", "cost_per_stay 7250.0000 100000", "cost_per_bed_day 1812.5000 0", $"readmission_rate 0.2500 {HalfUp.Divide((Int128)fund * 500, 10_000)}",
            "in_bed_rate 0.3333 0", "cost_per_visit 50.0000 0"], await Texts(202606));
        await desk.Stated(202606);
        // A statement was made of it: it stands, whatever comes.
        var before = await Texts(202606);
        await desk.OffCounty(Stay(202606, 30, 3, 900_000, "W"));
        Assert.Equal(before, await Texts(202606));
        Assert.Empty(await Texts(202613));
    }

    [Fact]
    public async Task ReadmissionWithinAgreedDays_AndNotOfAStayThatWasReversed()
    {
        var numbers = await desk.OffCounty(Stay(202605, 10, 5, 100_000, "Y"), Stay(202606, 4, 2, 300_000, "Y"));
        Assert.Contains("readmission_rate 0.0000 0", await Texts(202606));
        await Agreed(Order("readmission_rate", 0.5m, 0, days: 23));
        Assert.Contains("readmission_rate 1.0000 0", await Texts(202606));
        await desk.OffCounty(Stay(202605, 11, 5, -100_000, "Y") with { Reverses = numbers[0] });
        Assert.Contains("readmission_rate 0.0000 0", await Texts(202606));
    }

    [Fact]
    public async Task Limit_IsDraftedByOneAndApprovedByAnother_OnePerIndicatorAndMonth()
    {
        var order = Order("cost_per_stay", 2_163);
        var limit = MethodDesk.Value(await Draft(order));
        Assert.Equal(limit, MethodDesk.Value(await Draft(order)));
        Assert.Equal("request.number_reused", (await Draft(order with { Limit = 2_164 })).Refusal?.Code);
        Assert.Equal("approval.same_person", (await Approve(limit, MethodDesk.First)).Refusal?.Code);
        await desk.OffCounty(Stay(202606, 4, 2, 300_000, "Y"));
        Assert.Contains("cost_per_stay 3000.0000 0", await Texts(202606)); // a draft deducts nothing
        Assert.Equal("approved", MethodDesk.Value(await Approve(limit)).State);
        Assert.Equal("approved", MethodDesk.Value(await Approve(limit)).State);
        Assert.Equal("indicators.limit_not_drafted", (await Approve(limit, "钱某")).Refusal?.Code);
        Assert.Contains("cost_per_stay 3000.0000 83700", await Texts(202606));
        Assert.Equal("indicators.limit_overlaps", (await Approve(MethodDesk.Value(await Draft(Order("cost_per_stay", 2_000, from: 202612, to: 202701))))).Refusal?.Code);
        await Agreed(Order("cost_per_stay", 2_000, from: 202701, to: 202712));
        await desk.Stated(202606);
        Assert.Equal("indicators.month_stands", (await Approve(MethodDesk.Value(await Draft(Order("cost_per_visit", 10))))).Refusal?.Code);
        var draft = MethodDesk.Value(await Draft(Order("in_bed_rate", 0.9m)));
        Assert.Equal("withdrawn", MethodDesk.Value(await WithdrawLimit.Execute(desk.Place, draft.Number, new WithdrawLimit.Withdrawal(MethodDesk.First, "有误"), node.Time.GetUtcNow(), default)).State);
        Assert.Equal("indicators.limit_not_drafted", (await Approve(draft)).Refusal?.Code);
    }

    [Fact]
    public async Task LimitApprovedBesideAStatementOrAWithdrawal_ComesSecond()
    {
        var limit = MethodDesk.Value(await Draft(Order("cost_per_visit", 10)));
        Assert.Equal("indicators.month_stands", (await desk.WhileStated(202603, () => Approve(limit))).Refusal?.Code);
        var later = MethodDesk.Value(await Draft(Order("cost_per_visit", 10, from: 202604)));
        Assert.Equal("indicators.limit_not_drafted", (await desk.While($"UPDATE indicator_limit SET state = 'withdrawn', withdrawn_by = 'x', withdrawn_at = now() WHERE number = {later.Number}", () => Approve(later))).Refusal?.Code);
    }

    [Fact]
    public async Task MalformedLimit_IsRefusedByName()
    {
        var good = Order("eligible_share", 0.9m);
        foreach (var (order, code) in ((DraftLimit.Order, string)[])
            [(good with { DraftedBy = " " }, "approval.person_missing"), (good with { Indicator = "x" }, "indicators.unknown"), (good with { Provider = "H-other" }, "indicators.provider_unknown"), (good with { FromMonth = 202613 }, "indicators.months_invalid"),
             (good with { ToMonth = 202512 }, "indicators.months_invalid"), (good with { Limit = 1.1m }, "indicators.limit_invalid"), (good with { Limit = 0.90001m }, "indicators.limit_invalid"), (good with { Limit = null }, "indicators.limit_invalid"),
             (good with { Indicator = "cost_per_stay", Limit = 1.001m }, "indicators.limit_invalid"), (good with { Deduction = 2 }, "indicators.deduction_invalid"), (good with { Deduction = null }, "indicators.deduction_invalid"),
             (good with { Days = 10 }, "indicators.days_invalid"), (good with { Indicator = "readmission_rate", Days = 0 }, "indicators.days_invalid"), (good with { AgreementNo = "" }, "indicators.agreement_missing")])
            Assert.Equal(code, (await Draft(order)).Refusal?.Code);
    }

    [Fact]
    public async Task List_ShowsWhoIsOverFirst()
    {
        await Agreed(Order("cost_per_stay", 2_000));
        await desk.OffCounty(Stay(202606, 4, 2, 300_000, "Y"), Stay(202606, 4, 2, 100_000, "Y") with { Provider = desk.Hospital("2") });
        Assert.Equal(2, MethodDesk.Value(await Settlement.PaymentTerms.ShowMonth.County(desk.Place, 202606, desk.Calendar, default)).Providers);
        var all = MethodDesk.Value(await ListIndicators.Query(desk.Place, 202606, new ListIndicators.Filter("cost_per_stay", null, null, null), desk.Calendar, default));
        Assert.Equal([(desk.Hospital(), 100_000L), (desk.Hospital("2"), 0L)], all.Select(r => (r.FixmedinsCode, r.Result.DeductionFen)));
        Assert.Equal(desk.Hospital(), Assert.Single(MethodDesk.Value(await ListIndicators.Query(desk.Place, 202606, new ListIndicators.Filter(null, true, null, null), desk.Calendar, default))).FixmedinsCode);
        Assert.Equal("indicators.month_invalid", (await ListIndicators.Query(desk.Place, 202607, new ListIndicators.Filter(null, null, null, null), desk.Calendar, default)).Refusal?.Code);
    }
}
