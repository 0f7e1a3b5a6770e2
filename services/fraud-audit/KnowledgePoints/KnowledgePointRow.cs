using MedInsure.FraudAudit.Rules;
using MedInsure.Kernel;
using Npgsql;

namespace MedInsure.FraudAudit.KnowledgePoints;

/// <summary>A knowledge point as it stands.</summary>
/// <param name="Limit">Decimal text; null: none.</param>
/// <param name="ValidTo">The last day on which it holds, later batches considered; null: until further notice.</param>
internal sealed record KnowledgePointRow(
    string Rule, string PointNo, long BatchNo, string ItemName, string[] Codes, string[] Others, string[] Diagnoses, string Gend, int? AgeMin, int? AgeMax, string[] Insutypes, string[] MedTypes,
    string LevelMin, string? Limit, string Window, string Basis, string FromOn, string? ToOn, string? ValidTo)
{
    public const string Columns = "rule, point_no, batch_no, item_name, codes, others, diagnoses, gend, age_min, age_max, insutypes, med_types, level_min, limit_value, window_text, basis, from_on, to_on, valid_to";

    public static KnowledgePointRow Read(NpgsqlDataReader reader, RuleBook book)
    {
        var (rule, limit) = (reader.GetString(0), reader.GetInt64(13));
        var isPrice = book.Definitions.GetValueOrDefault(rule)?.PointLimit == "price";
        return new KnowledgePointRow(rule, reader.GetString(1), reader.GetInt64(2), reader.GetString(3), reader.GetFieldValue<string[]>(4), reader.GetFieldValue<string[]>(5), reader.GetFieldValue<string[]>(6), reader.GetString(7),
            reader.IsDBNull(8) ? null : reader.GetInt32(8), reader.IsDBNull(9) ? null : reader.GetInt32(9), reader.GetFieldValue<string[]>(10), reader.GetFieldValue<string[]>(11), reader.GetString(12),
            limit == 0 ? null : isPrice ? new UnitPrice(limit).ToString() : new Quantity(limit).ToString(), reader.GetString(14), reader.GetString(15), AuditJson.Day(reader.GetFieldValue<DateOnly>(16)),
            reader.IsDBNull(17) ? null : AuditJson.Day(reader.GetFieldValue<DateOnly>(17)), reader.IsDBNull(18) ? null : AuditJson.Day(reader.GetFieldValue<DateOnly>(18)));
    }
}
