using MedInsure.Billing.Payments;
using MedInsure.Events;
using MedInsure.Hosting.Messaging;
using MedInsure.Kernel;
using Npgsql;
using NpgsqlTypes;

namespace MedInsure.Billing.Accounts;

/// <summary>Books what settlement took from accounts, or gave back, each once.</summary>
internal sealed class AccountDebitedHandler(ChinaCalendar calendar) : IEventHandler<AccountDebited>
{
    public async Task Handle(EventContext context, IReadOnlyList<AccountDebited> events, CancellationToken cancellation)
    {
        var survivors = await MergedAccounts.Lock(context.Connection, context.Transaction, events.Select(e => e.PsnNo), cancellation);
        var places = await MergedAccounts.Redirect(context.Connection, context.Transaction, survivors, [.. events.Select(e => (e.PsnNo, KindOf(e), e.Reference))], cancellation);
        var rows = events.Zip(places).Where(r => r.Second is not null).Select(r => (
            r.Second!.Value.PsnNo, Kind: KindOf(r.First), r.Second.Value.Reference, r.First.AmountFen, r.First.DebitedOn, Beneficiary: r.First.Cause == "mutual_aid" ? r.First.BeneficiaryNo : "")).ToList();
        await using var command = new NpgsqlCommand("""
            WITH booked AS (
                INSERT INTO account_entry (psn_no, kind, reference, amount_fen, effective_on, beneficiary, booked_at)
                SELECT psn_no, kind, reference, -amount_fen, effective_on, beneficiary, $7 FROM unnest($1, $2, $3, $4, $5, $6) WITH ORDINALITY AS d (psn_no, kind, reference, amount_fen, effective_on, beneficiary, n) ORDER BY n
                ON CONFLICT (psn_no, kind, reference) DO NOTHING RETURNING psn_no, amount_fen)
            UPDATE account a SET debited_fen = a.debited_fen - b.amount_fen FROM (SELECT psn_no, sum(amount_fen)::bigint AS amount_fen FROM booked GROUP BY psn_no) b WHERE a.psn_no = b.psn_no
            """, context.Connection, context.Transaction)
        {
            Parameters =
            {
                ReceivePayments.Column(NpgsqlDbType.Text, rows, r => r.PsnNo), ReceivePayments.Column(NpgsqlDbType.Text, rows, r => r.Kind), ReceivePayments.Column(NpgsqlDbType.Text, rows, r => r.Reference),
                ReceivePayments.Column(NpgsqlDbType.Bigint, rows, r => r.AmountFen), ReceivePayments.Column(NpgsqlDbType.Date, rows, r => DayNumber.ToDate(r.DebitedOn)),
                ReceivePayments.Column(NpgsqlDbType.Text, rows, r => r.Beneficiary), new() { Value = calendar.UtcNow.UtcDateTime },
            },
        };
        await command.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>Billing corrects credits, too.</summary>
    private static string KindOf(AccountDebited debited) => debited.Cause == "correction" ? "settlement_correction" : debited.Cause;
}
