using System.Text.Json;
using MedInsure.Billing.Incomes;
using MedInsure.Billing.Payments;
using MedInsure.Kernel;
using Npgsql;
using NpgsqlTypes;

namespace MedInsure.Billing.Reconciliation;

/// <summary>A bank's file takes effect whole and once, by its bytes: what a return file says was deducted is booked, a statement is compared with the books.</summary>
internal static class TakeBankFile
{
    /// <summary>Bounds what one statement carries; the file is one transaction all the same.</summary>
    private const int RowsPerPart = 10_000;

    /// <param name="Repeated">The money had been booked before; nothing changed for those rows.</param>
    /// <param name="Conflicts">Of which so many contradict what was booked: findings.</param>
    internal sealed record Result(string Kind, string Channel, int Rows, string Amount, int Booked, int InSuspense, int Failed, int Repeated, int Conflicts, int Findings, bool SameFileAgain = false);

    public static async Task<Outcome<Result>> Execute(NpgsqlDataSource database, string county, byte[] bytes, string? uploadedBy, ChinaCalendar calendar, CancellationToken cancellation)
    {
        if (TwoPeople.Name(uploadedBy, "uploaded_by") is { } nobody) return nobody;
        var read = BankFile.Read(bytes, county, calendar.Today);
        if (read.Refusal is { } refusal) return refusal;
        var file = read.Value;
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await using (var insert = new NpgsqlCommand("INSERT INTO bank_file (sha256, kind, channel, lines, amount_fen, uploaded_by, received_at, result) VALUES ($1, $2, $3, $4, $5, $6, $7, '') ON CONFLICT (sha256) DO NOTHING", connection, transaction)
        {
            Parameters =
            {
                new() { Value = file.Sha256 }, new() { Value = file.Kind }, new() { Value = file.Channel }, new() { Value = file.Rows.Count }, new() { Value = file.SumFen }, new() { Value = uploadedBy!.Trim() },
                new() { Value = calendar.UtcNow.UtcDateTime },
            },
        })
            if (await insert.ExecuteNonQueryAsync(cancellation) == 0)
            {
                await using var known = new NpgsqlCommand("SELECT result FROM bank_file WHERE sha256 = $1", connection, transaction) { Parameters = { new() { Value = file.Sha256 } } };
                return JsonSerializer.Deserialize<Result>((string)(await known.ExecuteScalarAsync(cancellation))!, BillingJson.Options)! with { SameFileAgain = true };
            }
        var incomes = new List<IncomePosting>();
        var result = file.Kind == "return" ? await Return(connection, transaction, file, incomes, calendar.UtcNow, cancellation)
            : await Reconcile(connection, transaction, file, uploadedBy!.Trim(), incomes, calendar.UtcNow, cancellation);
        await using (var keep = new NpgsqlCommand("UPDATE bank_file SET result = $2 WHERE sha256 = $1", connection, transaction) { Parameters = { new() { Value = file.Sha256 }, new() { Value = JsonSerializer.Serialize(result, BillingJson.Options) } } })
            await keep.ExecuteNonQueryAsync(cancellation);
        await PostIncome.Run(connection, transaction, incomes, calendar.UtcNow, cancellation);
        await transaction.CommitAsync(cancellation);
        return result;
    }

    private static async Task<Result> Return(NpgsqlConnection connection, NpgsqlTransaction transaction, BankFile file, List<IncomePosting> incomes, DateTimeOffset at, CancellationToken cancellation)
    {
        var asked = new Dictionary<int, string>();
        var (insutype, year) = ("", 0);
        // The batch is its bank's, or it is none: whatever the bank deducted then lies in suspense.
        await using (var read = new NpgsqlCommand("SELECT b.insutype, b.year, l.line_no, l.psn_no FROM bank_batch b JOIN bank_batch_line l USING (batch_no) WHERE b.batch_no = $1 AND 'bank-' || b.bank = $2", connection, transaction)
        {
            Parameters = { new() { Value = file.BatchNo }, new() { Value = file.Channel } },
        })
        await using (var reader = await read.ExecuteReaderAsync(cancellation))
            while (await reader.ReadAsync(cancellation))
            {
                (insutype, year) = (reader.GetString(0), reader.GetInt32(1));
                asked[reader.GetInt32(2)] = reader.GetString(3);
            }

        var payments = file.Rows.Where(r => r.Ok).Select(r => new Received(file.Channel, r.Reference, r.AmountFen, r.ValueOn, r.PsnNo, file.Channel,
            asked.TryGetValue(r.LineNo, out var psnNo) && psnNo == r.PsnNo ? [new PaidLine(r.PsnNo, insutype, year, r.AmountFen)] : [])).ToList();
        var booked = await Book(connection, transaction, payments, incomes, at, cancellation);
        var answered = file.Rows.Where(r => asked.TryGetValue(r.LineNo, out var psnNo) && psnNo == r.PsnNo).DistinctBy(r => r.LineNo).ToList();
        await using (var batch = new NpgsqlBatch(connection, transaction)
        {
            BatchCommands =
            {
                new("UPDATE bank_batch_line l SET outcome = r.outcome, detail = r.detail FROM unnest($2, $3, $4) AS r (line_no, outcome, detail) WHERE l.batch_no = $1 AND l.line_no = r.line_no AND l.outcome <> 'ok'")
                {
                    Parameters =
                    {
                        new() { Value = file.BatchNo }, ReceivePayments.Column(NpgsqlDbType.Integer, answered, r => r.LineNo), ReceivePayments.Column(NpgsqlDbType.Text, answered, r => r.Ok ? "ok" : "failed"),
                        ReceivePayments.Column(NpgsqlDbType.Text, answered, r => r.Detail),
                    },
                },
                new("UPDATE bank_batch SET returned_at = $3 WHERE batch_no = $1 AND 'bank-' || bank = $2 AND returned_at IS NULL") { Parameters = { new() { Value = file.BatchNo }, new() { Value = file.Channel }, new() { Value = at.UtcDateTime } } },
            },
        })
            await batch.ExecuteNonQueryAsync(cancellation);
        var conflicts = payments.Zip(booked).Where(p => p.Second.Differs).Select(p => new MoneyFindings.Found(file.Channel, p.First.ValueOn, "reference_conflict", p.First.Reference, null, p.First.AmountFen, p.Second.PaymentNo)).ToList();
        await MoneyFindings.Add(connection, transaction, conflicts, at, cancellation);
        return new Result(file.Kind, file.Channel, file.Rows.Count, BillingJson.Yuan(file.SumFen), booked.Count(b => b.ReceiptNo is not null && !b.Repeated), booked.Count(b => b.ReceiptNo is null && !b.Repeated),
            file.Rows.Count(r => !r.Ok), booked.Count(b => b.Repeated), conflicts.Count, conflicts.Count);
    }

