using MedInsure.Kernel;
using MedInsure.Settlement.AuditNotices;
using MedInsure.Settlement.Ledger;
using MedInsure.Settlement.PaymentMethods;
using MedInsure.Settlement.Runs;

namespace MedInsure.Settlement.ProviderStatements;

/// <summary>A third person releases a statement by its amount: what it comes to beyond its settlements is booked, and it is payable. What comes to nothing or less waits for the provider's next statement.</summary>
internal static class ApproveStatement
{
    /// <param name="Payable">Yuan, as the approver saw it.</param>
    internal sealed record Approval(string? Approver, decimal? Payable);

    /// <summary>In order: who, the statement; approved before by the same; the state; another person than both reviewers; the amount; the lines still as they were reviewed.</summary>
    public static async Task<Outcome<StatementRow>> Execute(RunPlace place, string statementNo, Approval approval, ChinaCalendar calendar, CancellationToken cancellation)
    {
        if (TwoPeople.Name(approval.Approver, "approver") is { } nobody) return nobody;
        var begun = await StatementAct.Begin(place, statementNo, cancellation);
        if (begun.Refusal is { } refusal) return refusal;
        await using var act = begun.Value;
        if (act.Row.State is "approved" or "paid" && TwoPeople.AreOne(act.Row.Approver, approval.Approver)) return act.Row;
        if (act.Row.State != "reviewed") return StatementRefusals.NotInState;
        if (TwoPeople.Another(approval.Approver, "approver", act.Row.FirstReviewer, act.Row.SecondReviewer) is { } same) return same;
        if (approval.Payable is not { } yuan || !Yuan.TryRead(yuan, out var payable) || payable.Value != act.Row.PayableFen) return StatementRefusals.AmountMismatch;
        var lines = (await ComputeStatement.Run(act.Connection, act.Transaction, act.County, act.Row, cancellation)).Lines;
        if (!lines.SequenceEqual(await ComputeStatement.Kept(act.Connection, act.Transaction, act.Row.Number, cancellation))) return StatementRefusals.Changed;
        await ComputeMonth.Fix(act.Connection, act.Transaction, act.County, act.Row.FixmedinsCode, act.Row.Month, act.Row.No(act.County), cancellation);

        await Book(act, lines, approval.Approver!.Trim(), calendar, cancellation);
        var row = await act.Row.Step(act.Connection, act.Transaction, "approved", calendar.UtcNow, ", approver = $4", cancellation, approval.Approver!.Trim());
        return await act.Done(row, "approved", approval.Approver!, calendar.UtcNow, $"应付{payable}", cancellation);
    }

    /// <summary>The statement's own voucher, and one for each notice of another county. Either may be without the other: two counties' notices can cancel out in the statement.</summary>
    private static async Task Book(StatementAct act, IReadOnlyList<StatementLine> lines, string approver, ChinaCalendar calendar, CancellationToken cancellation)
    {
        var head = await LedgerHead.Lock(act.Connection, act.Transaction, cancellation);
        var today = head.OpenDay(calendar.Today);
        var effectiveOn = ClaimMonth.Last(act.Row.Month) is var end && end < today ? end : today;
        string[] people = [act.Row.FirstReviewer, act.Row.SecondReviewer, approver];
        var vouchers = new List<(Voucher, DateOnly)>();
        if (StatementEntries.Of(lines, act.County, act.Row.FixmedinsCode) is { Count: > 0 } entries)
            vouchers.Add((new Voucher(StatementEntries.Kind, act.Row.No(act.County), effectiveOn, act.Row.Month, "", people, entries), today));
        var first = head.VoucherNo + 1 + vouchers.Count;
        var remittances = await RemitAuditNotices.Of(act.Connection, act.Transaction, act.Row, lines, effectiveOn, cancellation);
        vouchers.AddRange(remittances.Select(r => (r.Voucher(act.County, act.Row.Month, people), today)));
        if (vouchers.Count == 0) return;
        await PostVouchers.Run(act.Connection, act.Transaction, act.County, head, vouchers, cancellation);
        for (var i = 0; i < remittances.Count; i++) await RemitAuditNotices.Keep(act.Connection, act.Transaction, act.Row.Number, remittances[i], first + i, calendar.UtcNow, cancellation);
    }
}
