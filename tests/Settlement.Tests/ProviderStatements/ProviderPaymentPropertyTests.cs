using MedInsure.Settlement.ProviderMoney;
using MedInsure.Settlement.ProviderStatements;
using MedInsure.Settlement.Tests.Ledger;

namespace MedInsure.Settlement.Tests.ProviderStatements;

/// <summary>
/// Whatever happens in whatever order: of every provider and fund the ledger owes what was settled, with method results, less deductions, deposits, offsets and payments; every settlement is on one live
/// application at most, and every payable statement is paid once or listed.
/// </summary>
[Trait("Category", "Property")]
[Collection(PostgresCollection.Name)]
public sealed class ProviderPaymentPropertyTests(SharedPostgres postgres)
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task RandomMonths_KeepPayableTrue(int seed)
    {
        await using var node = await SettlementNode.Create(postgres.Server);
        var (desk, random) = (new StatementDesk(node), new Random(seed));
        var agency = new AgencyDesk(desk);
        string[] providers = [node.Hospital("3"), node.Hospital("2")];
        foreach (var provider in providers) await agency.Account(provider);
        await agency.Rate(2m);
        for (var month = 202606; month <= 202609; month++)
        {
            desk.Ledger.SetDay(month % 100, 25);
            foreach (var provider in providers)
            {
                for (var n = random.Next(3); n >= 0; n--) await desk.Foreign(random.Next(-300_000, 2_000_000), provider: provider, month: month % 100);
                if (random.Next(2) == 0) await desk.Bill(random.Next(1_000, 500_000), "21", provider == providers[0] ? "3" : "2");
            }
            if (random.Next(2) == 0) LedgerDesk.Value(await agency.Prepay(random.Next(1, 9_000), random.Next(1, 5) * 0.25m, month));
            desk.Ledger.SetDay(month % 100 + 1, 5);
            foreach (var provider in providers) await Month(desk, agency, provider, month, random);
            if (await agency.Pay() is { IsRefused: false } file) await Answer(agency, file.Value, desk, random);
            await agency.PayableHolds();
        }
        // Later nobody is left behind: what is payable is on its way or listed.
        Assert.Empty(await desk.Ledger.Rows("""
            SELECT s.number::text FROM provider_statement s WHERE s.state = 'approved' AND s.payable_fen > 0 AND (SELECT count(*) FROM provider_payment y WHERE y.kind = 'statement' AND y.subject = s.number AND y.state IN ('sent', 'paid')) > 1
            UNION ALL SELECT s.number::text FROM provider_statement s WHERE s.state = 'paid' AND NOT EXISTS (SELECT FROM provider_payment y WHERE y.kind = 'statement' AND y.subject = s.number AND y.state = 'paid')
            """));
        ((SetTime)node.Time).Now = SettlementNode.Start.AddYears(1);
        _ = await agency.GiveBack(random.Next(101));
        if (await agency.Pay() is { IsRefused: false } last) await agency.Paid(last.Value);
        await agency.PayableHolds();
        await agency.LedgerIsSound();
    }

    private static async Task Month(StatementDesk desk, AgencyDesk agency, string provider, int month, Random random)
    {
        var applied = await desk.Applied("21", month, provider);
        if (random.Next(4) == 0)
        {
            LedgerDesk.Value(await desk.Withdraw(applied.ClrAppyEvtId, provider: provider));
            await desk.Applied("21", month, provider);
        }
        if (random.Next(2) == 0) _ = await agency.Deduct(null, random.Next(1, 500_000) * 0.01m, "inspection", provider);
        var no = await agency.Accepted(month, provider);
        if (random.Next(4) == 0)
        {
            LedgerDesk.Value(await agency.Begin(no));
            LedgerDesk.Value(await agency.Reject(no));
            await desk.Applied("21", month, provider);
            no = await agency.Accepted(month, provider);
        }
        if (random.Next(2) == 0) _ = await agency.Deduct(no, random.Next(1, 500_000) * 0.01m);
        if (random.Next(3) == 0)
        {
            await agency.Reviewed(no);
            LedgerDesk.Value(await agency.SendBack(no));
        }
        await agency.Approved(no);
    }

    /// <summary>The bank pays, returns, returns what it paid, or is silent.</summary>
    private static async Task Answer(AgencyDesk agency, PaymentFileRow file, StatementDesk desk, Random random)
    {
        var day = Settlement.Ledger.LedgerText.Day(desk.Calendar.Today);
        foreach (var (no, amount) in await agency.InFile(file))
            foreach (var line in random.Next(4) switch
            {
                0 => [],
                1 => [AgencyDesk.Refused(no, amount, day)],
                2 => [$"{no},{amount},成功,{day},B,", AgencyDesk.Refused(no, amount, day)],
                _ => (string[])[$"{no},{amount},成功,{day},B,"],
            })
                LedgerDesk.Value(await agency.Return(line));
    }
}
