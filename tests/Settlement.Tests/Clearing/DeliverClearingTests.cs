using MedInsure.Hosting.Rpc;
using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Clearing;
using MedInsure.Settlement.Tests.OffCounty;

namespace MedInsure.Settlement.Tests.Clearing;

/// <summary>From the sums that agree to the money that arrived: every step once, by two people, and in the end nobody owes anything.</summary>
[Trait("Category", "Storage")]
[Collection(PostgresCollection.Name)]
public sealed class DeliverClearingTests(SharedPostgres postgres) : IAsyncLifetime
{
    private const int Month = 202606;
    private CityOfCounties city = null!;

    public async Task InitializeAsync()
    {
        city = await CityOfCounties.Create(postgres.Server);
        for (var i = 0; i < 3; i++) await city.Bill(city.A, city.B, 80_000 + i);
        await city.Bill(city.B, city.A, 50_000);
        await city.Bill(city.C, city.A, 60_000);
        await city.Told();
        city.SetDay(7, 2);
        await city.Opened(Month);
        await city.Exchanged();
    }

    public async Task DisposeAsync() => await city.DisposeAsync();

    private Task<Outcome<int>> Order() => OrderTransfers.Execute(city.City, Month, new OrderTransfers.Order(CityOfCounties.First, CityOfCounties.Second), default);

    private static Task<Outcome<TransferRow>> Pay(SettlementNode county, TransferRow t, string reference = "YH001", decimal? amount = null, string paidOn = "2026-07-02", string second = CityOfCounties.Second) =>
        RecordClearingPayment.Execute(CityOfCounties.Place(county), t.OrderNo, new RecordClearingPayment.Order(amount ?? Yuan.Of(t.AmountFen), paidOn, reference, CityOfCounties.First, second), new ChinaCalendar(county.Time), default);

    private static Task<Outcome<TransferRow>> Arrive(SettlementNode county, TransferRow t, decimal? amount = null, string arrivedOn = "2026-07-02") =>
        RecordClearingArrival.Execute(CityOfCounties.Place(county), t.OrderNo, new RecordClearingArrival.Order(amount ?? Yuan.Of(t.AmountFen), arrivedOn, CityOfCounties.First, CityOfCounties.Second), new ChinaCalendar(county.Time), default);

    private async Task<long> Vouchers() => await CityOfCounties.Count(city.A.Database, "SELECT count(*) FROM voucher WHERE kind = 'clearing'") + await CityOfCounties.Count(city.B.Database, "SELECT count(*) FROM voucher WHERE kind = 'clearing'")
        + await CityOfCounties.Count(city.C.Database, "SELECT count(*) FROM voucher WHERE kind = 'clearing'");

    [Fact]
    public async Task Month_EndsWithNothingOwedAndAllMoneyAccountedFor()
    {
        // One county alone decides nothing.
        Assert.Null((await CityOfCounties.Confirm(city.A, Month, city.B)).Refusal);
        await city.Exchanged();
        Assert.Equal("agreed", (await city.Pair(Month, city.A, city.B)).State);
        Assert.Equal("clearing.nothing_to_order", (await Order()).Refusal?.Code);
        Assert.Equal(0, await Vouchers());

        await CityOfCounties.Confirmed(Month, city.A, city.B);
        await CityOfCounties.Confirmed(Month, city.A, city.C);
        await city.Exchanged();
        await city.Exchanged();
        Assert.Equal(("confirmed", true, true), ((await city.Pair(Month, city.A, city.B)).State, (await city.Pair(Month, city.A, city.B)).ABooked, (await city.Pair(Month, city.A, city.B)).BBooked));
        var offsets = await Vouchers();
        Assert.Equal(2, offsets); // A and B owed each other; C is owed nothing

        Assert.Equal(2, (await Order()).Value);
        Assert.Equal(0, (await Order()).Value);
        var transfers = await TransferRow.List(city.City.Database, Month, default);
        Assert.Equal([$"{Month}-{city.A.Tenant.Code}-{city.B.Tenant.Code}", $"{Month}-{city.C.Tenant.Code}-{city.A.Tenant.Code}"], transfers.Select(t => t.OrderNo));
        var (toB, toA) = (transfers[0], transfers[1]);
        Assert.Equal("clearing.transfer_unknown", (await Pay(city.A, toB)).Refusal?.Code); // not delivered yet
        await city.Exchanged();
        await city.Exchanged();

        Assert.Equal("clearing.not_paid", (await Arrive(city.B, toB)).Refusal?.Code);
        Assert.Equal("approval.same_person", (await Pay(city.A, toB, second: CityOfCounties.First)).Refusal?.Code);
        Assert.Equal("clearing.amount_mismatch", (await Pay(city.A, toB, amount: Yuan.Of(toB.AmountFen) + 0.01m)).Refusal?.Code);
        Assert.Equal("clearing.day_invalid", (await Pay(city.A, toB, paidOn: "2026-07-03")).Refusal?.Code);
        Assert.Equal("clearing.transfer_unknown", (await Pay(city.B, toB)).Refusal?.Code); // it does not pay
        Assert.Equal("paid", Value(await Pay(city.A, toB)).State);
        Assert.Equal("paid", Value(await Pay(city.A, toB)).State);
        Assert.Equal("clearing.paid_otherwise", (await Pay(city.A, toB, "YH002")).Refusal?.Code);
        Value(await Pay(city.C, toA, "YH009"));
        await city.Exchanged(); // the city hears of it
        await city.Exchanged(); // and tells the others
        Assert.Equal("clearing.day_invalid", (await Arrive(city.B, toB, arrivedOn: "2026-07-01")).Refusal?.Code);
        Assert.Equal("clearing.amount_mismatch", (await Arrive(city.B, toB, 1m)).Refusal?.Code);
        Assert.Equal(("arrived", "YH001"), (Value(await Arrive(city.B, toB)).State, Value(await Arrive(city.B, toB)).Reference));
        Value(await Arrive(city.A, toA));
        await city.Exchanged();

        Assert.Equal(["settled", "settled", "nothing"], (await city.Pairs(Month)).Select(p => p.State));
        var expenditure = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var county in city.Counties)
        {
            Assert.Empty(await CityOfCounties.Balances(county, "county_payable"));
            Assert.Empty(await CityOfCounties.Balances(county, "county_receivable"));
            foreach (var (fund, fen) in await CityOfCounties.Balances(county, "expenditure_account")) expenditure[fund] = expenditure.GetValueOrDefault(fund) + fen;
            Assert.Empty(await PairOfCounties.Findings(county));
        }
        Assert.NotEmpty(expenditure);
        Assert.All(expenditure.Values, fen => Assert.Equal(0, fen));

