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

        var entries = StatementEntries.Of(lines, act.County, act.Row.FixmedinsCode);
        if (entries.Count > 0) await Book(act, lines, entries, approval.Approver!.Trim(), calendar, cancellation);
        var row = await act.Row.Step(act.Connection, act.Transaction, "approved", calendar.UtcNow, ", approver = $4", cancellation, approval.Approver!.Trim());
        return await act.Done(row, "approved", approval.Approver!, calendar.UtcNow, $"应付{payable}", cancellation);
    }

    private static async Task Book(StatementAct act, IReadOnlyList<StatementLine> lines, List<LedgerEntry> entries, string approver, ChinaCalendar calendar, CancellationToken cancellation)
    {
        var head = await LedgerHead.Lock(act.Connection, act.Transaction, cancellation);
        var today = head.OpenDay(calendar.Today);
        var effectiveOn = ClaimMonth.Last(act.Row.Month) is var end && end < today ? end : today;
        string[] people = [act.Row.FirstReviewer, act.Row.SecondReviewer, approver];
        var remittances = await RemitAuditNotices.Of(act.Connection, act.Transaction, act.Row, lines, effectiveOn, cancellation);
        List<(Voucher, DateOnly)> vouchers = [(new Voucher(StatementEntries.Kind, act.Row.No(act.County), effectiveOn, act.Row.Month, "", people, entries), today)];
        vouchers.AddRange(remittances.Select(r => (r.Voucher(act.County, act.Row.Month, people), today)));
        await PostVouchers.Run(act.Connection, act.Transaction, act.County, head, vouchers, cancellation);
        for (var i = 0; i < remittances.Count; i++) await RemitAuditNotices.Keep(act.Connection, act.Transaction, act.Row.Number, remittances[i], head.VoucherNo + 2 + i, calendar.UtcNow, cancellation);
    }
}
