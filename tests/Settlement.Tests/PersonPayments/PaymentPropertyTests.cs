using MedInsure.Kernel;
using MedInsure.Settlement.PersonPayments;
using MedInsure.Settlement.Projections;
using MedInsure.Settlement.Tests.Runs;
using Npgsql;

namespace MedInsure.Settlement.Tests.PersonPayments;

/// <summary>Over random amounts, lists, approvals, payments and withdrawals in any order: what was paid and what is open (on a list or not) is what was booked, person by person.</summary>
[Trait("Category", "Property")]
[Collection(PostgresCollection.Name)]
public sealed class PaymentPropertyTests(SharedPostgres postgres) : IAsyncLifetime
{
    private const int Steps = 150, Persons = 12;
    private SettlementNode node = null!;
    private RunDesk desk = null!;

    public async Task InitializeAsync()
    {
        node = await SettlementNode.Create(postgres.Server, "4308");
        desk = new RunDesk(node);
    }

    public Task DisposeAsync() => node.DisposeAsync().AsTask();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task PaidAndOpen_AreWhatWasBooked(int seed)
    {
        var random = new Random(seed);
        var (booked, paid) = (new long[Persons], new long[Persons]);
        var lists = new List<PaymentList>();
        var count = 0;
        for (var step = 0; step < Steps; step++)
        {
            switch (random.Next(7))
            {
                case < 3:
                    var person = random.Next(Persons);
                    var fen = random.Next(3) == 0 ? -random.NextInt64(1, 50_000) : random.NextInt64(1, 50_000);
                    await using (var connection = await node.Database.OpenConnectionAsync())
                    await using (var batch = new NpgsqlBatch(connection))
                    {
                        PersonBenefitRows.Write(batch, [new PersonBenefit($"{node.Tenant.Code}S{++count:D12}", $"P{person}", PersonBenefit.Correction, "380", 2026, "", "", "更正", "", "", "", "", fen, new DateOnly(2026, 6, 1), 0, 1)]);
                        await batch.ExecuteNonQueryAsync();
                    }
                    booked[person] += fen;
                    break;
                case 3:
                    // Two clerks at once.
                    foreach (var made in await Task.WhenAll(desk.Prepare(), desk.Prepare())) if (made.Refusal is null) lists.Add(made.Value);
                    break;
                case 4 when lists.Count > 0: await desk.Approve(lists[random.Next(lists.Count)]); break;
                case 5 when lists.Count > 0:
                    var list = lists[random.Next(lists.Count)];
                    var before = (await PaymentList.Find(desk.Place, list.Number, default))!.State;
                    // The message comes twice, at once.
                    var answers = await Task.WhenAll(desk.Pay(list), desk.Pay(list));
                    Assert.All(answers, a => Assert.Equal(before is "approved" or "paid", a.Refusal is null));
                    if (before == "approved")
                        foreach (var row in await desk.On(list))
                        {
                            Assert.True(row.Amount > 0);
                            paid[int.Parse(row.PsnNo.AsSpan(1))] += Fen.FromYuan(row.Amount).Value;
                        }
                    break;
                case 6 when lists.Count > 0: await desk.Withdraw(lists[random.Next(lists.Count)]); break;
            }
        }
        for (var person = 0; person < Persons; person++)
        {
            var open = await desk.Count($"""
                SELECT coalesce(sum(amount_fen), 0)::bigint FROM person_benefit b WHERE psn_no = 'P{person}'
                    AND NOT EXISTS (SELECT FROM payment_list_benefit p JOIN payment_list l USING (number) WHERE p.benefit_no = b.benefit_no AND NOT p.withdrawn AND l.state = 'paid')
                """);
            Assert.Equal(booked[person], paid[person] + open);
        }
        Assert.Equal(paid.Sum(), await desk.Count("SELECT coalesce(sum(amount_fen), 0)::bigint FROM payment_list WHERE state = 'paid'"));
        Assert.True(paid.Sum() > 0);
        Assert.Equal(0, await desk.Count("SELECT count(*) FROM (SELECT benefit_no FROM payment_list_benefit WHERE NOT withdrawn GROUP BY benefit_no HAVING count(*) > 1) AS twice"));
    }
}
