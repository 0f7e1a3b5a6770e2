using MedInsure.Billing.Payments;
using MedInsure.Events;
using MedInsure.Hosting.Messaging;
using MedInsure.Kernel;
using Npgsql;
using NpgsqlTypes;

namespace MedInsure.Billing.Accounts;

/// <summary>Money for one person's account: <see cref="Kind"/> and <see cref="Reference"/> name the act, once per person; the amount is signed. <see cref="EffectiveOn"/>: yyyyMMdd,
/// from when it is the person's (interest counts from the month after).</summary>
/// <param name="Kind">Of <see cref="PostToAccounts.Credits"/>.</param>
internal sealed record AccountPosting(string PsnNo, string Kind, long AmountFen, int EffectiveOn, string Reference);

/// <summary>Credits any number of accounts in the caller's transaction, each act once, and tells settlement each account's new total. A repeat changes nothing.</summary>
internal static class PostToAccounts
{
    /// <summary>What billing credits; what settlement takes comes by its own events.</summary>
    public const string Credit = "credit", Correction = "correction", Interest = "interest", Inheritance = "inheritance", TransferIn = "transfer_in";
    public static readonly IReadOnlyList<string> Credits = [Credit, Correction, Interest, Inheritance, TransferIn];

    /// <exception cref="InvalidOperationException">An act came before with another amount or day.</exception>
    public static async Task Run(NpgsqlConnection connection, NpgsqlTransaction transaction, IReadOnlyList<AccountPosting> postings, DateTimeOffset at, CancellationToken cancellation)
    {
        if (postings.FirstOrDefault(p => !Credits.Contains(p.Kind)) is { } wrong) throw new ArgumentException($"billing credits no account with {wrong.Kind}", nameof(postings));
        // What is worth nothing is no entry.
        var rows = postings.Where(p => p.AmountFen != 0).ToList();
        if (rows.Count == 0) return;
        var survivors = await MergedAccounts.Lock(connection, transaction, rows.Select(p => p.PsnNo), cancellation);
        var places = await MergedAccounts.Redirect(connection, transaction, survivors, [.. rows.Select(p => (p.PsnNo, p.Kind, p.Reference))], cancellation);
        rows = [.. rows.Zip(places).Where(r => r.Second is not null).Select(r => r.First with { PsnNo = r.Second!.Value.PsnNo, Reference = r.Second.Value.Reference })];

        var told = new List<OutboxEvent>();
        await using (var command = new NpgsqlCommand("""
            WITH posted AS (
                INSERT INTO account_entry (psn_no, kind, reference, amount_fen, effective_on, booked_at)
                SELECT psn_no, kind, reference, amount_fen, effective_on, $6 FROM unnest($1, $2, $3, $4, $5) WITH ORDINALITY AS p (psn_no, kind, reference, amount_fen, effective_on, n) ORDER BY n
                ON CONFLICT (psn_no, kind, reference) DO NOTHING RETURNING psn_no, amount_fen)
            UPDATE account a SET credited_fen = a.credited_fen + p.amount_fen, version = a.version + 1
            FROM (SELECT psn_no, sum(amount_fen)::bigint AS amount_fen FROM posted GROUP BY psn_no) p WHERE a.psn_no = p.psn_no
            RETURNING a.psn_no, a.credited_fen, a.version
            """, connection, transaction))
        {
            Add(command, rows);
            command.Parameters.Add(new() { Value = at.UtcDateTime });
            await using var reader = await command.ExecuteReaderAsync(cancellation);
            while (await reader.ReadAsync(cancellation))
                told.Add(OutboxEvent.Of(reader.GetString(0), new AccountCredited(reader.GetString(0), reader.GetInt64(1), reader.GetInt64(2)), at));
        }
        await using (var check = new NpgsqlCommand("""
            SELECT e.psn_no || ' ' || e.kind || ' ' || e.reference FROM unnest($1, $2, $3, $4, $5) AS p (psn_no, kind, reference, amount_fen, effective_on)
            JOIN account_entry e USING (psn_no, kind, reference) WHERE (e.amount_fen, e.effective_on) <> (p.amount_fen, p.effective_on) LIMIT 1
            """, connection, transaction))
        {
            Add(check, rows);
            if (await check.ExecuteScalarAsync(cancellation) is string other) throw new InvalidOperationException($"account entry {other} was booked with other content");
        }
        await Outbox.Add(connection, transaction, told, cancellation);
    }

    private static void Add(NpgsqlCommand command, List<AccountPosting> rows)
    {
        command.Parameters.Add(ReceivePayments.Column(NpgsqlDbType.Text, rows, p => p.PsnNo));
        command.Parameters.Add(ReceivePayments.Column(NpgsqlDbType.Text, rows, p => p.Kind));
        command.Parameters.Add(ReceivePayments.Column(NpgsqlDbType.Text, rows, p => p.Reference));
        command.Parameters.Add(ReceivePayments.Column(NpgsqlDbType.Bigint, rows, p => p.AmountFen));
        command.Parameters.Add(ReceivePayments.Column(NpgsqlDbType.Date, rows, p => DayNumber.ToDate(p.EffectiveOn)));
    }
}
