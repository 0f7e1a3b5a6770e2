using System.Net;
using Grpc.Core;
using MedInsure.Protos.Enrollment.V1;
using MedInsure.Protos.Insurer.V1;

namespace MedInsure.Settlement.Tests.Insurers;

/// <summary>What is owed by the schedule, the year's head count, and the payments of the agency. Harbin's terms: 30.00 a head, four quarters.</summary>
[Trait("Category", "Storage")]
[Collection(PostgresCollection.Name)]
public sealed class ListPremiumTransfersTests(SharedDesk shared) : IClassFixture<SharedDesk>, IAsyncLifetime
{
    private readonly InsurerDesk desk = shared.Desk;

    public Task InitializeAsync()
    {
        desk.Today = new DateOnly(2026, 6, 30);
        (desk.Heads[desk.Counties[0]], desk.Heads[desk.Counties[1]]) = (1_001, 500);
        return Task.CompletedTask;
    }

    public Task DisposeAsync() => Task.CompletedTask;

    private async Task<List<PremiumTransfer>> Listed(string contract, int year = 2026, Metadata? headers = null) =>
        [.. (await desk.Client.ListPremiumTransfersAsync(new ListPremiumTransfersRequest { ContractNo = contract, Year = year }, headers ?? desk.Headers)).Transfer];

    private static object Paying(decimal amount, string? on = "2026-02-14", string? reference = "ICBC-1", string cashier = "钱出纳", string approver = "李审批") => new { amount, paid_on = on, reference, cashier, approver };

    private Task<(HttpStatusCode Status, System.Text.Json.JsonElement Body)> Pay(string contract, int number, object payment, int year = 2026) => desk.Post($"/insurers/{contract}/premiums/{year}/{number}/payment", payment);

    private async Task<(HttpStatusCode, string?)> Unpaid(string contract, int number, object payment, int year = 2026) => InsurerDesk.Refusal(await Pay(contract, number, payment, year));

    [Fact]
    public async Task BeforeTheCount_TheHeadsAreAnEstimateOfTheCountDay()
    {
        var contract = desk.Contract();
        var transfers = await Listed(contract);
        // 1,501 heads x 30.00 = 45,030.00; a quarter is 11,257.50. Of it 1,001 / 1,501 = 7,507.50 and 3,750.00.
        Assert.Equal([(1, 20260215), (2, 20260515), (3, 20260815), (4, 20261115)], transfers.Select(t => (t.Number, t.DueOn)));
        Assert.All(transfers, t => Assert.Equal((2026, 1_501L, false, 3_000L, 4_503_000L, 1_125_750L, 0L, ""), (t.Year, t.Heads, t.HeadsFixed, t.PerHeadFen, t.PremiumFen, t.AmountFen, t.PaidFen, t.PaymentReference)));
        Assert.All(transfers, t => Assert.Equal([(desk.Counties[0], 1_001L, 750_750L), (desk.Counties[1], 500, 375_000)], t.County.Select(c => (c.County, c.Heads, c.AmountFen))));
        Assert.Equal(new CountCoveredRequest { On = 20260131, Insutype = "390" }, desk.LastCount);
        // Of a year whose count day has not come, today's.
        await Listed(contract, 2027);
        Assert.Equal(20260630, desk.LastCount!.On);
    }

    [Fact]
    public async Task FixedCount_NeverChangesAgain()
    {
        var contract = desk.Contract();
        var (status, body) = await desk.Post($"/insurers/{contract}/premiums/2026/head-count", InsurerDesk.TwoPeople);
        Assert.Equal((HttpStatusCode.OK, 1_501, "2026-01-31"), (status, body.GetProperty("heads").GetInt32(), body.GetProperty("counted_on").GetString()));
        desk.Heads[desk.Counties[0]] = 9_999;
        var again = await desk.Post($"/insurers/{contract}/premiums/2026/head-count", InsurerDesk.TwoPeople);
        Assert.Equal(body.ToString(), again.Body.ToString());
        var transfers = await Listed(contract);
        Assert.All(transfers, t => Assert.Equal((1_501L, true), (t.Heads, t.HeadsFixed)));
        // Not even a county that is away matters any more.
        desk.Heads.Remove(desk.Counties[1]);
        Assert.Equal(transfers, await Listed(contract));
    }

