using MedInsure.Enrollment.Persons;
using NpgsqlTypes;
using Npgsql;

namespace MedInsure.Enrollment.Covers;

/// <summary>Writes the periods of those whose cover changed, and tells of them.</summary>
internal static class WriteCover
{
    public static async Task Run(HeldCounty held, CoverLedger cover, DateTimeOffset at, CancellationToken cancellation)
    {
        if (cover.Changed.Count == 0) return;
        string[] numbers = [.. cover.Changed.Order(StringComparer.Ordinal)];
        var rows = cover.RowsOfChanged.ToList();
        await using (var batch = new NpgsqlBatch(held.Connection, held.Transaction)
        {
            BatchCommands =
            {
                new("DELETE FROM coverage WHERE psn_no = ANY ($1)") { Parameters = { new() { Value = numbers } } },
                new("INSERT INTO coverage (psn_no, insutype, from_on, to_on, psn_type, employer_no, account_credit_fen) SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7)")
                {
                    Parameters =
                    {
                        Column(NpgsqlDbType.Text, r => r.PsnNo), Column(NpgsqlDbType.Text, r => r.Insutype), Column(NpgsqlDbType.Date, r => r.From), Column(NpgsqlDbType.Date, r => r.To),
                        Column(NpgsqlDbType.Text, r => r.PsnType), Column(NpgsqlDbType.Text, r => r.EmployerNo), Column(NpgsqlDbType.Bigint, r => r.AccountCreditFen),
                    },
                },
            },
        })
            await batch.ExecuteNonQueryAsync(cancellation);
        await held.Tell(numbers, at, cancellation);

        NpgsqlParameter Column<T>(NpgsqlDbType type, Func<CoverLedger.Row, T> column) => new NpgsqlParameter<T[]> { NpgsqlDbType = NpgsqlDbType.Array | type, TypedValue = [.. rows.Select(column)] };
    }
}
