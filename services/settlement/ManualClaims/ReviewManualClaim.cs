using MedInsure.Kernel;
using MedInsure.Settlement.Runs;

namespace MedInsure.Settlement.ManualClaims;

/// <summary>First review (初审), then second review (复核), each by somebody who has not acted on the bill (Xc, seed-facts.md section 5.4). Asked again by the same person it answers the same.</summary>
internal static class ReviewManualClaim
{
    internal sealed record Review(string? Reviewer);

    public static Task<Outcome<ManualClaim>> First(RunPlace place, long number, Review review, DateTimeOffset now, CancellationToken cancellation) =>
        Execute(place, number, review, ManualClaim.Entered, ManualClaim.FirstReviewed, c => c.FirstReviewedBy, "first_reviewed_by = $3, first_reviewed_at = $4", now, cancellation);

    public static Task<Outcome<ManualClaim>> Second(RunPlace place, long number, Review review, DateTimeOffset now, CancellationToken cancellation) =>
        Execute(place, number, review, ManualClaim.FirstReviewed, ManualClaim.SecondReviewed, c => c.SecondReviewedBy, "second_reviewed_by = $3, second_reviewed_at = $4", now, cancellation);

    /// <summary>In order: who, the claim, done before by the same person, the state, another person, something to review.</summary>
    private static async Task<Outcome<ManualClaim>> Execute(RunPlace place, long number, Review review, string from, string to, Func<ManualClaim, string> by, string set, DateTimeOffset now, CancellationToken cancellation)
    {
        if (TwoPeople.Name(review.Reviewer, "reviewer") is { } nobody) return nobody;
        await using var connection = await place.Database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        if (await ManualClaim.Lock(connection, transaction, number, cancellation) is not { } claim) return ManualRefusals.Unknown;
        if (claim.State == to && TwoPeople.AreOne(by(claim), review.Reviewer)) return claim;
        if (claim.State != from) return ManualRefusals.NotInState;
        if (TwoPeople.Another(review.Reviewer, "reviewer", claim.ActedBefore) is { } same) return same;
        if ((await AttachToManualClaim.List(place, number, cancellation)).Count == 0) return ManualRefusals.AttachmentsMissing;
        await ManualClaim.Step(connection, transaction, number, $"state = $2, {set}", cancellation, to, review.Reviewer!.Trim(), now.ToUniversalTime());
        await transaction.CommitAsync(cancellation);
        return (await ManualClaim.Find(place, number, cancellation))!;
    }
}
