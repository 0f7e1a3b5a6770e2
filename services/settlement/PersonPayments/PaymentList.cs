using System.Globalization;
using MedInsure.Settlement.Queries;
using MedInsure.Settlement.Runs;
using Npgsql;

namespace MedInsure.Settlement.PersonPayments;

/// <summary>A list of payments to persons. Money in fen.</summary>
internal sealed record PaymentList(
    long Number, string RequestNo, string State, int PersonCount, long AmountFen, string PreparedBy, DateTimeOffset PreparedAt, string ApprovedBy, DateTimeOffset? ApprovedAt,
    string PaidBy, DateOnly? PaidOn, DateTimeOffset? PaidAt, string BankReference, string WithdrawnBy, DateTimeOffset? WithdrawnAt, string Reason)
{
    public static readonly string[] States = ["prepared", "approved", "paid", "withdrawn"];

    private const string Columns = """
        SELECT number, request_no, state, person_count, amount_fen, prepared_by, prepared_at, approved_by, approved_at, paid_by, paid_on, paid_at, bank_reference, withdrawn_by, withdrawn_at, reason FROM payment_list
        """;

    /// <summary>Begins with the county's code: 230102P000000000003.</summary>
    public static string NumberOf(string county, long number) => CountyNumber.Of(county, CountyNumber.PaymentList, number);

    /// <summary>Null: no number of this county's lists.</summary>
    public static long? Parse(string county, string listNo) => CountyNumber.Parse(county, CountyNumber.PaymentList, listNo);

    public static async Task<List<PaymentList>> Read(NpgsqlDataSource database, RowFilter filter, string tail, CancellationToken cancellation)
    {
        var lists = new List<PaymentList>();
        await using var command = filter.Command(database, $"{Columns}{filter.Where} {tail}");
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
            lists.Add(new PaymentList(reader.GetInt64(0), reader.GetString(1), reader.GetString(2), reader.GetInt32(3), reader.GetInt64(4), reader.GetString(5), reader.GetFieldValue<DateTimeOffset>(6),
                reader.GetString(7), At(reader, 8), reader.GetString(9), reader.IsDBNull(10) ? null : reader.GetFieldValue<DateOnly>(10), At(reader, 11), reader.GetString(12), reader.GetString(13), At(reader, 14), reader.GetString(15)));
        return lists;
    }

    public static async Task<PaymentList?> Find(RunPlace place, long number, CancellationToken cancellation) => (await Read(place.Database, new RowFilter().Add("number = ", number), "", cancellation)).SingleOrDefault();

    /// <summary>One step of a list's life.</summary>
    /// <param name="set">Columns from $3 on.</param>
    /// <param name="from">The states it may begin in.</param>
    /// <returns>False: the list is in none of them.</returns>
    public static async Task<bool> Step(RunPlace place, long number, string[] from, string set, CancellationToken cancellation, params object[] values)
    {
        await using var command = place.Database.CreateCommand($"UPDATE payment_list SET {set} WHERE number = $1 AND state = ANY($2)");
        foreach (var value in (object[])[number, from, .. values]) command.Parameters.Add(new NpgsqlParameter { Value = value });
        return await command.ExecuteNonQueryAsync(cancellation) == 1;
    }

    private static DateTimeOffset? At(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetFieldValue<DateTimeOffset>(column);

    public object Shown(string county) => new
    {
        ListNo = NumberOf(county, Number),
        RequestNo, State,
        Persons = PersonCount,
        Amount = Yuan.Of(AmountFen),
        PreparedBy,
        PreparedAt = CountyDesk.Time(PreparedAt),
        ApprovedBy = CountyDesk.Said(ApprovedBy),
        ApprovedAt = CountyDesk.Time(ApprovedAt),
        PaidBy = CountyDesk.Said(PaidBy),
        PaidOn = PaidOn?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        PaidAt = CountyDesk.Time(PaidAt),
        BankReference = CountyDesk.Said(BankReference),
        WithdrawnBy = CountyDesk.Said(WithdrawnBy),
        WithdrawnAt = CountyDesk.Time(WithdrawnAt),
        Reason = CountyDesk.Said(Reason),
    };
}
