using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Encounters;
using MedInsure.Settlement.Journal;
using Npgsql;

namespace MedInsure.Settlement.Queries;

/// <summary>Fee lines of an encounter, or of one settlement of it (5204), with their shares.</summary>
public static class ListFeeLines
{
    public static async Task<Outcome<ListFeeLinesReply>> Query(TenantJournal journal, NpgsqlDataSource database, ListFeeLinesRequest request, CancellationToken cancellation)
    {
        if (await SettlementRows.Current(journal, cancellation) is { } lag) return lag;
        var mdtrtId = request.MdtrtId;
        if (mdtrtId.Length == 0)
        {
            await using var command = database.CreateCommand("SELECT mdtrt_id FROM claim WHERE setl_id = $1");
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = request.SetlId });
            mdtrtId = await command.ExecuteScalarAsync(cancellation) as string ?? "";
            if (mdtrtId.Length == 0) return Refusals.SettlementUnknown;
        }
        if (await journal.ReadEncounter(mdtrtId, cancellation) is not { } encounter) return Refusals.EncounterUnknown;
        if (request.FixmedinsCode.Length > 0 && encounter.FixmedinsCode != request.FixmedinsCode) return Refusals.EncounterOfOtherProvider;
        if (request.PsnNo.Length > 0 && encounter.PsnNo != request.PsnNo) return Refusals.EncounterOfOtherPerson;
        var reply = new ListFeeLinesReply();
        if (request.SetlId.Length > 0)
        {
            // A reversal has the lines of the settlement that it reverses.
            var settlement = encounter.FindSettlement(request.SetlId);
            if (settlement is null) return Refusals.SettlementUnknown;
            reply.Line.AddRange(settlement.Document.Line.Select(l => ShareOf(encounter, l)));
            return reply;
        }
        if (encounter.Lines.Count > 0) reply.Line.AddRange(encounter.Lines.Select(l => LinePricing.ShareOf(l.Priced)));
        else foreach (var settlement in encounter.Settlements.Where(s => s.Standing)) reply.Line.AddRange(settlement.Document.Line.Select(l => ShareOf(encounter, l)));
        return reply;
    }

    /// <summary>A settled line with the hour and batch of its upload. After a cancellation the number may have been given to another line: then what was settled is shown.</summary>
    internal static FeeLineShare ShareOf(EncounterState encounter, SettledLine line) =>
        encounter.FindLine(line.FeedetlSn)?.Priced is { } priced && JournalDocuments.SettledLineOf(priced).Equals(line) ? LinePricing.ShareOf(priced) : LinePricing.ShareOf(line);
}
