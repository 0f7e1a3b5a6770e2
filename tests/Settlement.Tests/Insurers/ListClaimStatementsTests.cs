using System.Net;
using Grpc.Core;
using MedInsure.Protos.Insurer.V1;
using MedInsure.Settlement.Insurers;

namespace MedInsure.Settlement.Tests.Insurers;

/// <summary>What an insurer owes for claims paid at the window: every event of its stream in one month's statement.</summary>
[Trait("Category", "Storage")]
[Collection(PostgresCollection.Name)]
public sealed class ListClaimStatementsTests(SharedDesk shared) : IClassFixture<SharedDesk>, IAsyncLifetime
{
    private readonly InsurerDesk desk = shared.Desk;

    public Task InitializeAsync()
    {
        desk.Today = new DateOnly(2026, 7, 5);
        return Task.CompletedTask;
    }

    public Task DisposeAsync() => Task.CompletedTask;

    private async Task<IReadOnlyList<ClaimStatement>> Listed(string contract, int year = 0, bool open = false, Metadata? headers = null) =>
        (await desk.Client.ListClaimStatementsAsync(new ListClaimStatementsRequest { ContractNo = contract, Year = year, OpenOnly = open }, headers ?? desk.Headers)).Statement;

    private Task<(HttpStatusCode Status, System.Text.Json.JsonElement Body)> Close(string contract, int month, object? order = null) => desk.Post($"/insurers/{contract}/claims/{month}/closing", order ?? InsurerDesk.TwoPeople);

    private Task<(HttpStatusCode Status, System.Text.Json.JsonElement Body)> Pay(string contract, int month, decimal amount, string reference = "T1", string on = "2026-07-03") =>
        desk.Post($"/insurers/{contract}/claims/{month}/transfer", new { amount, paid_on = on, reference, cashier = "钱出纳", approver = "李审批" });

    private ClaimEvent On(int month, int day, long fen, int county = 0)
    {
        var e = desk.Settled(fen, 20260101, desk.Counties[county]);
        e.SettledAtMs = SettlementNode.At(2026, month, day, 23);
        return e;
    }

    [Fact]
    public async Task Month_SumsByCounty_AndLateEventsAreInTheNext()
    {
        var contract = desk.Contract();
        var (kept, taken) = (On(5, 31, 100_000), On(5, 1, 40_000, 1));
        var june = On(6, 1, 7_000);
        await desk.Tell(contract, kept, taken, june);
        Assert.Equal(HttpStatusCode.OK, (await Close(contract, 202605)).Status);
        // Told after May was closed: a claim of May, the taking back of another in June, a decision.
        var reversal = desk.Reversal(taken);
        reversal.SettledAtMs = SettlementNode.At(2026, 6, 30, 23);
        await desk.Tell(contract, On(5, 20, 500), reversal, On(7, 1, 9_999));
        await desk.Raised(desk.Disputing(contract, kept.SetlId, 30_000, "A"));
        await desk.Decide(contract, "A", InsurerDesk.Upholding(300));
        Assert.Equal(HttpStatusCode.OK, (await Close(contract, 202606)).Status);
        var statements = await Listed(contract);
        Assert.Equal([(202605, 140_000L, 0L, 140_000L), (202606, 7_000 + 500 - 40_000, 30_000, 7_000 + 500 - 40_000 - 30_000)], statements.Select(s => (s.Month, s.ClaimsFen, s.AdjustedFen, s.DueFen)));
        Assert.Equal([(desk.Counties[0], 100_000L, 0L), (desk.Counties[1], 40_000, 0)], statements[0].County.Select(c => (c.County, c.ClaimsFen, c.AdjustedFen)));
        Assert.Equal([(desk.Counties[0], 7_500L, 30_000L), (desk.Counties[1], -40_000, 0)], statements[1].County.Select(c => (c.County, c.ClaimsFen, c.AdjustedFen)));
        // The claim falls, and its adjustment with it: what was taken off comes back.
        desk.Today = new DateOnly(2026, 8, 5);
        var fallen = desk.Reversal(kept);
        fallen.SettledAtMs = SettlementNode.At(2026, 7, 31, 23);
        await desk.Tell(contract, fallen);
        await Close(contract, 202607);
        var july = (await Listed(contract, 2026))[^1];
        Assert.Equal((9_999L - 100_000, -30_000L), (july.ClaimsFen, july.AdjustedFen));
        // Over all months: what stands.
        Assert.Equal(7_000 + 500 + 9_999, (await Listed(contract)).Sum(s => s.DueFen));
    }

