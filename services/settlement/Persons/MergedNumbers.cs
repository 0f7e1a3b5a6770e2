using Npgsql;

namespace MedInsure.Settlement.Persons;

/// <summary>A number that became part of another one, and where that stands in the journal.</summary>
/// <param name="IntoNo">As it was then; that number may have retired since.</param>
public sealed record MergedNumber(string RetiredNo, string IntoNo, long Seq, int Index);

/// <summary>Numbers that retired, from the tables.</summary>
public static class MergedNumbers
{
    /// <summary>By retired number the one that it means now.</summary>
    public static async Task<IReadOnlyDictionary<string, string>> Read(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("SELECT retired_no, surviving_no FROM person_merge", connection);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var numbers = new Dictionary<string, string>(StringComparer.Ordinal);
        while (await reader.ReadAsync(cancellation)) numbers.Add(reader.GetString(0), reader.GetString(1));
        return numbers;
    }

    /// <summary>By the number that they mean now, in the journal's order.</summary>
    public static async Task<ILookup<string, MergedNumber>> ReadAll(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("SELECT surviving_no, retired_no, into_no, seq, idx FROM person_merge ORDER BY seq, idx", connection);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var merges = new List<(string Survivor, MergedNumber Merge)>();
        while (await reader.ReadAsync(cancellation)) merges.Add((reader.GetString(0), new MergedNumber(reader.GetString(1), reader.GetString(2), reader.GetInt64(3), reader.GetInt32(4))));
        return merges.ToLookup(m => m.Survivor, m => m.Merge, StringComparer.Ordinal);
    }
}
