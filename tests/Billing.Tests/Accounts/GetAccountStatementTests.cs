using System.Net;
using FsCheck;
using FsCheck.Fluent;
using Grpc.Core;
using MedInsure.Billing.Accounts;
using MedInsure.Events;
using MedInsure.Protos.Billing.V1;

namespace MedInsure.Billing.Tests.Accounts;

[Trait("Category", "Storage")]
[Collection("billing")]
public sealed class GetAccountStatementTests(BillingFixture fixture)
{
    [Fact]
    public async Task Statement_ShowsTheOpeningAndEachEntryWithItsBalance()
    {
        await using var host = await fixture.Start(workers: false);
        await host.Hear(TestPerson.New("P1", insutype: "310") with { Coverage = [new InsuredCoverage("310", "1101", 2020_01_01, 2024_12_31, "E1", 300), new InsuredCoverage("310", "1101", 2025_01_01, 0, "E2", 700)] });
        await host.Credited(new AccountPosting("P1", "credit", 500, 2026_01_31, "B1"));
        await host.Debited(new AccountDebited("P1", "settlement", "S1", "P1", 900, 2026_02_03), new AccountDebited("P1", "mutual_aid", "S2", "P2", 100, 2026_02_04), new AccountDebited("P1", "settlement", "S3", "P1", -900, 2026_02_05),
            new AccountDebited("P1", "correction", "S4", "P1", -1, 2026_02_06), new AccountDebited("P1", "withdrawal", "S5", "P1", 1_401, 2026_02_07));
        var statement = await host.Account("P1");
        Assert.Equal((1_000, 500, 1_500, 0), (statement.OpeningFen, statement.CreditedFen, statement.DebitedFen, statement.BalanceFen));
        Assert.Equal(["credit 500 B1  1500", "settlement -900 S1  600", "mutual_aid -100 S2 P2 500", "settlement 900 S3  1400", "settlement_correction 1 S4  1401", "withdrawal -1401 S5  0"],
            statement.Entry.Select(e => $"{e.Kind} {e.AmountFen} {e.Reference} {e.BeneficiaryNo} {e.BalanceFen}"));
        await host.AccountsAddUp("P1");

        var (status, body) = await host.Get("/accounts/P1?page_size=2");
        Assert.Equal((HttpStatusCode.OK, "10.00", "0.00", 2), (status, body.GetProperty("opening").GetString(), body.GetProperty("balance").GetString(), body.GetProperty("entries").GetArrayLength()));
        body = (await host.Get($"/accounts/P1?page_size=10&after={body.GetProperty("next_after").GetInt64()}")).Body;
        Assert.Equal(("-1.00", "5.00", 4), (body.GetProperty("entries")[0].GetProperty("amount").GetString(), body.GetProperty("entries")[0].GetProperty("balance").GetString(), body.GetProperty("entries").GetArrayLength()));
    }

    [Fact]
    public async Task Refusals_AreNamed()
    {
        await using var host = await fixture.Start(workers: false);
        Assert.Equal("page.size_invalid", (await host.Get("/accounts/P1?page_size=0")).Body.GetProperty("code").GetString());
        Assert.Equal("page.size_invalid", (await host.Get("/accounts/P1?page_size=1001")).Body.GetProperty("code").GetString());
        Assert.Equal(StatusCode.InvalidArgument, (await Assert.ThrowsAsync<RpcException>(async () => await host.Client.GetAccountStatementAsync(new GetAccountStatementRequest(), host.Headers()))).StatusCode);
        Assert.Equal(0, (await host.Account("NOBODY")).BalanceFen);
    }
}

/// <summary>Any credits, debits, takings back, merges and repeats in any order: what billing shows is what a plain count gives, and what settlement knows.</summary>
[Trait("Category", "Property")]
[Collection("billing")]
public sealed class AnyAccountTests(BillingFixture fixture)
{
    private const int Persons = 4;

    private sealed record Act(int Kind, int Person, int Other, int Number, int Fen);

    private static readonly Gen<Act> Acts =
        from kind in Gen.Choose(0, 9)
        from person in Gen.Choose(0, Persons - 1)
        from other in Gen.Choose(0, Persons - 1)
        from number in Gen.Choose(1, 12)
        from fen in Gen.Choose(1, 500)
        select new Act(kind, person, other, number, fen);

    [Fact]
    public Task WhateverComes_BalanceIsTheSumOfEntries() => Task.Run(async () =>
    {
        await using var host = await fixture.Start(workers: false);
        var round = 0;
        Prop.ForAll(Arb.From(Acts.ArrayOf(40)), acts => Play(host, ++round, acts).GetAwaiter().GetResult()).Check(Config.QuickThrowOnFailure.WithMaxTest(12));
    });

    private static async Task Play(BillingHost host, int round, Act[] acts)
    {
        var names = Enumerable.Range(0, Persons).Select(p => $"R{round:D2}-{p}").ToArray();
        var (credits, debits, seen, into) = (new long[Persons], new long[Persons], new HashSet<string>(), Enumerable.Range(0, Persons).ToArray());
        foreach (var act in acts)
        {
            // The amount follows from the number: the same act again is the same.
            var (fen, whose) = (act.Number * 37 % 100 + 1, into[act.Person]);
            switch (act.Kind)
            {
                case < 4:
                    await host.Credited(new AccountPosting(names[act.Person], "credit", fen, 2026_01_31, $"B{act.Number}"));
                    if (seen.Add($"c {act.Person} {act.Number}")) credits[whose] += fen;
                    break;
                case 4:
                    await host.Credited(new AccountPosting(names[act.Person], "correction", -fen, 2026_01_31, $"K{act.Number}"));
                    if (seen.Add($"k {act.Person} {act.Number}")) credits[whose] -= fen;
                    break;
                case < 9:
                    var cause = (string[])["settlement", "correction", "mutual_aid", "withdrawal"];
                    var sign = act.Kind == 5 ? -1 : 1;
                    await host.Debited(new AccountDebited(names[act.Person], cause[act.Kind - 5], $"S{act.Number}", names[act.Other], sign * fen, 2026_02_01), new AccountDebited(names[act.Person], cause[act.Kind - 5], $"S{act.Number}", names[act.Other], sign * fen, 2026_02_01));
                    if (seen.Add($"d {act.Kind} {act.Person} {act.Number}")) debits[whose] += sign * fen;
                    break;
                // Enrollment merges no record twice, and none into one that is gone.
                case 9 when into[act.Person] == act.Person && into[act.Other] == act.Other && act.Person != act.Other && act.Number < 4:
                    await host.Merged(host.Merge(names[act.Person], names[act.Other], round * 100 + act.Person));
                    (credits[act.Other], credits[act.Person]) = (credits[act.Other] + credits[act.Person], 0);
                    (debits[act.Other], debits[act.Person]) = (debits[act.Other] + debits[act.Person], 0);
                    for (var p = 0; p < Persons; p++)
                        if (into[p] == act.Person) into[p] = act.Other;
                    break;
            }
        }
        var told = await host.ToldCredits();
        for (var p = 0; p < Persons; p++)
        {
            var account = await host.Account(names[p]);
            Assert.Equal((credits[p], debits[p], credits[p] - debits[p]), (account.CreditedFen, account.DebitedFen, account.BalanceFen));
            Assert.Equal(credits[p], told.GetValueOrDefault(names[p]));
        }
        await host.AccountsAddUp(names);
    }
}
