using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Journal;
using MedInsure.Settlement.Queries;
using Npgsql;

namespace MedInsure.Settlement.ProviderReconciliation;

/// <summary>A provider's sums of a group and period against ours (3201). It may count what 2601 took back, or not.</summary>
internal static class CompareTotals
{
    private const string Compare = $"""
        WITH {ComparedGroup.Ours},
        sums AS (
            SELECT is_void, count(*) AS rows, sum(total_fen) AS total_fen, sum(fund_fen) AS fund_fen, sum(account_fen) AS account_fen, sum(cash_fen) AS cash_fen FROM ours GROUP BY is_void)
        SELECT coalesce(sum(rows), 0)::bigint, coalesce(sum(total_fen), 0)::bigint, coalesce(sum(fund_fen), 0)::bigint, coalesce(sum(account_fen), 0)::bigint, coalesce(sum(cash_fen), 0)::bigint,
            {ComparedGroup.Arrived}
        FROM (VALUES (true), (false)) AS v (with_void) LEFT JOIN sums ON with_void OR NOT is_void
        GROUP BY with_void ORDER BY with_void DESC
        """;

    public static async Task<Outcome<CompareTotalsReply>> Run(TenantJournal journal, NpgsqlDataSource database, CompareTotalsRequest request, DateTimeOffset now, CancellationToken cancellation)
    {
        if (ComparedGroup.Check(request.Group, request.Declared) is { } refusal) return refusal;
        if (await SettlementRows.Current(journal, cancellation) is { } lag) return lag;
        var declared = request.Declared;
        RowSums all, standing;
        long seq, voucher;
        await using (var command = database.CreateCommand(Compare))
        {
            command.Parameters.AddRange(ComparedGroup.Parameters(request.Group));
            await using var reader = await command.ExecuteReaderAsync(cancellation);
            await reader.ReadAsync(cancellation);
            all = Read(reader);
            await reader.ReadAsync(cancellation);
            (standing, seq, voucher) = (Read(reader), reader.GetInt64(5), reader.GetInt64(6));
        }
        var ours = declared.RowCount != all.Count && declared.RowCount == standing.Count ? standing : all;
        var (result, text) = Judge(ours, declared);
        await RememberComparison.Run(database, new Comparison(request.Group, declared, ours, result, ByRow: false, [], 0, seq, voucher, now), cancellation);
        return new CompareTotalsReply
        {
            Result = RememberComparison.Shown(result), Text = text, RowCount = ours.Count, TotalFen = ours.TotalFen, FundTotalFen = ours.FundFen, AccountFen = ours.AccountFen, CashFen = ours.CashFen,
        };
    }

    private static RowSums Read(NpgsqlDataReader reader) => new(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3), reader.GetInt64(4));

    private static (int Result, string Text) Judge(RowSums ours, DeclaredTotals declared)
    {
        if (ours.Count > declared.RowCount) return (1, $"中心多：中心{ours.Count}笔，机构{declared.RowCount}笔");
        if (ours.Count < declared.RowCount) return (2, $"机构多：中心{ours.Count}笔，机构{declared.RowCount}笔");
        return ours.DifferenceFrom(declared) is { } difference ? (3, difference) : (0, "对账平");
    }
}
