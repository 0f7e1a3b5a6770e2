using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Calculation;
using MedInsure.Settlement.Corrections;
using MedInsure.Settlement.Journal;
using MedInsure.Settlement.Policies;
using MedInsure.Settlement.Replays;
using MedInsure.Settlement.YearEnd;
using Npgsql;

namespace MedInsure.Settlement.Queries;

/// <summary>
/// The one-stop bill (一单制): the settlement, its lines, and the rules it went through. The trace is computed anew from what is stored and must give the
/// stored numbers; if it does not, nothing is shown. So are the corrections since; a correction's own number shows the settlement that it corrects.
/// </summary>
public static class GetStatement
{
    public static async Task<Outcome<Statement>> Query(TenantJournal journal, NpgsqlDataSource database, GetStatementRequest request, CancellationToken cancellation)
    {
        if (await SettlementRows.Current(journal, cancellation) is { } lag) return lag;
        var filter = new RowFilter().Add("c.setl_id = ", request.SetlId);
        JournalRecord record;
        SettlementReply settlement;
        await using (var command = filter.Command(database, $"SELECT {SettlementRows.Columns}{SettlementRows.From}{filter.Where}"))
        await using (var reader = await command.ExecuteReaderAsync(cancellation))
        {
            if (!await reader.ReadAsync(cancellation)) return await ShownCorrections.Corrected(database, request.SetlId, cancellation) is { } corrected
                ? await Query(journal, database, new GetStatementRequest { SetlId = corrected }, cancellation) : Refusals.SettlementUnknown;
            (record, settlement) = SettlementRows.Read(reader);
        }
        var encounter = await journal.ReadEncounter(record.MdtrtId, cancellation) ?? throw new InvalidOperationException($"settlement {request.SetlId} has no encounter {record.MdtrtId}");
        // A reversal shows the rules of the settlement that it takes back.
        var root = record.SettledClaim ?? encounter.FindSettlement(record.ReversedClaim.RootSetlId)!.Document;
        var statement = new Statement { Settlement = settlement };
        statement.Line.AddRange(root.Line.Select(l => ListFeeLines.ShareOf(encounter, l)));
        var trace = new Trace();
        var policies = await journal.ReadPolicies(cancellation);
        Recompute(root, policies, trace);
        statement.Trace.AddRange(Shown(trace));
        await ShownCorrections.Add(statement, database, record, root, trace, policies, cancellation);
        await ShownBenefits.Add(statement, database, record.MdtrtId, cancellation);
        return statement;
    }

    internal static IEnumerable<Protos.Settlement.V1.TraceRow> Shown(Trace trace)
    {
        foreach (var row in trace.Rows)
        {
            var shown = new Protos.Settlement.V1.TraceRow { RuleId = row.RuleId, ChineseName = row.ChineseName, EnglishName = row.EnglishName, Clause = row.Clause, Assumed = row.Assumed, ResultFen = row.Result.Value };
            if (row.LeftOfLimit is { } left) shown.LeftFen = left.Value;
            shown.Input.AddRange(row.Inputs.Select(i => new Protos.Settlement.V1.TraceInput { ChineseName = i.Chinese, EnglishName = i.English, Value = i.Value }));
            yield return shown;
        }
    }

    /// <summary>Settles a stored claim again from its own inputs.</summary>
    /// <exception cref="InvalidOperationException">The policy version is not known here, or a number differs from the stored one.</exception>
    public static ClaimResult Recompute(SettledClaim claim, CountyPolicies policies, Trace? trace = null)
    {
        var policy = PersonReplay.UsedBy(claim, policies);
        var lines = claim.Line.Select(JournalDocuments.ClaimLineOf).ToArray();
        var result = Adjudication.Settle(policy, JournalDocuments.FactsOf(claim.Facts, Lines.Sum(lines)), JournalDocuments.BeforeOf(claim), trace);
        if (!JournalDocuments.DocumentOf(result).Equals(claim.Amounts) || !Equals(FamilyDocuments.Of(result.FamilyPayments), FamilyDocuments.Sum(null, claim.Family, 1))) throw new InvalidOperationException($"{claim.SetlId}: recomputing from what is stored gives other numbers");
        return result;
    }
}
