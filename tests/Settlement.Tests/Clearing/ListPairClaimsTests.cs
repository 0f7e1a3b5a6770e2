using MedInsure.Hosting.Rpc;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Clearing;

namespace MedInsure.Settlement.Tests.Clearing;

/// <summary>Where two counties do not say the same, the bills that differ are listed, and nothing from the first of them on is cleared.</summary>
[Trait("Category", "Storage")]
[Collection(PostgresCollection.Name)]
public sealed class ListPairClaimsTests(SharedPostgres postgres) : IAsyncLifetime
{
    private CityOfCounties city = null!;

    public async Task InitializeAsync()
    {
        city = await CityOfCounties.Create(postgres.Server);
        for (var i = 0; i < 4; i++) await city.Bill(city.A, city.B, 80_000 + i);
        await city.Bill(city.B, city.A, 50_000);
        await city.Bill(city.A, city.C, 60_000);
        await city.Told();
        city.SetDay(8, 3);
    }

    public async Task DisposeAsync() => await city.DisposeAsync();

    private Task OneFenMore() => CityOfCounties.Tamper(city.B, "UPDATE off_county_claim SET fund_fen[1] = fund_fen[1] + 1 WHERE pair_no = 3");

    private Task<Kernel.Outcome<ClearingPair>> Explain(string reason = "B县数据修复中", string second = CityOfCounties.Second) => ExplainPair.Execute(city.City, 202606, city.A.Tenant.Code, city.B.Tenant.Code,
        new ExplainPair.Order(reason, CityOfCounties.First, second), city.Collect, city.A.Time, default);

    [Fact]
    public async Task OneFen_BlocksThePairAloneAndTheBillIsListed()
    {
        await OneFenMore();
        await city.Opened(202606);
        Assert.Equal(["differs", "agreed", "nothing"], (await city.Pairs(202606)).Select(p => p.State));
        Assert.Equal(1, await CityOfCounties.Count(city.City.Database, $"""
            SELECT count(*) FROM clearing_difference WHERE month = 202606 AND home_county = '{city.A.Tenant.Code}' AND provider_county = '{city.B.Tenant.Code}' AND pair_no = 3 AND what = 'other_amount'
              AND home_setl_id = provider_setl_id AND provider_fen = home_fen + 1
            """));
        Assert.Equal(1, await CityOfCounties.Count(city.City.Database, "SELECT count(*) FROM clearing_difference"));
        // Nobody has anything to confirm, and nothing is ordered.
        await city.Exchanged();
        Assert.Equal("clearing.statement_unknown", (await CityOfCounties.Confirm(city.A, 202606, city.B)).Refusal?.Code);
        Assert.Equal("clearing.nothing_to_order", (await OrderTransfers.Execute(city.City, 202606, new OrderTransfers.Order(CityOfCounties.First, CityOfCounties.Second), default)).Refusal?.Code);

        // Looked at again it is the same; mended, it is fixed.
        Assert.Equal(0, await city.Collect.Run(city.City.Database, default));
        await CityOfCounties.Tamper(city.B, "UPDATE off_county_claim SET fund_fen[1] = fund_fen[1] - 1 WHERE pair_no = 3");
        Assert.Equal(1, await city.Collect.Run(city.City.Database, default));
        Assert.Equal(0, await CityOfCounties.Count(city.City.Database, "SELECT count(*) FROM clearing_difference"));
    }

