using MedInsure.Settlement.Journal;
using MedInsure.Settlement.ManualClaims;
using MedInsure.Settlement.Tests.Corrections;

namespace MedInsure.Settlement.Tests.ManualClaims;

/// <summary>The same lines give the same parts at the window and by paper, whatever came before, and lines or sums by category give the same.</summary>
[Trait("Category", "Property")]
[Collection(PostgresCollection.Name)]
public sealed class PaperAndWindowTests(SharedPostgres postgres) : IAsyncLifetime
{
    private static readonly string[] Items = ["A1", "A2", "B10", "B5", "C1", "CAP", "L3"], Levels = ["3", "2", "1", "community"];
    private SettlementNode node = null!;
    private ManualDesk desk = null!;

    public async Task InitializeAsync()
    {
        node = await SettlementNode.Create(postgres.Server);
        desk = new ManualDesk(node);
        foreach (var person in (string[])["WINDOW", "PAPER", "SUMS"]) await node.AddPerson(person);
    }

    public Task DisposeAsync() => node.DisposeAsync().AsTask();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task SameBills_GiveTheSameParts(int seed)
    {
        var random = new Random(seed);
        for (var bill = 0; bill < 10; bill++)
        {
            var (medType, level) = (random.Next(3) == 0 ? "11" : "21", Levels[random.Next(Levels.Length)]);
            var (begin, end) = (new DateOnly(2026, 1, 1).AddDays(15 * bill), new DateOnly(2026, 1, 1).AddDays(15 * bill + (medType == "21" ? random.Next(10) : 0)));
            var lines = Enumerable.Range(0, 1 + random.Next(6)).Select(i => (Item: Items[random.Next(Items.Length)], Quantity: random.NextInt64(1, 300_000), Price: random.NextInt64(1, 2_000_000_000), On: begin.AddDays(random.Next(end.DayNumber - begin.DayNumber + 1)))).ToList();

            var beginMs = SettlementNode.At(begin.Year, begin.Month, begin.Day, 8);
            var mdtrtId = await node.Opened("WINDOW", medType, beginMs, level);
            var fees = lines.Select((l, i) => SettlementNode.Line($"{i}", l.Item, l.Quantity, l.Price, SettlementNode.At(l.On.Year, l.On.Month, l.On.Day))).ToArray();
            await node.Charged(mdtrtId, "WINDOW", level, fees);
            if (medType == "21") await node.Discharged(mdtrtId, "WINDOW", level, SettlementNode.At(end.Year, end.Month, end.Day, 20));
            var total = fees.Sum(f => f.AmountFen);
            if (total == 0) continue;
            var window = (await node.Settled(node.Settling(mdtrtId, "WINDOW", total, level))).Claim();

            var visit = new ManualBill.VisitOrder(medType, begin.ToString("yyyy-MM-dd"), end.ToString("yyyy-MM-dd"), null, null, false, false, 0);
            var order = desk.Bill("PAPER", total / 100m, medType, provider: new(node.Hospital(level), null, null, null, null)) with
            {
                Visit = visit, Lines = [.. lines.Select((l, i) => new ManualBill.LineOrder(l.Item, "", l.On.ToString("yyyy-MM-dd"), l.Quantity / 10_000m, l.Price / 1_000_000m, fees[i].AmountFen / 100m))],
            };
            Assert.Equal(Parts(window), Parts(await Settled(order)));
            var a = window.Amounts;
            // What the window split, as the reviewers would find it on the papers; what counts for the outpatient pool apart.
            var pool = medType == "11" ? fees.Where(f => f.MedListCode == "A1").Sum(f => f.AmountFen) : 0;
            ManualBill.SumOrder[] sums = [new("09", "合计", (total - pool) / 100m, a.FullSelfPayFen / 100m, a.OverLimitFen / 100m, a.FirstPayFen / 100m, false), new("10", "基药", pool / 100m, null, null, null, true)];
            Assert.Equal(Parts(window), Parts(await Settled(order with { PsnNo = "SUMS", Lines = null, Sums = [.. sums.Where(s => s.Amount > 0)], Invoices = [order.Invoices![0] with { Number = ManualDesk.Invoice() }] })));
        }
        Assert.Equal(await node.Sums("WINDOW"), await node.Sums("PAPER"));
        Assert.Equal(await node.Sums("WINDOW"), await node.Sums("SUMS"));
        await node.Holds();
        var booked = await node.Booked();
        // Of every fund the window owes the hospitals what paper owes each of the two persons.
        foreach (var (account, fen) in booked.Where(b => b.Key.StartsWith("provider_payable", StringComparison.Ordinal))) Assert.Equal(2 * fen, booked[account.Replace("provider_payable", "person_payable", StringComparison.Ordinal)]);
    }

    private async Task<SettledClaim> Settled(ManualBill.Order order)
    {
        var claim = await desk.Settled(order);
        return (await node.Journal.ReadEncounter((await node.Shown(claim.SetlId)).MdtrtId, default))!.FindSettlement(claim.SetlId)!.Document;
    }

    private static string Parts(SettledClaim claim)
    {
        var amounts = claim.Amounts.Clone();
        amounts.AccountBalanceFen = 0;
        return $"{amounts} {claim.Share} {claim.Change}";
    }
}
