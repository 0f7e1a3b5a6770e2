using Npgsql;
using NpgsqlTypes;

namespace MedInsure.Settlement.Projections;

/// <summary>Columns of one set-wise statement: an array per column, one statement for any number of rows.</summary>
internal sealed class SetInsert
{
    private readonly List<NpgsqlParameter> parameters = [];

    public SetInsert Column<TRow, T>(IReadOnlyList<TRow> rows, NpgsqlDbType type, Func<TRow, T> value)
    {
        var values = new T[rows.Count];
        for (var i = 0; i < values.Length; i++) values[i] = value(rows[i]);
        parameters.Add(new NpgsqlParameter<T[]> { NpgsqlDbType = NpgsqlDbType.Array | type, TypedValue = values });
        return this;
    }

    public SetInsert Text<TRow>(IReadOnlyList<TRow> rows, Func<TRow, string?> value) => Column(rows, NpgsqlDbType.Text, value);
    public SetInsert Bigint<TRow>(IReadOnlyList<TRow> rows, Func<TRow, long> value) => Column(rows, NpgsqlDbType.Bigint, value);
    public SetInsert Int<TRow>(IReadOnlyList<TRow> rows, Func<TRow, int> value) => Column(rows, NpgsqlDbType.Integer, value);
    public SetInsert Bytes<TRow>(IReadOnlyList<TRow> rows, Func<TRow, byte[]> value) => Column(rows, NpgsqlDbType.Bytea, value);
    public SetInsert Date<TRow>(IReadOnlyList<TRow> rows, Func<TRow, DateOnly?> value) => Column(rows, NpgsqlDbType.Date, value);

    /// <summary>The statement; {unnest} in it becomes unnest($1, $2, …).</summary>
    public NpgsqlBatchCommand Command(string sql)
    {
        var command = new NpgsqlBatchCommand(sql.Replace("{unnest}", $"unnest({string.Join(", ", Enumerable.Range(1, parameters.Count).Select(i => $"${i}"))})", StringComparison.Ordinal));
        foreach (var parameter in parameters) command.Parameters.Add(parameter);
        return command;
    }
}
