using MedInsure.FraudAudit.Rules;
using MedInsure.Kernel;
using Npgsql;
using NpgsqlTypes;

namespace MedInsure.FraudAudit.RuleSettings;

/// <summary>Somebody proposes how a rule is to be from a day on, wholly: what is not named is as the definition says. It holds when another person approves it.</summary>
internal static class ProposeRuleSetting
{
    /// <param name="FromOn">yyyy-MM-dd; may lie in the past, so that bills of then are audited anew.</param>
    internal sealed record Order(string? RequestKey, string? Rule, string? FromOn, bool? IsOn, string[]? Stages, bool? Blocks, Dictionary<string, decimal>? Parameters, string? Reason, string? ProposedBy);

    private const decimal ParameterMax = 1_000_000;
    private static readonly string[] Stages = ["before", "during", "after"];

    public static async Task<Outcome<RuleSettingRow>> Execute(NpgsqlDataSource database, RuleBook book, Order order, DateTimeOffset now, CancellationToken cancellation)
    {
        if (!AuditTexts.IsKey(order.RequestKey)) return Refusals.RequestKeyMissing;
        if (order.Rule is null || !book.Definitions.TryGetValue(order.Rule, out var definition)) return RuleSettingRefusals.RuleUnknown;
        if (!DateOnly.TryParseExact(order.FromOn, "yyyy-MM-dd", out var from)) return Refusals.DayInvalid.At("from_on");
        if (order.IsOn is not { } isOn) return Refusals.BodyMalformed.At("is_on");
        if (order.Stages is { } stages)
        {
            if (stages.Length == 0 || stages.Distinct().Count() != stages.Length || stages.Except(Stages).Any()) return RuleSettingRefusals.StageUnknown;
            if (stages.Except(definition.Stages).Any()) return RuleSettingRefusals.StageImpossible;
        }
        var parameters = order.Parameters ?? [];
        if (parameters.Keys.Except(definition.Parameters.Keys).Any()) return RuleSettingRefusals.ParameterUnknown;
        if (parameters.Values.Any(v => v is < 0 or > ParameterMax)) return RuleSettingRefusals.ParameterInvalid;
        if (!AuditTexts.IsReason(order.Reason)) return Refusals.ReasonMissing;
        if (TwoPeople.Name(order.ProposedBy, "proposed_by") is { } nobody) return nobody;

        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using (var insert = new NpgsqlCommand("""
            INSERT INTO rule_setting (request_key, rule, from_on, is_on, stages, blocks, parameters, reason, proposed_by, proposed_at) VALUES ($1, $2, $3, $4, $5, $6, $7::jsonb, $8, $9, $10)
            ON CONFLICT ON CONSTRAINT a_request_proposes_one_setting DO NOTHING
            """, connection)
        {
            Parameters =
            {
                new() { Value = order.RequestKey }, new() { Value = order.Rule }, new() { Value = from }, new() { Value = isOn },
                new() { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text, Value = (object?)order.Stages ?? DBNull.Value }, new() { NpgsqlDbType = NpgsqlDbType.Boolean, Value = (object?)order.Blocks ?? DBNull.Value },
                new() { Value = RuleSettingRow.Text(parameters) }, new() { Value = order.Reason.Trim() }, new() { Value = order.ProposedBy!.Trim() }, new() { Value = now.UtcDateTime },
            },
        })
            await insert.ExecuteNonQueryAsync(cancellation);
        var row = (await RuleSettingRow.Find(connection, "request_key = $1", order.RequestKey, cancellation))!;
        var same = (row.Rule, row.FromOn, row.IsOn, row.Blocks, row.Reason, row.ProposedBy) == (order.Rule, AuditJson.Day(from), isOn, order.Blocks, order.Reason.Trim(), order.ProposedBy.Trim())
            && RuleSettingRow.Text(row.Parameters) == RuleSettingRow.Text(parameters) && (row.Stages ?? []).SequenceEqual(order.Stages ?? []);
        return same ? row : Refusals.RequestKeyReused;
    }
}
