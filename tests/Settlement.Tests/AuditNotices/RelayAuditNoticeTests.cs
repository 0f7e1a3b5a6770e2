using Grpc.Core;
using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.AuditNotices;
using MedInsure.Settlement.Clearing;
using MedInsure.Settlement.Journal;
using MedInsure.Settlement.Tests.Clearing;
using MedInsure.Settlement.Tests.Ledger;
using MedInsure.Settlement.Tests.OffCounty;
using MedInsure.Settlement.Tests.ProviderStatements;

namespace MedInsure.Settlement.Tests.AuditNotices;

/// <summary>A home county's notice against another county's hospital: deducted there, and the money comes back to the fund that had it by the counties' mirror and clearing.</summary>
[Trait("Category", "Storage")]
[Collection(PostgresCollection.Name)]
public sealed class RelayAuditNoticeTests(SharedPostgres postgres) : IAsyncLifetime
{
    private const int Books = 202607;

    private CityOfCounties city = null!;
    private StatementDesk desk = null!; // of B
    private AgencyDesk agency = null!;
    private string setlId = "";
    private int lastPerson;

    private SettlementNode Home => city.A;
    private SettlementNode Provider => city.B;

    public async Task InitializeAsync()
    {
        city = await CityOfCounties.Create(postgres.Server);
        agency = new AgencyDesk(desk = new StatementDesk(Provider));
        // June: two of A's persons at B's hospital, one of C's there too, 150.00 of the pool each (Hb: half of the first 300, policy-parameters.md).
        setlId = (await Bill(Home, Provider)).Record.SettledClaim.SetlId;
        await Bill(Home, Provider);
        await Bill(city.C, Provider);
        await city.Told();
        city.SetDay(7, 5);
    }

    public async Task DisposeAsync() => await city.DisposeAsync();

    /// <summary>A new resident's visit to another county's hospital for 300.00.</summary>
    private async Task<Committed> Bill(SettlementNode home, SettlementNode provider)
    {
        var psnNo = $"R{home.Tenant.Code}{++lastPerson:D4}";
        await home.AddPerson(psnNo, "390", "1501");
        var request = home.Inline(psnNo, 30_000);
        request.FixmedinsCode = request.Key.Sender = provider.Hospital("3");
        return await home.Settled(request);
    }

    private string NoticeNo => $"{Home.Tenant.Code}K2026000001";

    private BookAuditNoticeRequest Notice(long fen) => new()
    {
        NoticeNo = NoticeNo, FixmedinsCode = desk.Hospital, AmountFen = fen, Reason = "冒名就诊", Evidence = $"{Home.Tenant.Code}J000000000001", SetlId = { setlId }, DecidedBy = AuditMoneyDesk.Decided, ReleasedBy = AuditMoneyDesk.Released,
    };

    private ReverseAuditNoticeRequest Reversal(long fen) => new() { ReversalNo = $"{Home.Tenant.Code}C2026000001", NoticeNo = NoticeNo, AmountFen = fen, Reason = "申诉成立", DecidedBy = AuditMoneyDesk.Decided, ReleasedBy = AuditMoneyDesk.Released };

    private Task<Outcome<AuditNotice>> Ask(RelayAuditNoticeRequest request) => RelayAuditNotice.Ask(city.Client, Home.Tenant.Code, Provider.Tenant.Code, request, default);
    private Task<Outcome<AuditNotice>> Book(BookAuditNoticeRequest notice) => Ask(new() { Book = notice });
    private async Task<string> Money() => AuditMoneyDesk.Text(LedgerDesk.Value(await Ask(new() { Get = new() { NoticeNo = NoticeNo } })));

    private async Task<ProviderStatementOf> Approved(int month, string kind = "11")
    {
        await desk.Applied(kind, month);
        var row = await agency.Approved(await agency.Accepted(month));
        return new(row.No(desk.County), row.PayableFen!.Value);
    }

    private sealed record ProviderStatementOf(string No, long PayableFen);

    private static string Text(SortedDictionary<string, long> sums) => string.Join(", ", sums.Select(s => $"{s.Key} {s.Value}"));

    private async Task Sound()
    {
        foreach (var node in city.Counties) Assert.Empty(await PairOfCounties.Findings(node));
    }

