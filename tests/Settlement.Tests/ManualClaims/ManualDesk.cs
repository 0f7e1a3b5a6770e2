using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.ManualClaims;
using MedInsure.Settlement.Runs;
using MedInsure.Settlement.Tests.Runs;

namespace MedInsure.Settlement.Tests.ManualClaims;

/// <summary>An agency's desk for paper bills in one county.</summary>
internal sealed class ManualDesk(SettlementNode node)
{
    public const string Clerk = "周录入", First = "吴初审", Second = "郑复核", Approver = "冯审批", Account = "6222 0200-1111 2222333";
    private static int lastRequest, lastInvoice;

    public SettlementNode Node => node;
    public RunPlace Place => new(node.Journal, node.Database);
    /// <summary>Lists of payments to persons, by three others.</summary>
    public RunDesk Payments => new(node);
    private ChinaCalendar Calendar => new(node.Time);

    /// <summary>A stay of 1 to 10 June with one line, or a visit of 1 June, at the county's own hospital of level 3.</summary>
    public ManualBill.Order Bill(string psnNo, decimal total, string medType = "21", string item = "A1", string insutype = "390", ManualBill.ProviderOrder? provider = null, string? invoice = null, string reason = "02") => new(
        psnNo, insutype, reason, provider ?? new(node.Hospital("3"), null, null, null, null), new(medType, "2026-06-01", medType[0] == '2' ? "2026-06-10" : "2026-06-01", null, null, false, false, 0),
        [new(invoice ?? Invoice(), "2026-06-10", total)], [new(item, "项目", "2026-06-01", 1, total, total)], null, total, null, null);

    public static string Invoice() => $"23010626{Interlocked.Increment(ref lastInvoice):D8}";

    /// <summary>Beijing's, whom nobody here has designated.</summary>
    public static ManualBill.ProviderOrder Beijing(string level = "3", string? code = null) => new(code, "北京某医院", level, "110101", true);

    public static EnterManualClaim.Order Order(ManualBill.Order bill, string? requestNo = null, string by = Clerk, bool attached = true) => new(requestNo ?? $"Q{Interlocked.Increment(ref lastRequest)}", bill, new(Account, "王测试", "工商银行哈尔滨分行"),
        attached ? [Paper(1)] : null, by);

    public static AttachToManualClaim.Attachment Paper(int number) => new($"{number:x64}", $"发票{number}.pdf", 12_345);

    public Task<Outcome<ManualClaim>> Enter(EnterManualClaim.Order order) => EnterManualClaim.Execute(Place, order, Calendar, default);
    public async Task<ManualClaim> Entered(ManualBill.Order bill) => RunDesk.Value(await Enter(Order(bill)));
    public async Task<string?> Refused(ManualBill.Order bill) => (await Enter(Order(bill))).Refusal?.Code;

    public Task<Outcome<ManualClaim>> Review1(ManualClaim claim, string by = First) => ReviewManualClaim.First(Place, claim.Number, new(by), node.Time.GetUtcNow(), default);
    public Task<Outcome<ManualClaim>> Review2(ManualClaim claim, string by = Second) => ReviewManualClaim.Second(Place, claim.Number, new(by), node.Time.GetUtcNow(), default);
    public async Task<SettlementReply> Preview(ManualClaim claim) => RunDesk.Value(await PreviewManualClaim.Query(Place, claim.Number, default));
    public async Task<Outcome<ManualClaim>> Approve(ManualClaim claim, string by = Approver, decimal? amount = null) =>
        await ApproveManualClaim.Execute(Place, claim.Number, new(by, amount ?? Yuan.Of((await Preview(claim)).FundTotalFen)), node.Time.GetUtcNow(), default);
    public Task<Outcome<ManualClaim>> Reverse(ManualClaim claim, string reviewer = First, string approver = Approver) => ReverseManualClaim.Reverse(Place, claim.Number, new(reviewer, approver, "票据有误"), node.Time.GetUtcNow(), default);
    public Task<Outcome<ManualClaim>> Recover(ManualClaim claim, string reviewer = First, string approver = Approver) => ReverseManualClaim.Recover(Place, claim.Number, new(reviewer, approver, "重复享受，追回"), node.Time.GetUtcNow(), default);
    public Task<Outcome<ManualClaim>> Reject(ManualClaim claim, string by = First) => EndManualClaim.Reject(Place, claim.Number, new(by, "票据不全"), node.Time.GetUtcNow(), default);

    public async Task<ManualClaim> Reviewed(ManualBill.Order bill)
    {
        var claim = await Entered(bill);
        RunDesk.Value(await Review1(claim));
        return RunDesk.Value(await Review2(claim));
    }

    /// <summary>From the clerk to the journal.</summary>
    public async Task<ManualClaim> Settled(ManualBill.Order bill)
    {
        var settled = RunDesk.Value(await Approve(await Reviewed(bill)));
        await node.Projected();
        return settled;
    }

    public async Task<string?> Text(string sql)
    {
        await using var command = node.Database.CreateCommand(sql);
        return await command.ExecuteScalarAsync() as string;
    }
}