    [Fact]
    public async Task ManyCountsAtOnce_FixOne()
    {
        var contract = desk.Contract();
        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => desk.Post($"/insurers/{contract}/premiums/2026/head-count", InsurerDesk.TwoPeople)));
        Assert.All(answers, a => Assert.Equal((HttpStatusCode.OK, answers[0].Body.ToString()), (a.Status, a.Body.ToString())));
    }

    [Fact]
    public async Task CountyThatIsAway_MakesItUnavailable()
    {
        var contract = desk.Contract();
        desk.Heads.Remove(desk.Counties[1]);
        Assert.Equal((StatusCode.Unavailable, "service.unavailable"), await InsurerDesk.Refused(() => Listed(contract)));
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "service.unavailable"), InsurerDesk.Refusal(await desk.Post($"/insurers/{contract}/premiums/2026/head-count", InsurerDesk.TwoPeople)));
        desk.Heads[desk.Counties[1]] = 500;
        Assert.All(await Listed(contract), t => Assert.False(t.HeadsFixed));
    }

    [Fact]
    public async Task CountDay_MustBeOver()
    {
        var contract = desk.Contract();
        desk.Today = new DateOnly(2026, 1, 31);
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "premium.count_day_not_over"), InsurerDesk.Refusal(await desk.Post($"/insurers/{contract}/premiums/2026/head-count", InsurerDesk.TwoPeople)));
        desk.Today = new DateOnly(2026, 2, 1);
        await desk.HeadsFixed(contract);
    }

    [Fact]
    public async Task CountByOnePerson_IsRefused() => Assert.Equal((HttpStatusCode.UnprocessableEntity, "approval.same_person"),
        InsurerDesk.Refusal(await desk.Post($"/insurers/{desk.Contract()}/premiums/2026/head-count", new { reviewer = "王复核", approver = "王复核" })));

    [Fact]
    public async Task YearZero_IsEveryYearThatHasBegun()
    {
        var contract = desk.Contract();
        Assert.Equal([2026], (await Listed(contract, 0)).Select(t => t.Year).Distinct());
        desk.Today = new DateOnly(2027, 1, 1);
        Assert.Equal([(2026, 1), (2026, 2), (2026, 3), (2026, 4), (2027, 1), (2027, 2), (2027, 3), (2027, 4)], (await Listed(contract, 0)).Select(t => (t.Year, t.Number)));
        desk.Today = new DateOnly(2031, 1, 1);
        Assert.Equal([2026, 2027, 2028], (await Listed(contract, 0)).Select(t => t.Year).Distinct());
    }

    [Theory]
    [InlineData(2025)]
    [InlineData(2029)]
    [InlineData(-1)]
    [InlineData(int.MaxValue)]
    public async Task YearOutsideTheContract_IsRefused(int year)
    {
        var contract = desk.Contract();
        Assert.Equal((StatusCode.InvalidArgument, "contract.year_outside"), await InsurerDesk.Refused(() => Listed(contract, year)));
        Assert.Equal((HttpStatusCode.BadRequest, "contract.year_outside"), InsurerDesk.Refusal(await desk.Post($"/insurers/{contract}/premiums/{year}/head-count", InsurerDesk.TwoPeople)));
        Assert.Equal((HttpStatusCode.BadRequest, "contract.year_outside"), await Unpaid(contract, 1, Paying(1), year));
    }

    [Fact]
    public async Task SupplementsAndOthersContracts_HaveNoPremiumHere()
    {
        Assert.Equal((StatusCode.FailedPrecondition, "contract.without_premium"), await InsurerDesk.Refused(() => Listed(InsurerDesk.Supplement, 0)));
        Assert.Equal((StatusCode.NotFound, "contract.unknown"), await InsurerDesk.Refused(() => Listed(desk.Contract(), headers: desk.OtherHeaders)));
    }

    [Fact]
    public async Task Payment_IsShownWithItsInstalment()
    {
        var contract = desk.Contract();
        await desk.HeadsFixed(contract);
        var (status, body) = await Pay(contract, 1, Paying(11_257.50m));
        Assert.Equal((HttpStatusCode.OK, "11257.50", "2026-02-14"), (status, body.GetProperty("paid").GetRawText(), body.GetProperty("paid_on").GetString()));
        var transfers = await Listed(contract);
        Assert.Equal((1_125_750L, 20260214, "ICBC-1"), (transfers[0].PaidFen, transfers[0].PaidOn, transfers[0].PaymentReference));
        Assert.All(transfers.Skip(1), t => Assert.Equal(0, t.PaidFen));
        Assert.Equal(body.ToString(), (await desk.Get($"/insurers/{contract}/premiums/2026")).Body.GetProperty("transfers")[0].ToString());
    }

    [Fact]
    public async Task SamePaymentAgain_IsTheSameAnswerAnotherIsRefused()
    {
        var contract = desk.Contract();
        await desk.HeadsFixed(contract);
        var first = await Pay(contract, 1, Paying(11_257.50m));
        Assert.Equal(first.Body.ToString(), (await Pay(contract, 1, Paying(11_257.50m))).Body.ToString());
        Assert.Equal((HttpStatusCode.Conflict, "premium.already_paid"), await Unpaid(contract, 1, Paying(11_257.50m, reference: "ICBC-2")));
        Assert.Equal((HttpStatusCode.Conflict, "premium.already_paid"), await Unpaid(contract, 1, Paying(11_257.50m, on: "2026-02-15")));
        Assert.Equal((HttpStatusCode.Conflict, "premium.already_paid"), await Unpaid(contract, 1, Paying(1)));
        Assert.Equal((HttpStatusCode.Conflict, "premium.reference_used"), await Unpaid(contract, 2, Paying(11_257.50m)));
    }

    [Fact]
    public async Task ManyPaymentsAtOnce_OneIsRecorded()
    {
        var contract = desk.Contract();
        await desk.HeadsFixed(contract);
        var answers = await Task.WhenAll(Enumerable.Range(1, 6).Select(i => Pay(contract, 1, Paying(11_257.50m, reference: $"R{i}"))));
        Assert.Single(answers, a => a.Status == HttpStatusCode.OK);
        Assert.Equal(5, answers.Count(a => a.Status == HttpStatusCode.Conflict));
    }

    [Fact]
    public async Task PaymentRefusals_ComeInOrder()
    {
        var contract = desk.Contract();
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "approval.same_person"), await Unpaid(contract, 9, Paying(0.001m, "", "", "钱出纳", "钱出纳")));
        Assert.Equal((HttpStatusCode.BadRequest, "premium.amount_mismatch"), await Unpaid(contract, 9, Paying(0.001m, "", "")));
        foreach (var on in new[] { "", "2026-02-30", "20260214", "2026-07-01" }) Assert.Equal((HttpStatusCode.BadRequest, "premium.paid_on_invalid"), await Unpaid(contract, 9, Paying(1, on, "")));
        foreach (var reference in new[] { "", " ", new string('1', 101) }) Assert.Equal((HttpStatusCode.BadRequest, "premium.reference_missing"), await Unpaid(contract, 9, Paying(1, reference: reference)));
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "premium.heads_not_fixed"), await Unpaid(contract, 9, Paying(1)));
        await desk.HeadsFixed(contract);
        foreach (var number in new[] { 0, 5, -1 }) Assert.Equal((HttpStatusCode.NotFound, "premium.instalment_unknown"), await Unpaid(contract, number, Paying(1)));
        foreach (var amount in new[] { 11_257.49m, 11_257.51m, -11_257.50m, 0m }) Assert.Equal((HttpStatusCode.BadRequest, "premium.amount_mismatch"), await Unpaid(contract, 1, Paying(amount)));
        Assert.Equal((HttpStatusCode.BadRequest, "request.body_malformed"), InsurerDesk.Refusal(await desk.PostText($"/insurers/{contract}/premiums/2026/1/payment", "{")));
    }
}
