using System.Globalization;
using System.Text.Json;
using MedInsure.FraudAudit.Rules;
using MedInsure.Kernel;
using Npgsql;

namespace MedInsure.FraudAudit.RuleSettings;

/// <summary>A setting as it stands.</summary>
/// <param name="Stages">Null: where the rule's definition says.</param>
/// <param name="Blocks">Null: as the definition says.</param>
internal sealed record RuleSettingRow(
    long SettingNo, string RequestKey, string Rule, string FromOn, bool IsOn, string[]? Stages, bool? Blocks, IReadOnlyDictionary<string, decimal> Parameters, string Reason, string ProposedBy, string ProposedAt,
    string State, string DecidedBy, string? DecidedAt, string Remark)
{
    private const string Columns = "setting_no, request_key, rule, from_on, is_on, stages, blocks, parameters::text, reason, proposed_by, proposed_at, state, decided_by, decided_at, remark";

    internal sealed record Page(List<RuleSettingRow> Settings);

    /// <summary>The whole history of a rule, or what waits: nothing of it is ever deleted. The newest first.</summary>
    public static async Task<Outcome<Page>> List(NpgsqlDataSource database, string? rule, string? state, int? page, int? pageSize, CancellationToken cancellation)
    {
        var (number, size) = (page ?? 1, pageSize ?? 100);
        if (!AuditTexts.IsPage(number, size)) return Refusals.PageInvalid;
        if (state is not (null or "" or "proposed" or "approved" or "rejected")) return RuleSettingRefusals.StateUnknown;
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return new Page(await Read(connection, "($1 = '' OR rule = $1) AND ($2 = '' OR state = $2) ORDER BY setting_no DESC LIMIT $3 OFFSET $4", [rule ?? "", state ?? "", size, (number - 1L) * size], cancellation));
    }

    public static async Task<RuleSettingRow?> Find(NpgsqlConnection connection, string where, object value, CancellationToken cancellation) => (await Read(connection, where, [value], cancellation)).SingleOrDefault();

    /// <summary>Those that hold: of each rule and day the one that was approved last.</summary>
    public static async Task<IReadOnlyList<RuleSetting>> Holding(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("SELECT DISTINCT ON (rule, from_on) rule, from_on, is_on, stages, blocks, parameters::text FROM rule_setting WHERE state = 'approved' ORDER BY rule, from_on, approval_no DESC", connection);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var settings = new List<RuleSetting>();
        while (await reader.ReadAsync(cancellation))
            settings.Add(new RuleSetting(reader.GetString(0), DayNumber.Of(reader.GetFieldValue<DateOnly>(1)), reader.GetBoolean(2), reader.IsDBNull(3) ? null : reader.GetFieldValue<string[]>(3), reader.IsDBNull(4) ? null : reader.GetBoolean(4), Decimals(reader.GetString(5))));
        return settings;
    }

    public static string Text(IReadOnlyDictionary<string, decimal> parameters) =>
        JsonSerializer.Serialize(parameters.OrderBy(p => p.Key, StringComparer.Ordinal).ToDictionary(p => p.Key, p => p.Value.ToString("0.############################", CultureInfo.InvariantCulture)));

    private static Dictionary<string, decimal> Decimals(string json) => JsonSerializer.Deserialize<Dictionary<string, string>>(json)!.ToDictionary(p => p.Key, p => decimal.Parse(p.Value, CultureInfo.InvariantCulture));

    private static async Task<List<RuleSettingRow>> Read(NpgsqlConnection connection, string where, object[] values, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand($"SELECT {Columns} FROM rule_setting WHERE {where}", connection);
        foreach (var value in values) command.Parameters.Add(new() { Value = value });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var rows = new List<RuleSettingRow>();
        while (await reader.ReadAsync(cancellation))
            rows.Add(new RuleSettingRow(reader.GetInt64(0), reader.GetString(1), reader.GetString(2), AuditJson.Day(reader.GetFieldValue<DateOnly>(3)), reader.GetBoolean(4), reader.IsDBNull(5) ? null : reader.GetFieldValue<string[]>(5),
                reader.IsDBNull(6) ? null : reader.GetBoolean(6), Decimals(reader.GetString(7)), reader.GetString(8), reader.GetString(9), AuditJson.Time(reader.GetDateTime(10)), reader.GetString(11), reader.GetString(12),
                reader.IsDBNull(13) ? null : AuditJson.Time(reader.GetDateTime(13)), reader.GetString(14)));
        return rows;
    }
}
