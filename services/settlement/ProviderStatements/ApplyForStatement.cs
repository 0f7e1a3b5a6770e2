using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Journal;
using MedInsure.Settlement.Queries;
using MedInsure.Settlement.Runs;
using Npgsql;

namespace MedInsure.Settlement.ProviderStatements;

/// <summary>
/// A provider claims what was settled in a month (3203). From then on the application has these settlements, each of which is claimed once; it stands only where the provider's
/// figures are ours. The same request again is the same application.
/// </summary>
internal static class ApplyForStatement
{
    private static readonly string[] Kinds = ["11", "21", "41"];

    private const string Insert = """
        INSERT INTO statement_application (fixmedins_code, request_no, clr_type, clr_way, month, begin_on, end_on, row_count, person_times, total_fen, fund_total_fen, cash_fen, account_fen, family_account_fen,
          account_with_family, applied_by, applied_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8, $9, $10, $11, $12, 0, $13, $14, $15) RETURNING number
        """;

    // Both ends of the view are read by provider and time; what other applications have is left to them.
    private const string Take = """
        INSERT INTO statement_claim (setl_id, application, insutype)
        SELECT c.setl_id, $1, c.insutype FROM provider_claim c
        WHERE c.fixmedins_code = $2 AND c.clearing_type = $3 AND c.settled_at >= $4 AND c.settled_at < $5 AND NOT EXISTS (SELECT FROM statement_claim s WHERE s.setl_id = c.setl_id)
        """;

    private const string Schemes = """
        INSERT INTO statement_application_scheme (application, insutype, row_count, person_times, total_fen, full_self_pay_fen, in_scope_fen, fund_total_fen, hospital_share_fen, account_fen, family_account_fen, cash_fen)
        SELECT $1, c.insutype, count(*), count(*) FILTER (WHERE c.reverses_setl_id IS NULL) - count(*) FILTER (WHERE c.reverses_setl_id IS NOT NULL), sum(c.total_fen)::bigint, sum(c.full_self_pay_fen)::bigint,
          sum(c.in_scope_fen)::bigint, sum(c.fund_total_fen)::bigint, sum(c.hospital_share_fen)::bigint, sum(c.account_fen)::bigint, sum(c.family_account_fen)::bigint, sum(c.cash_fen)::bigint
        FROM provider_claim c JOIN statement_claim s ON s.setl_id = c.setl_id AND s.application = $1
        WHERE c.fixmedins_code = $2 AND c.clearing_type = $3 AND c.settled_at >= $4 AND c.settled_at < $5 GROUP BY c.insutype
        """;

    private const string Funds = """
        INSERT INTO statement_application_fund (application, insutype, fund, amount_fen)
        SELECT $1, s.insutype, f.fund, sum(f.amount_fen)::bigint FROM provider_claim_fund f JOIN statement_claim s ON s.setl_id = f.setl_id AND s.application = $1
        WHERE f.fixmedins_code = $2 AND f.settled_at >= $3 AND f.settled_at < $4 GROUP BY s.insutype, f.fund
        """;

    private const string Sums = """
        SELECT coalesce(sum(row_count), 0)::bigint, coalesce(sum(person_times), 0)::bigint, coalesce(sum(total_fen), 0)::bigint, coalesce(sum(fund_total_fen), 0)::bigint, coalesce(sum(cash_fen), 0)::bigint,
          coalesce(sum(account_fen), 0)::bigint, coalesce(sum(family_account_fen), 0)::bigint
        FROM statement_application_scheme WHERE application = $1
        """;

    private readonly record struct Totals(long Rows, long PersonTimes, long TotalFen, long FundTotalFen, long CashFen, long AccountFen, long FamilyAccountFen);

