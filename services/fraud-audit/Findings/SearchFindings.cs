using MedInsure.Kernel;
using Npgsql;
using NpgsqlTypes;

namespace MedInsure.FraudAudit.Findings;

/// <summary>Findings by what an operator looks for, with their number and money; and their sums by rule, provider, doctor, department or month.</summary>
internal static class SearchFindings
{
    /// <param name="From">First day of settlement; the other days as well yyyy-MM-dd.</param>
    /// <param name="State">open, withdrawn, confirmed, rejected, in_case.</param>
    /// <param name="MinInScope">In yuan.</param>
    public sealed record Filter(
        string? From, string? To, string? Rule, string? State, string? FixmedinsCode, string? DoctorCode, string? DepartmentCode, string? PsnNo, string? SetlId, bool? Certain, int? Severity, decimal? MinInScope, long? CaseNo, string? Sort, int? Page, int? PageSize);

    internal sealed record Row(
        long FindingNo, string Rule, string RuleName, string SetlId, string Subject, string PsnNo, string FixmedinsCode, string ProviderCounty, string DoctorCode, string DepartmentCode, string OccurredOn, string SettledOn, string InScope, bool Certain, int Severity,
        string Text, string TextEn, string[] Lines, string[] EarlierSetlIds, string State, long? CaseNo, long? RunNo, string FoundAt, string? DecidedAt, string? GoneAt, string? GoneWhy);

    internal sealed record Found(long Count, string InScope, IReadOnlyList<Row> Rows);

    internal sealed record Sum(string Key, long Count, string InScope, long Providers, long Persons);

    internal sealed record Sums(string By, IReadOnlyList<Sum> Rows);

    public static readonly Refusal StateUnknown = new(RefusalKind.Invalid, "finding.state_unknown", "状态须为open、withdrawn、confirmed、rejected或in_case", "a finding is open, withdrawn, confirmed, rejected or in_case", "state");
    public static readonly Refusal SortUnknown = new(RefusalKind.Invalid, "finding.sort_unknown", "排序须为newest或money", "findings are sorted by newest or money", "sort");
    public static readonly Refusal ByUnknown = new(RefusalKind.Invalid, "finding.sum_unknown", "汇总口径须为rule、provider、doctor、department或month", "sums are by rule, provider, doctor, department or month", "by");
    public static readonly Refusal Unknown = new(RefusalKind.NotFound, "finding.unknown", "没有该疑点", "there is no such finding", "finding_no");

    private static readonly Dictionary<string, string> Keys = new() { ["rule"] = "rule", ["provider"] = "fixmedins_code", ["doctor"] = "doctor_code", ["department"] = "department_code", ["month"] = "to_char(settled_on, 'YYYY-MM')" };

    private const string Columns = """
        finding_no, rule, setl_id, subject, psn_no, fixmedins_code, provider_county, doctor_code, department_code, occurred_on, settled_on, in_scope_fen, certain, severity, text, text_en, lines, earlier_setl_ids, state, case_no, run_no,
        found_at, decided_at, gone_at, gone_why
        """;

    public static async Task<Outcome<Found>> Query(AuditRequest request, Rules.RuleBook book, Filter filter)
    {
        var (page, size) = (filter.Page ?? 1, filter.PageSize ?? 100);
        if (!AuditTexts.IsPage(page, size)) return Refusals.PageInvalid;
        if (filter.Sort is not (null or "newest" or "money")) return SortUnknown;
        if (Where(filter) is not { Refusal: null, Value: var (where, parameters) }) return Where(filter).Refusal!;
        await using var batch = request.Database.CreateBatch();
        var count = new NpgsqlBatchCommand($"SELECT count(*), coalesce(sum(in_scope_fen), 0)::bigint FROM finding WHERE {where}");
        var rows = new NpgsqlBatchCommand($"SELECT {Columns} FROM finding WHERE {where} ORDER BY {(filter.Sort == "money" ? "in_scope_fen DESC, finding_no DESC" : "finding_no DESC")} OFFSET ${parameters.Count + 1} LIMIT ${parameters.Count + 2}");
        foreach (var parameter in parameters)
        {
            count.Parameters.Add(parameter);
            rows.Parameters.Add(parameter.Clone());
        }
        rows.Parameters.Add(new NpgsqlParameter<long> { TypedValue = (page - 1L) * size });
        rows.Parameters.Add(new NpgsqlParameter<int> { TypedValue = size });
        batch.BatchCommands.Add(count);
        batch.BatchCommands.Add(rows);
        await using var reader = await batch.ExecuteReaderAsync(request.Cancellation);
        await reader.ReadAsync(request.Cancellation);
        var (all, money) = (reader.GetInt64(0), reader.GetInt64(1));
        await reader.NextResultAsync(request.Cancellation);
        var found = new List<Row>();
        while (await reader.ReadAsync(request.Cancellation)) found.Add(RowOf(reader, book));
        return new Found(all, AuditJson.Yuan(money), found);
    }

