using MedInsure.Billing.Payments;
using MedInsure.Events;
using MedInsure.Hosting.Messaging;
using MedInsure.Kernel;
using Npgsql;
using NpgsqlTypes;

namespace MedInsure.Billing.Incomes;

/// <summary>Income as <see cref="IncomeReceived"/> tells it, before it has its number. Suspense has neither scheme nor period.</summary>
/// <param name="Period">A covered year or a month, as in the event.</param>
/// <param name="Payer">Of whom it is asked by name; empty of persons, so that a day's many payments are one income.</param>
internal sealed record IncomePosting(string Source, string Insutype, int Period, long AmountFen, long AccountFen, DateOnly ValueOn, string Channel, string Payer, string Reference)
{
    public static IncomePosting Suspense(long amountFen, DateOnly valueOn, string channel, string reference = "") => new("suspense", "", 0, amountFen, 0, valueOn, channel, "", reference);
}

/// <summary>
/// Writes what the fund received and tells settlement, in the transaction that moved the money: one posting, in it one income for everything that differs in its amount alone. The last
/// thing that a transaction does: the county's numbers are held from here to its end.
/// </summary>
internal static class PostIncome
{
    internal const string Aggregate = "income";

    public static async Task Run(NpgsqlConnection connection, NpgsqlTransaction transaction, IReadOnlyList<IncomePosting> postings, DateTimeOffset at, CancellationToken cancellation)
    {
        // What came and what went back stay apart: an account's part has its amount's sign.
        var incomes = postings.Where(p => p.AmountFen != 0).GroupBy(p => (p with { AmountFen = 0, AccountFen = 0 }, Back: p.AmountFen < 0))
            .Select(g => g.Key.Item1 with { AmountFen = g.Sum(p => p.AmountFen), AccountFen = g.Sum(p => p.AccountFen) }).ToList();
        if (incomes.Count == 0) return;
        await using var command = new NpgsqlCommand("""
            WITH counted AS (
                UPDATE income_counter SET last_income_no = last_income_no + cardinality($1), last_posting_no = last_posting_no + 1 RETURNING last_income_no - cardinality($1) AS before, last_posting_no)
            INSERT INTO income (income_no, posting_no, source, insutype, period, amount_fen, account_fen, value_on, channel, payer, reference, posted_at)
            SELECT before + n, last_posting_no, source, insutype, period, amount_fen, account_fen, value_on, channel, payer, reference, $10
            FROM counted, unnest($1, $2, $3, $4, $5, $6, $7, $8, $9) WITH ORDINALITY AS i (source, insutype, period, amount_fen, account_fen, value_on, channel, payer, reference, n)
            ORDER BY n RETURNING income_no, posting_no
            """, connection, transaction)
        {
            Parameters =
            {
                ReceivePayments.Column(NpgsqlDbType.Text, incomes, i => i.Source), ReceivePayments.Column(NpgsqlDbType.Text, incomes, i => i.Insutype), ReceivePayments.Column(NpgsqlDbType.Integer, incomes, i => i.Period),
                ReceivePayments.Column(NpgsqlDbType.Bigint, incomes, i => i.AmountFen), ReceivePayments.Column(NpgsqlDbType.Bigint, incomes, i => i.AccountFen), ReceivePayments.Column(NpgsqlDbType.Date, incomes, i => i.ValueOn),
                ReceivePayments.Column(NpgsqlDbType.Text, incomes, i => i.Channel), ReceivePayments.Column(NpgsqlDbType.Text, incomes, i => i.Payer), ReceivePayments.Column(NpgsqlDbType.Text, incomes, i => i.Reference),
                new() { Value = at.UtcDateTime },
            },
        };
        long first, postingNo;
        await using (var reader = await command.ExecuteReaderAsync(cancellation))
        {
            if (!await reader.ReadAsync(cancellation)) throw new InvalidOperationException("income_counter holds no row");
            (first, postingNo) = (reader.GetInt64(0), reader.GetInt64(1));
        }
        await Outbox.Add(connection, transaction, [.. incomes.Select((i, n) => OutboxEvent.Of(Aggregate, new IncomeReceived(
            first + n, i.Source, i.Insutype, i.Period, i.AmountFen, i.AccountFen, DayNumber.Of(i.ValueOn), i.Channel, i.Payer, postingNo, i.Reference), at))], cancellation);
    }
}
