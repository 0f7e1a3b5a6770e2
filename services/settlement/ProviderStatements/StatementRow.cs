using MedInsure.Settlement.Queries;
using Npgsql;

namespace MedInsure.Settlement.ProviderStatements;

/// <summary>A statement as it stands.</summary>
/// <param name="State">accepted, in_review, first_reviewed, reviewed, approved, paid, rejected.</param>
/// <param name="PayableFen">What the first review came to; null while there is none.</param>
internal sealed record StatementRow(
    long Number, string FixmedinsCode, int Month, string State, string AcceptedBy, string FirstReviewer, string SecondReviewer, string Approver, string Payer, DateTimeOffset ChangedAt, string Reason, long? PayableFen, long? CarriedInto)
{
    public static readonly string[] States = ["accepted", "in_review", "first_reviewed", "reviewed", "approved", "paid", "rejected"];

    private const string Columns = """
        SELECT number, fixmedins_code, month, state, accepted_by, first_reviewer, second_reviewer, approver, payer, changed_at, reason, payable_fen, carried_into FROM provider_statement
        """;

    public string No(string county) => CountyNumber.Of(county, CountyNumber.Statement, Number);

    public static async Task<List<StatementRow>> Read(NpgsqlConnection connection, NpgsqlTransaction? transaction, RowFilter filter, string tail, CancellationToken cancellation)
    {
        var rows = new List<StatementRow>();
        await using var command = filter.Command(connection, transaction, $"{Columns}{filter.Where} {tail}");
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
            rows.Add(new StatementRow(reader.GetInt64(0), reader.GetString(1), reader.GetInt32(2), reader.GetString(3), reader.GetString(4), reader.GetString(5), reader.GetString(6), reader.GetString(7), reader.GetString(8),
                reader.GetFieldValue<DateTimeOffset>(9), reader.GetString(10), reader.IsDBNull(11) ? null : reader.GetInt64(11), reader.IsDBNull(12) ? null : reader.GetInt64(12)));
        return rows;
    }

    public static async Task<StatementRow?> Find(NpgsqlConnection connection, NpgsqlTransaction? transaction, long number, CancellationToken cancellation) =>
        (await Read(connection, transaction, new RowFilter().Add("number = ", number), "", cancellation)).SingleOrDefault();

    /// <summary>The one that is not rejected.</summary>
    public static async Task<StatementRow?> OfMonth(NpgsqlConnection connection, NpgsqlTransaction transaction, string fixmedinsCode, int month, CancellationToken cancellation) =>
        (await Read(connection, transaction, new RowFilter().Add("fixmedins_code = ", fixmedinsCode).Add("month = ", month), "AND state <> 'rejected'", cancellation)).SingleOrDefault();

    /// <param name="set">Columns from $4 on; $1 the number, $2 the new state, $3 now.</param>
    public async Task<StatementRow> Step(NpgsqlConnection connection, NpgsqlTransaction transaction, string state, DateTimeOffset now, string set, CancellationToken cancellation, params object[] values)
    {
        await using (var command = new NpgsqlCommand($"UPDATE provider_statement SET state = $2, changed_at = $3{set} WHERE number = $1", connection, transaction))
        {
            foreach (var value in (object[])[Number, state, now.UtcDateTime, .. values]) command.Parameters.Add(new NpgsqlParameter { Value = value });
            await command.ExecuteNonQueryAsync(cancellation);
        }
        return (await Find(connection, transaction, Number, cancellation))!;
    }

    public object Shown(string county) => new
    {
        StatementNo = No(county), FixmedinsCode, Month = ClaimMonth.Text(Month), State, AcceptedBy, FirstReviewer = CountyDesk.Said(FirstReviewer), SecondReviewer = CountyDesk.Said(SecondReviewer), Approver = CountyDesk.Said(Approver), Payer = CountyDesk.Said(Payer),
        ChangedAt = CountyDesk.Time(ChangedAt), Reason = CountyDesk.Said(Reason), Payable = PayableFen is { } fen ? Yuan.Of(fen) : (decimal?)null,
        CarriedInto = CarriedInto is { } next ? CountyNumber.Of(county, CountyNumber.Statement, next) : null,
    };
}
