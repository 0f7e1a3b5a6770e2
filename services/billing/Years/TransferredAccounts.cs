using MedInsure.Billing.Accounts;
using MedInsure.Kernel;
using Npgsql;

namespace MedInsure.Billing.Years;

/// <summary>Personal accounts that other areas send: asked for by a bill when the transfer is told, the person's when the money has come.</summary>
internal static class TransferredAccounts
{
    public static async Task<List<AccountPosting>> Arrived(NpgsqlConnection connection, NpgsqlTransaction transaction, long[] settlementNos, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("""
            SELECT substr(b.payer_no, length('person:') + 1), b.other_fen, s.settled_on, b.reference FROM bill b JOIN bill_settlement s USING (settlement_no) WHERE b.settlement_no = ANY ($1) AND b.kind = 'transfer_in' ORDER BY b.bill_no
            """, connection, transaction) { Parameters = { new() { Value = settlementNos } } };
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var postings = new List<AccountPosting>();
        while (await reader.ReadAsync(cancellation))
            postings.Add(new AccountPosting(reader.GetString(0), PostToAccounts.TransferIn, reader.GetInt64(1), DayNumber.Of(reader.GetFieldValue<DateOnly>(2)), $"transfer {reader.GetString(3)}"));
        return postings;
    }
}
