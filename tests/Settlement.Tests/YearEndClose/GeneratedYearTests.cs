using System.IO.Pipelines;
using MedInsure.Settlement.Calculation;
using MedInsure.Settlement.Journal;
using MedInsure.Settlement.Ledger;
using MedInsure.Settlement.Pooling;
using MedInsure.Settlement.Tests.Ledger;
using MedInsure.Settlement.Tests.Pooling;
using MedInsure.Settlement.YearEndClose;
using Npgsql;

namespace MedInsure.Settlement.Tests.YearEndClose;

/// <summary>A generated year of a city with three counties: income, settlements, money up and down every month, the year's end. Nothing is unexplained at its end.</summary>
[Trait("Category", "Storage")]
[Collection(PostgresCollection.Name)]
public sealed class GeneratedYearTests(SharedPostgres postgres)
{
    private const int Year = 2026;
    private readonly Random random = new(20261122);
    private readonly Dictionary<(string County, string Fund), long> settled = [];
    private readonly Dictionary<string, long> received = [];

    [Fact]
    public async Task Year_ClosesWithNothingUnexplained()
    {
        await using var city = await PumpedCity.Create(postgres.Server, "7951", 3, 7);
        foreach (var county in city.Counties)
            for (var p = 0; p < 4; p++) await county.AddPerson($"P{p}");
        for (var month = 1; month <= 12; month++) await Month(city, month);

        // In January: a stay that ended in December is settled late; it is the old year's.
        city.SetDay(new DateOnly(Year + 1, 1, 4));
        foreach (var county in city.Counties) LedgerDesk.Value(await CarryOver.Execute(PumpedCity.Place(county), Year, new("Y1", PoolDesk.First, PoolDesk.Second), city.Calendar, default));
        await Stay(city.Counties[0], "P3", new DateOnly(Year, 12, 30));
        city.SetDay(new DateOnly(Year + 1, 1, 5));
        await city.Close(new DateOnly(Year + 1, 1, 4));
        Assert.Equal("year_end.county_not_carried", (await SetSurplusAside.Execute(city.CityPlace, city.Codes, Year, new("Z1", PoolDesk.CityFirst, PoolDesk.CitySecond), city.Calendar, default)).Refusal?.Code);
        LedgerDesk.Value(await CarryOver.Execute(PumpedCity.Place(city.Counties[0]), Year, new("Y2", PoolDesk.First, PoolDesk.Second), city.Calendar, default));
        Assert.Equal("year_end.nothing_to_carry", (await CarryOver.Execute(PumpedCity.Place(city.Counties[1]), Year, new("Y2", PoolDesk.First, PoolDesk.Second), city.Calendar, default)).Refusal?.Code);
        city.SetDay(new DateOnly(Year + 1, 1, 6));
        await city.Close(new DateOnly(Year + 1, 1, 5));
        LedgerDesk.Value(await SetSurplusAside.Execute(city.CityPlace, city.Codes, Year, new("Z1", PoolDesk.CityFirst, PoolDesk.CitySecond), city.Calendar, default));
        await city.Pump();
        city.SetDay(new DateOnly(Year + 1, 1, 7));
        await city.Close(new DateOnly(Year + 1, 1, 6));

        var total = LedgerDesk.Value(await GetFinalAccounts.Query(city.CityPlace, Year, "", default)).Pools;
        foreach (var county in city.Counties)
        {
            // What was settled is what the ledger spent, fund by fund; what was received is its revenue; what is put by is the rest.
            var code = county.Tenant.Code;
            var pool = Assert.Single(LedgerDesk.Value(await GetFinalAccounts.Query(PumpedCity.Place(county), Year, "", default)).Pools);
            Assert.Equal(settled.Where(s => s.Key.County == code && s.Value != 0).Select(s => new AccountsLine(s.Key.Fund, "benefit_expense", s.Value)).OrderBy(l => l.Fund, StringComparer.Ordinal), pool.Expenditure);
            Assert.Equal((received[code], true), (pool.RevenueFen, pool.Carried));
            Assert.Equal([$"{-pool.ClosingFen}"], await Rows(county.Database, "SELECT sum(amount_fen)::text FROM voucher_entry JOIN ledger_account USING (account_id) WHERE purpose = 'accumulated_surplus'"));
            Assert.Equal(["0"], await Rows(county.Database, "SELECT sum(amount_fen)::text FROM voucher_entry"));
            Assert.Empty(await Rows(county.Database, "SELECT purpose FROM voucher_entry JOIN ledger_account USING (account_id) WHERE purpose = 'benefit_expense' OR purpose LIKE 'revenue\\_%' AND purpose <> 'revenue_account' GROUP BY purpose, fund HAVING sum(amount_fen) <> 0"));
            Assert.Empty((await VerifyJournal.Run(county.Database, county.Tenant, county.Policies, default)).Findings);
            var toldOfIt = Assert.Single(LedgerDesk.Value(await GetFinalAccounts.Query(city.CityPlace, Year, code, default)).Pools);
            Assert.Equal((pool.OpeningFen, pool.RevenueFen, pool.ExpenditureFen, pool.ClosingFen), (toldOfIt.OpeningFen, toldOfIt.RevenueFen, toldOfIt.ExpenditureFen, toldOfIt.ClosingFen));
        }
        Assert.Equal((received.Values.Sum(), settled.Values.Sum()), (Assert.Single(total).RevenueFen, total[0].ExpenditureFen));

        // Sub-accounts are what the counties have at the city, to the fen, with nothing on its way.
        var accounts = await CompareSubAccounts.Query(city.CityDatabase, "", default);
        Assert.All(accounts, a => Assert.Equal((a.CountyFen, 0, 0), (a.CityFen, a.OnTheWayFen, a.UnexplainedFen)));
        Assert.Equal(3, accounts.Count(a => a.Part == LedgerPurposes.AccumulatedSurplus && a.CityFen > 0));
        Assert.Equal(["0"], await Rows(city.CityDatabase, "SELECT sum(amount_fen)::text FROM voucher_entry"));
        // All that the city holds is some county's.
        Assert.Equal([$"{accounts.Sum(a => a.CityFen)}"], await Rows(city.CityDatabase, "SELECT sum(amount_fen)::text FROM voucher_entry JOIN ledger_account USING (account_id) WHERE purpose = 'fiscal_account'"));
        Assert.Equal(["0"], await Rows(city.CityDatabase, "SELECT count(*)::text FROM fund_move WHERE state <> 'arrived'"));
        Assert.Empty((await LedgerDesk.Verify(await Export(city))).Findings);
    }

