namespace MedInsure.Events;

/// <summary>Two records of one person became one: from now on <see cref="RetiredNo"/> means <see cref="SurvivingNo"/>. <see cref="InsuredPersonChanged"/> of both goes before.
/// Days are yyyyMMdd, 0 = none. Aggregate: the surviving psn_no.</summary>
/// <param name="CoveredTwice">What both records were covered for: paid twice, it is refunded once.</param>
public sealed record PersonMerged(string RetiredNo, string SurvivingNo, string County, long MergeNo, int MergedOn, string Why, IReadOnlyList<CoveredTwice> CoveredTwice);

/// <summary>Days of one scheme, both ends included.</summary>
public sealed record CoveredTwice(string Insutype, int FromOn, int ToOn);
