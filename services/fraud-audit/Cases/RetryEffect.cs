using System.Globalization;
using MedInsure.Kernel;

namespace MedInsure.FraudAudit.Cases;

/// <summary>What another service refused is tried again once its cause is gone, or given up.</summary>
internal static class RetryEffect
{
    internal sealed record Order(string? RequestKey, string? By, string? Reason, bool GiveUp = false) : CaseOrder(RequestKey, By, Reason);

    public static async Task<Outcome<object>> Execute(AuditRequest request, CaseOffice office, long effectNo, Order order)
    {
        if (order.Unfit is { } unfit) return unfit;
        long? caseNo;
        await using (var find = request.Database.CreateCommand("SELECT case_no FROM case_effect WHERE effect_no = $1"))
        {
            find.Parameters.Add(new() { Value = effectNo });
            caseNo = (long?)await find.ExecuteScalarAsync(request.Cancellation);
        }
        if (caseNo is not { } number) return CaseRefusals.EffectUnknown;
        var begun = await CaseAct.Begin(request, CaseRow.NoOf(request.County.Code, number), order, string.Create(CultureInfo.InvariantCulture, $"effect_{effectNo}_{(order.GiveUp ? "given_up" : "retried")}"), office.Calendar.UtcNow);
        if (begun.Refusal is { } refusal) return refusal;
        await using var act = begun.Value;
        if (act.IsReplay) return act.Shown;
        if (await act.Run("UPDATE case_effect SET state = $2 WHERE effect_no = $1 AND state = 'refused'", effectNo, order.GiveUp ? "cancelled" : "pending") == 0) return CaseRefusals.EffectUnknown;
        var shown = await act.Done(new { EffectNo = effectNo });
        office.Ring(act.County);
        return shown;
    }

    /// <summary>The work list: what waits, or was refused.</summary>
    public static async Task<object> List(AuditRequest request, string state)
    {
        await using var connection = await request.Database.OpenConnectionAsync(request.Cancellation);
        return new { Effects = (await CaseEffect.Read(connection, null, "state = $1 ORDER BY effect_no LIMIT 500", request.Cancellation, state)).Select(e => e.Shown(request.County.Code)) };
    }
}