    [Fact]
    public async Task Explained_IsClearedUpToTheDifferenceAndTheRestWaits()
    {
        await OneFenMore();
        await city.Opened(202606);
        Assert.Equal("approval.same_person", (await Explain(second: CityOfCounties.First)).Refusal?.Code);
        Assert.Equal("clearing.reason_missing", (await Explain(" ")).Refusal?.Code);

        var pair = Ledger.LedgerDesk.Value(await Explain());
        Assert.Equal(("agreed", 0, 2, 1), (pair.State, pair.AOwes!.AfterNo, pair.AOwes.ToNo, pair.BOwes!.ToNo));
        Assert.Equal(pair.AOwes, Ledger.LedgerDesk.Value(await Explain()).AOwes);
        Assert.Equal("clearing.pair_not_different", (await Explain("又一说明")).Refusal?.Code);

        // The rest differs in the next month still, until it is mended; no bill is lost, none is twice.
        await city.Opened(202607);
        Assert.Equal("differs", (await city.Pair(202607, city.A, city.B)).State);
        await CityOfCounties.Tamper(city.B, "UPDATE off_county_claim SET fund_fen[1] = fund_fen[1] - 1 WHERE pair_no = 3");
        await city.Collect.Run(city.City.Database, default);
        var july = await city.Pair(202607, city.A, city.B);
        Assert.Equal(("agreed", 2, 4, 1), (july.State, july.AOwes!.AfterNo, july.AOwes.ToNo, july.BOwes!.AfterNo));
        Assert.Equal(-(await CityOfCounties.Balances(city.A, "county_payable", city.B.Tenant.Code)).Values.Sum(), pair.AOwes.Fund.Concat(july.AOwes.Fund).Sum(f => f.AmountFen));
    }

    [Fact]
    public async Task EveryKindOfDifference_IsListed()
    {
        // Of the same bills: in the content of one, in the number of one, in what the home county's ledger owes for one; and one is missing.
        foreach (var sql in (string[])[
            "UPDATE off_county_claim SET document = document || '\\x00'::bytea, digest = decode(repeat('00', 32), 'hex') WHERE pair_no = 1", "UPDATE off_county_claim SET setl_id = setl_id || 'X' WHERE pair_no = 2",
            "DELETE FROM off_county_claim WHERE pair_no = 4"]) await CityOfCounties.Tamper(city.B, sql);
        await CityOfCounties.Tamper(city.A, $"""
            UPDATE ledger_entry SET amount_fen = amount_fen - 1 WHERE setl_no = (SELECT substr(setl_id, 8)::bigint FROM off_county_settlement WHERE provider_county = '{city.B.Tenant.Code}' AND pair_no = 3)
              AND account_id = (SELECT min(account_id) FROM ledger_account WHERE purpose = 'county_payable' AND counterparty = '{city.B.Tenant.Code}')
            """);
        await city.Opened(202606);
        Assert.Equal("differs", (await city.Pair(202606, city.A, city.B)).State);
        var listed = System.Text.Json.JsonSerializer.SerializeToElement(await ShowClearing.Differences(city.City, 202606, default), CountyDesk.Json).GetProperty("differences").EnumerateArray()
            .Select(d => $"{d.GetProperty("pair_no")} {d.GetProperty("what")} {d.GetProperty("at_home").GetDecimal() - d.GetProperty("at_provider").GetDecimal():0.00}").ToList();
        Assert.Equal(["1 other_content 0.00", "2 other_bill 0.00", "3 other_amount 0.01"], listed.Take(3));
        Assert.StartsWith("4 not_at_provider ", listed[3], StringComparison.Ordinal);
        Assert.Equal(4, listed.Count);
    }

    [Fact]
    public async Task StrangersRange_IsRefused()
    {
        var range = new PairRange { HomeCounty = "999901", ProviderCounty = "999902", UpToNo = 10 };
        Assert.Equal("query.page_invalid", (await Insurers.InsurerHost.Refused(async () => await city.Client.ListPairClaimsAsync(new ListPairClaimsRequest { Range = range }, CallTenant.For(city.A.Tenant.Code)))).Code);
        (range.HomeCounty, range.ProviderCounty, range.AfterNo) = (city.A.Tenant.Code, city.B.Tenant.Code, 2);
        Assert.Equal([3, 4], (await city.Client.ListPairClaimsAsync(new ListPairClaimsRequest { Range = range }, CallTenant.For(city.A.Tenant.Code))).Claim.Select(c => c.PairNo));
    }
}
