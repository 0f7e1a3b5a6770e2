using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Google.Protobuf;
using MedInsure.Hosting.Rpc;
using MedInsure.Kernel;
using MedInsure.Protos.Enrollment.V1;
using MedInsure.Protos.ProviderRegistry.V1;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Tests;

namespace MedInsure.Local.Tests.CityYear;

/// <summary>Persons, providers and bills of a city, by one seed: visits, stays and sales, about a tenth of them in other counties, some taken back.</summary>
internal sealed class CityBills(CityHost host, CityBooks books, int seed)
{
    private const int PersonsOfACounty = 16, BillsOfADay = 5;

    private readonly Dictionary<string, Random> random = host.Counties.ToDictionary(c => c, c => new Random(seed ^ int.Parse(c, CultureInfo.InvariantCulture)));
    private readonly Dictionary<string, Standing> last = [];
    private int lastMessage;

    /// <summary>A person's last bill, which alone can be taken back.</summary>
    private sealed record Standing(BookedBill Bill, string SetlId, string MdtrtId, string PsnNo);

    public static string Hospital(string county) => $"H{county}00002";
    public static string Township(string county) => $"C{county}00004";
    public static string Pharmacy(string county) => $"P{county}00006";

    public static IReadOnlyList<Provider> Providers(IEnumerable<string> counties) => [.. counties.SelectMany(county => (Provider[])
    [
        Catalogs.Provider(Hospital(county), "2", county), Catalogs.Provider(Township(county), "community", county), Drugstore(Catalogs.Provider(Pharmacy(county), "pharmacy", county)),
    ])];

    private static Provider Drugstore(Provider provider)
    {
        provider.FixmedinsType = "2";
        return provider;
    }

    /// <summary>Half of them employees with money in their accounts, half residents.</summary>
    public async Task Insure()
    {
        foreach (var county in host.Counties)
            await host.Insure(county, [.. Enumerable.Range(0, PersonsOfACounty).Select(n =>
            {
                var person = new Person { PsnNo = Number(county, n), PsnCertType = "01", Certno = $"230102198001{n % 28 + 1:D2}0010", PsnName = "王生成", Gend = "1", BirthOn = 19800101, County = county, Version = 1 };
                person.Coverage.Add(IsEmployee(n) ? new Coverage { Insutype = "310", PsnType = "1101", FromOn = 20200101, AccountCreditFen = 500_000 } : new Coverage { Insutype = "390", PsnType = "1501", FromOn = 20200101 });
                return person;
            })]);
    }

    private static string Number(string county, int n) => $"{county}{n:D12}";
    private static bool IsEmployee(int n) => n % 2 == 0;

    /// <summary>A day's bills in every county, each person's one at most.</summary>
    public Task Day() => Parallel.ForEachAsync(host.Counties, new ParallelOptions { MaxDegreeOfParallelism = 6 }, async (county, _) =>
    {
        var numbers = Enumerable.Range(0, PersonsOfACounty).ToArray();
        random[county].Shuffle(numbers);
        foreach (var n in numbers.Take(BillsOfADay)) await Bill(county, n);
    });

    /// <summary>Some of the persons' last bills are taken back: of this month or one before, never of the year before.</summary>
    public Task TakeBack() => Parallel.ForEachAsync(host.Counties, new ParallelOptions { MaxDegreeOfParallelism = 6 }, async (county, cancellation) =>
    {
        for (var n = 0; n < PersonsOfACounty; n++)
        {
            Standing? standing;
            lock (last) standing = last.GetValueOrDefault(Number(county, n));
            if (standing is null || random[county].Next(25) > 0 || standing.Bill.Day.Year != host.Today.Year) continue;
            var request = new ReverseSettlementRequest { Key = Key(standing.Bill.Provider, "2208"), FixmedinsCode = standing.Bill.Provider, SetlId = standing.SetlId, MdtrtId = standing.MdtrtId, PsnNo = standing.PsnNo };
            await host.Client.ReverseSettlementAsync(request, CallTenant.For(county), cancellationToken: cancellation);
            books.Add(standing.Bill.Reversed(host.Today));
            lock (last) last.Remove(standing.PsnNo);
        }
    });

