using MedInsure.FraudAudit.Rules;
using MedInsure.Kernel;
using Npgsql;

namespace MedInsure.FraudAudit.Samples;

/// <summary>An expert's opinion of a drawn settlement: two experts, each without the other's; once given it stands.</summary>
internal static class GiveOpinion
{
    /// <param name="Wrong">Yuan, from 0 to what was in scope.</param>
    internal sealed record Order(string? Expert, decimal? Wrong, string[]? Rules, string? Text);

    private const int TextMax = 500, RulesMax = 20;

    public static async Task<Outcome<SampleItem>> Execute(AuditRequest request, long sampleNo, string setlId, Order order, RuleBook book, ChinaCalendar calendar)
    {
        if (TwoPeople.Name(order.Expert, "expert") is { } nobody) return nobody;
        if (!AuditTexts.IsText(order.Text, TextMax)) return Refusals.ReasonMissing.At("text");
        var rules = order.Rules ?? [];
        if (rules.Length > RulesMax || rules.Any(r => r is null || !book.Definitions.ContainsKey(r))) return RuleSettings.RuleSettingRefusals.RuleUnknown.At("rules");
        if (order.Wrong is not { } wrong || wrong < 0 || wrong * 100 != decimal.Truncate(wrong * 100)) return SampleRefusals.WrongInvalid;

        await using var connection = await request.Database.OpenConnectionAsync(request.Cancellation);
        await using var transaction = await connection.BeginTransactionAsync(request.Cancellation);
        if (await Lock(connection, transaction, sampleNo, setlId, request.Cancellation) is not { } inScope) return SampleRefusals.ItemUnknown;
        if (wrong * 100 > inScope) return SampleRefusals.WrongInvalid;
        var given = new List<(string Expert, long Wrong, string Text)>();
        await using (var read = new NpgsqlCommand("SELECT expert, wrong_fen, text FROM sample_opinion WHERE sample_no = $1 AND setl_id = $2 ORDER BY place", connection, transaction) { Parameters = { new() { Value = sampleNo }, new() { Value = setlId } } })
        await using (var reader = await read.ExecuteReaderAsync(request.Cancellation))
            while (await reader.ReadAsync(request.Cancellation)) given.Add((reader.GetString(0), reader.GetInt64(1), reader.GetString(2)));
        if (given.Find(g => TwoPeople.AreOne(g.Expert, order.Expert)) is { Expert: not null } own)
        {
            if ((own.Wrong, own.Text) != ((long)(wrong * 100), order.Text.Trim())) return SampleRefusals.OpinionStands;
        }
        else
        {
            if (given.Count == 2) return SampleRefusals.TwoOpinionsGiven;
            await using var insert = new NpgsqlCommand("INSERT INTO sample_opinion (sample_no, setl_id, place, expert, wrong_fen, rules, text, given_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)", connection, transaction);
            foreach (var value in (object[])[sampleNo, setlId, given.Count + 1, order.Expert!.Trim(), (long)(wrong * 100), rules, order.Text.Trim(), calendar.UtcNow.UtcDateTime]) insert.Parameters.Add(new NpgsqlParameter { Value = value });
            await insert.ExecuteNonQueryAsync(request.Cancellation);
        }
        var item = (await SampleItem.Read(connection, sampleNo, setlId, "", 0, 1, request.Cancellation))[0];
        await transaction.CommitAsync(request.Cancellation);
        return item;
    }

    /// <returns>What was in scope; null: it was not drawn.</returns>
    internal static async Task<long?> Lock(NpgsqlConnection connection, NpgsqlTransaction transaction, long sampleNo, string setlId, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("SELECT in_scope_fen FROM sample_item WHERE sample_no = $1 AND setl_id = $2 FOR UPDATE", connection, transaction) { Parameters = { new() { Value = sampleNo }, new() { Value = setlId } } };
        return await command.ExecuteScalarAsync(cancellation) as long?;
    }
}
