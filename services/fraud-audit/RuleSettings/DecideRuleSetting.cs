using MedInsure.Kernel;
using Npgsql;

namespace MedInsure.FraudAudit.RuleSettings;

/// <summary>Another person approves or rejects a proposed setting. Approved, it holds at once for the days from its first on.</summary>
internal static class DecideRuleSetting
{
    /// <param name="Remark">Needed to reject.</param>
    internal sealed record Decision(bool? Approved, string? Approver, string? Remark);

    private const int RemarkMax = 500;

    public static async Task<Outcome<RuleSettingRow>> Execute(NpgsqlDataSource database, long settingNo, Decision decision, DateTimeOffset now, CancellationToken cancellation)
    {
        if (decision.Approved is not { } approved) return Refusals.BodyMalformed.At("approved");
        if (TwoPeople.Name(decision.Approver, "approver") is { } nobody) return nobody;
        var remark = decision.Remark ?? "";
        if ((!approved && string.IsNullOrWhiteSpace(remark)) || remark.Length > RemarkMax || remark.Contains('\0', StringComparison.Ordinal)) return Refusals.ReasonMissing.At("remark");

        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        if (await RuleSettingRow.Find(connection, "setting_no = $1 FOR UPDATE", settingNo, cancellation) is not { } setting) return RuleSettingRefusals.SettingUnknown;
        if (TwoPeople.Check(setting.ProposedBy, "proposed_by", decision.Approver) is { } alone) return alone;
        var state = approved ? "approved" : "rejected";
        if (setting.State != "proposed") return (setting.State, setting.DecidedBy) == (state, decision.Approver!.Trim()) ? setting : RuleSettingRefusals.AlreadyDecided;

        await using (var update = new NpgsqlCommand("""
            UPDATE rule_setting SET state = $2, decided_by = $3, decided_at = $4, remark = $5, approval_no = CASE WHEN $2 = 'approved' THEN nextval('rule_setting_approval') END WHERE setting_no = $1
            """, connection, transaction)
        {
            Parameters = { new() { Value = settingNo }, new() { Value = state }, new() { Value = decision.Approver!.Trim() }, new() { Value = now.UtcDateTime }, new() { Value = remark.Trim() } },
        })
            await update.ExecuteNonQueryAsync(cancellation);
        setting = (await RuleSettingRow.Find(connection, "setting_no = $1", settingNo, cancellation))!;
        await transaction.CommitAsync(cancellation);
        return setting;
    }
}
