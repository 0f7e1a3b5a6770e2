using System.Text.Json;
using MedInsure.Settlement.Ledger;
using MedInsure.Settlement.Pooling;

namespace MedInsure.Settlement.Tests.Ledger;

/// <summary>What people book: by two, balanced, on a day that is open.</summary>
[Trait("Category", "Storage")]
[Collection(PostgresCollection.Name)]
public sealed class BookVoucherTests(SharedPostgres postgres) : IAsyncLifetime
{
    private SettlementNode node = null!;
    private LedgerDesk desk = null!;

    public async Task InitializeAsync() => desk = new LedgerDesk(node = await SettlementNode.Create(postgres.Server));
    public Task DisposeAsync() => node.DisposeAsync().AsTask();

    [Fact]
    public async Task SameRequestAgain_IsTheSameVoucher()
    {
        var rows = (await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => desk.Book(LedgerDesk.Order())))).Select(LedgerDesk.Value).ToList();
        Assert.Equal((1, 1_000), (Assert.Single(rows.Select(r => r.No).Distinct()), rows[0].Voucher.AmountFen));
        Assert.Equal([LedgerDesk.First, LedgerDesk.Second], rows[0].Voucher.By);
        Assert.Equal("request.key_reused", (await desk.Book(LedgerDesk.Order(debit: 11, credit: 11))).Refusal?.Code);
        Assert.Empty(await desk.Findings());
    }

    [Fact]
    public async Task ClosedDay_TakesNothing()
    {
        desk.SetDay(7, 1);
        // Yesterday is open still.
        Assert.Equal(new DateOnly(2026, 6, 30), LedgerDesk.Value(await desk.Book(LedgerDesk.Order("Q1", bookedOn: "2026-06-30"))).BookedOn);
        await desk.Closed("2026-06-30");
        Assert.Equal("ledger.day_closed", (await desk.Book(LedgerDesk.Order("Q2", bookedOn: "2026-06-30"))).Refusal?.Code);
        Assert.Equal("ledger.day_closed", (await desk.Book(LedgerDesk.Order("Q2", effectiveOn: "2026-06-01", bookedOn: "2026-06-29"))).Refusal?.Code);
        // What took effect then is booked today.
        var late = LedgerDesk.Value(await desk.Book(LedgerDesk.Order("Q2", effectiveOn: "2026-06-15")));
        Assert.Equal((new DateOnly(2026, 6, 15), new DateOnly(2026, 7, 1)), (late.Voucher.EffectiveOn, late.BookedOn));
        await Assert.ThrowsAsync<InvalidOperationException>(() => Post(new DateOnly(2026, 6, 30), 10));
        await Assert.ThrowsAsync<InvalidOperationException>(() => Post(new DateOnly(2026, 7, 1), 11));
        Assert.Empty(await desk.Findings());
    }

    [Theory]
    [InlineData(typeof(BookVoucher.Order), "entries")]
    [InlineData(typeof(ProposeAllocation.Order), "lines")]
    [InlineData(typeof(ProposeRemittance.Order), "lines")]
    [InlineData(typeof(ApplyForFunds.Order), "lines")]
    public void ListWithAnElementThatIsNull_IsNoOrder(Type order, string list)
    {
        Assert.NotNull(JsonSerializer.Deserialize($$"""{"{{list}}":[{}]}""", order, CountyDesk.Json));
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize($$"""{"{{list}}":[{},null]}""", order, CountyDesk.Json)); // answered as a body of another form
    }

    /// <summary>Past all checks, as a bug would: with a credit of 10.</summary>
    private async Task Post(DateOnly bookedOn, long debit)
    {
        await using var connection = await node.Database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var head = await LedgerHead.Lock(connection, transaction, default);
        var voucher = new Voucher("manual", "bug", new DateOnly(2026, 6, 1), 0, "", [], [new(new("fiscal_account", "", node.Tenant.Code, ""), debit), new(new("suspense", "", node.Tenant.Code, ""), -10)]);
        await PostVouchers.Run(connection, transaction, node.Tenant.Code, head, [(voucher, bookedOn)], default);
    }

    [Fact]
    public async Task Refusals_InTheirOrder()
    {
        var order = LedgerDesk.Order();
        BookVoucher.Line line = order.Entries![0], other = order.Entries[1];
        (BookVoucher.Order Order, string Code, string? Field)[] wrong =
        [
            (order with { PreparedBy = "" }, "approval.person_missing", "prepared_by"), (order with { Approver = LedgerDesk.First }, "approval.same_person", "approver"), (order with { RequestNo = new string('1', 41) }, "request.number_invalid", null),
            (order with { Memo = " " }, "ledger.memo_missing", "memo"), (order with { EffectiveOn = "2026-6-1" }, "ledger.day_invalid", "effective_on"), (order with { BookedOn = "2026-07-01" }, "ledger.day_invalid", "booked_on"),
            (order with { EffectiveOn = "2026-07-01" }, "ledger.effective_later", "effective_on"), (order with { Entries = [line] }, "ledger.entries_invalid", "entries"), (order with { Entries = null }, "ledger.entries_invalid", "entries"),
            (order with { Entries = [line with { Purpose = "cash" }, other] }, "ledger.entries_invalid", "entries"), (order with { Entries = [line with { Debit = null }, other] }, "ledger.entries_invalid", "entries"),
            (order with { Entries = [line with { Credit = 1 }, other] }, "ledger.entries_invalid", "entries"), (order with { Entries = [line with { Debit = -10 }, other] }, "ledger.entries_invalid", "entries"),
            (order with { Entries = [line with { Debit = 0.001m }, other] }, "ledger.entries_invalid", "entries"), (order with { Entries = [line with { Counterparty = "a\nb" }, other] }, "ledger.entries_invalid", "entries"),
            (LedgerDesk.Order(debit: 10.01m), "ledger.unbalanced", "entries"),
        ];
        foreach (var (asked, code, field) in wrong)
        {
            var refusal = (await desk.Book(asked)).Refusal;
            Assert.Equal(code, refusal?.Code);
            if (field is not null) Assert.Equal(field, refusal!.Field);
        }
        Assert.Empty(await desk.Rows("SELECT voucher_no::text FROM voucher"));
    }
}
