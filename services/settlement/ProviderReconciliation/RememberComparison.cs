using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using Npgsql;

namespace MedInsure.Settlement.ProviderReconciliation;

/// <summary>What a comparison found, as it is kept: the newest of its group and period.</summary>
/// <param name="Result">stmt_rslt.</param>
internal sealed record Comparison(RowGroup Group, DeclaredTotals Declared, RowSums Ours, int Result, bool ByRow, IReadOnlyList<DateOnly> DifferingOn, int ProviderMore, long UpToSeq, long UpToVoucher, DateTimeOffset At);

internal static class RememberComparison
{
    private const string Upsert = """
        INSERT INTO provider_comparison AS p (fixmedins_code, from_on, to_on, insutype, clearing_type, refd_setl_flag, everywhere, by_row, result, declared_count, declared_total_fen, declared_fund_fen,
            our_count, our_total_fen, our_fund_fen, differing_on, provider_more, up_to_seq, up_to_voucher, compared_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)
        ON CONFLICT (fixmedins_code, from_on, to_on, insutype, clearing_type, refd_setl_flag, everywhere) DO UPDATE SET by_row = excluded.by_row, result = excluded.result,
            declared_count = excluded.declared_count, declared_total_fen = excluded.declared_total_fen, declared_fund_fen = excluded.declared_fund_fen, our_count = excluded.our_count,
            our_total_fen = excluded.our_total_fen, our_fund_fen = excluded.our_fund_fen, differing_on = excluded.differing_on, provider_more = excluded.provider_more, up_to_seq = excluded.up_to_seq,
            up_to_voucher = excluded.up_to_voucher, compared_at = excluded.compared_at
        -- Of two at once the one that saw more stays.
        WHERE (p.up_to_seq, p.up_to_voucher, p.compared_at) <= (excluded.up_to_seq, excluded.up_to_voucher, excluded.compared_at)
        """;

    public static async Task Run(NpgsqlDataSource database, Comparison comparison, CancellationToken cancellation)
    {
        var (group, declared, ours) = (comparison.Group, comparison.Declared, comparison.Ours);
        await using var command = database.CreateCommand(Upsert);
        Add(group.FixmedinsCode);
        Add(DayNumber.ToDate(group.FromOn));
        Add(DayNumber.ToDate(group.ToOn));
        Add(group.Insutype);
        Add(group.ClearingType);
        Add(group.RefdSetlFlag);
        Add(group.Everywhere);
        Add(comparison.ByRow);
        Add((short)comparison.Result);
        Add(declared.RowCount);
        Add(declared.TotalFen);
        Add(declared.FundTotalFen);
        Add(ours.Count);
        Add(ours.TotalFen);
        Add(ours.FundFen);
        Add(comparison.DifferingOn.ToArray());
        Add(comparison.ProviderMore);
        Add(comparison.UpToSeq);
        Add(comparison.UpToVoucher);
        Add(comparison.At.UtcDateTime);
        await command.ExecuteNonQueryAsync(cancellation);

        void Add<T>(T value) => command.Parameters.Add(new NpgsqlParameter<T> { TypedValue = value });
    }

    /// <summary>stmt_rslt on the wire.</summary>
    public static ComparisonResult Shown(int result) => (ComparisonResult)(result + 1);
}