    private static async Task<Result> Reconcile(NpgsqlConnection connection, NpgsqlTransaction transaction, BankFile file, string by, List<IncomePosting> incomes, DateTimeOffset at, CancellationToken cancellation)
    {
        var ours = new List<CompareStatement.Ours>();
        await using (var read = new NpgsqlCommand("SELECT payment_no, reference, amount_fen, value_on FROM payment WHERE channel = $1 AND (value_on = $2 OR reference = ANY ($3))", connection, transaction)
        {
            Parameters = { new() { Value = file.Channel }, new() { Value = file.Day }, new() { Value = file.Rows.Select(r => r.Reference).Distinct().ToArray() } },
        })
        await using (var reader = await read.ExecuteReaderAsync(cancellation))
            while (await reader.ReadAsync(cancellation)) ours.Add(new(reader.GetInt64(0), reader.GetString(1), reader.GetInt64(2), reader.GetFieldValue<DateOnly>(3)));
        var (found, unknown) = CompareStatement.Compare(file.Channel, file.Day, file.Rows, ours);
        // The bank holds this money: it is booked, for nobody yet.
        var booked = await Book(connection, transaction, [.. unknown.Select(r => new Received(file.Channel, r.Reference, r.AmountFen, r.ValueOn, "", by, []))], incomes, at, cancellation);
        var added = unknown.Zip(booked).ToDictionary(u => u.First.Reference, u => u.Second.PaymentNo);
        found = found.ConvertAll(f => f.PaymentNo is null && added.TryGetValue(f.Reference, out var paymentNo) ? f with { PaymentNo = paymentNo } : f);
        await MoneyFindings.Drop(connection, transaction, file.Channel, file.Day, found, cancellation);
        await MoneyFindings.Add(connection, transaction, found, at, cancellation);
        var ofDay = ours.Where(p => p.ValueOn == file.Day).ToList();
        await using (var keep = new NpgsqlCommand("""
            INSERT INTO reconciliation (channel, day_on, sha256, banks_lines, banks_fen, our_payments, our_fen, findings, reconciled_by, reconciled_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
            ON CONFLICT (channel, day_on) DO UPDATE SET sha256 = excluded.sha256, banks_lines = excluded.banks_lines, banks_fen = excluded.banks_fen, our_payments = excluded.our_payments, our_fen = excluded.our_fen,
                findings = excluded.findings, reconciled_by = excluded.reconciled_by, reconciled_at = excluded.reconciled_at
            """, connection, transaction)
        {
            Parameters =
            {
                new() { Value = file.Channel }, new() { Value = file.Day }, new() { Value = file.Sha256 }, new() { Value = file.Rows.Count }, new() { Value = file.SumFen }, new() { Value = ofDay.Count },
                new() { Value = ofDay.Sum(p => p.AmountFen) }, new() { Value = found.Count }, new() { Value = by }, new() { Value = at.UtcDateTime },
            },
        })
            await keep.ExecuteNonQueryAsync(cancellation);
        return new Result(file.Kind, file.Channel, file.Rows.Count, BillingJson.Yuan(file.SumFen), 0, unknown.Count, 0, file.Rows.Count - unknown.Count, 0, found.Count);
    }

    private static async Task<List<Booked>> Book(NpgsqlConnection connection, NpgsqlTransaction transaction, List<Received> payments, List<IncomePosting> incomes, DateTimeOffset at, CancellationToken cancellation)
    {
        // In the order of their references over the whole file, so that two files with the same ones wait for each other in one direction only.
        var order = Enumerable.Range(0, payments.Count).OrderBy(i => payments[i].Reference, StringComparer.Ordinal).ToArray();
        var booked = new Booked[payments.Count];
        foreach (var part in order.Chunk(RowsPerPart))
        {
            var results = (await ReceivePayments.Run(connection, transaction, [.. part.Select(i => payments[i])], moved: true, incomes, at, cancellation)).Value;
            for (var i = 0; i < part.Length; i++) booked[part[i]] = results[i];
        }
        return [.. booked];
    }
}