    [Fact]
    public async Task Deducted_TheMoneyIsTheHomeFunds_AndBothLedgersAndTheClearingAgree()
    {
        LedgerDesk.Value(await Book(Notice(30_000)));
        Assert.Equal("30000: reversed 0, waiting 30000, in review 0, recovered 0, returned 0, to return 0", await Money());
        var claimed = (await CityOfCounties.Balances(Provider, "provider_payable")).Values.Sum();
        var june = await Approved(202606);
        Assert.Equal(-claimed - 30_000, june.PayableFen);
        var line = (await agency.Shown(june.No)).Lines.Where(l => l.Kind == "deduction").ToList();
        Assert.Equal(-30_000, line.Sum(l => l.AmountFen));
        Assert.Equal("30000: reversed 0, waiting 0, in review 0, recovered 30000, returned 0, to return 0", await Money());

        // Nothing of it is B's: what the statement took is owed to A, in the funds that bore it.
        Assert.Empty(await CityOfCounties.Balances(Provider, "deduction_income"));
        var owed = await CityOfCounties.Balances(Provider, "county_payable", Home.Tenant.Code);
        Assert.Equal(-30_000, owed.Values.Sum());
        await city.Told();
        await city.Told(); // once more
        Assert.Equal(Text(owed), Text(await CityOfCounties.Balances(Home, "deduction_income", desk.Hospital)));
        var receivable = await CityOfCounties.Balances(Home, "county_receivable", Provider.Tenant.Code);
        Assert.Equal(owed.ToDictionary(o => o.Key, o => -o.Value), receivable.ToDictionary());
        // No bill of A's hospitals: nothing to pay, nothing to claim.
        Assert.Equal(0L, await CityOfCounties.Count(Home.Database, "SELECT count(*) FROM provider_claim"));
        Assert.Empty(await CityOfCounties.Balances(Home, "provider_payable"));
        await Sound();

        // July's clearing: A owes B for June's bills, B owes A what it took.
        city.SetDay(8, 3);
        await city.Opened(Books);
        var pair = (await city.Pair(Books, Home, Provider)).Message(confirmed: false);
        Assert.Equal("agreed", (await city.Pair(Books, Home, Provider)).State);
        Assert.Equal(owed.Select(o => (o.Key, -o.Value)), (Home.Tenant.Code == pair.CountyA ? pair.BOwes : pair.AOwes).Fund.Select(f => (f.Fund, f.AmountFen)));
        await city.Exchanged();
        await CityOfCounties.Confirmed(Books, Home, Provider);
        await city.Exchanged();
        await city.Exchanged();
        Assert.Empty(await CityOfCounties.Balances(Provider, "county_payable", Home.Tenant.Code));
        Assert.Empty(await CityOfCounties.Balances(Home, "county_receivable", Provider.Tenant.Code));
        Assert.Equal(-30_000, (await CityOfCounties.Balances(Home, "deduction_income", desk.Hospital)).Values.Sum());
        await Sound();
    }

    [Fact]
    public async Task LostLink_SameNumberAgain_IsBookedOnce()
    {
        city.Away.Add(Provider.Tenant.Code);
        Assert.Equal(RefusalKind.Unavailable, (await Book(Notice(30_000))).Refusal?.Kind);
        city.Away.Clear();
        LedgerDesk.Value(await Book(Notice(30_000)));
        LedgerDesk.Value(await Book(Notice(30_000))); // the answer was lost
        Assert.Equal("audit_notice.number_reused", (await Book(Notice(30_001))).Refusal?.Code);
        Assert.Equal(1L, await CityOfCounties.Count(Provider.Database, "SELECT count(*) FROM statement_deduction"));
        await Approved(202606);
        city.Away.Add(Home.Tenant.Code);
        await Assert.ThrowsAsync<RpcException>(() => city.Client.GetClearingSumsAsync(new(), MedInsure.Hosting.Rpc.CallTenant.For(Home.Tenant.Code)).ResponseAsync);
        await city.Told();
        Assert.Empty(await CityOfCounties.Balances(Home, "deduction_income"));
        city.Away.Clear();
        await city.Told();
        Assert.Equal(-30_000, (await CityOfCounties.Balances(Home, "deduction_income", desk.Hospital)).Values.Sum());
        // The home county is restored from before it was told: told again, and booked again there alone.
        await CityOfCounties.Tamper(Home, "DELETE FROM off_county_claim; DELETE FROM voucher_entry; DELETE FROM voucher; UPDATE ledger_head SET voucher_no = 0, hash = ''");
        await CityOfCounties.Tamper(Provider, "UPDATE off_county_link SET told_no = 0");
        await city.Told();
        Assert.Equal(-30_000, (await CityOfCounties.Balances(Home, "deduction_income", desk.Hospital)).Values.Sum());
        Assert.Equal(-30_000, (await CityOfCounties.Balances(Provider, "county_payable", Home.Tenant.Code)).Values.Sum());
    }