    [Fact]
    public async Task RandomTelling_EveryEventIsInOneStatement()
    {
        var (contract, random, sum) = (desk.Contract(), new Random(7), 0L);
        desk.Today = new DateOnly(2026, 12, 31);
        for (var month = 2; month <= 11; month++)
        {
            var events = Enumerable.Range(0, 20).Select(_ => On(random.Next(1, Math.Min(12, month + 2)), random.Next(1, 29), random.NextInt64(1, 10_000), random.Next(2))).ToArray();
            sum += events.Sum(e => e.InsurerFen);
            await desk.Tell(contract, events);
            Assert.Equal(HttpStatusCode.OK, (await Close(contract, 202600 + month)).Status);
        }
        Assert.Equal(sum, (await Listed(contract)).Sum(s => s.ClaimsFen));
    }

    [Fact]
    public async Task Transfers_AreShown_AndWhatDiffersIsListed()
    {
        var contract = desk.Contract();
        await desk.Tell(contract, On(5, 1, 100_000), On(6, 1, 50_000));
        await Close(contract, 202605);
        await Close(contract, 202606);
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "transfer.above_due"), InsurerDesk.Refusal(await Pay(contract, 202605, 1_000.01m)));
        var (status, body) = await Pay(contract, 202605, 999.99m);
        Assert.Equal((HttpStatusCode.OK, "0.01"), (status, body.GetProperty("difference").GetRawText()));
        Assert.Equal(body.ToString(), (await Pay(contract, 202605, 999.99m)).Body.ToString()); // the same message again
        Assert.Equal((HttpStatusCode.Conflict, "premium.reference_used"), InsurerDesk.Refusal(await Pay(contract, 202605, 0.01m)));
        Assert.Equal((HttpStatusCode.Conflict, "premium.reference_used"), InsurerDesk.Refusal(await Pay(contract, 202606, 1)));
        Assert.Equal(HttpStatusCode.OK, (await Pay(contract, 202606, 500, "T2")).Status);
        var open = Assert.Single(await Listed(contract, open: true));
        Assert.Equal((202605, 99_999L, 1L, "T1", 20260703), (open.Month, open.ReceivedFen, open.DifferenceFen, open.Transfer[0].Reference, open.Transfer[0].PaidOn));
        Assert.Single((await desk.Get($"/insurers/{contract}/claims?open=true")).Body.GetProperty("statements").EnumerateArray());
        Assert.Equal(2, (await desk.Get($"/insurers/{contract}/claims?year=2026")).Body.GetProperty("statements").GetArrayLength());
    }

    [Fact]
    public async Task ManyAtOnce_OneIsRecorded()
    {
        var contract = desk.Contract();
        await desk.Tell(contract, On(6, 1, 50_000));
        var closings = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Close(contract, 202606)));
        Assert.All(closings, c => Assert.Equal((HttpStatusCode.OK, closings[0].Body.ToString()), (c.Status, c.Body.ToString())));
        var transfers = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => Pay(contract, 202606, 500, $"R{i}")));
        Assert.Single(transfers, t => t.Status == HttpStatusCode.OK);
    }

    [Fact]
    public async Task Refusals_ComeInOrder()
    {
        var contract = desk.Contract();
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "approval.same_person"), InsurerDesk.Refusal(await Close(contract, 1, new { reviewer = "王复核", approver = "王复核" })));
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "contract.without_premium"), InsurerDesk.Refusal(await Close(InsurerDesk.Supplement, 1)));
        foreach (var month in (int[])[0, 2026, 202600, 202613, 202512]) Assert.Equal((HttpStatusCode.BadRequest, "statement.month_invalid"), InsurerDesk.Refusal(await Close(contract, month)));
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "statement.month_not_ended"), InsurerDesk.Refusal(await Close(contract, 202607)));
        Assert.Equal(HttpStatusCode.OK, (await Close(contract, 202604)).Status);
        foreach (var month in (int[])[202603, 202606]) Assert.Equal((HttpStatusCode.UnprocessableEntity, "statement.months_not_in_order"), InsurerDesk.Refusal(await Close(contract, month)));
        Assert.Equal((HttpStatusCode.NotFound, "statement.unknown"), InsurerDesk.Refusal(await Pay(contract, 202605, 1)));
        Assert.Equal((HttpStatusCode.BadRequest, "premium.amount_mismatch"), InsurerDesk.Refusal(await Pay(contract, 202605, 0)));
        Assert.Equal((HttpStatusCode.BadRequest, "premium.paid_on_invalid"), InsurerDesk.Refusal(await Pay(contract, 202605, 1, on: "2026-07-06")));
        Assert.Equal((HttpStatusCode.BadRequest, "premium.reference_missing"), InsurerDesk.Refusal(await Pay(contract, 202605, 1, " ")));
        Assert.Equal((StatusCode.FailedPrecondition, "contract.without_premium"), await InsurerDesk.Refused(() => Listed(InsurerDesk.Supplement)));
        Assert.Equal((StatusCode.InvalidArgument, "contract.year_outside"), await InsurerDesk.Refused(() => Listed(contract, 2025)));
        Assert.Equal((StatusCode.NotFound, "contract.unknown"), await InsurerDesk.Refused(() => Listed(contract, headers: desk.OtherHeaders)));
    }
}
