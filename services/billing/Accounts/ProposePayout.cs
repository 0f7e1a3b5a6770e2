using System.Security.Cryptography;
using System.Text;
using MedInsure.Billing.Payments;
using MedInsure.Kernel;
using Npgsql;
using NpgsqlTypes;

namespace MedInsure.Billing.Accounts;

/// <summary>Money of an account is to go to heirs, to the area the person went to, or to the person: proposed with the payees and their shares, for another person to approve.</summary>
internal static class ProposePayout
{
    /// <param name="Amount">Yuan; none: all that is there when it is approved.</param>
    internal sealed record Order(string? RequestKey, string? PsnNo, string? Cause, long? TransferNo, string? Amount, IReadOnlyList<OrderPayee>? Payees, string? Reason, string? ProposedBy);

    /// <param name="HeirNo">An heir who has an account here is credited; others name a bank account.</param>
    internal sealed record OrderPayee(string? Name, string? Relation, string? HeirNo, string? BankAccount, int ShareBp);

    private const int NameMax = 100, BankAccountMax = 64;

    /// <summary>In order: what the request holds, shares, the request before, the person, the cause's conditions, heirs.</summary>
    public static async Task<Outcome<PayoutRow>> Execute(NpgsqlDataSource database, Order order, ChinaCalendar calendar, CancellationToken cancellation)
    {
        if (RequestTexts.NoKey(order.RequestKey) is { } noKey) return noKey;
        if (!RequestTexts.IsText(order.PsnNo, 40)) return Refusals.NumberMissing;
        if (order.Cause is not ("inheritance" or "transfer_out" or "pay_out")) return AccountRefusals.CauseUnknown;
        if ((order.Cause == "transfer_out") != (order.TransferNo is not null)) return AccountRefusals.TransferUnknown;
        var asked = 0L;
        if (!string.IsNullOrEmpty(order.Amount) && !PaymentTexts.IsAmount(order.Amount, out asked)) return AccountRefusals.AmountInvalid;
        if (RequestTexts.NoReason(order.Reason) is { } noReason) return noReason;
        if (TwoPeople.Name(order.ProposedBy, "proposed_by") is { } nobody) return nobody;
        if (order.Payees is not { Count: > 0 and <= AccountRefusals.PayeesMax } payees || payees.Any(p => !IsWhole(p)) || (order.Cause != "inheritance" && (payees.Count > 1 || !string.IsNullOrEmpty(payees[0].HeirNo)))) return AccountRefusals.PayeesInvalid;
        if (payees.Any(p => p.ShareBp is < 1 or > BasisPoints.Whole) || payees.Sum(p => p.ShareBp) != BasisPoints.Whole) return AccountRefusals.SharesWrong;
        string[] heirs = [.. payees.Select(p => p.HeirNo).OfType<string>().Where(h => h.Length > 0)];
        if (heirs.Distinct().Count() != heirs.Length || heirs.Contains(order.PsnNo)) return AccountRefusals.HeirUnfit;
        var content = SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', [
            order.PsnNo!, order.Cause, $"{order.TransferNo}", $"{asked}", order.Reason!, order.ProposedBy!.Trim(), .. payees.Select(p => $"{p.Name}\t{p.Relation}\t{p.HeirNo}\t{p.BankAccount}\t{p.ShareBp}")])));

        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        if (await PayoutRow.Find(connection, transaction, "request_key = $1", order.RequestKey!, cancellation) is { } known) return Same(known, content);
        if (await Unfit(connection, transaction, order, heirs, cancellation) is { } unfit) return unfit;
        try
        {
            await using var insert = new NpgsqlCommand("""
                WITH payout AS (
                    INSERT INTO account_payout (request_key, content, psn_no, cause, transfer_no, asked_fen, reason, proposed_by, proposed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING payout_no)
                INSERT INTO account_payee (payout_no, line_no, name, relation, heir_no, bank_account, share_bp)
                SELECT payout_no, n, name, relation, heir_no, bank_account, share_bp FROM payout, unnest($10, $11, $12, $13, $14) WITH ORDINALITY AS p (name, relation, heir_no, bank_account, share_bp, n)
                """, connection, transaction)
            {
                Parameters =
                {
                    new() { Value = order.RequestKey }, new() { Value = content }, new() { Value = order.PsnNo }, new() { Value = order.Cause }, new() { NpgsqlDbType = NpgsqlDbType.Bigint, Value = (object?)order.TransferNo ?? DBNull.Value },
                    new() { Value = asked }, new() { Value = order.Reason }, new() { Value = order.ProposedBy!.Trim() }, new() { Value = calendar.UtcNow.UtcDateTime },
                    ReceivePayments.Column(NpgsqlDbType.Text, payees, p => p.Name!.Trim()), ReceivePayments.Column(NpgsqlDbType.Text, payees, p => p.Relation!.Trim()), ReceivePayments.Column(NpgsqlDbType.Text, payees, p => p.HeirNo ?? ""),
                    ReceivePayments.Column(NpgsqlDbType.Text, payees, p => p.BankAccount ?? ""), ReceivePayments.Column(NpgsqlDbType.Integer, payees, p => p.ShareBp),
                },
            };
            await insert.ExecuteNonQueryAsync(cancellation);
        }
        catch (PostgresException e) when (e.ConstraintName == "a_transfer_pays_out_once") { return AccountRefusals.TransferPaid; }
        catch (PostgresException e) when (e.ConstraintName == "a_request_pays_out_once")
        {
            // Two requests of one key at once: the first one's is the answer to both, if they say the same.
            await transaction.RollbackAsync(cancellation);
            return Same((await PayoutRow.Find(connection, null, "request_key = $1", order.RequestKey!, cancellation))!, content);
        }
        var payout = (await PayoutRow.Find(connection, transaction, "request_key = $1", order.RequestKey!, cancellation))!;
        await transaction.CommitAsync(cancellation);
        return payout;
    }

    private static Outcome<PayoutRow> Same(PayoutRow known, byte[] content) => known.Content.AsSpan().SequenceEqual(content) ? known : Refusals.RequestKeyReused;

    private static bool IsWhole(OrderPayee payee) =>
        RequestTexts.IsText(payee.Name, NameMax) && RequestTexts.IsText(payee.Relation, NameMax) && string.IsNullOrEmpty(payee.HeirNo) != string.IsNullOrEmpty(payee.BankAccount)
        && (string.IsNullOrEmpty(payee.HeirNo) || RequestTexts.IsText(payee.HeirNo, 40)) && (string.IsNullOrEmpty(payee.BankAccount) || RequestTexts.IsText(payee.BankAccount, BankAccountMax));

    private static async Task<Refusal?> Unfit(NpgsqlConnection connection, NpgsqlTransaction transaction, Order order, string[] heirs, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("""
            SELECT p.psn_no IS NOT NULL, p.died_on IS NOT NULL, EXISTS (SELECT FROM account_merge WHERE retired_no = $1),
                EXISTS (SELECT FROM account_transfer t WHERE t.transfer_no = $2 AND t.psn_no = $1),
                (SELECT count(*) FROM unnest($3) AS h (psn_no) JOIN insured_person i USING (psn_no) WHERE i.died_on IS NULL AND EXISTS (SELECT FROM insured_cover c WHERE c.psn_no = i.psn_no AND c.insutype = '310'))
            FROM (VALUES (1)) AS one LEFT JOIN insured_person p ON p.psn_no = $1
            """, connection, transaction)
        {
            Parameters = { new() { Value = order.PsnNo }, new() { Value = order.TransferNo ?? 0 }, new() { Value = heirs } },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        await reader.ReadAsync(cancellation);
        if (!reader.GetBoolean(0)) return AccountRefusals.PersonUnknown;
        if (reader.GetBoolean(2)) return AccountRefusals.PersonMerged;
        if (order.Cause == "inheritance" && !reader.GetBoolean(1)) return AccountRefusals.PersonAlive;
        if (order.Cause == "transfer_out" && !reader.GetBoolean(3)) return AccountRefusals.TransferUnknown;
        return reader.GetInt64(4) == heirs.Length ? null : AccountRefusals.HeirUnfit;
    }
}
