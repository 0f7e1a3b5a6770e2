using MedInsure.Kernel;
using MedInsure.Settlement.Queries;
using MedInsure.Settlement.Runs;
using Npgsql;

namespace MedInsure.Settlement.PersonPayments;

/// <summary>
/// Puts on a list all that is owed and on no standing list, netted per person: only who gets something is on it. Who owes as much or more stays open. Under the same request
/// number there is one list; two that are made at once share nothing.
/// </summary>
internal static class PreparePaymentList
{
    internal sealed record Order(string? RequestNo, string? PreparedBy);

    // Any number no other advisory lock of this database uses.
    private const string Alone = "SELECT pg_advisory_xact_lock(7665623641187511042)";

    private const string Insert = """
        WITH open AS (
            SELECT benefit_no, psn_no, amount_fen FROM person_benefit b WHERE NOT EXISTS (SELECT FROM payment_list_benefit p WHERE p.benefit_no = b.benefit_no AND NOT p.withdrawn)),
        payable AS (SELECT psn_no, sum(amount_fen)::bigint AS net_fen FROM open GROUP BY psn_no HAVING sum(amount_fen) > 0),
        list AS (
            INSERT INTO payment_list (request_no, prepared_by, prepared_at, person_count, amount_fen) SELECT $1, $2, $3, count(*), sum(net_fen)::bigint FROM payable HAVING count(*) > 0
            RETURNING number)
        INSERT INTO payment_list_benefit (number, benefit_no, psn_no, amount_fen) SELECT number, benefit_no, psn_no, amount_fen FROM list CROSS JOIN open JOIN payable USING (psn_no)
        """;

    /// <summary>In order: who, the request number, the same request before, something to pay.</summary>
    public static async Task<Outcome<PaymentList>> Execute(RunPlace place, Order order, DateTimeOffset now, CancellationToken cancellation)
    {
        if (TwoPeople.Name(order.PreparedBy, "prepared_by") is { } nobody) return nobody;
        if (!CountyDesk.IsRequestNumber(order.RequestNo)) return Refusals.RequestNumberInvalid;
        if (await SettlementRows.Current(place.Journal, cancellation) is { } lag) return lag;
        await using (var connection = await place.Database.OpenConnectionAsync(cancellation))
        await using (var transaction = await connection.BeginTransactionAsync(cancellation))
        {
            await AloneWithLists(connection, transaction, cancellation);
            await using (var before = new NpgsqlCommand("SELECT EXISTS (SELECT FROM payment_list WHERE request_no = $1)", connection, transaction) { Parameters = { new NpgsqlParameter<string> { TypedValue = order.RequestNo! } } })
                if (!(bool)(await before.ExecuteScalarAsync(cancellation))!)
                {
                    await using var insert = new NpgsqlCommand(Insert, connection, transaction)
                    {
                        CommandTimeout = 0,
                        Parameters =
                        {
                            new NpgsqlParameter<string> { TypedValue = order.RequestNo! }, new NpgsqlParameter<string> { TypedValue = order.PreparedBy!.Trim() },
                            new NpgsqlParameter<DateTimeOffset> { TypedValue = now.ToUniversalTime() },
                        },
                    };
                    if (await insert.ExecuteNonQueryAsync(cancellation) == 0) return Refusals.NothingToPay;
                    await transaction.CommitAsync(cancellation);
                }
        }
        var list = (await PaymentList.Read(place.Database, new RowFilter().Add("request_no = ", order.RequestNo!), "", cancellation))[0];
        return TwoPeople.AreOne(list.PreparedBy, order.PreparedBy) ? list : Refusals.RequestNumberReused;
    }

    /// <summary>Until the transaction ends nobody else makes a list.</summary>
    public static async Task AloneWithLists(NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancellation)
    {
        await using var alone = new NpgsqlCommand(Alone, connection, transaction);
        await alone.ExecuteNonQueryAsync(cancellation);
    }
}
