using Grpc.Core;
using MedInsure.FraudAudit.Cases;
using MedInsure.Hosting.Rpc;
using MedInsure.Kernel;
using MedInsure.Protos.FraudAudit.V1;
using Microsoft.Extensions.DependencyInjection;

namespace MedInsure.FraudAudit.Tests.Cases;

/// <summary>A home county's case about another county's provider: its money is deducted there, and what only that county may impose becomes a lead there.</summary>
[Trait("Category", "Messaging")]
[Collection("audit")]
public sealed class TakeReferralTests(AuditFixture fixture) : IAsyncLifetime
{
    private CaseDesk there = null!, desk = null!; // the provider's county, the home county

    public async Task InitializeAsync()
    {
        there = await CaseDesk.Start(fixture);
        desk = await CaseDesk.Start(fixture, workers: true, settings: new() { [$"Tenants:{There}:Name"] = "邻县", [$"Tenants:{There}:City"] = AuditHost.City, ["Services:fraud-audit:Address"] = there.Host.GrpcAddress });
    }

    public async Task DisposeAsync()
    {
        await desk.DisposeAsync();
        await there.DisposeAsync();
    }

    private string There => there.Host.County.Code;

    private void Ring() => desk.Host.Services.GetRequiredService<CaseEffectWorker>().Ring(desk.Host.County.Code);

    private async Task<string> Concluded()
    {
        var no = await desk.Concluded();
        await desk.Sql($"UPDATE audit_case SET subject_county = '{There}'"); // as the city's registry has it
        return no;
    }

    private object Referral(string by = CaseDesk.Investigator, string approvedBy = CaseDesk.Chief, string? proposed = "建议暂停服务协议三个月", string? key = null) =>
        new { request_key = key ?? desk.NewKey(), by, reason = "协议由贵县区管理", proposed, approved_by = approvedBy };

    [Fact]
    public async Task Money_IsDeductedByTheProvidersCounty_AndSoAreItsAppealAndItsAccount()
    {
        var no = await Concluded();
        var decision = new { request_key = desk.NewKey(), by = CaseDesk.Decider, reason = "事实清楚", sanctions = new object[] { new { step = "recover" } } };
        await desk.Post($"/cases/{no}/decision", decision);
        desk.Neighbours.Answers.Enqueue(new Refusal(RefusalKind.Precondition, "statement.settlement_not_claimed", "不在", "not there")); // it has not been told of the settlement yet
        await desk.Post($"/cases/{no}/release", new { request_key = desk.NewKey(), by = CaseDesk.Releaser, reason = "签发" });
        await CaseDesk.Until(async () => { Ring(); return (await desk.Effects(no)).SequenceEqual(["book_notice done"]); });
        var notice = await desk.Notice(no, "deduction");
        Assert.Equal(Enumerable.Repeat($"book {notice} 345320 at {There}", 2), desk.Neighbours.Calls);
        Assert.Equal($" at {There}", (await desk.Get($"/notices/{notice}/money")).GetProperty("notice_no").GetString());
        await desk.Serve(await desk.Notice(no, "decision"));
        await desk.Post($"/cases/{no}/appeals", new { request_key = desk.NewKey(), by = CaseDesk.Clerk, reason = "收件", text = "不服", received_on = desk.Today });
        await desk.Post($"/cases/{no}/appeals/decision", desk.Outcome("cancelled"));
        await CaseDesk.Until(async () => { Ring(); return (await desk.Effects(no)).SequenceEqual(["book_notice done", "reverse_notice done"]); });
        Assert.Equal($"reverse {notice} 345320 at {There}", desk.Neighbours.Calls.Last());
    }

