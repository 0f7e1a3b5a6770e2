using MedInsure.Kernel;
using MedInsure.Settlement.Calculation;
using MedInsure.Settlement.Journal;
using MedInsure.Settlement.Policies;
using MedInsure.Settlement.Replays;

namespace MedInsure.Settlement.Corrections;

/// <summary>
/// What one person's standing settlements give now, less what was booked of them: pure. All of the person is computed again in order, by the versions that decide
/// now, with the categories that were used and those that are known now; a recognition that was withdrawn takes nothing back.
/// </summary>
/// <param name="Seq">The journal up to which the person was read.</param>
/// <param name="Settled">How many settlements stand.</param>
/// <param name="Corrections">In the order of their settlements; without number and without what they find when they are booked.</param>
public sealed record CorrectionPlan(string PsnNo, long Seq, int Settled, IReadOnlyList<Correction> Corrections)
{
    /// <param name="records">The person's settlements, reversals and merges, in the journal's order.</param>
    /// <param name="corrected">By the settlement at the start of its chain.</param>
    /// <param name="policies">What decides a pack's policy date now; where nothing does any more the version that was used is kept.</param>
    /// <param name="categoriesOn">The person's categories on a day (yyyymmdd) as they are known now.</param>
    /// <exception cref="InvalidOperationException">As <see cref="PersonReplay.Apply"/>.</exception>
    public static CorrectionPlan Of(string psnNo, long seq, IReadOnlyList<JournalRecord> records, IReadOnlyDictionary<string, StandingCorrection> corrected,
        CountyPolicies policies, Func<int, IReadOnlyList<string>> categoriesOn)
    {
        var replay = new PersonReplay(policies,
            claim => policies.FindFor(claim.PolicyPack, DayNumber.ToDate(claim.Facts.PolicyOn)) ?? PersonReplay.UsedBy(claim, policies),
            claim => CategoriesOf(claim, corrected.GetValueOrDefault(claim.SetlId), categoriesOn));
        var before = new List<Accumulators>();
        foreach (var record in records)
        {
            if (record.SettledClaim is { } claim) before.Add(replay.SumsBefore(record, claim).Copy());
            replay.Apply(record);
        }
        var corrections = new List<Correction>();
        for (var i = 0; i < replay.Claims.Count; i++)
        {
            var claim = replay.Claims[i];
            if (!claim.Stands) continue; // what took it back took its corrections too
            var booked = Differences.Sum(Differences.Of(claim.Document), corrected.GetValueOrDefault(claim.SetlId)?.Difference, 1);
            var difference = Differences.Sum(Differences.Of(claim.Result), booked, -1);
            if (!Differences.IsNone(difference)) corrections.Add(DocumentOf(claim, before[i], booked, difference));
        }
        return new CorrectionPlan(psnNo, seq, replay.Claims.Count(c => c.Stands), corrections);
    }

    private static Correction DocumentOf(ReplayedClaim claim, Accumulators before, Difference booked, Difference difference)
    {
        var correction = new Correction
        {
            RootSetlId = claim.SetlId,
            MdtrtId = claim.MdtrtId,
            Facts = JournalDocuments.DocumentOf(claim.Facts),
            PolicyPack = claim.Policy.Pack,
            PolicyVersion = claim.Policy.Version,
            PolicyHash = Google.Protobuf.UnsafeByteOperations.UnsafeWrap(claim.Policy.ContentHash),
            Difference = difference,
            Booked = booked.Amounts,
            FixmedinsCode = claim.Document.FixmedinsCode,
            ProviderCounty = claim.Document.ProviderCounty,
        };
        foreach (var (key, value) in before.Entries) correction.Before.Add(new Balance { Key = key, Value = value });
        return correction;
    }

    /// <summary>Those that were used, first or last, and those known now; in alphabetical order, as a settlement has them.</summary>
    private static IReadOnlyList<string> CategoriesOf(SettledClaim claim, StandingCorrection? corrected, Func<int, IReadOnlyList<string>> categoriesOn)
    {
        var used = corrected is null ? claim.Facts.Category : corrected.Facts.Category;
        List<string>? all = null;
        foreach (var name in categoriesOn(claim.Facts.PolicyOn))
            if (!used.Contains(name)) (all ??= [.. used]).Add(name);
        all?.Sort(StringComparer.Ordinal);
        return (IReadOnlyList<string>?)all ?? used;
    }
}
