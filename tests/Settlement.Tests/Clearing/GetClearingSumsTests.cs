using MedInsure.Hosting.Rpc;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Clearing;

namespace MedInsure.Settlement.Tests.Clearing;

/// <summary>The sums of both sides: what is in a month, what waits for the next, and who holds up whom.</summary>
[Trait("Category", "Storage")]
[Collection(PostgresCollection.Name)]
public sealed class GetClearingSumsTests(SharedPostgres postgres) : IAsyncLifetime
{
    private CityOfCounties city = null!;

    public async Task InitializeAsync() => city = await CityOfCounties.Create(postgres.Server);
    public async Task DisposeAsync() => await city.DisposeAsync();

    private async Task<GetClearingSumsReply> Sums(SettlementNode county, int month = 202606) =>
        await city.Client.GetClearingSumsAsync(new GetClearingSumsRequest { Month = month }, CallTenant.For(county.Tenant.Code));

    [Fact]
    public async Task BothSides_SayTheSameByDigestAndFund()
    {
        for (var i = 0; i < 3; i++) await city.Bill(city.A, city.B, 80_000 + i);
        await city.Bill(city.B, city.A, 30_000);
        await city.Told();
        city.SetDay(7, 1);
        var (a, b) = (await Sums(city.A), await Sums(city.B));
        Assert.Equal((0, 3), (Assert.Single(a.Owing).AfterNo, a.Owing[0].ToNo));
        Assert.Equal(a.Owing, b.Owed);
        Assert.Equal(b.Owing, a.Owed);
        Assert.NotEmpty(a.Owing[0].Fund);
        Assert.Equal(-(await CityOfCounties.Balances(city.A, "county_payable")).Values.Sum(), a.Owing[0].Fund.Sum(f => f.AmountFen));
    }

    [Fact]
    public async Task MonthThatCannotBe_IsRefused()
    {
        foreach (var (month, code) in ((int, string)[])[(202613, "clearing.month_invalid"), (0, "clearing.month_invalid"), (202606, "clearing.month_not_over")])
        {
            Assert.Equal(code, (await Insurers.InsurerHost.Refused(() => Sums(city.A, month))).Code);
            Assert.Equal(code, (await city.Open(month)).Refusal?.Code);
        }
        city.SetDay(7, 1);
        Assert.Equal("approval.same_person", (await city.Open(202606, CityOfCounties.First)).Refusal?.Code);
        Assert.Empty(await city.Pairs(202606));
        Assert.Equal("clearing.month_unknown", (await ShowClearing.Query(city.City, 202606, default)).Refusal?.Code);
    }

    [Fact]
    public async Task LateSettlement_GoesIntoTheNextMonth()
    {
        await city.Bill(city.A, city.B, 80_000);
        city.SetDay(7, 1);
        await city.Bill(city.A, city.B, 81_000);
        // Of a writer whose clock went back: dated in June, and after a bill of July.
        city.SetDay(6, 30);
        await city.Bill(city.A, city.B, 82_000);
        await city.Told();
        city.SetDay(8, 3);

        await city.Opened(202606);
        var june = await city.Pair(202606, city.A, city.B);
        Assert.Equal(("agreed", 0, 1), (june.State, june.AOwes!.AfterNo, june.AOwes.ToNo));
        await city.Opened(202607);
        var july = await city.Pair(202607, city.A, city.B);
        Assert.Equal(("agreed", 1, 3), (july.State, july.AOwes!.AfterNo, july.AOwes.ToNo));
        Assert.Equal(-(await CityOfCounties.Balances(city.A, "county_payable")).Values.Sum(), june.AOwes.Fund.Concat(july.AOwes.Fund).Sum(f => f.AmountFen));
        Assert.Equal("clearing.month_passed", (await city.Open(202605)).Refusal?.Code);
    }

    [Fact]
    public async Task MirrorBehind_BlocksUntilItHasCaughtUp()
    {
        await city.Bill(city.A, city.B, 80_000);
        await city.Told();
        await city.Bill(city.A, city.B, 81_000);
        city.SetDay(7, 1);
        await city.Opened(202606);
        var pair = await city.Pair(202606, city.A, city.B);
        Assert.Equal(("differs", $"{city.B.Tenant.Code} has not booked 1 bills of {city.A.Tenant.Code}"), (pair.State, pair.Reason));
        Assert.Equal(1, await CityOfCounties.Count(city.City.Database, "SELECT count(*) FROM clearing_difference WHERE what = 'not_at_provider' AND pair_no = 2"));

        await city.Told();
        Assert.Equal(1, await city.Collect.Run(city.City.Database, default));
        Assert.Equal(("agreed", 2), ((await city.Pair(202606, city.A, city.B)).State, (await city.Pair(202606, city.A, city.B)).AOwes!.ToNo));
        Assert.Equal(0, await CityOfCounties.Count(city.City.Database, "SELECT count(*) FROM clearing_difference"));
    }

    [Fact]
    public async Task CountyAway_IsShownAndBlocksItsOwnPairsAlone()
    {
        await city.Bill(city.A, city.B, 80_000);
        await city.Bill(city.C, city.B, 70_000);
        await city.Told();
        city.SetDay(7, 1);
        city.Away.Add(city.C.Tenant.Code);
        await city.Opened(202606);
        Assert.Equal(["agreed", "missing", "missing"], (await city.Pairs(202606)).Select(p => p.State));
        Assert.Equal($"{city.C.Tenant.Code}: Unavailable", (await city.Pair(202606, city.B, city.C)).Reason);

        city.Away.Clear();
        await city.Collect.Run(city.City.Database, default);
        Assert.Equal(["agreed", "nothing", "agreed"], (await city.Pairs(202606)).Select(p => p.State));
    }

    [Fact]
    public async Task PairLeftInAMonth_IsCarriedIntoTheNext()
    {
        await city.Bill(city.A, city.B, 80_000);
        await city.Told();
        city.SetDay(8, 3);
        city.Away.Add(city.B.Tenant.Code);
        await city.Opened(202606);
        city.Away.Clear();
        await city.Opened(202607);
        Assert.Equal("carried", (await city.Pair(202606, city.A, city.B)).State);
        var july = await city.Pair(202607, city.A, city.B);
        Assert.Equal(("agreed", 0, 1), (july.State, july.AOwes!.AfterNo, july.AOwes.ToNo));
    }
}
