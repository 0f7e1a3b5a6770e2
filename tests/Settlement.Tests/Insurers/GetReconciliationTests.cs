using System.Net;
using Grpc.Core;
using MedInsure.Protos.Insurer.V1;

namespace MedInsure.Settlement.Tests.Insurers;

/// <summary>The year's numbers, as a preview and as closed. Harbin's terms: 30.00 a head, 3 % operating cost, gain to 3 % the insurer's, loss to 5 % the insurer's.</summary>
[Trait("Category", "Storage")]
[Collection(PostgresCollection.Name)]
public sealed class GetReconciliationTests(SharedDesk shared) : IClassFixture<SharedDesk>, IAsyncLifetime
{
    private readonly InsurerDesk desk = shared.Desk;

    public Task InitializeAsync()
    {
        desk.Today = new DateOnly(2026, 12, 31);
        (desk.Heads[desk.Counties[0]], desk.Heads[desk.Counties[1]]) = (300, 200);
        return Task.CompletedTask;
    }

    public Task DisposeAsync() => Task.CompletedTask;

    private async Task<Reconciliation> Asked(string contract, int year = 2026, Metadata? headers = null) =>
        await desk.Client.GetReconciliationAsync(new GetReconciliationRequest { ContractNo = contract, Year = year }, headers ?? desk.Headers);

    private Task<(HttpStatusCode Status, System.Text.Json.JsonElement Body)> Close(string contract, int year = 2026, object? order = null) => desk.Post($"/insurers/{contract}/reconciliations/{year}/closing", order ?? InsurerDesk.TwoPeople);

    [Fact]
    public async Task YearWithoutClaims_IsAllGain()
    {
        // 500 x 30.00 = 15,000.00 premium; 450.00 operating cost; gain 14,550.00: to 3 % = 450.00 the insurer's, 14,100.00 the fund's.
        var year = await Asked(desk.Contract());
        Assert.Equal((ReconciliationState.Preview, 0, 500L, 1_500_000L, 0L, 45_000L, 0L, 1_455_000L, 1_410_000L, 45_000L),
            (year.State, year.Version, year.Heads, year.PremiumDueFen, year.PremiumPaidFen, year.OperatingCostFen, year.ClaimsFen, year.BalanceFen, year.ToFundFen, year.InsurerResultFen));
        Assert.Equal([(true, 0, 300, 0, 45_000L, 0L), (true, 300, 0, 10_000, 1_410_000, 1_410_000), (false, 0, 500, 0, 0, 0), (false, 500, 1_000, 5_000, 0, 0), (false, 1_000, 0, 10_000, 0, 0)],
            year.Band.Select(b => (b.Gain, b.AboveBp, b.UpToBp, b.FundShareBp, b.PartFen, b.FundFen)));
        Assert.Empty(year.County);
        Assert.Equal((0L, 0L), (year.LastCursor, year.ClosedAtMs));
    }

    [Fact]
    public async Task Claims_AreThoseOfPolicyDatesInTheYear()
    {
        var contract = desk.Contract();
        var (first, taken) = (desk.Settled(900_000, 20260101), desk.Settled(100_000));
        var caughtUp = desk.Settled(7_000, 20261231, desk.Counties[1]);
        caughtUp.Kind = ClaimEventKind.CaughtUp;
        await desk.Tell(contract, first, taken, desk.Reversal(taken), desk.Settled(800_000, 20261231, desk.Counties[1]), desk.Settled(55, 20270101), desk.Settled(66, 20251231), caughtUp);
        await desk.Tell(desk.Contract(), desk.Settled(123_456));
        var year = await Asked(contract);
        // 15,000.00 - 450.00 - 17,070.00 = -2,520.00: 750.00 and half of 750.00 the insurer's, 375.00 + 1,020.00 the fund pays.
        Assert.Equal((1_707_000L, 3L, 1L, -252_000L, -139_500L, -112_500L), (year.ClaimsFen, year.SettlementCount, year.ReversalCount, year.BalanceFen, year.ToFundFen, year.InsurerResultFen));
        Assert.Equal([(desk.Counties[0], 2L, 1L, 900_000L), (desk.Counties[1], 1, 0, 807_000)], year.County.Select(c => (c.County, c.SettlementCount, c.ReversalCount, c.ClaimsFen)));
        Assert.Equal(7, year.LastCursor);
        Assert.Equal((55L, 1L), ((await Asked(contract, 2027)).ClaimsFen, (await Asked(contract, 2027)).SettlementCount));
    }

