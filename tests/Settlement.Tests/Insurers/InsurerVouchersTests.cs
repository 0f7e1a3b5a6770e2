using System.Net;
using MedInsure.Protos.Insurer.V1;
using MedInsure.Settlement.Ledger;

namespace MedInsure.Settlement.Tests.Insurers;

/// <summary>A contract's money in the city's ledger, to the fen: premiums, claims, their transfers, a year's outcome, each booked once.</summary>
[Trait("Category", "Storage")]
[Collection(PostgresCollection.Name)]
public sealed class InsurerVouchersTests(SharedDesk shared) : IClassFixture<SharedDesk>, IAsyncLifetime
{
    private readonly InsurerDesk desk = shared.Desk;

    public Task InitializeAsync()
    {
        desk.Today = new DateOnly(2026, 7, 5);
        (desk.Heads[desk.Counties[0]], desk.Heads[desk.Counties[1]]) = (300, 200);
        return Task.CompletedTask;
    }

    public Task DisposeAsync() => Task.CompletedTask;

    private string Insurer => InsurerDesk.Insurer;

    /// <summary>Of the contract's vouchers: kind and the rest of the number, then purpose, fund, county and counterparty with the amount.</summary>
    private async Task<IReadOnlyList<string>> Booked(string contract)
    {
        await using var command = desk.Database.CreateCommand("""
            SELECT v.kind || substr(v.number, length($1) + 1) || ': ' || string_agg(concat_ws(' ', a.purpose, a.fund, nullif(a.county, $2), nullif(a.counterparty, ''), e.amount_fen), ', ' ORDER BY e.entry_no)
            FROM voucher v JOIN voucher_entry e USING (voucher_no) JOIN ledger_account a USING (account_id) WHERE v.number LIKE $1 || '/%' GROUP BY v.voucher_no ORDER BY v.voucher_no
            """);
        command.Parameters.Add(new() { Value = contract });
        command.Parameters.Add(new() { Value = desk.City });
        var vouchers = new List<string>();
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync()) vouchers.Add(reader.GetString(0));
        return vouchers;
    }

    private async Task Ledger()
    {
        await using var connection = await desk.Database.OpenConnectionAsync();
        Assert.Empty((await VerifyLedger.Run(connection, desk.City, default)).Findings);
    }

    private async Task Ok(string path, object body) => Assert.Equal(HttpStatusCode.OK, (await desk.Post(path, body)).Status);

    private object Paying(decimal amount, string reference) => new { amount, paid_on = "2026-07-01", reference, cashier = "钱出纳", approver = "李审批" };

    [Fact]
    public async Task Premium_IsAnExpenseByCounty()
    {
        var contract = desk.Contract();
        await desk.HeadsFixed(contract);
        // 500 x 30.00 in four: 3,750.00 by 300 and 200 heads.
        for (var twice = 0; twice < 2; twice++) await Ok($"/insurers/{contract}/premiums/2026/1/payment", Paying(3_750, "P1"));
        Assert.Equal([$"premium/2026/1: insurer_premium 390100.critical_premium {desk.Counties[0]} {Insurer} 225000, insurer_premium 390100.critical_premium {desk.Counties[1]} {Insurer} 150000, expenditure_account 390100.critical_premium -375000"],
            await Booked(contract));
        await Ledger();
    }

    [Fact]
    public async Task Claims_AreOwedAndPaid()
    {
        var contract = desk.Contract();
        await desk.Tell(contract, desk.Settled(100_000), desk.Settled(40_000, county: desk.Counties[1]));
        for (var twice = 0; twice < 2; twice++) await Ok($"/insurers/{contract}/claims/202605/closing", InsurerDesk.TwoPeople);
        for (var twice = 0; twice < 2; twice++) await Ok($"/insurers/{contract}/claims/202605/transfer", Paying(1_399.99m, "T1"));
        Assert.Equal(
        [
            $"insurer/claims/202605: insurer_receivable 390200 {Insurer} 140000, benefit_expense 390200 {desk.Counties[0]} {Insurer} -100000, benefit_expense 390200 {desk.Counties[1]} {Insurer} -40000",
            $"insurer/transfer/T1: revenue_account 390200 139999, insurer_receivable 390200 {Insurer} -139999",
        ], await Booked(contract));
        // A month without claims is no fact of the ledger.
        await Ok($"/insurers/{contract}/claims/202606/closing", InsurerDesk.TwoPeople);
        Assert.Equal(2, (await Booked(contract)).Count);
        await Ledger();
    }

    [Fact]
    public async Task CountiesThatEvenOut_AreBookedWithoutADebt()
    {
        var contract = desk.Contract();
        var taken = desk.Settled(40_000, county: desk.Counties[1]);
        await desk.Tell(contract, taken);
        await Ok($"/insurers/{contract}/claims/202605/closing", InsurerDesk.TwoPeople);
        // As much as one county's claims bring, the other's takes back.
        var (claim, reversal) = (desk.Settled(40_000), desk.Reversal(taken));
        claim.SettledAtMs = reversal.SettledAtMs = SettlementNode.At(2026, 6, 30);
        await desk.Tell(contract, claim, reversal);
        await Ok($"/insurers/{contract}/claims/202606/closing", InsurerDesk.TwoPeople);
        Assert.Equal($"insurer/claims/202606: benefit_expense 390200 {desk.Counties[0]} {Insurer} -40000, benefit_expense 390200 {desk.Counties[1]} {Insurer} 40000", (await Booked(contract))[^1]);
        await Ledger();
    }

    [Fact]
    public async Task Outcome_IsBookedWithTheAgreement_AndCorrectedByTheNext()
    {
        var contract = desk.Contract();
        await desk.HeadsFixed(contract);
        desk.Today = new DateOnly(2027, 1, 5);
        await Ok($"/insurers/{contract}/reconciliations/2026/closing", InsurerDesk.TwoPeople);
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "reconciliation.not_agreed"), InsurerDesk.Refusal(await desk.Post($"/insurers/{contract}/reconciliations/2026/transfer", Paying(1, "O1"))));
        Assert.Empty(await Booked(contract));
        // All gain: 14,100.00 comes back (GetReconciliationTests).
        for (var twice = 0; twice < 2; twice++) await Agreed(contract, 1);
        Assert.Equal([$"insurer/outcome/2026/1: insurer_receivable 390100.critical_premium {Insurer} 1410000, insurer_premium 390100.critical_premium {Insurer} -1410000"], await Booked(contract));
        for (var twice = 0; twice < 2; twice++) await Ok($"/insurers/{contract}/reconciliations/2026/transfer", Paying(14_000, "O1"));
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "transfer.above_due"), InsurerDesk.Refusal(await desk.Post($"/insurers/{contract}/reconciliations/2026/transfer", Paying(100.01m, "O2"))));
        Assert.Equal(1_400_000, (await desk.Client.GetReconciliationAsync(new GetReconciliationRequest { ContractNo = contract, Year = 2026 }, desk.Headers)).OutcomePaidFen);

        // 10,000.00 of claims settled late: 15,000 - 450 - 10,000 = 4,550.00; less 450.00 the fund's is 4,100.00.
        await desk.Tell(contract, desk.Settled(1_000_000, 20261231));
        await Ok($"/insurers/{contract}/reconciliations/2026/closing", InsurerDesk.TwoPeople);
        await Agreed(contract, 2);
        Assert.Equal($"insurer/outcome/2026/2: insurer_receivable 390100.critical_premium {Insurer} -1000000, insurer_premium 390100.critical_premium {Insurer} 1000000", (await Booked(contract))[^1]);
        // The insurer gave too much, and gets it back: nothing is left on the account of what it owes.
        await Ok($"/insurers/{contract}/reconciliations/2026/transfer", Paying(9_900, "O3"));
        Assert.Equal($"insurer/transfer/O3: expenditure_account 390100.critical_premium -990000, insurer_receivable 390100.critical_premium {Insurer} 990000", (await Booked(contract))[^1]);
        Assert.Equal(410_000, (await desk.Client.GetReconciliationAsync(new GetReconciliationRequest { ContractNo = contract, Year = 2026 }, desk.Headers)).OutcomePaidFen);
        await Ledger();
    }

    [Fact]
    public async Task Loss_IsWhatTheFundOwes()
    {
        var contract = desk.Contract();
        await desk.HeadsFixed(contract);
        desk.Today = new DateOnly(2027, 1, 5);
        // GetReconciliationTests: 17,070.00 of claims, 1,395.00 the fund pays.
        await desk.Tell(contract, desk.Settled(1_707_000));
        await Ok($"/insurers/{contract}/reconciliations/2026/closing", InsurerDesk.TwoPeople);
        await Agreed(contract, 1);
        await Ok($"/insurers/{contract}/reconciliations/2026/transfer", Paying(1_395, "L1"));
        Assert.Equal(
        [
            $"insurer/outcome/2026/1: insurer_payable 390100.critical_premium {Insurer} -139500, insurer_premium 390100.critical_premium {Insurer} 139500",
            $"insurer/transfer/L1: expenditure_account 390100.critical_premium -139500, insurer_payable 390100.critical_premium {Insurer} 139500",
        ], await Booked(contract));
        await Ledger();
    }

    private async Task Agreed(string contract, int version) =>
        Assert.Equal(ReconciliationState.Agreed, (await desk.Client.AnswerReconciliationAsync(new AnswerReconciliationRequest { ContractNo = contract, Year = 2026, Version = version, Agree = true }, desk.Headers)).State);
}
