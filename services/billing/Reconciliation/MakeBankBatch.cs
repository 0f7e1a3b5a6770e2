using System.Text;
using MedInsure.Billing.Bills;
using MedInsure.Billing.Payments;
using MedInsure.Kernel;
using Npgsql;

namespace MedInsure.Billing.Reconciliation;

/// <summary>What a bank is asked to deduct: from everybody who consented to it and owes, and of whom no other batch is under way. The dead are left alone.</summary>
internal static class MakeBankBatch
{
    internal sealed record Order(string? RequestKey, string? Bank, string? Insutype, int Year, string? MadeBy);

    internal sealed record Batch(long BatchNo, string Bank, string Insutype, int Year, int Persons, string Amount, string MadeBy, string MadeAt, string? ReturnedAt, string? ClosedAt, string ClosingReason);

    public static async Task<Outcome<Batch>> Execute(NpgsqlDataSource database, Order order, ChinaCalendar calendar, CancellationToken cancellation)
    {
        if (RequestTexts.NoKey(order.RequestKey) is { } noKey) return noKey;
        if (!PaymentTexts.IsChannel(order.Bank)) return PaymentRefusals.ChannelInvalid.At("bank");
        if (!RequestTexts.IsText(order.Insutype, 10)) return Refusals.SchemeMissing;
        if (!Month.IsPeriod(order.Year)) return Refusals.YearInvalid;
        if (TwoPeople.Name(order.MadeBy, "made_by") is { } nobody) return nobody;
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        // One batch of a year at a time, so that nobody is in two.
        await using (var only = new NpgsqlCommand("SELECT pg_advisory_xact_lock(hashtextextended('batch ' || $1, $2))", connection, transaction) { Parameters = { new() { Value = order.Insutype }, new() { Value = (long)order.Year } } })
            await only.ExecuteNonQueryAsync(cancellation);
        if (await Find(connection, transaction, "request_key = $1", order.RequestKey!, cancellation) is { } known)
            return (known.Bank, known.Insutype, known.Year, known.MadeBy) == (order.Bank, order.Insutype, order.Year, order.MadeBy!.Trim()) ? known : Refusals.RequestKeyReused;
        await using (var insert = new NpgsqlCommand("""
            WITH owing AS MATERIALIZED (
                SELECT row_number() OVER (ORDER BY a.psn_no)::int AS line_no, c.consent_no, a.psn_no, a.due_fen - a.paid_fen AS amount_fen
                FROM assessment a JOIN deduction_consent c ON c.psn_no = a.psn_no AND c.withdrawn_at IS NULL AND c.bank = $2 JOIN insured_person p ON p.psn_no = a.psn_no AND p.died_on IS NULL
                WHERE a.insutype = $3 AND a.year = $4 AND a.paid_fen < a.due_fen
                  AND NOT EXISTS (SELECT FROM bank_batch_line l JOIN bank_batch b USING (batch_no) WHERE l.psn_no = a.psn_no AND b.insutype = $3 AND b.year = $4 AND b.returned_at IS NULL AND b.closed_at IS NULL)
            ), batch AS (
                INSERT INTO bank_batch (request_key, bank, insutype, year, persons, amount_fen, made_by, made_at)
                SELECT $1, $2, $3, $4, count(*)::int, sum(amount_fen)::bigint, $5, $6 FROM owing HAVING count(*) > 0 RETURNING batch_no
            )
            INSERT INTO bank_batch_line (batch_no, line_no, consent_no, psn_no, amount_fen) SELECT batch_no, line_no, consent_no, psn_no, amount_fen FROM batch, owing
            """, connection, transaction)
        {
            Parameters = { new() { Value = order.RequestKey }, new() { Value = order.Bank }, new() { Value = order.Insutype }, new() { Value = order.Year }, new() { Value = order.MadeBy!.Trim() }, new() { Value = calendar.UtcNow.UtcDateTime } },
        })
            if (await insert.ExecuteNonQueryAsync(cancellation) == 0) return BankRefusals.NobodyToDeduct;
        var batch = (await Find(connection, transaction, "request_key = $1", order.RequestKey!, cancellation))!;
        await transaction.CommitAsync(cancellation);
        return batch;
    }

    /// <summary>The batch's file for the bank; null: no such batch.</summary>
    public static async Task<string?> File(NpgsqlDataSource database, string county, long batchNo, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        if (await Find(connection, null, "batch_no = $1", batchNo, cancellation) is not { } batch) return null;
        var file = new StringBuilder($"H,{county},deduct,{batch.Bank},{batch.BatchNo},{batch.Insutype},{batch.Year}\n");
        await using var command = new NpgsqlCommand("""
            SELECT l.line_no, l.consent_no, c.account_no, c.account_name, l.psn_no, l.amount_fen FROM bank_batch_line l JOIN deduction_consent c USING (consent_no) WHERE l.batch_no = $1 ORDER BY l.line_no
            """, connection) { Parameters = { new() { Value = batchNo } } };
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var (rows, sum) = (0, 0L);
        while (await reader.ReadAsync(cancellation))
        {
            (rows, sum) = (rows + 1, sum + reader.GetInt64(5));
            file.Append($"D,{reader.GetInt32(0)},{reader.GetInt64(1)},{reader.GetString(2)},{reader.GetString(3)},{reader.GetString(4)},{BillingJson.Yuan(reader.GetInt64(5))}\n");
        }
        return file.Append(BankFile.Trailer(rows, sum)).ToString();
    }

    internal static async Task<Batch?> Find(NpgsqlConnection connection, NpgsqlTransaction? transaction, string where, object value, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand($"SELECT batch_no, bank, insutype, year, persons, amount_fen, made_by, made_at, returned_at, closed_at, closing_reason FROM bank_batch WHERE {where}", connection, transaction) { Parameters = { new() { Value = value } } };
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return await reader.ReadAsync(cancellation)
            ? new Batch(reader.GetInt64(0), reader.GetString(1), reader.GetString(2), reader.GetInt32(3), reader.GetInt32(4), BillingJson.Yuan(reader.GetInt64(5)), reader.GetString(6), BillingJson.Time(reader.GetDateTime(7)),
                reader.IsDBNull(8) ? null : BillingJson.Time(reader.GetDateTime(8)), reader.IsDBNull(9) ? null : BillingJson.Time(reader.GetDateTime(9)), reader.GetString(10))
            : null;
    }
}