    [Fact]
    public async Task UpheldDisputes_AreTakenOffAsLongAsTheirClaimStands()
    {
        var contract = desk.Contract();
        var (kept, taken) = (desk.Settled(100_000), desk.Settled(200_000));
        await desk.Tell(contract, kept, taken);
        await desk.Raised(desk.Disputing(contract, kept.SetlId, 50_000, "A"));
        await desk.Raised(desk.Disputing(contract, taken.SetlId, 50_000, "B"));
        Assert.Equal((2L, 0L), ((await Asked(contract)).OpenDisputeCount, (await Asked(contract)).AdjustedFen));
        await desk.Decide(contract, "A", InsurerDesk.Upholding(300));
        await desk.Decide(contract, "B", InsurerDesk.Upholding(40));
        var year = await Asked(contract);
        Assert.Equal((0L, 34_000L, 300_000L, 1_500_000L - 45_000 - 300_000 + 34_000), (year.OpenDisputeCount, year.AdjustedFen, year.ClaimsFen, year.BalanceFen));
        // Taken back, the claim costs nothing: an adjustment on top would be a gift. Restored, it costs again what it did.
        var reversal = desk.Reversal(taken);
        await desk.Tell(contract, reversal);
        Assert.Equal((30_000L, 100_000L), ((await Asked(contract)).AdjustedFen, (await Asked(contract)).ClaimsFen));
        await desk.Tell(contract, desk.Reversal(reversal));
        Assert.Equal((34_000L, 300_000L), ((await Asked(contract)).AdjustedFen, (await Asked(contract)).ClaimsFen));
    }

    [Fact]
    public async Task CountyThatIsAway_MakesThePreviewUnavailable()
    {
        desk.Heads.Remove(desk.Counties[0]);
        Assert.Equal((StatusCode.Unavailable, "service.unavailable"), await InsurerDesk.Refused(() => Asked(desk.Contract())));
    }

    [Fact]
    public async Task ClosedYear_StaysAsItWasClosed()
    {
        var contract = desk.Contract();
        await desk.Tell(contract, desk.Settled(100_000));
        await desk.HeadsFixed(contract);
        await desk.Post($"/insurers/{contract}/premiums/2026/1/payment", new { amount = 3_750, paid_on = "2026-02-14", reference = "R1", cashier = "钱出纳", approver = "李审批" });
        desk.Today = new DateOnly(2027, 1, 5);
        var (status, body) = await Close(contract);
        Assert.Equal((HttpStatusCode.OK, "closed", 1, "15000.00", "3750.00", "1000.00", "2027-01-05T12:00:00+08:00"),
            (status, body.GetProperty("state").GetString(), body.GetProperty("version").GetInt32(), body.GetProperty("premium_due").GetRawText(), body.GetProperty("premium_paid").GetRawText(), body.GetProperty("claims").GetRawText(),
                body.GetProperty("closed_at").GetString()));
        var closed = await Asked(contract);
        Assert.Equal((ReconciliationState.Closed, 1, 1L), (closed.State, closed.Version, closed.LastCursor));
        // What comes later is not in it, until the year is closed again.
        await desk.Tell(contract, desk.Settled(50_000, 20261231));
        desk.Heads.Remove(desk.Counties[0]);
        Assert.Equal(closed, await Asked(contract));
        Assert.Equal(body.ToString(), (await desk.Get($"/insurers/{contract}/reconciliations/2026")).Body.ToString());
        Assert.Equal("2", (await Close(contract)).Body.GetProperty("version").GetRawText());
        Assert.Equal((2, 150_000L), ((await Asked(contract)).Version, (await Asked(contract)).ClaimsFen));
    }

