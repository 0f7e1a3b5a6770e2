using System.Security.Cryptography;
using MedInsure.Kernel;
using MedInsure.Settlement.ProviderStatements;
using MedInsure.Settlement.Projections;
using MedInsure.Settlement.Queries;
using MedInsure.Settlement.Runs;
using Npgsql;

namespace MedInsure.Settlement.ProviderMoney;

/// <summary>
/// The fourth person pays: all that is payable, or what is named, goes to the bank in one file. Nothing is on its way twice; what the bank returned may be paid again. Under the same request number
/// there is one file. Three statements, however many payments.
/// </summary>
internal static class PreparePaymentFile
{
    /// <param name="Subjects">Numbers of statements, prepayments, deposits given back; null: all that this person may pay and whose account is known.</param>
    internal sealed record Order(string? RequestNo, string? PreparedBy, IReadOnlyList<string>? Subjects);

    // Any number no other advisory lock of this database uses: one file after the other.
    private const string Alone = "SELECT pg_advisory_xact_lock(5902366116203884317)";

    private const string Funds = """
        INSERT INTO provider_payment_fund (payment, fund, amount_fen)
        SELECT y.number, f.fund, f.fen FROM provider_payment y CROSS JOIN LATERAL (
          SELECT l.fund, sum(l.amount_fen)::bigint AS fen FROM statement_line l WHERE y.kind = 'statement' AND l.statement = y.subject GROUP BY l.fund
          UNION ALL SELECT p.fund, p.amount_fen FROM provider_prepayment p WHERE y.kind = 'prepayment' AND p.number = y.subject
          UNION ALL SELECT d.fund, d.back_fen FROM deposit_return_fund d WHERE y.kind = 'deposit' AND d.number = y.subject) AS f
        WHERE y.file = $1 AND f.fen <> 0
        """;

    // Whoever changes lines of an approved statement would show here.
    private const string Unequal = "SELECT count(*) FROM provider_payment y WHERE y.file = $1 AND y.amount_fen <> (SELECT sum(amount_fen) FROM provider_payment_fund f WHERE f.payment = y.number)";

    /// <summary>In order: who, the request number; the same request before; of what is named: payable, another person, an account; something to pay.</summary>
    public static async Task<Outcome<PaymentFileRow>> Execute(RunPlace place, Order order, ChinaCalendar calendar, CancellationToken cancellation)
    {
        if (TwoPeople.Name(order.PreparedBy, "prepared_by") is { } nobody) return nobody;
        if (!CountyDesk.IsRequestNumber(order.RequestNo)) return Refusals.RequestNumberInvalid;
        var county = place.Tenant.Code;
        await using var connection = await place.Database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await using (var alone = new NpgsqlCommand(Alone, connection, transaction)) await alone.ExecuteNonQueryAsync(cancellation);
        if ((await PaymentFileRow.Read(connection, transaction, new RowFilter().Add("request_no = ", order.RequestNo!), "", cancellation)).SingleOrDefault() is { } before)
            return TwoPeople.AreOne(before.PreparedBy, order.PreparedBy) ? before : Refusals.RequestNumberReused;
        var payable = await PayableSubject.Read(connection, transaction, ClaimMonth.Of(calendar.Today), cancellation);
        if (order.Subjects is { } named)
        {
            var byNumber = payable.ToDictionary(p => p.No(county), StringComparer.Ordinal);
            foreach (var number in named)
            {
                if (!byNumber.TryGetValue(number, out var subject)) return ProviderMoneyRefusals.NotPayable(number);
                if (TwoPeople.Another(order.PreparedBy, "prepared_by", subject.ActedBefore) is not null) return ProviderMoneyRefusals.PayerActed(number);
                if (subject.AccountNo is null) return ProviderMoneyRefusals.AccountMissing(number);
            }
            payable = [.. named.Distinct().Select(n => byNumber[n])];
        }
        else payable = [.. payable.Where(p => p.AccountNo is not null && TwoPeople.Another(order.PreparedBy, "prepared_by", p.ActedBefore) is null)];
        if (payable.Count == 0) return ProviderMoneyRefusals.NothingPayable;

        var file = await Add(connection, transaction, order, payable, calendar.UtcNow, cancellation);
        await Pay(connection, transaction, file, payable, calendar.UtcNow, cancellation);
        var csv = await PaymentFileRow.Csv(connection, transaction, county, file, cancellation);
        await using (var digest = new NpgsqlCommand("UPDATE payment_file SET sha256 = $2 WHERE number = $1", connection, transaction) { Parameters = { new() { Value = file }, new() { Value = SHA256.HashData(csv) } } })
            await digest.ExecuteNonQueryAsync(cancellation);
        var row = (await PaymentFileRow.Read(connection, transaction, new RowFilter().Add("number = ", file), "", cancellation))[0];
        await ProviderActs.Write(connection, transaction, [.. payable.Select(p => new ProviderActs.Act(p.No(county), "payment_sent", row.PreparedBy, calendar.UtcNow, row.No(county)))], cancellation);
        await transaction.CommitAsync(cancellation);
        return row;
    }

    private static async Task<long> Add(NpgsqlConnection connection, NpgsqlTransaction transaction, Order order, List<PayableSubject> payable, DateTimeOffset now, CancellationToken cancellation)
    {
        await using var insert = new NpgsqlCommand("INSERT INTO payment_file (request_no, prepared_by, prepared_at, payment_count, amount_fen, sha256) VALUES ($1, $2, $3, $4, $5, '') RETURNING number", connection, transaction)
        {
            Parameters = { new() { Value = order.RequestNo }, new() { Value = order.PreparedBy!.Trim() }, new() { Value = now.UtcDateTime }, new() { Value = payable.Count }, new() { Value = payable.Sum(p => p.AmountFen) } },
        };
        return (long)(await insert.ExecuteScalarAsync(cancellation))!;
    }

    private static async Task Pay(NpgsqlConnection connection, NpgsqlTransaction transaction, long file, List<PayableSubject> payable, DateTimeOffset now, CancellationToken cancellation)
    {
        await using (var batch = new NpgsqlBatch(connection, transaction))
        {
            var insert = new SetInsert().Text(payable, p => p.Kind).Bigint(payable, p => p.Subject).Text(payable, p => p.FixmedinsCode).Bigint(payable, p => p.AmountFen).Text(payable, p => p.AccountName).Text(payable, p => p.BankName)
                .Text(payable, p => p.AccountNo).Command("INSERT INTO provider_payment (kind, subject, fixmedins_code, amount_fen, account_name, bank_name, account_no, file, changed_at) SELECT *, $8, $9 FROM {unnest}");
            insert.Parameters.Add(new NpgsqlParameter { Value = file });
            insert.Parameters.Add(new NpgsqlParameter { Value = now.UtcDateTime });
            batch.BatchCommands.Add(insert);
            batch.BatchCommands.Add(new(Funds) { Parameters = { new() { Value = file } } });
            await batch.ExecuteNonQueryAsync(cancellation);
        }
        await using var unequal = new NpgsqlCommand(Unequal, connection, transaction) { Parameters = { new() { Value = file } } };
        if ((long)(await unequal.ExecuteScalarAsync(cancellation))! != 0) throw new InvalidOperationException("a payment is not the sum of its funds");
    }
}
