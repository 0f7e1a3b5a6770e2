using MedInsure.Billing.Accounts;
using MedInsure.Events;

namespace MedInsure.Billing.Tests.Accounts;

[Trait("Category", "Storage")]
[Collection("billing")]
public sealed class MergedAccountsTests(BillingFixture fixture)
{
    private static AccountDebited Bill(string psnNo, string number, long fen) => new(psnNo, "settlement", number, psnNo, fen, 2026_11_20);

    [Fact]
    public async Task RetiredAccount_MovesWhole_AndWhatComesLaterIsTheSurvivors()
    {
        await using var host = await fixture.Start(workers: false);
        await host.Credited(new AccountPosting("OLD", "credit", 1_000, 2026_01_31, "B1"), new AccountPosting("NEW", "credit", 300, 2026_01_31, "B1"));
        await host.Debited(Bill("OLD", "S1", 400), Bill("NEW", "S2", 50));
        for (var i = 0; i < 2; i++) await host.Merged(host.Merge("OLD", "NEW"));
        // Both sides still speak of the retired number, and of one bill with both.
        await host.Credited(new AccountPosting("OLD", "credit", 7, 2026_02_28, "B2"), new AccountPosting("NEW", "credit", 9, 2026_02_28, "B2"));
        await host.Debited(Bill("OLD", "S3", 5), Bill("OLD", "S3", 5));
        var (old, survivor) = (await host.Account("OLD"), await host.Account("NEW"));
        Assert.Equal((0, 0, 0, "NEW"), (old.CreditedFen, old.DebitedFen, old.BalanceFen, old.SurvivingNo));
        Assert.Equal((1_316, 455, 861, ""), (survivor.CreditedFen, survivor.DebitedFen, survivor.BalanceFen, survivor.SurvivingNo));
        Assert.Equal(new Dictionary<string, long> { ["OLD"] = 0, ["NEW"] = 1_316 }, await host.ToldCredits());
        await host.AccountsAddUp("OLD", "NEW");
    }

    [Fact]
    public async Task ChainOfMerges_EndsAtTheLast_InWhicheverOrderTheyCome()
    {
        await using var host = await fixture.Start(workers: false);
        await host.Credited([.. ((string[])["A", "B", "C", "D"]).Select(p => new AccountPosting(p, "credit", 10, 2026_01_31, "B1"))]);
        await host.Merged(host.Merge("B", "C", 2), host.Merge("A", "B", 1)); // A becomes part of B, which is part of C already
        await host.Merged(host.Merge("C", "D", 3));
        await host.Credited([.. ((string[])["A", "B", "C", "D"]).Select(p => new AccountPosting(p, "credit", 1, 2026_02_28, "B2"))]);
        Assert.Equal((0, 0, 0, 44), ((await host.Account("A")).BalanceFen, (await host.Account("B")).BalanceFen, (await host.Account("C")).BalanceFen, (await host.Account("D")).BalanceFen));
        await host.AccountsAddUp("A", "B", "C", "D");
    }

    [Fact]
    public async Task NobodyHadAnAccount_NothingIsBooked()
    {
        await using var host = await fixture.Start(workers: false);
        await host.Merged(host.Merge("OLD", "NEW"));
        Assert.Equal(0L, await host.Sql<long>("SELECT count(*) FROM account_entry"));
        await host.AccountsAddUp("OLD", "NEW");
    }
}