    [Fact]
    public async Task Referred_IsALeadThere_Once()
    {
        var no = await Concluded();
        var suspending = new { request_key = desk.NewKey(), by = CaseDesk.Decider, reason = "x", sanctions = CaseDesk.Usual };
        Assert.Equal("case.agreement_elsewhere", await desk.Refused($"/cases/{no}/decision", suspending));
        Assert.Equal("approval.same_person", await desk.Refused($"/cases/{no}/referral", Referral(approvedBy: CaseDesk.Investigator)));
        Assert.Equal("case.proposal_invalid", await desk.Refused($"/cases/{no}/referral", Referral(proposed: " ")));
        await desk.Post($"/cases/{no}/referral", Referral(key: "REFER"));
        await desk.Post($"/cases/{no}/referral", Referral(key: "REFER"));
        Assert.Equal("case.referred_before", await desk.Refused($"/cases/{no}/referral", Referral()));
        async Task<bool> Done() => (await desk.Effects(no)).SequenceEqual(["refer done"]);
        await CaseDesk.Until(async () => { Ring(); return await Done(); });
        await desk.Sql("UPDATE case_effect SET state = 'pending', done_at = NULL"); // as if the process had ended before it kept the answer
        await CaseDesk.Until(async () => { Ring(); return await Done(); });

        var lead = Assert.Single((await there.Get("/cases")).GetProperty("cases").EnumerateArray());
        Assert.Equal(("lead", CaseNeighbours.Hospital, There), (lead.GetProperty("state").GetString(), lead.GetProperty("subject").GetString(), lead.GetProperty("subject_county").GetString()));
        var leadNo = lead.GetProperty("case_no").GetString()!;
        var effect = (await desk.Get($"/cases/{no}")).GetProperty("effects").EnumerateArray().Single();
        Assert.Equal($"案件{leadNo}", effect.GetProperty("note").GetString());
        var evidence = (await there.Get($"/cases/{leadNo}")).GetProperty("evidence").EnumerateArray().Single();
        Assert.Equal((await desk.Notice(no, "hand_over"), "3453.20"), (evidence.GetProperty("number").GetString(), evidence.GetProperty("amount").GetString()));
        Assert.Contains("建议暂停服务协议三个月（涉及结算1笔：S1）", evidence.GetProperty("text").GetString(), StringComparison.Ordinal);
        Assert.DoesNotContain("P1", (await there.Get($"/cases/{leadNo}")).GetRawText(), StringComparison.Ordinal); // no person goes with it
        // That county's people go on with it; who referred it opens nothing there.
        await there.Post($"/cases/{leadNo}/filing", new { request_key = there.NewKey(), by = CaseDesk.Chief, reason = "立案", investigator = CaseDesk.Investigator });
    }

    [Fact]
    public async Task OwnProvider_IsReferredToNobody() =>
        Assert.Equal("case.nobody_to_refer_to", await desk.Refused($"/cases/{await desk.Concluded()}/referral", Referral()));

    [Fact]
    public async Task EachRefusal_InItsOrder()
    {
        async Task<string?> Code(Action<TakeReferralRequest> with, string provider = CaseNeighbours.Hospital)
        {
            var request = new TakeReferralRequest { HomeCounty = "640301", ReferralNo = "640301Y2026000001", FixmedinsCode = provider, Title = "冒名住院", Text = "建议暂停", AmountFen = 1, ReferredBy = "李", ApprovedBy = "孙" };
            with(request);
            try
            {
                await there.Host.Client.TakeReferralAsync(request, there.Host.Headers());
                return null;
            }
            catch (RpcException e) { return RefusalStatus.FromRpcException(e)?.Code; }
        }

        foreach (var wrong in (Action<TakeReferralRequest>[])[r => r.HomeCounty = There, r => r.HomeCounty = "x", r => r.ReferralNo = "640302Y2026000001", r => r.Text = "", r => r.AmountFen = -1, r => r.ReferredBy = "", r => r.ApprovedBy = "", r => r.SetlId.Add("")])
            Assert.Equal("referral.invalid", await Code(wrong));
        Assert.Equal("referral.not_ours", await Code(_ => { }, CaseNeighbours.Elsewhere));
        Assert.Equal("referral.not_ours", await Code(_ => { }, "H0"));
        Assert.Equal("case.title_invalid", await Code(r => r.Title = ""));
        Assert.Null(await Code(_ => { }));
        Assert.Equal("request.key_reused", await Code(r => r.Text = "建议解除"));
    }
}
