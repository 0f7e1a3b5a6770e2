using MedInsure.Settlement.Journal;
using MedInsure.Settlement.Policies;
using Npgsql;

namespace MedInsure.Settlement.PolicyLife;

/// <summary>A county's policies from its database alone: the table says where in the journal each adopted version is.</summary>
public static class AdoptedPolicies
{
    /// <exception cref="InvalidOperationException">A text is not the one that was adopted.</exception>
    public static async Task<CountyPolicies> Read(NpgsqlConnection connection, PolicyLibrary program, CancellationToken cancellation)
    {
        var policies = CountyPolicies.Of(program);
        await using var command = new NpgsqlCommand("SELECT v.publication_no, v.pack, v.version, v.idx, j.records FROM policy_version v JOIN journal j USING (seq) ORDER BY v.publication_no", connection);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            var record = JournalBatch.Parser.ParseFrom(reader.GetFieldValue<byte[]>(4)).Record.ElementAtOrDefault(reader.GetInt32(3))?.PolicyAdopted;
            if (record is null || record.PublicationNo != reader.GetInt64(0) || record.Pack != reader.GetString(1) || record.Version != reader.GetString(2))
                throw new InvalidOperationException($"publication {reader.GetInt64(0)} is not in the journal where the table says");
            policies = policies.With(AdoptPolicy.Read(record, program));
        }
        return policies;
    }
}
