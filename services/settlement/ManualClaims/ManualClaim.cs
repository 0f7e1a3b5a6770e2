using MedInsure.Kernel;
using MedInsure.Settlement.PersonPayments;
using MedInsure.Settlement.Queries;
using MedInsure.Settlement.Runs;
using Npgsql;

namespace MedInsure.Settlement.ManualClaims;

/// <summary>A paper bill and who did what with it. Money in fen.</summary>
internal sealed record ManualClaim(
    long Number, string RequestNo, string State, ManualBill Bill, BankAccount Account, string EnteredBy, DateTimeOffset EnteredAt, string FirstReviewedBy, DateTimeOffset? FirstReviewedAt,
    string SecondReviewedBy, DateTimeOffset? SecondReviewedAt, string ApprovedBy, DateTimeOffset? ApprovedAt, long? FundTotalFen, string SetlId, string EndedBy, string EndedWith, DateTimeOffset? EndedAt,
    string Reason, string ReversalSetlId)
{
    public const string Entered = "entered", FirstReviewed = "first_reviewed", SecondReviewed = "second_reviewed", Approved = "approved", Settled = "settled", Rejected = "rejected", Withdrawn = "withdrawn", Reversed = "reversed";
    public static readonly string[] States = [Entered, FirstReviewed, SecondReviewed, Approved, Settled, Rejected, Withdrawn, Reversed];

    private const string Columns = """
        SELECT number, request_no, state, bill::text, account_no, account_name, bank, entered_by, entered_at, first_reviewed_by, first_reviewed_at, second_reviewed_by, second_reviewed_at, approved_by, approved_at,
            fund_total_fen, setl_id, ended_by, ended_with, ended_at, reason, reversal_setl_id FROM manual_claim
        """;

    /// <summary>Begins with the county's code: 230102B000000000003.</summary>
    public static string NumberOf(string county, long number) => CountyNumber.Of(county, CountyNumber.ManualClaim, number);

    /// <summary>Null: no number of this county's paper bills.</summary>
    public static long? Parse(string county, string claimNo) => CountyNumber.Parse(county, CountyNumber.ManualClaim, claimNo);

    public static async Task<List<ManualClaim>> Read(NpgsqlDataSource database, RowFilter filter, string tail, CancellationToken cancellation)
    {
        await using var command = filter.Command(database, $"{Columns}{filter.Where} {tail}");
        return await Read(command, cancellation);
    }

    public static async Task<ManualClaim?> Find(RunPlace place, long number, CancellationToken cancellation) => (await Read(place.Database, new RowFilter().Add("number = ", number), "", cancellation)).SingleOrDefault();

    /// <summary>Held until the transaction ends: nobody else acts on the claim meanwhile.</summary>
    public static async Task<ManualClaim?> Lock(NpgsqlConnection connection, NpgsqlTransaction transaction, long number, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand($"{Columns} WHERE number = $1 FOR UPDATE", connection, transaction) { Parameters = { new NpgsqlParameter<long> { TypedValue = number } } };
        return (await Read(command, cancellation)).SingleOrDefault();
    }

    private static async Task<List<ManualClaim>> Read(NpgsqlCommand command, CancellationToken cancellation)
    {
        var claims = new List<ManualClaim>();
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
            claims.Add(new ManualClaim(reader.GetInt64(0), reader.GetString(1), reader.GetString(2), ManualBill.Parse(reader.GetString(3)), new BankAccount(reader.GetString(4), reader.GetString(5), reader.GetString(6)),
                reader.GetString(7), reader.GetFieldValue<DateTimeOffset>(8), reader.GetString(9), At(reader, 10), reader.GetString(11), At(reader, 12), reader.GetString(13), At(reader, 14),
                reader.IsDBNull(15) ? null : reader.GetInt64(15), reader.GetString(16), reader.GetString(17), reader.GetString(18), At(reader, 19), reader.GetString(20), reader.GetString(21)));
        return claims;
    }

    /// <summary>A step of its life, in a transaction that holds it.</summary>
    /// <param name="set">Columns from $2 on.</param>
    public static async Task Step(NpgsqlConnection connection, NpgsqlTransaction transaction, long number, string set, CancellationToken cancellation, params object[] values)
    {
        await using var command = new NpgsqlCommand($"UPDATE manual_claim SET {set} WHERE number = $1", connection, transaction) { Parameters = { new() { Value = number } } };
        foreach (var value in values) command.Parameters.Add(new NpgsqlParameter { Value = value });
        await command.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>Its invoices may be entered anew.</summary>
    public static async Task ReleaseInvoices(NpgsqlConnection connection, NpgsqlTransaction transaction, long number, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("UPDATE manual_claim_invoice SET standing = false WHERE number = $1", connection, transaction) { Parameters = { new NpgsqlParameter<long> { TypedValue = number } } };
        await command.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>Whoever acted on it: the next one must be somebody else (<see cref="TwoPeople.Another"/>).</summary>
    public string[] ActedBefore => [EnteredBy, FirstReviewedBy, SecondReviewedBy, ApprovedBy];

    private static DateTimeOffset? At(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetFieldValue<DateTimeOffset>(column);

    public object Shown(string county) => new
    {
        ClaimNo = NumberOf(county, Number),
        RequestNo, State,
        Bill = Bill.Shown,
        Account = Account.Shown,
        EnteredBy,
        EnteredAt = CountyDesk.Time(EnteredAt),
        FirstReviewedBy = CountyDesk.Said(FirstReviewedBy),
        FirstReviewedAt = CountyDesk.Time(FirstReviewedAt),
        SecondReviewedBy = CountyDesk.Said(SecondReviewedBy),
        SecondReviewedAt = CountyDesk.Time(SecondReviewedAt),
        ApprovedBy = CountyDesk.Said(ApprovedBy),
        ApprovedAt = CountyDesk.Time(ApprovedAt),
        FundTotal = FundTotalFen is { } fen ? Yuan.Of(fen) : (decimal?)null,
        SetlId = CountyDesk.Said(SetlId),
        EndedBy = CountyDesk.Said(EndedBy),
        EndedWith = CountyDesk.Said(EndedWith),
        EndedAt = CountyDesk.Time(EndedAt),
        Reason = CountyDesk.Said(Reason),
        ReversalSetlId = CountyDesk.Said(ReversalSetlId),
    };
}