    /// <summary>In order: the request number, kind and way of clearing, month and days; all settlements in the tables; the same request before; a live application or a statement of the month; something to claim; the figures one by one.</summary>
    public static async Task<Outcome<StatementApplication>> Run(RunPlace place, ApplyForStatementRequest request, ChinaCalendar calendar, CancellationToken cancellation)
    {
        if (!CountyDesk.IsRequestNumber(request.RequestNo)) return Refusals.RequestNumberInvalid;
        if (request.FixmedinsCode.Length == 0) return Refusals.ProviderUnknown;
        if (!Kinds.Contains(request.ClrType)) return StatementRefusals.ClearingTypeUnknown;
        if (request.ClrWay.Length > 6 || !request.ClrWay.All(char.IsAsciiLetterOrDigit)) return StatementRefusals.ClearingWayInvalid;
        if (!ClaimMonth.IsMonth(request.Month)) return StatementRefusals.MonthInvalid;
        if (!IsDay(request.BeginOn, ClaimMonth.First(request.Month), out var begin) || !IsDay(request.EndOn, ClaimMonth.Last(request.Month), out var end)
            || end < ClaimMonth.First(request.Month) || end > ClaimMonth.Last(request.Month) || begin > end) return StatementRefusals.PeriodInvalid;
        if (end >= calendar.Today) return StatementRefusals.PeriodNotOver;
        if (await SettlementRows.Current(place.Journal, cancellation) is { } lag) return lag;

        var county = place.Tenant.Code;
        await using var connection = await place.Database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await ProviderLock.Take(connection, transaction, request.FixmedinsCode, cancellation);
        var same = new RowFilter().Add("a.fixmedins_code = ", request.FixmedinsCode).Add("a.request_no = ", request.RequestNo);
        if ((await ApplicationRow.Read(connection, transaction, same, "", cancellation)).SingleOrDefault() is { } before) return IsSame(before, request, begin, end) ? before.Reply(county) : Refusals.RequestNumberReused;
        var live = new RowFilter().Add("a.fixmedins_code = ", request.FixmedinsCode).Add("a.month = ", request.Month).Add("a.clr_type = ", request.ClrType);
        if ((await ApplicationRow.Read(connection, transaction, live, "AND a.state IN ('applied', 'accepted')", cancellation)).SingleOrDefault() is { } other)
            return StatementRefusals.AppliedBefore(CountyNumber.Of(county, CountyNumber.Application, other.Number));
        if (await StatementRow.OfMonth(connection, transaction, request.FixmedinsCode, request.Month, cancellation) is { } made) return StatementRefusals.MonthHasStatement(made.No(county));

        var number = await Add(connection, transaction, request, begin, end, calendar.UtcNow, cancellation);
        var ours = await Claim(connection, transaction, number, request, begin, end, cancellation);
        if (ours.Rows == 0) return StatementRefusals.NothingToApply;
        if (Differs(request, ours) is { } difference) return difference; // nothing of the transaction stays
        await using (var update = new NpgsqlCommand("UPDATE statement_application SET row_count = $2, account_fen = $3, family_account_fen = $4 WHERE number = $1", connection, transaction)
        {
            Parameters = { new() { Value = number }, new() { Value = ours.Rows }, new() { Value = ours.AccountFen }, new() { Value = ours.FamilyAccountFen } },
        })
            await update.ExecuteNonQueryAsync(cancellation);
        var by = request.AppliedBy.Length > 0 ? request.AppliedBy : request.FixmedinsCode;
        await ProviderActs.Write(connection, transaction, [new(CountyNumber.Of(county, CountyNumber.Application, number), "applied", by, calendar.UtcNow, "")], cancellation);
        var row = (await ApplicationRow.Find(connection, transaction, number, cancellation))!;
        await transaction.CommitAsync(cancellation);
        return row.Reply(county);
    }

    private static bool IsDay(int number, DateOnly otherwise, out DateOnly day)
    {
        day = otherwise;
        if (number == 0) return true;
        if (!DayNumber.IsDay(number)) return false;
        day = DayNumber.ToDate(number);
        return true;
    }

