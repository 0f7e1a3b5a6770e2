using MedInsure.Kernel;
using Npgsql;

namespace MedInsure.Settlement.Runs;

/// <summary>Another person than who started a run approves its preview, by the amount that the preview came to; from then on it is booked. Asked again by the same person it answers the same.</summary>
internal static class ApproveRun
{
    /// <param name="Amount">Yuan: the preview's total, as the approver saw it.</param>
    internal sealed record Approval(string? Approver, decimal? Amount);

    /// <summary>In order: who, the run, another person than who started it; approved before by the same; previewed; the amount.</summary>
    public static async Task<Outcome<BenefitRun>> Execute(RunPlace place, long number, Approval approval, DateTimeOffset now, CancellationToken cancellation)
    {
        if (TwoPeople.Name(approval.Approver, "approver") is { } nobody) return nobody;
        if (await BenefitRun.Find(place.Database, "number", number, cancellation) is not { } run) return Refusals.RunUnknown;
        if (TwoPeople.AreOne(run.StartedBy, approval.Approver)) return Refusals.ActorsAreOne;
        if (run.State is "booking" or "booked" && TwoPeople.AreOne(run.ApprovedBy, approval.Approver)) return run;
        if (run.State != "previewed") return Refusals.RunNotPreviewed;
        if (approval.Amount is not { } yuan || !Yuan.TryRead(yuan, out var amount) || amount.Value != run.PreviewFen) return Refusals.RunPreviewChanged;
        await using var command = place.Database.CreateCommand("UPDATE benefit_run SET state = 'booking', approved_by = $2, approved_at = $3 WHERE number = $1 AND state = 'previewed'");
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = number });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = approval.Approver!.Trim() });
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = now.ToUniversalTime() });
        // Nobody else meanwhile: the preview does not change once it is there.
        if (await command.ExecuteNonQueryAsync(cancellation) == 0) return Refusals.RunNotPreviewed;
        return (await BenefitRun.Find(place.Database, "number", number, cancellation))!;
    }
}