    private async Task Bill(string county, int n)
    {
        var (by, psnNo, insutype) = (random[county], Number(county, n), IsEmployee(n) ? "310" : "390");
        var away = by.Next(10) == 0;
        var at = away ? Elsewhere(county, by) : county;
        var what = by.Next(10);
        SettlementReply reply;
        string kind;
        long fen;
        if (what < 2)
        {
            (kind, fen) = ("21", by.NextInt64(2_000_00, 30_000_00));
            reply = await Stay(county, Hospital(at), psnNo, insutype, fen);
        }
        else if (what < 5 && IsEmployee(n))
        {
            (kind, fen) = ("41", by.NextInt64(5_00, 150_00));
            reply = await Settle(county, Pharmacy(at), psnNo, insutype, "41", fen);
        }
        else
        {
            (kind, fen) = ("11", by.NextInt64(20_00, 900_00));
            reply = await Settle(county, by.Next(2) == 0 ? Hospital(at) : Township(at), psnNo, insutype, "11", fen);
        }
        Assert.Equal(fen, reply.FundTotalFen + reply.AccountFen + reply.CashFen);
        var bill = BookedBill.Of(reply, county, at, kind, host.Today, fen);
        books.Add(bill);
        lock (last) last[psnNo] = new Standing(bill, reply.SetlId, reply.MdtrtId, psnNo);
    }

    /// <summary>The next or the one before mostly, so that there is something to net; else anywhere.</summary>
    private string Elsewhere(string county, Random by)
    {
        var (here, count) = (host.Counties.ToList().IndexOf(county), host.Counties.Count);
        return host.Counties[(here + (by.Next(4) == 0 ? by.Next(1, count) : by.Next(2) == 0 ? 1 : count - 1)) % count];
    }

    private async Task<SettlementReply> Settle(string county, string provider, string psnNo, string insutype, string medType, long fen)
    {
        var request = new SettleClaimRequest { Key = Key(provider, "2102"), FixmedinsCode = provider, PsnNo = psnNo, Insutype = insutype, TotalFen = fen, UseAccount = insutype == "310", InlineEncounter = new EncounterDetails { MedType = medType, BeginAtMs = host.NowMs - 3_600_000 } };
        request.InlineLine.Add(Line(fen, host.NowMs - 3_600_000));
        return await host.Client.SettleClaimAsync(request, CallTenant.For(county));
    }

    /// <summary>Six days, discharged today.</summary>
    private async Task<SettlementReply> Stay(string county, string provider, string psnNo, string insutype, long fen)
    {
        var (tenant, begin) = (CallTenant.For(county), host.NowMs - 6 * 86_400_000L);
        var opened = await host.Client.OpenEncounterAsync(new OpenEncounterRequest
        {
            Key = Key(provider, "2401"), FixmedinsCode = provider, PsnNo = psnNo, Insutype = insutype,
            Details = new EncounterDetails { MedType = "21", BeginAtMs = begin, VisitNo = $"V{Interlocked.Increment(ref lastMessage)}", DepartmentCode = "01" },
        }, tenant);
        var fees = new AddFeeLinesRequest { Key = Key(provider, "2301"), FixmedinsCode = provider, MdtrtId = opened.MdtrtId, PsnNo = psnNo };
        fees.Line.Add(Line(fen, begin + 86_400_000));
        await host.Client.AddFeeLinesAsync(fees, tenant);
        await host.Client.DischargeEncounterAsync(new DischargeEncounterRequest { Key = Key(provider, "2402"), FixmedinsCode = provider, MdtrtId = opened.MdtrtId, PsnNo = psnNo, EndAtMs = host.NowMs - 3_600_000, Way = "1" }, tenant);
        return await host.Client.SettleClaimAsync(new SettleClaimRequest { Key = Key(provider, "2304"), FixmedinsCode = provider, MdtrtId = opened.MdtrtId, PsnNo = psnNo, Insutype = insutype, TotalFen = fen, UseAccount = insutype == "310" }, tenant);
    }

    private static FeeLine Line(long fen, long atMs) => new() { FeedetlSn = "1", MedListCode = "A1", ProviderListCode = "A1", QuantityE4 = 10_000, UnitPriceMicroYuan = fen * 10_000, OccurredAtMs = atMs, AmountFen = new UnitPrice(fen * 10_000).TimesHalfUp(new Quantity(10_000)).Value };

    private RequestKey Key(string sender, string transaction)
    {
        var id = $"M{Interlocked.Increment(ref lastMessage):D12}";
        return new RequestKey { Sender = sender, MessageId = id, Transaction = transaction, ContentHash = ByteString.CopyFrom(SHA256.HashData(Encoding.UTF8.GetBytes(id)).AsSpan(0, 16)) };
    }
}
