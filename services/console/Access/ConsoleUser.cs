using Npgsql;

namespace MedInsure.Console.Access;

/// <summary>A row of console_user.</summary>
public sealed record ConsoleUser(long Id, string Name, string DisplayName, string Role, string Place, string Township, string Provider, string Insurer, string PasswordHash, Guid Stamp, bool IsActive, int Failures, DateTimeOffset? LockedUntil)
{
    private const string Columns = "SELECT id, name, display_name, role, place, township, provider, insurer, password_hash, stamp, is_active, failures, locked_until FROM console_user ";

    internal static async Task<ConsoleUser?> Find(NpgsqlDataSource database, string name, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(Columns + "WHERE name = $1");
        command.Parameters.Add(new() { Value = name });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return await reader.ReadAsync(cancellation) ? Of(reader) : null;
    }

    /// <param name="place">A county's own; null: all of the city.</param>
    internal static async Task<List<ConsoleUser>> List(NpgsqlDataSource database, string? place, string after, int size, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(Columns + "WHERE ($1 = '' OR place = $1) AND name > $2 ORDER BY name LIMIT $3");
        command.Parameters.Add(new() { Value = place ?? "" });
        command.Parameters.Add(new() { Value = after });
        command.Parameters.Add(new() { Value = size });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        List<ConsoleUser> rows = [];
        while (await reader.ReadAsync(cancellation)) rows.Add(Of(reader));
        return rows;
    }

    private static ConsoleUser Of(NpgsqlDataReader r) => new(r.GetInt64(0), r.GetString(1), r.GetString(2), r.GetString(3), r.GetString(4), r.GetString(5), r.GetString(6), r.GetString(7), r.GetString(8), r.GetGuid(9), r.GetBoolean(10), r.GetInt32(11), r.IsDBNull(12) ? null : r.GetFieldValue<DateTimeOffset>(12));
}
