using MedInsure.FraudAudit.Intake;
using MedInsure.Protos.FraudAudit.V1;

namespace MedInsure.FraudAudit.Tests.Stock;

/// <summary>A provider that tells of its stock, and bills as intake keeps them.</summary>
internal sealed class StockDesk(AuditHost host)
{
    private int seq;

    public static StockMovement Movement(string kind, string number, decimal packs, int on, string item = "X", decimal price = 0, params string[] traceCodes)
    {
        var movement = new StockMovement { Kind = kind, FixmedinsBchno = number, MedListCode = item, QuantityE4 = (long)(packs * 10_000), UnitPriceMicroYuan = (long)(price * 1_000_000), MovedAtMs = Rules.Bill.MsOf(on, 9) };
        movement.TraceCode.AddRange(traceCodes);
        return movement;
    }

    public async Task<int> Tell(string provider, params StockMovement[] movements) =>
        (await host.Client.RecordStockMovementsAsync(new RecordStockMovementsRequest { FixmedinsCode = provider, Operator = "007", Movement = { movements } }, host.Headers())).Recorded;

    public async Task<int> Delete(string provider, string number, string type) =>
        (await host.Client.DeleteStockMovementAsync(new DeleteStockMovementRequest { FixmedinsCode = provider, Operator = "007", FixmedinsBchno = number, DataType = type }, host.Headers())).Deleted;

    public async Task Settle(params AuditClaim[] claims)
    {
        foreach (var claim in claims) claim.JournalSeq = ++seq;
        await using var connection = await host.Database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await ClaimStore.Keep(connection, transaction, claims, default);
        await transaction.CommitAsync();
    }
}
