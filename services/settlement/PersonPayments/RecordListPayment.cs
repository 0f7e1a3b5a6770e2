using MedInsure.Kernel;
using MedInsure.Settlement.Ledger;
using MedInsure.Settlement.Runs;
using Npgsql;

namespace MedInsure.Settlement.PersonPayments;

/// <summary>A third person records that the bank paid a list: once, the whole of it, and with it what is owed to persons leaves the ledger. Asked again with the same content it answers the same.</summary>
internal static class RecordListPayment
{
    /// <param name="Amount">Yuan; must be the list's.</param>
    /// <param name="PaidOn">yyyy-MM-dd, not in the future.</param>
    /// <param name="Reference">The bank's, used once.</param>
    internal sealed record Payment(string? PaidBy, decimal? Amount, string? PaidOn, string? Reference);

    /// <summary>In order: who, the day, the reference, the list, a third person; paid before by the same payment; approved; somebody who acted on none of its paper bills; the amount; the reference used before; what is on the list in the tables.</summary>
    public static async Task<Outcome<PaymentList>> Execute(RunPlace place, long number, Payment payment, ChinaCalendar calendar, CancellationToken cancellation)
    {
        if (TwoPeople.Name(payment.PaidBy, "paid_by") is { } nobody) return nobody;
        if (!CountyDesk.IsDay(payment.PaidOn, calendar, out var paidOn)) return Refusals.PaymentListDayInvalid;
        if (!CountyDesk.IsReference(payment.Reference)) return Refusals.PaymentListReferenceMissing;
        if (await PaymentList.Find(place, number, cancellation) is not { } list) return Refusals.PaymentListUnknown;
        if (TwoPeople.Another(payment.PaidBy, "paid_by", list.PreparedBy, list.ApprovedBy) is { } same) return same;
        if (Same(list)) return list;
        if (list.State != "approved") return Refusals.PaymentListNotApproved;
        if (TwoPeople.Another(payment.PaidBy, "paid_by", await ActedOnBills(place, number, cancellation)) is { } acted) return acted;
        if (payment.Amount is not { } yuan || !Yuan.TryRead(yuan, out var amount) || amount.Value != list.AmountFen) return Refusals.PaymentListAmountMismatch;
        try
        {
            await using var connection = await place.Database.OpenConnectionAsync(cancellation);
            await using var transaction = await connection.BeginTransactionAsync(cancellation);
            if (await Mark(connection, transaction, number, payment, paidOn, calendar, cancellation))
            {
                if (!await Book(connection, transaction, place.Journal.Tenant.Code, list, payment.PaidBy!.Trim(), paidOn, calendar, cancellation)) return Refusals.ProjectionLags;
                await transaction.CommitAsync(cancellation);
                return (await PaymentList.Find(place, number, cancellation))!;
            }
        }
        catch (PostgresException e) when (e.ConstraintName == "a_bank_reference_pays_one_list") { return Refusals.PaymentListReferenceUsed; }
        // The same message twice at once, or another hand was faster.
        list = (await PaymentList.Find(place, number, cancellation))!;
        return Same(list) ? list : Refusals.PaymentListNotApproved;

        bool Same(PaymentList found) => found.State == "paid" && found.BankReference == payment.Reference && found.PaidOn == paidOn && TwoPeople.AreOne(found.PaidBy, payment.PaidBy);
    }

    /// <summary>Who entered, reviewed or approved a paper bill does not pay it (Xc, seed-facts.md section 5.4: 财务 apart from 业务).</summary>
    private static async Task<string[]> ActedOnBills(RunPlace place, long number, CancellationToken cancellation)
    {
        await using var command = place.Database.CreateCommand("""
            SELECT ARRAY(SELECT DISTINCT unnest(ARRAY[m.entered_by, m.first_reviewed_by, m.second_reviewed_by, m.approved_by])
                FROM payment_list_benefit p JOIN person_benefit b USING (benefit_no) JOIN manual_claim m ON m.setl_id = b.setl_id WHERE p.number = $1 AND NOT p.withdrawn AND b.kind = 'manual')
            """);
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = number });
        return (string[])(await command.ExecuteScalarAsync(cancellation))!;
    }

    private static async Task<bool> Mark(NpgsqlConnection connection, NpgsqlTransaction transaction, long number, Payment payment, DateOnly paidOn, ChinaCalendar calendar, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("UPDATE payment_list SET state = 'paid', paid_by = $2, paid_on = $3, paid_at = $4, bank_reference = $5 WHERE number = $1 AND state = 'approved'", connection, transaction)
        {
            Parameters = { new() { Value = number }, new() { Value = payment.PaidBy!.Trim() }, new() { Value = paidOn }, new() { Value = calendar.UtcNow }, new() { Value = payment.Reference } },
        };
        return await command.ExecuteNonQueryAsync(cancellation) == 1;
    }

    /// <returns>False: the benefits of the list are not in the tables, which are being built again.</returns>
    private static async Task<bool> Book(NpgsqlConnection connection, NpgsqlTransaction transaction, string county, PaymentList list, string paidBy, DateOnly paidOn, ChinaCalendar calendar, CancellationToken cancellation)
    {
        var entries = new List<LedgerEntry>();
        await using (var command = new NpgsqlCommand("""
            SELECT b.fund_pay_type, sum(p.amount_fen)::bigint FROM payment_list_benefit p JOIN person_benefit b USING (benefit_no) WHERE p.number = $1 AND NOT p.withdrawn
            GROUP BY b.fund_pay_type HAVING sum(p.amount_fen) <> 0 ORDER BY b.fund_pay_type
            """, connection, transaction) { Parameters = { new() { Value = list.Number } } })
        await using (var reader = await command.ExecuteReaderAsync(cancellation))
            while (await reader.ReadAsync(cancellation))
            {
                entries.Add(new(new(SettlementEntries.PersonPayable, reader.GetString(0), county, ""), reader.GetInt64(1)));
                entries.Add(new(new(LedgerPurposes.ExpenditureAccount, reader.GetString(0), county, ""), -reader.GetInt64(1)));
            }
        if (entries.Where(e => e.Account.Purpose == SettlementEntries.PersonPayable).Sum(e => e.AmountFen) != list.AmountFen) return false;
        var head = await LedgerHead.Lock(connection, transaction, cancellation);
        var today = head.OpenDay(calendar.Today);
        var voucher = new Voucher("payment", PaymentList.NumberOf(county, list.Number), paidOn, 0, "", [list.PreparedBy, list.ApprovedBy, paidBy], entries);
        await PostVouchers.Run(connection, transaction, county, head, [(voucher, today)], cancellation);
        return true;
    }
}
