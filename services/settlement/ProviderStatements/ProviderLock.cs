using Npgsql;

namespace MedInsure.Settlement.ProviderStatements;

/// <summary>What is applied for, reviewed and paid of one provider happens one after the other; providers do not wait for each other.</summary>
internal static class ProviderLock
{
    // Any number no other advisory lock of this database uses.
    private const long Seed = 4_211_867_340_019_552_761;

    /// <summary>Held until the transaction ends.</summary>
    public static async Task Take(NpgsqlConnection connection, NpgsqlTransaction transaction, string fixmedinsCode, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("SELECT pg_advisory_xact_lock(hashtextextended($1, $2))", connection, transaction)
        {
            Parameters = { new NpgsqlParameter<string> { TypedValue = fixmedinsCode }, new NpgsqlParameter<long> { TypedValue = Seed } },
        };
        await command.ExecuteNonQueryAsync(cancellation);
    }
}
