using MedInsure.FraudAudit.FieldWork;
using MedInsure.Kernel;
using Npgsql;

namespace MedInsure.FraudAudit.Campaigns;

/// <summary>Campaigns, how far each is and what it comes to: by provider and by rule.</summary>
internal static class ShowCampaign
{
    private const string Columns = """
        SELECT campaign_no, kind, name, from_on, to_on, deadline_on, rules, opened_by, opened_at, closed_by, (SELECT count(*) FROM campaign_provider p WHERE p.campaign_no = c.campaign_no),
            (SELECT count(*) FROM campaign_provider p WHERE p.campaign_no = c.campaign_no AND reports > 0), i.items, i.amount, i.refunded
        FROM campaign c CROSS JOIN LATERAL (SELECT count(*) AS items, coalesce(sum(amount_fen), 0)::bigint AS amount, coalesce(sum(amount_fen) FILTER (WHERE state = 'refunded'), 0)::bigint AS refunded
            FROM campaign_item WHERE campaign_no = c.campaign_no AND state <> 'struck') i
        """;

    public static readonly string[] States = ["recorded", "booking", "refunded", "struck"];

    private static object Read(NpgsqlDataReader r) => new
    {
        CampaignNo = r.GetInt64(0), Kind = r.GetString(1), Name = r.GetString(2), FromOn = AuditJson.Day(r.GetFieldValue<DateOnly>(3)), ToOn = AuditJson.Day(r.GetFieldValue<DateOnly>(4)), DeadlineOn = AuditJson.Day(r.GetFieldValue<DateOnly>(5)),
        Rules = r.GetFieldValue<string[]>(6), OpenedBy = r.GetString(7), OpenedAt = AuditJson.Time(r.GetDateTime(8)), ClosedBy = r.GetString(9) is { Length: > 0 } by ? by : null, Providers = r.GetInt64(10), Reported = r.GetInt64(11), Items = r.GetInt64(12),
        Amount = AuditJson.Yuan(r.GetInt64(13)), Refunded = AuditJson.Yuan(r.GetInt64(14)),
    };

    public static async Task<Outcome<object>> List(AuditRequest request, string? kind, bool? open, string? provider, int? page, int? pageSize)
    {
        var rows = await FieldRows.Page(request, page, pageSize, $"""
            {Columns} WHERE ($1 = '' OR kind = $1) AND ($2 = '' OR ($2 = 'open') = (closed_by = '')) AND ($3 = '' OR EXISTS (SELECT FROM campaign_provider p WHERE p.campaign_no = c.campaign_no AND p.fixmedins_code = $3)) ORDER BY campaign_no DESC OFFSET $4 LIMIT $5
            """, Read, kind ?? "", open switch { true => "open", false => "closed", _ => "" }, provider ?? "");
        return rows.Refusal is { } refusal ? refusal : new { Campaigns = rows.Value };
    }

    public static async Task<Outcome<object>> Of(NpgsqlConnection connection, long campaignNo, DateOnly today, CancellationToken cancellation)
    {
        if ((await FieldRows.Read(connection, null, $"{Columns} WHERE campaign_no = $1", Read, cancellation, campaignNo)).FirstOrDefault() is not { } campaign) return FieldRefusals.CampaignUnknown;
        var providers = await FieldRows.Read(connection, null, """
            SELECT p.fixmedins_code, p.reports, p.reported_on, c.deadline_on, count(i.item_no), coalesce(sum(i.amount_fen), 0)::bigint, coalesce(sum(i.amount_fen) FILTER (WHERE i.state = 'refunded'), 0)::bigint
            FROM campaign_provider p JOIN campaign c USING (campaign_no) LEFT JOIN campaign_item i ON i.campaign_no = p.campaign_no AND i.fixmedins_code = p.fixmedins_code AND i.state <> 'struck'
            WHERE p.campaign_no = $1 GROUP BY p.fixmedins_code, p.reports, p.reported_on, c.deadline_on ORDER BY p.fixmedins_code
            """, r => (object)new
        {
            FixmedinsCode = r.GetString(0), Reports = r.GetInt32(1), ReportedOn = r.IsDBNull(2) ? null : AuditJson.Day(r.GetFieldValue<DateOnly>(2)),
            Overdue = (r.IsDBNull(2) ? today : r.GetFieldValue<DateOnly>(2)) > r.GetFieldValue<DateOnly>(3), Items = r.GetInt64(4), Amount = AuditJson.Yuan(r.GetInt64(5)), Refunded = AuditJson.Yuan(r.GetInt64(6)),
        }, cancellation, campaignNo);
        var rules = await FieldRows.Read(connection, null, """
            SELECT rule, count(*), sum(amount_fen)::bigint, coalesce(sum(amount_fen) FILTER (WHERE state = 'refunded'), 0)::bigint FROM campaign_item WHERE campaign_no = $1 AND state <> 'struck' GROUP BY rule ORDER BY rule
            """, r => (object)new { Rule = r.GetString(0), Items = r.GetInt64(1), Amount = AuditJson.Yuan(r.GetInt64(2)), Refunded = AuditJson.Yuan(r.GetInt64(3)) }, cancellation, campaignNo);
        return new { Campaign = campaign, Providers = providers, ByRule = rules, History = await FieldAct.History(connection, "campaign", campaignNo, cancellation) };
    }

    public static async Task<Outcome<object>> Items(AuditRequest request, long campaignNo, string? provider, string? state, int? page, int? pageSize)
    {
        if (!string.IsNullOrEmpty(state) && !States.Contains(state)) return Cases.CaseRefusals.StateUnknown;
        var rows = await FieldRows.Page(request, page, pageSize, """
            SELECT item_no, fixmedins_code, rule, setl_id, amount_fen, text, recorded_by, recorded_at, state, decided_by, received_on FROM campaign_item WHERE campaign_no = $1 AND ($2 = '' OR fixmedins_code = $2) AND ($3 = '' OR state = $3) ORDER BY item_no OFFSET $4 LIMIT $5
            """, r => (object)new
        {
            ItemNo = r.GetInt64(0), FixmedinsCode = r.GetString(1), Rule = r.GetString(2), SetlId = r.GetString(3) is { Length: > 0 } setl ? setl : null, Amount = AuditJson.Yuan(r.GetInt64(4)), Text = r.GetString(5), RecordedBy = r.GetString(6),
            RecordedAt = AuditJson.Time(r.GetDateTime(7)), State = r.GetString(8), DecidedBy = r.GetString(9) is { Length: > 0 } by ? by : null, ReceivedOn = r.IsDBNull(10) ? null : AuditJson.Day(r.GetFieldValue<DateOnly>(10)),
        }, campaignNo, provider ?? "", state ?? "");
        return rows.Refusal is { } refusal ? refusal : new { Items = rows.Value };
    }
}