    [Fact]
    public async Task ClosingAgainWithTheSameNumbers_IsTheSameAnswer()
    {
        var contract = desk.Contract();
        await desk.HeadsFixed(contract);
        desk.Today = new DateOnly(2027, 1, 5);
        var first = await Close(contract);
        desk.Today = new DateOnly(2027, 1, 6);
        // Neither a late transfer nor events of another year are other numbers.
        await desk.Tell(contract, desk.Settled(50_000, 20270102));
        await desk.Post($"/insurers/{contract}/premiums/2026/1/payment", new { amount = 3_750, paid_on = "2026-02-14", reference = "R1", cashier = "钱出纳", approver = "李审批" });
        var again = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Close(contract)));
        Assert.All(again, a => Assert.Equal((HttpStatusCode.OK, first.Body.ToString()), (a.Status, a.Body.ToString())));
    }

    [Fact]
    public async Task ManyClosingsAtOnce_MakeOneVersion()
    {
        var contract = desk.Contract();
        await desk.HeadsFixed(contract);
        desk.Today = new DateOnly(2027, 1, 5);
        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Close(contract)));
        Assert.All(answers, a => Assert.Equal((HttpStatusCode.OK, "1"), (a.Status, a.Body.GetProperty("version").GetRawText())));
    }

    [Fact]
    public async Task ClosingRefusals_ComeInOrder()
    {
        var (contract, setlId) = await desk.Claim();
        await desk.Raised(desk.Disputing(contract, setlId));
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "approval.same_person"), InsurerDesk.Refusal(await Close(contract, 2025, new { reviewer = "王复核", approver = "王复核" })));
        Assert.Equal((HttpStatusCode.BadRequest, "contract.year_outside"), InsurerDesk.Refusal(await Close(contract, 2025)));
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "contract.without_premium"), InsurerDesk.Refusal(await Close(InsurerDesk.Supplement)));
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "reconciliation.year_not_ended"), InsurerDesk.Refusal(await Close(contract)));
        desk.Today = new DateOnly(2027, 1, 1);
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "premium.heads_not_fixed"), InsurerDesk.Refusal(await Close(contract)));
        await desk.HeadsFixed(contract);
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "reconciliation.disputes_open"), InsurerDesk.Refusal(await Close(contract)));
        await desk.Decide(contract, "D1", InsurerDesk.Rejecting());
        Assert.Equal(HttpStatusCode.OK, (await Close(contract)).Status);
    }

    [Fact]
    public async Task ObjectedYear_IsClosedAnewEvenWithTheSameNumbers()
    {
        var contract = desk.Contract();
        await desk.HeadsFixed(contract);
        desk.Today = new DateOnly(2027, 1, 5);
        await Close(contract);
        await desk.Client.AnswerReconciliationAsync(new AnswerReconciliationRequest { ContractNo = contract, Year = 2026, Version = 1, Text = "人数有误" }, desk.Headers);
        Assert.Equal((ReconciliationState.Objected, "人数有误"), ((await Asked(contract)).State, (await Asked(contract)).AnswerText));
        Assert.Equal("2", (await Close(contract)).Body.GetProperty("version").GetRawText());
        Assert.Equal((ReconciliationState.Closed, 2, ""), ((await Asked(contract)).State, (await Asked(contract)).Version, (await Asked(contract)).AnswerText));
    }

    [Theory]
    [InlineData(2025)]
    [InlineData(2029)]
    [InlineData(0)]
    public async Task YearOutsideTheContract_IsRefused(int year) => Assert.Equal((StatusCode.InvalidArgument, "contract.year_outside"), await InsurerDesk.Refused(() => Asked(desk.Contract(), year)));

    [Fact]
    public async Task SupplementsAndOthersContracts_HaveNoneHere()
    {
        Assert.Equal((StatusCode.FailedPrecondition, "contract.without_premium"), await InsurerDesk.Refused(() => Asked(InsurerDesk.Supplement)));
        Assert.Equal((StatusCode.NotFound, "contract.unknown"), await InsurerDesk.Refused(() => Asked(desk.Contract(), headers: desk.OtherHeaders)));
    }
}