    [Fact]
    public async Task Appeal_WhatWasTakenComesBack_ByABillTheOtherWay()
    {
        LedgerDesk.Value(await Book(Notice(30_000)));
        await Approved(202606);
        Assert.Equal("30000: reversed 12000, waiting 0, in review 0, recovered 30000, returned 0, to return 12000", AuditMoneyDesk.Text(LedgerDesk.Value(await Ask(new() { Reverse = Reversal(12_000) }))));
        await Bill(Home, Provider); // July's
        await city.Told();
        city.SetDay(8, 5);
        await Approved(Books);
        Assert.Equal("30000: reversed 12000, waiting 0, in review 0, recovered 30000, returned 12000, to return 0", await Money());
        await city.Told();
        Assert.Equal(-18_000, (await CityOfCounties.Balances(Home, "deduction_income", desk.Hospital)).Values.Sum());
        Assert.Equal(-18_000, (await CityOfCounties.Balances(Provider, "county_payable", Home.Tenant.Code)).Values.Sum());
        Assert.Empty(await CityOfCounties.Balances(Provider, "deduction_income"));
        await Sound();
    }

    [Fact]
    public async Task CountedAnew_TheBillsKeepTheirPlaces()
    {
        // B's persons at A's hospital before and after the remittance, so that it stands between two bills.
        await Bill(Provider, Home);
        await city.Told();
        LedgerDesk.Value(await Book(Notice(30_000)));
        await Approved(202606);
        await city.Told();
        await Bill(Provider, Home);
        await city.Told();
        const string all = "SELECT string_agg(pair_no || ' ' || setl_id || ' ' || encode(digest, 'hex'), ',' ORDER BY pair_no) FROM off_county_settlement";
        async Task<string> Counted()
        {
            await using var command = Provider.Database.CreateCommand(all);
            return (string)(await command.ExecuteScalarAsync())!;
        }

        var before = await Counted();
        Assert.Equal(["S", "E", "S"], before.Split(',').Select(r => r.Split(' ')[1][6..7]));
        await CityOfCounties.Tamper(Provider, "TRUNCATE off_county_settlement, off_county_link");
        await city.Told();
        Assert.Equal(before, await Counted());
        Assert.Equal(3L, await CityOfCounties.Count(Home.Database, "SELECT count(*) FROM off_county_claim"));
        await Sound();
    }

    [Fact]
    public async Task EachRefusal_InItsOrder()
    {
        async Task<string?> Code(RelayAuditNoticeRequest request, string? home = null)
        {
            request.HomeCounty = home ?? Home.Tenant.Code;
            return (await RelayAuditNotice.Execute(Provider.Database, Provider.Tenant.Code, request, desk.Calendar, default)).Refusal?.Code;
        }

        Assert.Equal("audit_notice.county_invalid", await Code(new() { Book = Notice(1) }, Provider.Tenant.Code));
        Assert.Equal("audit_notice.county_invalid", await Code(new() { Book = Notice(1) }, "x"));
        Assert.Equal("audit_notice.number_invalid", await Code(new()));
        var paid = Notice(1);
        (paid.ByPayment, paid.Fund) = (true, "390100");
        Assert.Equal("audit_notice.county_invalid", await Code(new() { Book = paid }));
        var others = Notice(1);
        others.SetlId[0] = $"{city.C.Tenant.Code}S000000000001";
        Assert.Equal("audit_notice.settlements_invalid", await Code(new() { Book = others }));
        var unheard = Notice(1);
        unheard.SetlId[0] = $"{Home.Tenant.Code}S000000000999";
        Assert.Equal("statement.settlement_not_claimed", await Code(new() { Book = unheard }));
        Assert.Null(await Code(new() { Book = Notice(1) }));
        // Another county's notice is nobody else's to see or to reverse.
        Assert.Equal("audit_notice.unknown", await Code(new() { Get = new() { NoticeNo = NoticeNo } }, city.C.Tenant.Code));
        Assert.Equal("audit_notice.unknown", await Code(new() { Reverse = Reversal(1) }, city.C.Tenant.Code));
        Assert.Null(await Code(new() { Reverse = Reversal(1) }));
    }
}
