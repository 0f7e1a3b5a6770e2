using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Calculation;
using MedInsure.Settlement.Journal;
using MedInsure.Settlement.Policies;
using MedInsure.Settlement.Projections;
using MedInsure.Settlement.Queries;
using Npgsql;

namespace MedInsure.Settlement.Corrections;

/// <summary>What a bill shows of its corrections: each computed anew from what is stored with it, rule by rule against the one before.</summary>
internal static class ShownCorrections
{
    /// <summary>The settlement that a number corrects; null: it is no correction's.</summary>
    public static async Task<string?> Corrected(NpgsqlDataSource database, string setlId, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand("SELECT root_setl_id FROM claim_correction WHERE setl_id = $1 AND kind = 'corrected'");
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = setlId });
        return await command.ExecuteScalarAsync(cancellation) as string;
    }

    /// <param name="trace">Of the settlement as it was booked.</param>
    /// <exception cref="InvalidOperationException">A correction does not give its stored differences; nothing is shown then.</exception>
    public static async Task Add(Statement statement, NpgsqlDataSource database, JournalRecord record, SettledClaim root, Trace trace, CountyPolicies policies, CancellationToken cancellation)
    {
        if (record.ReversedClaim is { } reversal)
        {
            // A reversal shows what it took along, or brought back.
            foreach (var row in CorrectionRow.Of(record, 0, 0))
                statement.Correction.Add(Shown(row.SetlId, record.AtMs, "reversal", reversal.Restores ? "原结算恢复，其更正随同恢复" : "原结算撤销，其更正随同撤销", "", row.Difference));
            return;
        }
        var (check, before) = (new CorrectionCheck(), trace);
        await using var command = database.CreateCommand("SELECT doc, booked_at, cause, cause_text, run_no FROM claim_correction WHERE root_setl_id = $1 AND kind = 'corrected' ORDER BY setl_id");
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = root.SetlId });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            var correction = Correction.Parser.ParseFrom(reader.GetFieldValue<byte[]>(0));
            foreach (var wrong in check.Check(correction, root, hash => policies.FindByHash(hash))) throw new InvalidOperationException(wrong);
            var shown = Shown(correction.SetlId, reader.GetFieldValue<DateTimeOffset>(1).ToUnixTimeMilliseconds(), reader.GetString(2), reader.GetString(3), reader.GetString(4), correction.Difference);
            (shown.PolicyPack, shown.PolicyVersion, shown.PolicyHash) = (correction.PolicyPack, correction.PolicyVersion, correction.PolicyHash);
            shown.Category.AddRange(correction.Facts.Category);
            var after = new Trace();
            CorrectionCheck.Recompute(correction, root, policies.FindByHash(correction.PolicyHash.Span)!, after);
            shown.Rule.AddRange(Changed(before, after));
            shown.Trace.AddRange(GetStatement.Shown(after));
            statement.Correction.Add(shown);
            before = after;
        }
    }

    private static StatementCorrection Shown(string setlId, long atMs, string cause, string text, string runNo, Difference difference)
    {
        var a = difference.Amounts;
        var shown = new StatementCorrection { SetlId = setlId, BookedAtMs = atMs, Cause = cause, Text = text, RunNo = runNo, FundTotalFen = a.FundTotalFen, PersonShareFen = a.PersonShareFen, AccountFen = a.AccountFen, FamilyAccountFen = a.FamilyAccountFen, CashFen = a.CashFen };
        shown.Share.AddRange(difference.Share);
        return shown;
    }

    /// <summary>Rules in the order in which they are applied now, then those that no longer are; a rule applied twice is one sum.</summary>
    private static IEnumerable<RuleDifference> Changed(Trace before, Trace after)
    {
        static Dictionary<string, long> Sums(Trace trace) => trace.Rows.GroupBy(r => r.RuleId).ToDictionary(g => g.Key, g => g.Sum(r => r.Result.Value), StringComparer.Ordinal);
        var (was, now) = (Sums(before), Sums(after));
        foreach (var row in after.Rows.Concat(before.Rows).DistinctBy(r => r.RuleId))
        {
            var (old, fresh) = (was.GetValueOrDefault(row.RuleId), now.GetValueOrDefault(row.RuleId));
            if (old != fresh) yield return new RuleDifference { RuleId = row.RuleId, ChineseName = row.ChineseName, EnglishName = row.EnglishName, Clause = row.Clause, Assumed = row.Assumed, BeforeFen = old, AfterFen = fresh };
        }
    }
}
