using MedInsure.Kernel;
using MedInsure.Protos.FraudAudit.V1;
using Npgsql;

namespace MedInsure.FraudAudit.Checks;

/// <summary>3103: what a doctor did about what a check found, and why. Answers pile up: the newest holds, none is overwritten.</summary>
internal sealed class RecordFeedback(AuditedCounties counties, KeepFindings kept, TimeProvider time)
{
    private const int MessageIdMax = 40;

    /// <summary>In order: number of rows; row by row choice, reason; the message's number; findings of this provider.</summary>
    public async Task<Outcome<RecordFeedbackReply>> Run(string county, RecordFeedbackRequest request, CancellationToken cancellation)
    {
        if (request.Feedback.Count == 0) return CheckRefusals.FeedbackMissing;
        if (request.Feedback.Count > CheckRefusals.FeedbackMax) return CheckRefusals.FeedbackTooMany;
        for (var i = 0; i < request.Feedback.Count; i++)
        {
            var given = request.Feedback[i];
            if (given.Choice is not ("1" or "2")) return At(CheckRefusals.ChoiceUnknown, i);
            if (given.Choice == "1" && string.IsNullOrWhiteSpace(given.Reason)) return At(CheckRefusals.ReasonMissing, i);
            if (given.Reason.Length > CheckRefusals.ReasonMax) return At(CheckRefusals.ReasonTooLong, i);
        }
        if (request.MessageId.Length is 0 or > MessageIdMax) return Refusals.RequestKeyMissing;
        var answers = request.Feedback.GroupBy(f => f.FindingNo, StringComparer.Ordinal).Select(g => g.Last()).ToList();
        try
        {
            // The check may have been answered a moment ago.
            await kept.Flush(cancellation);
            await using var connection = await counties.Database(county).OpenConnectionAsync(cancellation);
            var known = await Known(connection, answers, request.FixmedinsCode, cancellation);
            for (var i = 0; i < request.Feedback.Count; i++)
                if (!known.Contains(request.Feedback[i].FindingNo)) return At(CheckRefusals.FindingUnknown, i);
            await using var command = new NpgsqlCommand("""
                INSERT INTO check_feedback (finding_no, message_id, choice, reason, operator, given_at)
                SELECT f.finding_no, $4, f.choice, f.reason, $5, $6 FROM unnest($1, $2, $3) AS f (finding_no, choice, reason) ON CONFLICT DO NOTHING
                """, connection)
            {
                Parameters =
                {
                    new NpgsqlParameter<string[]> { TypedValue = [.. answers.Select(f => f.FindingNo)] }, new NpgsqlParameter<string[]> { TypedValue = [.. answers.Select(f => f.Choice)] },
                    new NpgsqlParameter<string[]> { TypedValue = [.. answers.Select(f => f.Reason.Trim())] }, new NpgsqlParameter<string> { TypedValue = request.MessageId },
                    new NpgsqlParameter<string> { TypedValue = request.Operator }, new NpgsqlParameter<DateTime> { TypedValue = time.GetUtcNow().UtcDateTime },
                },
            };
            return new RecordFeedbackReply { Recorded = await command.ExecuteNonQueryAsync(cancellation) };
        }
        catch (NpgsqlException e) when (e.IsTransient && !cancellation.IsCancellationRequested) { return Hosting.Rpc.RefusalStatus.Unavailable; }
    }

    private static async Task<HashSet<string>> Known(NpgsqlConnection connection, List<Feedback> answers, string fixmedinsCode, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("SELECT finding_no FROM check_finding WHERE finding_no = ANY($1) AND fixmedins_code = $2", connection)
        {
            Parameters = { new NpgsqlParameter<string[]> { TypedValue = [.. answers.Select(f => f.FindingNo)] }, new NpgsqlParameter<string> { TypedValue = fixmedinsCode } },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var known = new HashSet<string>(StringComparer.Ordinal);
        while (await reader.ReadAsync(cancellation)) known.Add(reader.GetString(0));
        return known;
    }

    private static Refusal At(Refusal refusal, int row) => refusal.At($"warns[{row}].{refusal.Field}");
}
