using Npgsql;

namespace MedInsure.Settlement.Insurers;

/// <summary>What changes the books of one contract (disputes, head counts, payments, reconciliations) happens one after the other.</summary>
internal static class InsurerBooks
{
    /// <summary>A transaction on the city's database that nobody else's on this contract overlaps.</summary>
    public static async Task<NpgsqlTransaction> Begin(NpgsqlConnection connection, InsurerContract contract, CancellationToken cancellation)
    {
        var transaction = await connection.BeginTransactionAsync(cancellation);
        await using var command = new NpgsqlCommand("SELECT pg_advisory_xact_lock(hashtextextended('insurer books ' || $1, 0))", connection, transaction) { Parameters = { new NpgsqlParameter<string> { TypedValue = contract.Number } } };
        await command.ExecuteNonQueryAsync(cancellation);
        return transaction;
    }
}
