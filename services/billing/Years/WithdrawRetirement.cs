using MedInsure.Billing.Bills;
using MedInsure.Billing.Incomes;
using MedInsure.Kernel;
using Npgsql;

namespace MedInsure.Billing.Years;

/// <summary>Two people withdraw a retirement that waits for its missing months to be paid: the bill is taken back by another, and the person may be tested again.</summary>
internal static class WithdrawRetirement
{
    internal sealed record Order(string? Reason, string? WithdrawnBy, string? Approver);

    public static async Task<Outcome<GrantRetirement.Retirement>> Execute(NpgsqlDataSource database, long retirementNo, Order order, ChinaCalendar calendar, CancellationToken cancellation)
    {
        if (RequestTexts.NoReason(order.Reason) is { } noReason) return noReason;
        if (TwoPeople.Check(order.WithdrawnBy, "withdrawn_by", order.Approver) is { } unfit) return unfit;
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        if (await GrantRetirement.Find(connection, transaction, "retirement_no = $1", [retirementNo], cancellation) is not { } seen) return BillRefusals.RetirementUnknown;
        // The payer first, as everybody who bills one: a payment that grants it goes before, or finds it withdrawn.
        var payer = GrantRetirement.PayerOf(seen.PsnNo);
        await SettleBills.Lock(connection, transaction, [payer], cancellation);
        var retirement = (await GrantRetirement.Find(connection, transaction, "retirement_no = $1", [retirementNo], cancellation))!;
        if (retirement.WithdrawnAt is not null) return retirement.WithdrawalReason == order.Reason ? retirement : BillRefusals.RetirementWithdrawn;
        if (retirement.GrantedAt is not null) return BillRefusals.Retired;
        await using (var withdraw = new NpgsqlCommand("""
            WITH withdrawn AS (UPDATE retirement SET withdrawn_by = $2, withdrawal_approver = $3, withdrawal_reason = $4, withdrawn_at = $5 WHERE retirement_no = $1)
            INSERT INTO bill (kind, payer_no, insutype, month, persons, employer_fen, employee_fen, maternity_fen, late_charge_fen, other_fen, due_on, charge_a_day_fen, reference, made_at)
            SELECT kind, payer_no, insutype, month, persons, 0, 0, 0, 0, -other_fen, due_on, 0, reference || ' withdrawn', $5 FROM bill WHERE kind = 'purchase' AND reference = $1::text
            """, connection, transaction)
        {
            Parameters = { new() { Value = retirementNo }, new() { Value = order.WithdrawnBy!.Trim() }, new() { Value = order.Approver!.Trim() }, new() { Value = order.Reason }, new() { Value = calendar.UtcNow.UtcDateTime } },
        })
            await withdraw.ExecuteNonQueryAsync(cancellation);
        // Both bills are settled by each other; what was paid towards the first one waits, to be refunded.
        var incomes = new List<IncomePosting>();
        await SettleBills.Run(connection, transaction, [payer], order.WithdrawnBy!.Trim(), incomes, calendar, cancellation);
        await PostIncome.Run(connection, transaction, incomes, calendar.UtcNow, cancellation);
        retirement = (await GrantRetirement.Find(connection, transaction, "retirement_no = $1", [retirementNo], cancellation))!;
        await transaction.CommitAsync(cancellation);
        return retirement;
    }
}
