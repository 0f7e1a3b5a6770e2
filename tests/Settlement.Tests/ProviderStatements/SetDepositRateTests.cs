using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.ProviderMoney;
using MedInsure.Settlement.Tests.AuditNotices;
using MedInsure.Settlement.Tests.Ledger;

namespace MedInsure.Settlement.Tests.ProviderStatements;

/// <summary>What a credit grade's approved effect does: the deposit of the next statements, by number once.</summary>
[Trait("Category", "Storage")]
[Collection(PostgresCollection.Name)]
public sealed class SetDepositRateTests(SharedPostgres postgres) : IAsyncLifetime
{
    private SettlementNode node = null!;
    private AuditMoneyDesk desk = null!;

    public async Task InitializeAsync() => desk = new AuditMoneyDesk(node = await SettlementNode.Create(postgres.Server));
    public Task DisposeAsync() => node.DisposeAsync().AsTask();

    private SetDepositRateRequest Request(int from, int ratio, string no = "X1") => new()
    {
        RequestNo = no, FixmedinsCode = desk.Desk.Hospital, FromOn = from, RatioBp = ratio, PreparedBy = AuditMoneyDesk.Decided, Approver = AuditMoneyDesk.Released,
    };

    private Task<Outcome<DepositRate>> Set(SetDepositRateRequest request) => SetDepositRate.FromDay(node.Database, request, node.Time.GetUtcNow(), default);

    [Fact]
    public async Task WithinAMonth_HoldsFromTheNextMonthsStatement()
    {
        await desk.Agency.Rate(1m);
        var request = Request(20260602, 300);
        var replies = (await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Set(request)))).Select(LedgerDesk.Value).ToList();
        Assert.All(replies, r => Assert.Equal((202607, 300), (r.FromMonth, r.RatioBp)));
        Assert.Equal(990_000, (await desk.Agency.Approved(await desk.Claimed())).PayableFen); // June: 1 %
        var july = await desk.Claimed(month: 202607);
        Assert.Equal(970_000, (await desk.Agency.Approved(july)).PayableFen);
        Assert.Equal(("deposit", -30_000L), (await desk.Agency.Shown(july)).Lines.Where(l => l.Kind == "deposit").Select(l => (l.Kind, l.AmountFen)).Single());
        Assert.Equal(["202607 3", "202601 1"], (await SetDepositRate.Of(desk.Desk.Place, desk.Desk.Hospital, default)).Select(r => $"{r.FromMonth} {r.Rate:0.##}"));
        await desk.Agency.PayableHolds();
        await desk.Agency.LedgerIsSound();
    }

    [Theory]
    [InlineData(20260601, 202606)]
    [InlineData(20260630, 202607)]
    [InlineData(20260531, 202606)]
    [InlineData(20261202, 202701)]
    public async Task Day_NamesTheFirstMonthThatBeginsNotBeforeIt(int from, int month) => Assert.Equal(month, LedgerDesk.Value(await Set(Request(from, 150))).FromMonth);

    [Fact]
    public async Task EachRefusal_SetsNothing()
    {
        (string Code, Action<SetDepositRateRequest> With)[] wrong =
        [
            ("provider_payment.day_invalid", r => r.FromOn = 20260631), ("provider_payment.day_invalid", r => r.FromOn = 0), ("approval.person_missing", r => r.PreparedBy = ""), ("approval.same_person", r => r.Approver = r.PreparedBy),
            ("request.number_invalid", r => r.RequestNo = ""), ("provider.unknown", r => r.FixmedinsCode = ""), ("provider_payment.rate_invalid", r => r.RatioBp = 301), ("provider_payment.rate_invalid", r => r.RatioBp = 99),
            ("provider_payment.rate_invalid", r => r.RatioBp = -100),
        ];
        foreach (var (code, with) in wrong)
        {
            var request = Request(20260601, 200);
            with(request);
            Assert.Equal(code, (await Set(request)).Refusal?.Code);
        }
        Assert.Empty(await SetDepositRate.Of(desk.Desk.Place, desk.Desk.Hospital, default));
        LedgerDesk.Value(await Set(Request(20260601, 200)));
        foreach (var other in (SetDepositRateRequest[])[Request(20260601, 300), Request(20260701, 200)]) Assert.Equal("request.number_reused", (await Set(other)).Refusal?.Code);
        Assert.Single(await SetDepositRate.Of(desk.Desk.Place, desk.Desk.Hospital, default));
    }
}
