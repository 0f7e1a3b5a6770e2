using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Journal;
using MedInsure.Settlement.Queries;
using Npgsql;

namespace MedInsure.Settlement.ProviderReconciliation;

/// <summary>A provider's sums of a group and period against ours (3201). It may count what 2601 took back, or not.</summary>
internal static class CompareTotals
{
    private const string Sums = "count(*){0}, coalesce(sum(total_fen){0}, 0)::bigint, coalesce(sum(fund_fen){0}, 0)::bigint, coalesce(sum(account_fen){0}, 0)::bigint, coalesce(sum(cash_fen){0}, 0)::bigint";

    private static readonly string Compare =
        $"WITH {ComparedGroup.Ours} SELECT {string.Format(null, Sums, "")}, {string.Format(null, Sums, " FILTER (WHERE NOT is_void)")}, {ComparedGroup.Arrived} FROM ours";

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
            (all, standing, seq, voucher) = (Read(reader, 0), Read(reader, 5), reader.GetInt64(10), reader.GetInt64(11));
        }
        var ours = declared.RowCount != all.Count && declared.RowCount == standing.Count ? standing : all;
        var (result, text) = Judge(ours, declared);
        await RememberComparison.Run(database, new Comparison(request.Group, declared, ours, result, ByRow: false, [], 0, seq, voucher, now), cancellation);
        return new CompareTotalsReply
        {
            Result = RememberComparison.Shown(result), Text = text, RowCount = ours.Count, TotalFen = ours.TotalFen, FundTotalFen = ours.FundFen, AccountFen = ours.AccountFen, CashFen = ours.CashFen,
        };
    }

    private static RowSums Read(NpgsqlDataReader reader, int at) => new(reader.GetInt64(at), reader.GetInt64(at + 1), reader.GetInt64(at + 2), reader.GetInt64(at + 3), reader.GetInt64(at + 4));

    private static (int Result, string Text) Judge(RowSums ours, DeclaredTotals declared)
    {
        if (ours.Count > declared.RowCount) return (1, $"中心多：中心{ours.Count}笔，机构{declared.RowCount}笔");
        if (ours.Count < declared.RowCount) return (2, $"机构多：中心{ours.Count}笔，机构{declared.RowCount}笔");
        return ours.DifferenceFrom(declared) is { } difference ? (3, difference) : (0, "对账平");
    }
}