        // All of it once more changes nothing.
        var vouchers = await Vouchers();
        Assert.Null((await city.Open(Month)).Refusal);
        Assert.Equal(0, await city.Collect.Run(city.City.Database, default));
        await city.Exchanged();
        Assert.Equal(0, (await Order()).Value);
        Assert.Equal((offsets + 4, vouchers), (vouchers, await Vouchers()));
        var shown = System.Text.Json.JsonSerializer.SerializeToElement((await ShowClearing.Query(city.City, Month, default)).Value, CountyDesk.Json);
        Assert.Equal((0m, 0), (shown.GetProperty("net_sum").GetDecimal(), shown.GetProperty("blocked").GetInt32()));
    }

    [Fact]
    public async Task CountyAway_HoldsUpItsPairsAloneAndGoesOnLater()
    {
        await CityOfCounties.Confirmed(Month, city.A, city.B);
        await CityOfCounties.Confirmed(Month, city.A, city.C);
        city.Away.Add(city.C.Tenant.Code);
        await city.Exchanged();
        Assert.Equal(["confirmed", "agreed"], [(await city.Pair(Month, city.A, city.B)).State, (await city.Pair(Month, city.A, city.C)).State]);
        Assert.Equal(1, (await Order()).Value);
        city.Away.Clear();
        await city.Exchanged();
        Assert.Equal("confirmed", (await city.Pair(Month, city.A, city.C)).State);
        Assert.Equal(1, (await Order()).Value);
        Assert.Equal(2, (await TransferRow.List(city.City.Database, Month, default)).Count);
    }

    [Fact]
    public async Task StatementThatOwnBooksDoNotSay_IsNotConfirmed()
    {
        await CityOfCounties.Tamper(city.B, "UPDATE off_county_claim SET fund_fen[1] = fund_fen[1] + 1 WHERE pair_no = 3");
        Assert.Equal("clearing.sums_changed", (await CityOfCounties.Confirm(city.B, Month, city.A)).Refusal?.Code);
        Assert.Equal("clearing.statement_unknown", (await CityOfCounties.Confirm(city.B, Month, city.C)).Refusal?.Code);
        Assert.Equal("approval.same_person", (await CityOfCounties.Confirm(city.A, Month, city.B, CityOfCounties.First)).Refusal?.Code);
    }

    [Fact]
    public async Task StatementDeliveredOtherwise_IsRefused()
    {
        var pair = (await city.Pair(Month, city.A, city.B)).Message(confirmed: false);
        async Task<string?> Deliver() => (await Insurers.InsurerHost.Refused(async () => await city.Client.DeliverClearingAsync(new DeliverClearingRequest { Pair = { pair } }, CallTenant.For(city.A.Tenant.Code)))).Code;
        pair.AOwes = pair.AOwes.Clone();
        pair.AOwes.Fund[0].AmountFen++;
        Assert.Equal("clearing.statement_changed", await Deliver());
        pair.CountyA = "999901";
        Assert.Equal("clearing.pair_unknown", await Deliver());
    }

    [Fact]
    public async Task StatementThatSkipsBills_IsNotConfirmed()
    {
        var pair = (await city.Pair(Month, city.A, city.B)).Message(confirmed: false).Clone();
        pair.Month = 202607;
        await city.Client.DeliverClearingAsync(new DeliverClearingRequest { Pair = { pair } }, CallTenant.For(city.A.Tenant.Code));
        Assert.Equal("clearing.overlaps", (await CityOfCounties.Confirm(city.A, 202607, city.B)).Refusal?.Code);
    }

    [Fact]
    public async Task OneBankReference_PaysOneTransfer()
    {
        // A second month, so that A pays B twice.
        await CityOfCounties.Confirmed(Month, city.A, city.B);
        await city.Bill(city.A, city.B, 90_000);
        await city.Told();
        city.SetDay(8, 2);
        await city.Opened(202607);
        await city.Exchanged();
        await CityOfCounties.Confirmed(202607, city.A, city.B);
        await city.Exchanged();
        Value(await Order());
        Value(await OrderTransfers.Execute(city.City, 202607, new OrderTransfers.Order(CityOfCounties.First, CityOfCounties.Second), default));
        await city.Exchanged();
        var transfers = (await TransferRow.List(city.A.Database, 0, default)).OrderBy(t => t.Month).ToList();
        Assert.Equal([202606, 202607], transfers.Select(t => t.Month));
        Value(await Pay(city.A, transfers[0]));
        Assert.Equal("clearing.reference_used", (await Pay(city.A, transfers[1])).Refusal?.Code);
        Assert.Equal("paid", Value(await Pay(city.A, transfers[1], "YH002")).State);
    }

    private static T Value<T>(Outcome<T> outcome) => Ledger.LedgerDesk.Value(outcome);
}
