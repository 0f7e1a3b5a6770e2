using Npgsql;

namespace MedInsure.Enrollment.Persons;

/// <summary>A look at the county, outside of any transaction; within one: <see cref="HeldCounty.Rows"/>.</summary>
internal static class DatabaseRows
{
    public static async Task<List<T>> Rows<T>(this NpgsqlDataSource database, string sql, Func<NpgsqlDataReader, T> read, CancellationToken cancellation, params object?[] parameters)
    {
        await using var command = database.CreateCommand(sql);
        foreach (var parameter in parameters) command.Parameters.Add(new NpgsqlParameter { Value = parameter ?? DBNull.Value });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var rows = new List<T>();
        while (await reader.ReadAsync(cancellation)) rows.Add(read(reader));
        return rows;
    }
}
