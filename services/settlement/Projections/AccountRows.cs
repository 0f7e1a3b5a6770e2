using MedInsure.Events;
using MedInsure.Hosting.Messaging;
using MedInsure.Hosting.Tenancy;
using MedInsure.Kernel;
using MedInsure.Settlement.Journal;
using Npgsql;
using NpgsqlTypes;

namespace MedInsure.Settlement.Projections;

/// <summary>What a record took from one account (negative: gave back), and what had left the account before.</summary>
/// <param name="BeneficiaryNo">Whose bill it was.</param>
/// <param name="Ordinal">0: the person's own account; 1 and on: relatives'.</param>
internal readonly record struct AccountMove(string PsnNo, string Cause, string Reference, string BeneficiaryNo, long AmountFen, long PaidBeforeFen, long AtMs, byte Ordinal = 0)
{
    public const string Settlement = "settlement", Correction = "correction", Withdrawal = "withdrawal", MutualAid = "mutual_aid";
    /// <summary>A merge: billing moves a statement by enrollment's word of it.</summary>
    public const string Untold = "";

    /// <summary>Of one record, in its order; those of settlements that the account paid nothing of too.</summary>
    public static IEnumerable<AccountMove> Of(JournalRecord record)
    {
        switch (record)
        {
            case { SettledClaim: { } claim }:
                yield return Own(record, Settlement, claim.SetlId, claim.Amounts.AccountFen, claim.AccountPaidBeforeFen);
                foreach (var move in Relatives(record, claim.SetlId, claim.Family)) yield return move;
                break;
            case { ReversedClaim: { Negated: var claim } reversal }:
                yield return Own(record, Settlement, reversal.SetlId, claim.Amounts.AccountFen + (reversal.Restores ? 1 : -1) * (reversal.Corrected?.Amounts.AccountFen ?? 0), claim.AccountPaidBeforeFen);
                foreach (var move in Relatives(record, reversal.SetlId, claim.Family)) yield return move;
                break;
            case { ClaimsCorrected: { } corrected }:
                foreach (var c in corrected.Correction)
                {
                    yield return Own(record, Correction, c.SetlId, c.Difference.Amounts.AccountFen, c.AccountPaidBeforeFen);
                    foreach (var move in Relatives(record, c.SetlId, c.Family)) yield return move;
                }
                break;
            case { PersonsMerged: { } merged }:
                yield return new AccountMove(merged.RetiredNo, Untold, "", merged.RetiredNo, -merged.AccountMovedFen, merged.AccountMovedFen, record.AtMs);
                yield return new AccountMove(record.PsnNo, Untold, "", record.PsnNo, merged.AccountMovedFen, merged.AccountPaidBeforeFen, record.AtMs);
                break;
            case { AccountWithdrawn: { } withdrawn }:
                yield return Own(record, Withdrawal, withdrawn.WithdrawalNo, withdrawn.AmountFen, withdrawn.AccountPaidBeforeFen);
                break;
        }
    }

    /// <summary>False of nearly every record: residents have no account.</summary>
    public static bool TouchesAccounts(JournalRecord record) => record switch
    {
        { SettledClaim: { } claim } => claim.Amounts.AccountFen != 0 || claim.Family is not null,
        { ReversedClaim: { Negated: var claim } reversal } => claim.Amounts.AccountFen != 0 || reversal.Corrected is not null || claim.Family is not null,
        _ => record.ClaimsCorrected is not null || record.AccountWithdrawn is not null || record.PersonsMerged is not null,
    };

    private static AccountMove Own(JournalRecord record, string cause, string reference, long amountFen, long paidBeforeFen) => new(record.PsnNo, cause, reference, record.PsnNo, amountFen, paidBeforeFen, record.AtMs);

    private static IEnumerable<AccountMove> Relatives(JournalRecord record, string reference, AccountPayments? family) => family is null ? []
        : family.Payment.Select((p, i) => new AccountMove(p.PsnNo, MutualAid, reference, record.PsnNo, p.AmountFen, p.AccountPaidBeforeFen, record.AtMs, (byte)(i + 1)));
}

/// <summary>Writes what left the accounts: the sums, the withdrawals, and the events to billing, which keeps the statements.</summary>
internal static class AccountRows
{
    public static void Write(NpgsqlBatch batch, Tenant tenant, IEnumerable<JournalRecord> records, IReadOnlyList<(JournalRecord Record, long Seq)> withdrawals)
    {
        var moves = records.Where(AccountMove.TouchesAccounts).SelectMany(AccountMove.Of).Where(m => m.AmountFen != 0).ToList();
        if (moves.Count == 0) return;
        // Absolute values: what the last one found plus what it took.
        var last = moves.GroupBy(m => m.PsnNo).Select(g => g.Last()).ToList();
        batch.BatchCommands.Add(new SetInsert().Text(last, m => m.PsnNo).Bigint(last, m => m.PaidBeforeFen + m.AmountFen)
            .Command("INSERT INTO account (psn_no, paid_fen) SELECT * FROM {unnest} ON CONFLICT (psn_no) DO UPDATE SET paid_fen = excluded.paid_fen"));
        var told = moves.Where(m => m.Cause != AccountMove.Untold).Select(m => EventOf(tenant, m)).ToList();
        if (told.Count > 0) batch.BatchCommands.Add(Outbox.Command(told));
        if (withdrawals.Count == 0) return;
        batch.BatchCommands.Add(new SetInsert()
            .Text(withdrawals, w => w.Record.AccountWithdrawn.WithdrawalNo).Text(withdrawals, w => w.Record.PsnNo).Text(withdrawals, w => w.Record.AccountWithdrawn.Cause)
            .Bigint(withdrawals, w => w.Record.AccountWithdrawn.AmountFen).Column(withdrawals, NpgsqlDbType.TimestampTz, w => DateTimeOffset.FromUnixTimeMilliseconds(w.Record.AtMs).UtcDateTime)
            .Bigint(withdrawals, w => w.Seq)
            .Command("INSERT INTO account_withdrawal (withdrawal_no, psn_no, cause, amount_fen, withdrawn_at, seq) SELECT * FROM {unnest}"));
    }

    private static OutboxEvent EventOf(Tenant tenant, AccountMove move) => OutboxEvent.Of(ProjectionStep.EventId(tenant, TenantState.NumberOf(move.Reference), 3, move.Ordinal), move.PsnNo,
        new AccountDebited(move.PsnNo, move.Cause, move.Reference, move.BeneficiaryNo, move.AmountFen, DayNumber.Of(ChinaCalendar.DayOf(move.AtMs))), DateTimeOffset.FromUnixTimeMilliseconds(move.AtMs));
}
