using MedInsure.Kernel;
using Npgsql;

namespace MedInsure.FraudAudit.Samples;

/// <summary>From a wholly reviewed sample to the money of all bills from which it was drawn, with everything that is needed to compute it again.</summary>
internal static class ExtrapolateSample
{
    internal sealed record Stratum(string Name, int Bills, int Drawn, decimal MeanFen, decimal VarianceFen2, string Estimate);

    /// <param name="Recoverable">The lower end of the interval.</param>
    internal sealed record Answer(
        SampleRow Sample, int Bills, int Drawn, string Found, string Estimate, decimal StandardErrorFen, decimal Z, string Recoverable, string High, string Method, IReadOnlyList<Stratum> Strata);

    private const string Method = "分层随机抽样：各层总数×层内均值之和；标准误按有限总体校正；双侧90%置信区间（z=1.645），追回额取区间下限（不低于已查实金额）";

    public static async Task<Outcome<Answer>> Query(AuditRequest request, long sampleNo)
    {
        await using var connection = await request.Database.OpenConnectionAsync(request.Cancellation);
        if (await SampleRow.Find(connection, "sample_no = $1", sampleNo, request.Cancellation) is not { } sample) return SampleRefusals.Unknown;
        if (sample.Reviewed < sample.Drawn) return SampleRefusals.NotReviewed;
        var strata = new List<ReviewedStratum>();
        await using (var command = new NpgsqlCommand($"""
            SELECT s.stratum, s.bills, array_agg({SampleItem.OutcomeSql} ORDER BY i.setl_id) FROM sample_stratum s JOIN sample_item i USING (sample_no, stratum) WHERE s.sample_no = $1 GROUP BY s.stratum, s.bills ORDER BY s.stratum
            """, connection) { Parameters = { new() { Value = sampleNo } } })
        await using (var reader = await command.ExecuteReaderAsync(request.Cancellation))
            while (await reader.ReadAsync(request.Cancellation)) strata.Add(new ReviewedStratum(reader.GetString(0), reader.GetInt32(1), reader.GetFieldValue<long[]>(2)));
        var e = Extrapolation.Of(strata);
        return new Answer(sample, e.Bills, e.Drawn, AuditJson.Yuan(e.FoundFen), AuditJson.Yuan(e.EstimateFen), e.StandardErrorFen, e.Z, AuditJson.Yuan(e.LowFen), AuditJson.Yuan(e.HighFen), Method,
            [.. e.Strata.Select(s => new Stratum(s.Stratum, s.Bills, s.Drawn, s.MeanFen, s.VarianceFen2, AuditJson.Yuan(s.EstimateFen)))]);
    }
}
