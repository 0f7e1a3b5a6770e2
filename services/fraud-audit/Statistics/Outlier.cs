namespace MedInsure.FraudAudit.Statistics;

/// <summary>A figure far above those of the peers, or one that grew far more than theirs.</summary>
/// <param name="Kind">level: the month against the peers' same month; growth: what became of the same month a year before, against what became of the peers'.</param>
/// <param name="Score">How many of the peers' usual deviations above their median: (x - median) / (1.4826 × median absolute deviation).</param>
/// <param name="GrowthPercent">Of the subject since the same month a year before; null: there is no such month.</param>
/// <param name="PeerGrowthPercent">The peers' median.</param>
internal sealed record Outlier(
    string Subject, string Key, string Peers, string Measure, string Kind, decimal Value, int Cases, decimal PeerMedian, int PeerCount, decimal Score, decimal? GrowthPercent, decimal? PeerGrowthPercent, string Text, string TextEn);
