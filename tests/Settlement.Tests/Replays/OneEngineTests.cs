using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Calculation;
using MedInsure.Settlement.Claims;
using MedInsure.Settlement.Corrections;
using MedInsure.Settlement.Journal;
using MedInsure.Settlement.Policies;
using MedInsure.Settlement.Queries;
using MedInsure.Settlement.Simulation;
using MedInsure.Settlement.Tests.Persons;
using MedInsure.Settlement.Tests.Simulation;

namespace MedInsure.Settlement.Tests.Replays;

/// <summary>
/// One engine: a trial, the settlement, the statement's recomputation, the verification of the journal, a replay of the person, a correction and a simulation say the same of a
/// bill, to the fen. Random years, with interim bills, referrals, cancellations, accounts and relatives' accounts.
/// </summary>
[Trait("Category", "Property")]
[Collection(PostgresCollection.Name)]
public sealed class OneEngineTests(SharedPostgres postgres)
{
    [Theory]
    [InlineData("2301", "390", "harbin/resident", 11)]
    [InlineData("2301", "390", "harbin/resident", 14, true)]
    [InlineData("2301", "310", "harbin/employee", 12)]
    [InlineData("2301", "310", "harbin/employee", 15, true)]
    [InlineData("2301", "310", "harbin/employee", 16, true, true)]
    [InlineData("3417", "390", "guichi/resident", 13)]
    [InlineData("3417", "390", "guichi/resident", 17, false, true)]
    public async Task EveryWayToComputeABill_GivesTheSame(string city, string insutype, string pack, int seed, bool family = false, bool merges = false)
    {
        await using var node = await SettlementNode.Create(postgres.Server, city);
        var persons = Enumerable.Range(0, 8).Select(i => $"{node.Tenant.Code}P{i:D3}").ToList();

        // A trial of each bill right before it is settled.
        var (tried, gone) = (0, new HashSet<string>());
        await new CountyScript(seed, insutype, persons.Count, length: 100).Play(node, async request =>
        {
            var trial = await node.Submit(PreSettleClaim.Command(request.Clone()));
            var settled = await node.Submit(SettleClaim.Command(request));
            Assert.Equal(settled.Refusal, trial.Refusal);
            if (settled.Refusal is not null) return settled;
            tried++;
            // Some persons turn out to be others of them; the hospitals go on with the numbers that they have.
            if (merges && tried is 30 or 45)
            {
                var (retired, surviving) = tried == 30 ? (persons[1], persons[0]) : (persons[0], persons[2]);
                await node.Merged(retired, surviving);
                gone.Add(retired);
            }
            var (expected, found) = (settled.Value.Claim().Clone(), trial.Value.Claim());
            expected.SetlId = "";
            Assert.Equal(expected, found);
            return settled;
        }, async () =>
        {
            if (!family) return;
            // Two employees for whom nobody settles anything, and each person's account for the next one's bills where it is an employee's.
            string[] employees = [$"{node.Tenant.Code}E1", $"{node.Tenant.Code}E2"];
            foreach (var employee in employees) await node.AddPerson(employee, "310", "1101", 9_000_000);
            for (var i = 0; i < persons.Count; i++)
                foreach (var payer in insutype == "310" ? [persons[(i + 1) % persons.Count], employees[i % 2]] : i % 3 == 0 ? employees : employees[..1])
                    await node.Accepted(Families.FamilyWorld.Consent(payer, persons[i]));
        });
        Assert.True(tried > 60);

        // The journal, by itself; then each person again.
        var report = await VerifyJournal.Run(node.Database, node.Tenant, node.Policies, default);
        Assert.Empty(report.Findings);
        Assert.Equal(tried, report.Settlements);
        var (replayed, booked, fromFamily) = (0, default(PaidSums), 0);
        foreach (var psn in persons.Except(gone))
        {
            var replay = await node.ReplayIsBooked(psn);
            foreach (var claim in replay.Claims)
            {
                replayed++;
                if (claim.Document.Family is not null) fromFamily++;
                Assert.Equal(claim.Document.Amounts, JournalDocuments.DocumentOf(GetStatement.Recompute(claim.Document, CountyPolicies.Of(node.Policies))));
                if (claim.Stands) booked += PaidSums.Of(claim.Document.Amounts);
            }
            Assert.Empty((await CorrectPerson.Plan(node.Journal, node.Database, psn, default)).Value.Corrections);
        }
        Assert.Equal(tried, replayed);
        Assert.Equal(family, fromFamily > 5);

        // The same terms as a draft: what the simulation computes under it is what is booked.
        var scope = new SimulationScope(Drafts.Read(Drafts.Of(pack)), new DateOnly(2025, 1, 1), new DateOnly(2026, 12, 31));
        foreach (var kind in new[] { SimulationBase.Published, SimulationBase.Booked })
        {
            var totals = (await SimulatePolicy.Run(new SimulationRequest(scope, kind, null, [node.Tenant]), _ => node.Database, node.Policies, TextWriter.Null, default)).Totals;
            Assert.Equal((replayed, 0), (totals.Computed, totals.All.Changed));
            for (var payer = PaidBy.BasicFund; payer <= PaidBy.Cash; payer++)
                Assert.Equal((payer, booked.Of(payer), booked.Of(payer)), (payer, totals.Before.Of(payer), totals.After.Of(payer)));
        }
    }
}