    private static bool IsSame(ApplicationRow row, ApplyForStatementRequest request, DateOnly begin, DateOnly end) =>
        (row.ClrType, row.ClrWay, row.Month, row.BeginOn, row.EndOn, row.PersonTimes, row.TotalFen, row.FundTotalFen, row.CashFen, row.AccountWithFamily)
            == (request.ClrType, WayOf(request), request.Month, begin, end, request.PersonTimes, request.TotalFen, request.FundTotalFen, request.CashFen, request.AccountWithFamily)
        && row.AccountFen + (row.AccountWithFamily ? row.FamilyAccountFen : 0) == request.AccountFen;

    private static string WayOf(ApplyForStatementRequest request) => request.ClrWay.Length > 0 ? request.ClrWay : "1";

    private static async Task<long> Add(NpgsqlConnection connection, NpgsqlTransaction transaction, ApplyForStatementRequest request, DateOnly begin, DateOnly end, DateTimeOffset now, CancellationToken cancellation)
    {
        await using var insert = new NpgsqlCommand(Insert, connection, transaction)
        {
            Parameters =
            {
                new() { Value = request.FixmedinsCode }, new() { Value = request.RequestNo }, new() { Value = request.ClrType }, new() { Value = WayOf(request) }, new() { Value = request.Month }, new() { Value = begin },
                new() { Value = end }, new() { Value = request.PersonTimes }, new() { Value = request.TotalFen }, new() { Value = request.FundTotalFen }, new() { Value = request.CashFen }, new() { Value = request.AccountFen },
                new() { Value = request.AccountWithFamily }, new() { Value = request.AppliedBy.Length > 0 ? request.AppliedBy : request.FixmedinsCode }, new() { Value = now.UtcDateTime },
            },
        };
        return (long)(await insert.ExecuteScalarAsync(cancellation))!;
    }

    /// <summary>Takes the settlements and sums them up: four statements, however many there are.</summary>
    private static async Task<Totals> Claim(NpgsqlConnection connection, NpgsqlTransaction transaction, long number, ApplyForStatementRequest request, DateOnly begin, DateOnly end, CancellationToken cancellation)
    {
        var (from, to) = (ChinaCalendar.StartOf(begin).UtcDateTime, ChinaCalendar.StartOf(end.AddDays(1)).UtcDateTime);
        await using var batch = new NpgsqlBatch(connection, transaction) { Timeout = 0 };
        foreach (var sql in (string[])[Take, Schemes])
            batch.BatchCommands.Add(new(sql) { Parameters = { new() { Value = number }, new() { Value = request.FixmedinsCode }, new() { Value = request.ClrType }, new() { Value = from }, new() { Value = to } } });
        batch.BatchCommands.Add(new(Funds) { Parameters = { new() { Value = number }, new() { Value = request.FixmedinsCode }, new() { Value = from }, new() { Value = to } } });
        batch.BatchCommands.Add(new(Sums) { Parameters = { new() { Value = number } } });
        await using var reader = await batch.ExecuteReaderAsync(cancellation);
        await reader.ReadAsync(cancellation);
        return new Totals(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3), reader.GetInt64(4), reader.GetInt64(5), reader.GetInt64(6));
    }

    private static Refusal? Differs(ApplyForStatementRequest request, Totals ours)
    {
        if (request.PersonTimes != ours.PersonTimes) return StatementRefusals.TotalsDiffer("psntime", "人次", $"{request.PersonTimes}", $"{ours.PersonTimes}");
        var account = request.AccountWithFamily ? ours.AccountFen + ours.FamilyAccountFen : ours.AccountFen;
        foreach (var (field, chinese, theirs, fen) in ((string, string, long, long)[])
            [("medfee_sumamt", "医疗费总额", request.TotalFen, ours.TotalFen), ("fund_appy_sum", "基金申请总额", request.FundTotalFen, ours.FundTotalFen), ("cash_payamt", "现金支付金额", request.CashFen, ours.CashFen),
                ("acct_pay", "个人账户支付金额", request.AccountFen, account)])
            if (theirs != fen) return StatementRefusals.TotalsDiffer(field, chinese, new Fen(theirs).ToString(), new Fen(fen).ToString());
        return null;
    }
}
