using MedInsure.Kernel;
using MedInsure.Settlement.Journal;
using Npgsql;

namespace MedInsure.Settlement.Corrections;

/// <summary>Computes one person anew and books what differs, once: again from the start where another record of the person came between.</summary>
public static class CorrectPerson
{
    // A person at a counter settles a few times an hour, not between every two reads.
    private const int TriesMax = 5;
    private static readonly TimeSpan TablesPatience = TimeSpan.FromSeconds(10);

    /// <returns>The record with the corrections; without a body where nothing differs.</returns>
    public static async Task<Outcome<JournalRecord>> Run(TenantJournal journal, NpgsqlDataSource database, string psnNo, string messageId, CorrectionCause cause, CancellationToken cancellation)
    {
        Refusal? last = null;
        psnNo = journal.Survivor(psnNo); // queued under a number that retired since
        for (var tries = 0; tries < TriesMax; tries++)
        {
            // Before a crash it may have been booked: then what is in the tables now differs in nothing any more.
            if ((await journal.FindRequest(CorrectClaims.Sender, messageId, cancellation)).Request is { } known) return known.Record;
            var plan = await Plan(journal, database, psnNo, cancellation);
            if (plan.Refusal is { } lag) return lag;
            var outcome = await journal.Submit(CorrectClaims.Command(messageId, plan.Value, cause), cancellation);
            if (outcome.Refusal is null) return outcome.Value.Record;
            if (outcome.Refusal != Refusals.PersonChanged) return outcome.Refusal;
            last = outcome.Refusal;
        }
        return last!;
    }

    /// <summary>What would be booked now; no writer is asked.</summary>
    public static async Task<Outcome<CorrectionPlan>> Plan(TenantJournal journal, NpgsqlDataSource database, string psnNo, CancellationToken cancellation)
    {
        if (!await journal.WaitForTables(TablesPatience, cancellation)) return Refusals.ProjectionLags;
        var history = await PersonHistory.Read(database, psnNo, cancellation);
        var person = new PersonState(psnNo) { Insured = history.Insured };
        // Should the writer not have heard of what enrollment told: it decides by the same from here on, and what it decided before is either in this history or refuses the plan.
        if (history.Insured is not null) journal.Replace(history.Insured);
        return CorrectionPlan.Of(psnNo, history.Seq, history.Records, history.Corrected, await journal.ReadPolicies(cancellation), person.CategoriesOn);
    }
}
