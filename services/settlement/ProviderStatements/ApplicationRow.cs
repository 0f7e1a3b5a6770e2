using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Journal;
using MedInsure.Settlement.Queries;
using Npgsql;

namespace MedInsure.Settlement.ProviderStatements;

/// <summary>A provider's application as it stands. Its state to the outside is that of the statement it is part of.</summary>
/// <param name="State">applied, accepted, withdrawn, rejected.</param>
internal sealed record ApplicationRow(
    long Number, string FixmedinsCode, string ClrType, string ClrWay, int Month, DateOnly BeginOn, DateOnly EndOn, long Rows, long PersonTimes, long TotalFen, long FundTotalFen, long CashFen, long AccountFen, long FamilyAccountFen,
    bool AccountWithFamily, string AppliedBy, DateTimeOffset AppliedAt, string State, long? StatementNo, DateTimeOffset ChangedAt, string Reason, string StatementState, long? StatementPayableFen, long StatementDeductedFen)
{
    public const string States = "applied, accepted, withdrawn, rejected";

    private const string Columns = """
        SELECT a.number, a.fixmedins_code, a.clr_type, a.clr_way, a.month, a.begin_on, a.end_on, a.row_count, a.person_times, a.total_fen, a.fund_total_fen, a.cash_fen, a.account_fen, a.family_account_fen,
          a.account_with_family, a.applied_by, a.applied_at, a.state, a.statement_no, coalesce(a.closed_at, s.changed_at, a.applied_at), a.reason, coalesce(s.state, ''), s.payable_fen,
          coalesce((SELECT -sum(l.amount_fen) FROM statement_line l WHERE l.statement = s.number AND l.kind IN ('indicator', 'deduction', 'deposit', 'offset')), 0)::bigint
        FROM statement_application a LEFT JOIN provider_statement s ON s.number = a.statement_no
        """;

    /// <summary>10 applied, 20 accepted, 30 in review, 40 reviewed, 50 cleared, 60 paid out, 70 rejected (national-interface.md section 3); empty: withdrawn.</summary>
    public string ClrStas => (State, StatementState) switch
    {
        ("applied", _) => "10",
        ("withdrawn", _) => "",
        ("rejected", _) => "70",
        (_, "accepted") => "20",
        (_, "in_review" or "first_reviewed") => "30",
        (_, "reviewed") => "40",
        (_, "approved") => "50",
        _ => "60",
    };

    public static async Task<List<ApplicationRow>> Read(NpgsqlConnection connection, NpgsqlTransaction? transaction, RowFilter filter, string tail, CancellationToken cancellation)
    {
        var rows = new List<ApplicationRow>();
        await using var command = filter.Command(connection, transaction, $"{Columns}{filter.Where} {tail}");
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
            rows.Add(new ApplicationRow(reader.GetInt64(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.GetInt32(4), reader.GetFieldValue<DateOnly>(5), reader.GetFieldValue<DateOnly>(6),
                reader.GetInt64(7), reader.GetInt64(8), reader.GetInt64(9), reader.GetInt64(10), reader.GetInt64(11), reader.GetInt64(12), reader.GetInt64(13), reader.GetBoolean(14), reader.GetString(15),
                reader.GetFieldValue<DateTimeOffset>(16), reader.GetString(17), reader.IsDBNull(18) ? null : reader.GetInt64(18), reader.GetFieldValue<DateTimeOffset>(19), reader.GetString(20), reader.GetString(21),
                reader.IsDBNull(22) ? null : reader.GetInt64(22), reader.GetInt64(23)));
        return rows;
    }

    public static async Task<ApplicationRow?> Find(NpgsqlConnection connection, NpgsqlTransaction? transaction, long number, CancellationToken cancellation) =>
        (await Read(connection, transaction, new RowFilter().Add("a.number = ", number), "", cancellation)).SingleOrDefault();

    public StatementApplication Reply(string county)
    {
        var reply = new StatementApplication
        {
            ClrAppyEvtId = CountyNumber.Of(county, CountyNumber.Application, Number), FixmedinsCode = FixmedinsCode, ClrType = ClrType, ClrWay = ClrWay, Month = Month,
            BeginOn = DayNumber.Of(BeginOn), EndOn = DayNumber.Of(EndOn), RowCount = Rows, PersonTimes = PersonTimes, TotalFen = TotalFen, FundTotalFen = FundTotalFen, CashFen = CashFen, AccountFen = AccountFen,
            FamilyAccountFen = FamilyAccountFen, ClrStas = ClrStas, AppliedAtMs = AppliedAt.ToUnixTimeMilliseconds(), ChangedAtMs = ChangedAt.ToUnixTimeMilliseconds(), Reason = Reason,
            StatementNo = StatementNo is { } no ? CountyNumber.Of(county, CountyNumber.Statement, no) : "",
        };
        // What people have released, not what they still look at.
        if (StatementState is "approved" or "paid" && StatementPayableFen is { } payable) (reply.StatementPayableFen, reply.StatementDeductedFen) = (payable, StatementDeductedFen);
        return reply;
    }

    public object Shown(string county) => new
    {
        ClrAppyEvtId = CountyNumber.Of(county, CountyNumber.Application, Number), FixmedinsCode, ClrType, ClrWay, Month = ClaimMonth.Text(Month), BeginOn = Ledger.LedgerText.Day(BeginOn), EndOn = Ledger.LedgerText.Day(EndOn),
        Rows, PersonTimes, Total = Yuan.Of(TotalFen), FundTotal = Yuan.Of(FundTotalFen), Cash = Yuan.Of(CashFen), Account = Yuan.Of(AccountFen), FamilyAccount = Yuan.Of(FamilyAccountFen), AppliedBy, AppliedAt = CountyDesk.Time(AppliedAt), State,
        StatementNo = StatementNo is { } no ? CountyNumber.Of(county, CountyNumber.Statement, no) : null, Reason = Reason.Length > 0 ? Reason : null,
    };
}
