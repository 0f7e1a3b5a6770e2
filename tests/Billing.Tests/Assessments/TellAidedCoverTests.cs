using MedInsure.Billing.Assessments;
using MedInsure.Events;
using MedInsure.Kernel;
using Microsoft.Extensions.DependencyInjection;

namespace MedInsure.Billing.Tests.Assessments;

/// <summary>Who owes nothing because aid pays everything (Rizhao: low income, in full) is told of once, in a window; and taken back. The clock stands at 2026-11-21.</summary>
[Trait("Category", "Storage")]
[Collection("billing")]
public sealed class TellAidedCoverTests(BillingFixture fixture)
{
    private static async Task<string> Told(BillingHost host)
    {
        var all = new List<string>();
        await using var command = host.Database.CreateCommand("SELECT type, payload FROM outbox WHERE type IN ('ContributionPaid', 'ContributionRefunded') ORDER BY seq");
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
            all.Add(reader.GetString(0) == "ContributionPaid" ? EventJson.Read<ContributionPaid>((byte[])reader[1]) is var p ? $"{p.PsnNo} paid {p.Period} {p.PaidOn} {p.Who} {p.EventOn}" : ""
                : EventJson.Read<ContributionRefunded>((byte[])reader[1]) is var r ? $"{r.PsnNo} back {r.Period} {r.RefundedOn} {r.Cause} {r.StillPaid}" : "");
        return string.Join("; ", all);
    }

    private static ChinaCalendar Calendar(BillingHost host) => host.Services.GetRequiredService<ChinaCalendar>();

    [Fact]
    public async Task AidPaysEverything_IsToldOnceInTheWindow()
    {
        await using var host = await fixture.Start("rizhao/resident", workers: false);
        await host.Hear(TestPerson.New("AID", categories: "low_income"), TestPerson.New("PAYS"));
        await host.Assess(2027);
        Assert.Equal("AID paid 2027 20261121 everyone 0", await Told(host));
        // Assessed again, changed without effect, swept: told already.
        await host.Assess(2027);
        await host.Hear(TestPerson.New("AID", household: "H", version: 9, categories: "low_income"));
        await TellAidedCover.Sweep(host.Database, Calendar(host), default);
        Assert.Equal("AID paid 2027 20261121 everyone 0", await Told(host));
    }

    [Fact]
    public async Task AssessedBeforeTheWindow_IsToldWhenItOpens()
    {
        await using var host = await fixture.Start("rizhao/resident", workers: false);
        host.Clock.Now = new DateTimeOffset(2026, 8, 31, 2, 0, 0, TimeSpan.Zero);
        // Not low income before the year: no recognition holds that would open a window of its own.
        await host.Hear(TestPerson.New("AID").With(new InsuredCategory("low_income", 2027_01_01, 0)));
        await host.Assess(2027);
        await TellAidedCover.Sweep(host.Database, Calendar(host), default);
        Assert.Equal("", await Told(host));
        host.Clock.Now = new DateTimeOffset(2026, 8, 31, 16, 0, 0, TimeSpan.Zero);
        await TellAidedCover.Sweep(host.Database, Calendar(host), default);
        await TellAidedCover.Sweep(host.Database, Calendar(host), default);
        Assert.Equal("AID paid 2027 20260901 everyone 0", await Told(host));
    }

    [Fact]
    public async Task RecognisedInTheYear_IsEntitledAtOnce()
    {
        await using var host = await fixture.Start("rizhao/resident", workers: false);
        host.Clock.Now = new DateTimeOffset(2027, 3, 10, 2, 0, 0, TimeSpan.Zero);
        var person = TestPerson.New("NEW");
        await host.Hear(person);
        await host.Assess(2027);
        Assert.Equal("", await Told(host));
        await host.Hear(person.With(new InsuredCategory("low_income", 2027_03_05, 0)));
        Assert.Equal("NEW paid 2027 20270310 recognised 20270305", await Told(host));
    }

    [Fact]
    public async Task AssessmentThatRisesOrIsWithdrawn_IsTakenBackOnce()
    {
        await using var host = await fixture.Start("rizhao/resident", workers: false);
        var (loses, leaves) = (TestPerson.New("LOSES", categories: "low_income"), TestPerson.New("LEAVES", categories: "low_income"));
        await host.Hear(loses, leaves);
        await host.Assess(2027);
        await host.Hear(loses.With());
        await host.Hear(leaves.Covered());
        await host.Hear(leaves.Covered() with { Version = 8 });
        Assert.Equal("LEAVES paid 2027 20261121 everyone 0; LOSES paid 2027 20261121 everyone 0; LOSES back 2027 20261121 withdrawn False; LEAVES back 2027 20261121 withdrawn False", await Told(host));
        // Recognised again it is told again.
        await host.Hear(loses with { Version = 9 });
        Assert.EndsWith("LOSES paid 2027 20261121 everyone 0", await Told(host), StringComparison.Ordinal);
    }

    [Fact]
    public async Task DeadOrPaidFor_IsNotToldOf()
    {
        await using var host = await fixture.Start("rizhao/resident", workers: false);
        await host.Hear(TestPerson.New("DEAD", categories: "low_income") with { DiedOn = 2026_11_20 }, TestPerson.New("CASH"));
        await host.Assess(2027);
        var due = await host.Sql<string>("SELECT to_char(due_fen / 100.0, 'FM9990.00') FROM assessment WHERE psn_no = 'CASH'");
        await host.Post("/counter-payments", new { request_key = "k", insutype = "390", year = 2027, amount = due, payer = "李四", cashier = "王收费", persons = new[] { new { psn_no = "CASH", amount = due } } });
        // Aided later, the payment stands: it is overpaid, and told of by the payment alone.
        await host.Hear(TestPerson.New("CASH", version: 2, categories: "low_income"));
        Assert.Equal("CASH paid 2027 20261121 everyone 0", await Told(host));
    }
}
