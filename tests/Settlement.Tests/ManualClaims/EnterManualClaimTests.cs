using MedInsure.Settlement.ManualClaims;
using MedInsure.Settlement.Tests.Persons;
using MedInsure.Settlement.Tests.Runs;

namespace MedInsure.Settlement.Tests.ManualClaims;

/// <summary>A clerk's entry: what it must say, and what was paid before.</summary>
[Trait("Category", "Storage")]
[Collection(PostgresCollection.Name)]
public sealed class EnterManualClaimTests(SharedPostgres postgres) : IAsyncLifetime
{
    private World world = null!;
    private ManualDesk desk = null!;
    private string psnNo = "";

    public async Task InitializeAsync()
    {
        desk = new ManualDesk((world = await postgres.World()).Node);
        psnNo = await world.Person();
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task WhatIsMissingOrWrong_IsRefusedInOrder()
    {
        var fit = desk.Bill(psnNo, 1_000);
        var order = ManualDesk.Order(fit);
        Assert.Equal("approval.person_missing", (await desk.Enter(order with { EnteredBy = " ", RequestNo = null })).Refusal?.Code);
        Assert.Equal("request.number_invalid", (await desk.Enter(order with { RequestNo = new string('1', 41), Bill = null })).Refusal?.Code);
        Assert.Equal("request.body_malformed", (await desk.Enter(order with { Bill = null })).Refusal?.Code);
        foreach (var (expected, bill) in Wrong(fit)) Assert.Equal((expected, bill), (await desk.Refused(bill), bill));
        foreach (var account in (EnterManualClaim.AccountOrder?[])[null, new("12345", "王", "行"), new("622202", "", "行"), new("622202", "王", null), new("62220２", "王", "行")])
            Assert.Equal("manual.account_invalid", (await desk.Enter(order with { Account = account })).Refusal?.Code);
        foreach (var paper in (AttachToManualClaim.Attachment[])[null!, new("ab", "a", 1), new(new string('g', 64), "a", 1), ManualDesk.Paper(1) with { Name = "" }, ManualDesk.Paper(1) with { Size = 0 }])
            Assert.Equal("manual.attachments_invalid", (await desk.Enter(order with { Attachments = [paper] })).Refusal?.Code);
        Assert.Null((await desk.Enter(order)).Refusal);
    }

    private static IEnumerable<(string, ManualBill.Order)> Wrong(ManualBill.Order fit)
    {
        yield return ("manual.person_missing", fit with { PsnNo = "", Reason = "" });
        yield return ("manual.person_missing", fit with { Insutype = null });
        foreach (var reason in (string?[])[null, "", "07", "1"]) yield return ("manual.reason_unknown", fit with { Reason = reason, Provider = null });
        foreach (var provider in (ManualBill.ProviderOrder?[])[null, new(null, null, null, null, null), new("H1", null, "3", null, null), new(null, "某院", "4", "110101", true), new(null, "某院", "3", "1101", true), new(null, "某院", "3", "110101", null)])
            yield return ("manual.provider_invalid", fit with { Provider = provider, Visit = null });
        yield return ("manual.provider_not_designated", fit with { Provider = new(null, "某院", "3", "230102", false), Visit = null });
        foreach (var visit in (ManualBill.VisitOrder?[])[null, fit.Visit! with { MedType = "2" }, fit.Visit! with { BeginOn = "2026-06-11" }, fit.Visit! with { EndOn = "2026-07-01" }, fit.Visit! with { MedType = "11" }, fit.Visit! with { BeginOn = "20260601" }])
            yield return ("manual.visit_invalid", fit with { Visit = visit, Invoices = null });
        var invoice = fit.Invoices![0];
        foreach (var invoices in (ManualBill.InvoiceOrder[]?[])[null, [], [null!], [invoice with { Number = " " }], [invoice with { IssuedOn = "2026-07-01" }], [invoice with { Amount = 0 }], [invoice with { Amount = 1.001m }], [invoice, invoice]])
            yield return ("manual.invoices_invalid", fit with { Invoices = invoices, Lines = null });
        var line = fit.Lines![0];
        var sum = new ManualBill.SumOrder("09", "西药费", 1_000, null, null, null, false);
        foreach (var lines in (ManualBill.LineOrder[]?[])[null, [null!], [line with { Code = "" }], [line with { On = "2026-05-31" }], [line with { On = "2026-06-11" }], [line with { Quantity = 0.00001m }], [line with { UnitPrice = 0.0000001m }], [line with { Amount = null }]])
            yield return ("manual.lines_invalid", fit with { Lines = lines, Total = null });
        foreach (var bad in (ManualBill.SumOrder[])[null!, sum with { Category = "" }, sum with { Amount = 0 }, sum with { FullSelfPay = 600, FirstPay = 401 }, sum with { OverLimit = -1 }])
            yield return ("manual.lines_invalid", fit with { Lines = null, Sums = [bad] });
        yield return ("manual.lines_invalid", fit with { Sums = [sum] });
        foreach (var total in (decimal?[])[null, 0, 999.99m, 1_000.001m]) yield return ("manual.total_mismatch", fit with { Total = total, OtherPayer = -1 });
        foreach (var (other, name) in ((decimal?, string?)[])[(-1, "校方"), (1_000.01m, "校方"), (1, null), (null, "校方")]) yield return ("manual.other_payer_invalid", fit with { OtherPayer = other, OtherPayerName = name });
        yield return ("manual.text_too_long", fit with { OtherPayer = 1, OtherPayerName = new string('校', 201) });
        yield return ("manual.text_too_long", fit with { Lines = [line with { Name = "一\n二" }] });
    }

    [Fact]
    public async Task WhatTheWindowWouldRefuse_IsRefused()
    {
        var fit = desk.Bill(psnNo, 1_000);
        Assert.Equal("person.unknown", await desk.Refused(fit with { PsnNo = "P-NOBODY" }));
        Assert.Equal("coverage.none_on_date", await desk.Refused(fit with { Insutype = "310" }));
        Assert.Equal("provider.unknown", await desk.Refused(fit with { Provider = new("H-NOBODY", null, null, null, null) }));
        Assert.Equal("provider.suspended", await desk.Refused(fit with { Provider = new(World.Suspended, null, null, null, null) }));
        Assert.Equal("filing.missing", await desk.Refused(desk.Bill(psnNo, 1_000, "14")));
        Assert.Equal("line.amount_mismatch", await desk.Refused(fit with { Lines = [fit.Lines![0] with { Quantity = 2 }] }));
        Assert.Equal("claim.total_mismatch", await desk.Refused(fit with { Lines = [fit.Lines![0] with { UnitPrice = 999, Amount = 999 }] }));
        // Somebody else is named by the name or the code of a designated one.
        Assert.Equal("manual.provider_is_designated", await desk.Refused(fit with { Provider = ManualDesk.Beijing() with { Name = "测试医院3" } }));
        Assert.Equal("manual.provider_is_designated", await desk.Refused(fit with { Provider = ManualDesk.Beijing(code: desk.Node.Hospital("2")) }));
        // 1,000.00 - 720.00 at 70 % = 196.00 of the funds.
        Assert.Equal("manual.other_payer_covers", await desk.Refused(fit with { OtherPayer = 804.01m, OtherPayerName = "校方责任险" }));
        // An emergency needs no agreement.
        Assert.Equal(ManualClaim.Entered, (await desk.Entered(fit with { Provider = new(World.Suspended, null, null, null, null), Reason = "04", OtherPayer = 804, OtherPayerName = "校方责任险" })).State);
    }

    [Fact]
    public async Task SameRequest_IsOneBill_OtherContentIsRefused()
    {
        var order = ManualDesk.Order(desk.Bill(psnNo, 1_000));
        var made = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() => desk.Enter(order))));
        Assert.Single(made.Select(m => RunDesk.Value(m).Number).Distinct());
        Assert.Equal("request.number_reused", (await desk.Enter(order with { Bill = desk.Bill(psnNo, 1_001) })).Refusal?.Code);
        Assert.Equal("request.number_reused", (await desk.Enter(order with { Account = order.Account! with { Number = "999999" } })).Refusal?.Code);
        Assert.Equal("request.number_reused", (await desk.Enter(order with { EnteredBy = "别人" })).Refusal?.Code);
    }

    [Fact]
    public async Task InvoiceTwiceAtOnce_IsTakenOnce_AndFreeAfterARejection()
    {
        var invoice = ManualDesk.Invoice();
        var others = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => world.Person()));
        // Five persons bring the same invoice; and a name is the same however it is spaced.
        var answers = await Task.WhenAll(others.Select((p, i) => Task.Run(() => desk.Enter(ManualDesk.Order(desk.Bill(p, 1_000, invoice: invoice, provider: ManualDesk.Beijing() with { Name = i % 2 == 0 ? "北京某医院" : "北京 某医院" }))))));
        Assert.All(answers.Where(a => a.IsRefused), a => Assert.Equal("manual.invoice_used", a.Refusal!.Code));
        var taken = Assert.Single(answers, a => !a.IsRefused).Value;
        Assert.Null(await desk.Refused(desk.Bill(psnNo, 1_000, invoice: invoice))); // another provider's
        RunDesk.Value(await desk.Reject(taken));
        Assert.Null(await desk.Refused(desk.Bill(others[0], 1_000, invoice: invoice, provider: ManualDesk.Beijing())));
    }

    [Fact]
    public async Task VisitTwiceAtOnce_IsTakenOnce()
    {
        // Stays at one provider that share days, with invoices of their own.
        var answers = await Task.WhenAll(Enumerable.Range(0, 5).Select(i => Task.Run(() => desk.Enter(ManualDesk.Order(desk.Bill(psnNo, 1_000 + i, provider: ManualDesk.Beijing()) with { Visit = new("21", $"2026-06-0{i + 1}", "2026-06-10", null, null, false, false, 0), Lines = [new("A1", "", $"2026-06-0{i + 1}", 1, 1_000 + i, 1_000 + i)] })))));
        Assert.All(answers.Where(a => a.IsRefused), a => Assert.Equal("manual.visit_claimed", a.Refusal!.Code));
        Assert.Single(answers, a => !a.IsRefused);
        // Admitted again on the day of the discharge.
        var again = desk.Bill(psnNo, 500, provider: ManualDesk.Beijing());
        Assert.Null(await desk.Refused(again with { Visit = again.Visit! with { BeginOn = "2026-06-10", EndOn = "2026-06-12" }, Lines = [again.Lines![0] with { On = "2026-06-10" }] }));
        // Visits of a day are two where they cost otherwise.
        Assert.Null(await desk.Refused(desk.Bill(psnNo, 50, "11")));
        Assert.Equal("manual.visit_claimed", await desk.Refused(desk.Bill(psnNo, 50, "11")));
        Assert.Null(await desk.Refused(desk.Bill(psnNo, 51, "11")));
    }

    [Fact]
    public async Task MergedPerson_IsOnePerson()
    {
        var (retired, other) = (await world.Person(), await world.Person());
        await desk.Entered(Stay(retired, 1));
        await world.Node.Merged(retired, psnNo);
        await desk.Entered(Stay(psnNo, 5));
        foreach (var number in (string[])[retired, psnNo])
            foreach (var day in (int[])[1, 5]) Assert.Equal("manual.visit_claimed", await desk.Refused(Stay(number, day)));
        Assert.Null(await desk.Refused(Stay(other, 1)));

        ManualBill.Order Stay(string person, int day)
        {
            var bill = desk.Bill(person, 1_000, provider: ManualDesk.Beijing());
            return bill with { Visit = bill.Visit! with { BeginOn = $"2026-05-0{day}", EndOn = $"2026-05-0{day + 2}" }, Lines = [bill.Lines![0] with { On = $"2026-05-0{day}" }] };
        }
    }

    [Fact]
    public async Task SettledAtTheWindow_IsRefused_UntilThatIsCancelled()
    {
        var node = world.Node;
        var request = await node.Visit(psnNo, 100_000, "21");
        request.InvoiceNo = ManualDesk.Invoice();
        var settled = await node.Settled(request);
        var other = await world.Person();
        Assert.Equal("manual.invoice_settled", await desk.Refused(desk.Bill(other, 10, "11", invoice: request.InvoiceNo)));
        Assert.Null(await desk.Refused(desk.Bill(other, 11, "11", invoice: request.InvoiceNo[..^1]))); // a part of a number is another number
        Assert.Equal("manual.visit_settled", await desk.Refused(desk.Bill(psnNo, 1_000)));
        Assert.Null(await desk.Refused(desk.Bill(other, 1_000))); // another person's stay
        await node.Settled(node.Inline(psnNo, 4_200));
        Assert.Equal("manual.visit_settled", await desk.Refused(desk.Bill(psnNo, 42, "11")));
        await node.Reversed(settled);
        var claim = await desk.Entered(desk.Bill(psnNo, 1_000, invoice: request.InvoiceNo));

        // Settled at the window again before it is approved: the approval sees it.
        RunDesk.Value(await desk.Review1(claim));
        RunDesk.Value(await desk.Review2(claim));
        await node.Settled(await node.Visit(psnNo, 100_000, "21"));
        Assert.Equal("manual.visit_settled", (await desk.Approve(claim)).Refusal?.Code);
        Assert.Equal(ManualClaim.SecondReviewed, (await ManualClaim.Find(desk.Place, claim.Number, default))!.State);
    }

    [Fact]
    public async Task Attachments_AreKeptOnceWithWhoAddedThem()
    {
        var claim = RunDesk.Value(await desk.Enter(ManualDesk.Order(desk.Bill(psnNo, 1_000), attached: false)));
        Assert.Equal("manual.attachments_missing", (await desk.Review1(claim)).Refusal?.Code);
        var now = world.Node.Time.GetUtcNow();
        Assert.Equal("manual.attachments_invalid", (await AttachToManualClaim.Execute(desk.Place, claim.Number, new("李", []), now, default)).Refusal?.Code);
        Assert.Equal("manual.unknown", (await AttachToManualClaim.Execute(desk.Place, 999_999, new("李", [ManualDesk.Paper(1)]), now, default)).Refusal?.Code);
        RunDesk.Value(await AttachToManualClaim.Execute(desk.Place, claim.Number, new("李", [ManualDesk.Paper(10), ManualDesk.Paper(11)]), now, default));
        var kept = RunDesk.Value(await AttachToManualClaim.Execute(desk.Place, claim.Number, new("张", [ManualDesk.Paper(10) with { Sha256 = ManualDesk.Paper(10).Sha256!.ToUpperInvariant() }, ManualDesk.Paper(12)]), now, default));
        Assert.Equal([("李", "发票10.pdf"), ("李", "发票11.pdf"), ("张", "发票12.pdf")], kept.OrderBy(k => k.Name, StringComparer.Ordinal).Select(k => (k.AddedBy, k.Name)));
        RunDesk.Value(await desk.Reject(claim));
        Assert.Equal("manual.not_in_state", (await AttachToManualClaim.Execute(desk.Place, claim.Number, new("李", [ManualDesk.Paper(13)]), now, default)).Refusal?.Code);
    }

    [Fact]
    public async Task OffSiteRules_AreThePacks()
    {
        // Bijie: level 3 pays 60 %, off-site without a filing 45 %; who filed gets 60 %.
        await using var node = await SettlementNode.Create(postgres.Server, "5205");
        var own = new ManualDesk(node);
        await node.AddPerson("P1");
        await node.AddPerson("P2");
        await node.AddPerson("P3");
        await node.Filed(node.Filing("P2", "", Protos.Settlement.V1.FilingKind.Referral, area: "110101"));
        var unfiled = await own.Preview(await own.Entered(own.Bill("P1", 10_000, provider: ManualDesk.Beijing(), reason: "03")));
        var filed = await own.Preview(await own.Entered(own.Bill("P2", 10_000, provider: ManualDesk.Beijing(), reason: "05")));
        var atHome = await own.Preview(await own.Entered(own.Bill("P3", 10_000)));
        Assert.Equal(1_500, filed.PoolRatioBp - unfiled.PoolRatioBp);
        Assert.Equal((filed.BasicFundFen, filed.PoolRatioBp), (atHome.BasicFundFen, atHome.PoolRatioBp));
    }
}
