using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Journal;
using MedInsure.Settlement.Queries;
using Npgsql;

namespace MedInsure.Settlement.ProviderReconciliation;

/// <summary>
/// Day by day, whether a provider's rows were compared and agreed (13203). The newest comparison that covers a day's rows decides; one row by row leaves a day balanced none of
/// whose rows differ, unless the provider has rows that we lack, which have no day here.
/// </summary>
internal static class ListDailyResults
{
    private const int DaysMax = 31;

    private const string List = """
        WITH side AS (
            SELECT (c.settled_at AT TIME ZONE interval '8 hours')::date AS on_day, c.home_county, c.elsewhere, c.clearing_type, c.insutype, c.reverses_setl_id IS NOT NULL AS is_refund, max(c.arrival) AS arrival,
                count(*) AS rows, sum(c.total_fen)::bigint AS total_fen, sum(c.fund_total_fen)::bigint AS fund_fen, sum(c.account_fen + CASE WHEN $10 THEN c.family_account_fen ELSE 0 END)::bigint AS account_fen
            FROM reconciled_claim c
            WHERE c.fixmedins_code = $1 AND c.settled_at >= $2 AND c.settled_at < $3 AND ($4 = '' OR c.clearing_type = $4) AND ($5 OR NOT c.elsewhere)
            GROUP BY 1, 2, 3, 4, 5, 6),
        judged AS (
            SELECT s.*, p.compared_at, CASE
                WHEN p.compared_at IS NULL THEN 3
                WHEN s.arrival > CASE WHEN s.elsewhere THEN p.up_to_voucher ELSE p.up_to_seq END THEN 4
                WHEN p.result = 0 OR p.by_row AND p.provider_more = 0 AND NOT s.on_day = ANY (p.differing_on) THEN 1
                ELSE 2 END AS state
            FROM side s LEFT JOIN LATERAL (
                SELECT * FROM provider_comparison p
                WHERE p.fixmedins_code = $1 AND s.on_day BETWEEN p.from_on AND p.to_on AND p.clearing_type IN ('', s.clearing_type) AND p.insutype IN ('', s.insutype)
                  AND p.refd_setl_flag IN ('', s.is_refund::int::text) AND (p.everywhere OR NOT s.elsewhere)
                ORDER BY p.compared_at DESC, p.everywhere DESC, p.insutype DESC, p.clearing_type DESC LIMIT 1) p ON true),
        listed AS (
            SELECT on_day, home_county, clearing_type, insutype,
                CASE WHEN bool_or(state = 2) THEN 2 WHEN bool_or(state = 4) THEN 4 WHEN bool_or(state = 3) THEN 3 ELSE 1 END AS state,
                sum(rows)::bigint AS rows, sum(total_fen)::bigint AS total_fen, sum(fund_fen)::bigint AS fund_fen, sum(account_fen)::bigint AS account_fen, min(compared_at) AS compared_at
            FROM judged GROUP BY 1, 2, 3, 4
            UNION ALL
            -- A day of which only the provider has rows.
            SELECT p.from_on, $6, p.clearing_type, p.insutype, 2, 0, 0, 0, 0, max(p.compared_at)
            FROM provider_comparison p
            WHERE p.fixmedins_code = $1 AND p.from_on = p.to_on AND p.our_count = 0 AND p.result = 2 AND p.from_on BETWEEN $7 AND $8 AND ($4 = '' OR p.clearing_type IN ('', $4)) AND ($5 OR NOT p.everywhere)
              AND NOT EXISTS (SELECT FROM side s WHERE s.on_day = p.from_on AND p.clearing_type IN ('', s.clearing_type) AND p.insutype IN ('', s.insutype))
            GROUP BY 1, 3, 4)
        SELECT on_day, home_county, clearing_type, insutype, state, rows, total_fen, fund_fen, account_fen, compared_at, count(*) OVER () AS listed
        FROM listed WHERE $9 = 0 OR (state = 1) = ($9 = 1)
        ORDER BY on_day, home_county, clearing_type, insutype
        """;

    /// <summary>In order: the provider, the days, the page.</summary>
    public static async Task<Outcome<ListDailyResultsReply>> Query(TenantJournal journal, NpgsqlDataSource database, ListDailyResultsRequest request, CancellationToken cancellation)
    {
        if (request.FixmedinsCode.Length == 0) return Refusals.QueryTooWide.At("fixmedins_code");
        if (ComparedGroup.CheckPeriod(request.FromOn, request.ToOn, DaysMax) is { } badPeriod) return badPeriod;
        var page = SettlementRows.Page(request.PageNumber, request.PageSize);
        if (page.Refusal is { } badPage) return badPage;
        if (await SettlementRows.Current(journal, cancellation) is { } lag) return lag;

        var (from, to) = (DayNumber.ToDate(request.FromOn), DayNumber.ToDate(request.ToOn));
        await using var command = database.CreateCommand(List);
        Add(request.FixmedinsCode);
        Add(ChinaCalendar.StartOf(from).UtcDateTime);
        Add(ChinaCalendar.StartOf(to.AddDays(1)).UtcDateTime);
        Add(request.ClearingType);
        Add(request.Everywhere);
        Add(journal.Tenant.Code);
        Add(from);
        Add(to);
        Add((int)request.Filter);
        Add(request.FamilyInsideAccount);
        var (reply, skip) = (new ListDailyResultsReply(), page.Value.Offset);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        // A month of one provider has some hundred lines: the page is cut here, so that one beyond the last still has its total.
        while (await reader.ReadAsync(cancellation))
        {
            reply.Total = (int)reader.GetInt64(10);
            if (skip-- > 0 || reply.Day.Count == page.Value.Size) continue;
            reply.Day.Add(new DailyResult
            {
                On = DayNumber.Of(reader.GetFieldValue<DateOnly>(0)), HomeCounty = reader.GetString(1), ClearingType = reader.GetString(2), Insutype = reader.GetString(3), State = (DailyState)reader.GetInt32(4),
                RowCount = reader.GetInt64(5), TotalFen = reader.GetInt64(6), FundTotalFen = reader.GetInt64(7), AccountFen = reader.GetInt64(8),
                ComparedAtMs = reader.IsDBNull(9) ? 0 : new DateTimeOffset(reader.GetDateTime(9)).ToUnixTimeMilliseconds(),
            });
        }
        return reply;

        void Add<T>(T value) => command.Parameters.Add(new NpgsqlParameter<T> { TypedValue = value });
    }
}
