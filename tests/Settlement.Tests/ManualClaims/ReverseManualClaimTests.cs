using MedInsure.Settlement.ManualClaims;
using MedInsure.Settlement.Tests.Corrections;
using MedInsure.Settlement.Tests.Runs;

namespace MedInsure.Settlement.Tests.ManualClaims;

/// <summary>A settled paper bill is taken back before its money was paid, and recovered after.</summary>
[Trait("Category", "Storage")]
[Collection(PostgresCollection.Name)]
public sealed class ReverseManualClaimTests(SharedPostgres postgres) : IAsyncLifetime
{
    private SettlementNode node = null!;
    private ManualDesk desk = null!;

    public async Task InitializeAsync()
    {
        node = await SettlementNode.Create(postgres.Server);
        desk = new ManualDesk(node);
        await node.AddPerson("P1");
    }

    public Task DisposeAsync() => node.DisposeAsync().AsTask();

    [Fact]
    public async Task Unpaid_NothingIsOwedAnyMore_AndTheInvoiceIsFree()
    {
        var sums = await node.Sums("P1");
        var bill = desk.Bill("P1", 1_000);
        var claim = await desk.Settled(bill);
        Assert.Equal("approval.same_person", (await desk.Reverse(claim, "某", "某")).Refusal?.Code);
        Assert.Equal("run.reason_invalid", (await ReverseManualClaim.Reverse(desk.Place, claim.Number, new("甲", "乙", ""), node.Time.GetUtcNow(), default)).Refusal?.Code);
        Assert.Equal("manual.unknown", (await desk.Reverse(claim with { Number = 99 })).Refusal?.Code);
        Assert.Equal("manual.not_paid", (await desk.Recover(claim)).Refusal?.Code);
        Assert.Equal("manual.invoice_used", await desk.Refused(bill with { Visit = bill.Visit! with { BeginOn = "2026-05-01", EndOn = "2026-05-02" }, Lines = [bill.Lines![0] with { On = "2026-05-01" }] }));
        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => desk.Reverse(claim))));
        Assert.All(answers, a => Assert.Equal((ManualClaim.Reversed, RunDesk.Value(answers[0]).ReversalSetlId), (RunDesk.Value(a).State, RunDesk.Value(a).ReversalSetlId)));
        Assert.Equal("manual.not_in_state", (await desk.Reverse(claim, "甲", "乙")).Refusal?.Code);
        Assert.Equal("payment_list.nothing_open", (await desk.Payments.Prepare()).Refusal?.Code);
        Assert.Equal(sums, await node.Sums("P1"));
        Assert.All((await node.Booked()).Values, fen => Assert.Equal(0, fen));
        await node.Holds();
        // Entered anew, corrected.
        Assert.Equal(196m, Yuan.Of((await desk.Settled(bill)).FundTotalFen!.Value));
    }

    [Fact]
    public async Task OnAList_TheListIsWithdrawnFirst()
    {
        var claim = await desk.Settled(desk.Bill("P1", 1_000));
        var list = await desk.Payments.Prepared();
        Assert.Equal("manual.on_payment_list", (await desk.Reverse(claim)).Refusal?.Code);
        Assert.Equal("manual.on_payment_list", (await desk.Recover(claim)).Refusal?.Code);
        RunDesk.Value(await desk.Payments.Withdraw(list));
        Assert.Equal(ManualClaim.Reversed, RunDesk.Value(await desk.Reverse(claim)).State);
    }

    [Fact]
    public async Task Paid_IsRecovered_AndThePersonOwesIt()
    {
        var claim = await desk.Settled(desk.Bill("P1", 1_000));
        await desk.Payments.Paid();
        Assert.Equal("manual.paid", (await desk.Reverse(claim)).Refusal?.Code);
        Assert.Equal(ManualClaim.Reversed, RunDesk.Value(await desk.Recover(claim)).State);
        Assert.Equal((0m, 196m), ((await desk.Payments.Open()).Payable, (await desk.Payments.Open()).OwedByPersons));
        // Taken off what he gets next: 380.00 x 70 % = 896.00 - 196.00.
        var next = desk.Bill("P1", 2_000);
        await desk.Settled(next with { Visit = next.Visit! with { BeginOn = "2026-06-11", EndOn = "2026-06-12" }, Lines = [next.Lines![0] with { On = "2026-06-11" }] });
        Assert.Equal(70_000, (await desk.Payments.Paid()).AmountFen);
        Assert.Equal("0", await desk.Text("SELECT sum(amount_fen)::text FROM (SELECT amount_fen, account_id FROM ledger_entry UNION ALL SELECT amount_fen, account_id FROM voucher_entry) e JOIN ledger_account USING (account_id) WHERE purpose = 'person_payable'"));
        await node.Holds();
    }

    [Fact]
    public async Task ListsMadeMeanwhile_PayNothingOfIt()
    {
        for (var round = 0; round < 8; round++)
        {
            var bill = desk.Bill("P1", 1_000 + round);
            var claim = await desk.Settled(bill with { Invoices = [bill.Invoices![0] with { Number = ManualDesk.Invoice() }] });
            var (reversed, list) = (Task.Run(() => desk.Reverse(claim)), Task.Run(() => desk.Payments.Prepare()));
            await Task.WhenAll(reversed, list);
            // Either the list came first and the reversal waits for its withdrawal, or nothing was left to list.
            Assert.Equal((await list).IsRefused ? null : "manual.on_payment_list", (await reversed).Refusal?.Code);
            if ((await list).IsRefused) continue;
            RunDesk.Value(await desk.Payments.Withdraw((await list).Value));
            RunDesk.Value(await desk.Reverse(claim));
        }
    }
}