    public static async Task<Outcome<Row>> One(AuditRequest request, Rules.RuleBook book, long findingNo)
    {
        await using var command = request.Database.CreateCommand($"SELECT {Columns} FROM finding WHERE finding_no = $1");
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = findingNo });
        await using var reader = await command.ExecuteReaderAsync(request.Cancellation);
        return await reader.ReadAsync(request.Cancellation) ? RowOf(reader, book) : Unknown;
    }

    public static async Task<Outcome<Sums>> SumsBy(AuditRequest request, string by, Filter filter)
    {
        if (!Keys.TryGetValue(by, out var key)) return ByUnknown;
        if (Where(filter) is not { Refusal: null, Value: var (where, parameters) }) return Where(filter).Refusal!;
        await using var command = request.Database.CreateCommand($"SELECT {key}, count(*), sum(in_scope_fen)::bigint, count(DISTINCT fixmedins_code), count(DISTINCT psn_no) FROM finding WHERE {where} GROUP BY 1 ORDER BY 3 DESC, 1 LIMIT {Refusals.PageMax}");
        foreach (var parameter in parameters) command.Parameters.Add(parameter);
        var rows = new List<Sum>();
        await using var r = await command.ExecuteReaderAsync(request.Cancellation);
        while (await r.ReadAsync(request.Cancellation)) rows.Add(new Sum(r.GetString(0), r.GetInt64(1), AuditJson.Yuan(r.GetInt64(2)), r.GetInt64(3), r.GetInt64(4)));
        return new Sums(by, rows);
    }

    private static Outcome<(string Where, List<NpgsqlParameter> Parameters)> Where(Filter filter)
    {
        if (filter.State is not (null or "open" or "withdrawn" or "confirmed" or "rejected" or "in_case")) return StateUnknown;
        DateOnly? from = null, to = null;
        foreach (var (text, isFrom) in ((string?, bool)[])[(filter.From, true), (filter.To, false)])
        {
            if (text is null) continue;
            if (!DateOnly.TryParseExact(text, "yyyy-MM-dd", out var day)) return Refusals.DayInvalid;
            if (isFrom) from = day; else to = day;
        }
        var (conditions, parameters) = (new List<string>(), new List<NpgsqlParameter>());
        Add("settled_on >=", NpgsqlDbType.Date, from);
        Add("settled_on <=", NpgsqlDbType.Date, to);
        foreach (var (column, text) in ((string, string?)[])[("rule", filter.Rule), ("state", filter.State), ("fixmedins_code", filter.FixmedinsCode), ("doctor_code", filter.DoctorCode), ("department_code", filter.DepartmentCode), ("psn_no", filter.PsnNo), ("setl_id", filter.SetlId)])
            Add($"{column} =", NpgsqlDbType.Text, text);
        Add("certain =", NpgsqlDbType.Boolean, filter.Certain);
        Add("severity =", NpgsqlDbType.Integer, filter.Severity);
        Add("in_scope_fen >=", NpgsqlDbType.Bigint, filter.MinInScope is { } yuan ? (long)Math.Clamp(yuan * 100, 0, long.MaxValue / 2) : null);
        Add("case_no =", NpgsqlDbType.Bigint, filter.CaseNo);
        return (conditions.Count == 0 ? "true" : string.Join(" AND ", conditions), parameters);

        void Add(string condition, NpgsqlDbType type, object? value)
        {
            if (value is null or "") return;
            parameters.Add(new NpgsqlParameter { NpgsqlDbType = type, Value = value });
            conditions.Add($"{condition} ${parameters.Count}");
        }
    }

    private static Row RowOf(NpgsqlDataReader r, Rules.RuleBook book) => new(
        r.GetInt64(0), r.GetString(1), book.Definitions.TryGetValue(r.GetString(1), out var rule) ? rule.Name : "", r.GetString(2), r.GetString(3), r.GetString(4), r.GetString(5), r.GetString(6), r.GetString(7), r.GetString(8),
        AuditJson.Day(r.GetFieldValue<DateOnly>(9)), AuditJson.Day(r.GetFieldValue<DateOnly>(10)), AuditJson.Yuan(r.GetInt64(11)), r.GetBoolean(12), r.GetInt32(13), r.GetString(14), r.GetString(15), r.GetFieldValue<string[]>(16),
        r.GetFieldValue<string[]>(17), r.GetString(18), r.IsDBNull(19) ? null : r.GetInt64(19), r.IsDBNull(20) ? null : r.GetInt64(20), AuditJson.Time(r.GetDateTime(21)), r.IsDBNull(22) ? null : AuditJson.Time(r.GetDateTime(22)),
        r.IsDBNull(23) ? null : AuditJson.Time(r.GetDateTime(23)), r.IsDBNull(24) ? null : r.GetString(24));
}