    private async Task Month(PumpedCity city, int month)
    {
        city.SetDay(new DateOnly(Year, month, 20));
        foreach (var county in city.Counties)
        {
            var fen = random.NextInt64(50_000_00, 90_000_00);
            await new LedgerDesk(county).Hear(LedgerDesk.Income(month, month % 2 == 0 ? "personal" : "central", fen, period: Year, valueOn: Year * 10_000 + month * 100 + 19));
            received[county.Tenant.Code] = received.GetValueOrDefault(county.Tenant.Code) + fen;
            await city.Remits(county, $"R{month}");
            for (var i = 0; i < 3; i++) await Visit(county, $"P{random.Next(4)}", new DateOnly(Year, month, 1 + random.Next(19)));
            await Stay(county, $"P{random.Next(3)}", new DateOnly(Year, month, 12));
        }
        if (month > 1)
            foreach (var move in LedgerDesk.Value(await PlanAllocations.Execute(city.CityPlace, city.Codes, new(Year * 100 + month, PoolDesk.CityFirst), city.Calendar, default)).Select(p => p.Move).OfType<FundMove>()) await city.Sends(move);
        var end = new DateOnly(Year, month, 1).AddMonths(1);
        city.SetDay(end);
        await city.Close(end.AddDays(-1));
    }

    private async Task Visit(SettlementNode county, string psnNo, DateOnly day)
    {
        var (fen, at) = (random.NextInt64(10_00, 800_00), SettlementNode.At(day.Year, day.Month, day.Day));
        var request = county.Inline(psnNo, fen);
        (request.InlineEncounter.BeginAtMs, request.InlineLine[0].OccurredAtMs) = (at, at);
        Counted(county, await county.Settled(request));
    }

    private async Task Stay(SettlementNode county, string psnNo, DateOnly until)
    {
        var (fen, at) = (random.NextInt64(2_000_00, 60_000_00), SettlementNode.At(until.Year, until.Month, until.Day - 8));
        var mdtrtId = await county.Opened(psnNo, "21", at);
        await county.Charged(mdtrtId, psnNo, "3", SettlementNode.Line("1", "A1", 10_000, fen * 10_000, at));
        await county.Discharged(mdtrtId, psnNo, "3", SettlementNode.At(until.Year, until.Month, until.Day));
        Counted(county, await county.Settled(county.Settling(mdtrtId, psnNo, fen)));
    }

    private void Counted(SettlementNode county, Committed committed)
    {
        foreach (var share in committed.Claim().Share.Where(s => s.FundPayType is not (SettlementEntries.AccountFund or SettlementEntries.HospitalFund)))
            settled[(county.Tenant.Code, share.FundPayType)] = settled.GetValueOrDefault((county.Tenant.Code, share.FundPayType)) + share.AmountFen;
    }

    private static async Task<byte[]> Export(PumpedCity city)
    {
        using var file = new MemoryStream();
        var to = PipeWriter.Create(file);
        await ExportLedger.Write(city.CityDatabase, city.City.Code, to, default);
        await to.CompleteAsync();
        return file.ToArray();
    }

    private static async Task<List<string>> Rows(NpgsqlDataSource database, string sql)
    {
        await using var command = database.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<string>();
        while (await reader.ReadAsync()) rows.Add(reader.GetString(0));
        return rows;
    }
}
