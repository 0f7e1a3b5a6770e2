using MedInsure.Billing.Accounts;
using MedInsure.Billing.Incomes;
using MedInsure.Kernel;
using Npgsql;
using NpgsqlTypes;

namespace MedInsure.Billing.Flexible;

/// <summary>
/// What follows from flexible workers' months being paid, or not any more: the account's part is credited or taken back, the month counts or not. A month that owes a
/// little more after it was paid stays as it was until it is paid again. Called whenever their assessments or payments changed, by whoever holds these.
/// </summary>
internal static class SettleFlexibleMonths
{
    public static async Task Run(
        NpgsqlConnection connection, NpgsqlTransaction transaction, IReadOnlyCollection<string> psnNos, List<IncomePosting> incomes, DateOnly today, DateTimeOffset at, CancellationToken cancellation)
    {
        var credits = new List<(string PsnNo, string Insutype, int Month, int Nth, long AmountFen)>();
        await using (var command = new NpgsqlCommand("""
            WITH due AS MATERIALIZED (
                SELECT f.psn_no, f.insutype, f.month, f.credited_fen,
                    CASE WHEN a.withdrawn OR a.paid_fen = 0 THEN 0 WHEN a.paid_fen >= a.due_fen THEN f.account_fen ELSE f.credited_fen END AS credit_fen,
                    CASE WHEN a.withdrawn OR a.paid_fen = 0 THEN 0 WHEN a.paid_fen >= a.due_fen THEN a.due_fen ELSE coalesce(c.flexible_fen, 0) END AS counted_fen, coalesce(c.flexible_fen, 0) AS flexible_fen
                FROM flexible_month f JOIN assessment a ON a.psn_no = f.psn_no AND a.insutype = f.insutype AND a.year = f.month
                LEFT JOIN contribution_month c ON c.psn_no = f.psn_no AND c.insutype = f.insutype AND c.month = f.month
                WHERE f.psn_no = ANY ($1)
            ), counted AS (
                INSERT INTO contribution_month AS m (psn_no, insutype, month, flexible_fen) SELECT psn_no, insutype, month, counted_fen FROM due WHERE counted_fen <> flexible_fen ORDER BY psn_no, insutype, month
                ON CONFLICT (psn_no, insutype, month) DO UPDATE SET flexible_fen = excluded.flexible_fen
            )
            UPDATE flexible_month f SET credited_fen = d.credit_fen, credits = f.credits + 1 FROM due d
            WHERE f.psn_no = d.psn_no AND f.insutype = d.insutype AND f.month = d.month AND d.credit_fen <> d.credited_fen
            RETURNING f.psn_no, f.insutype, f.month, f.credits, d.credit_fen - d.credited_fen
            """, connection, transaction) { Parameters = { new() { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text, Value = psnNos.Distinct().ToArray() } } })
        await using (var reader = await command.ExecuteReaderAsync(cancellation))
            while (await reader.ReadAsync(cancellation)) credits.Add((reader.GetString(0), reader.GetString(1), reader.GetInt32(2), reader.GetInt32(3), reader.GetInt64(4)));
        await PostToAccounts.Run(connection, transaction, [.. credits.Select(c =>
            new AccountPosting(c.PsnNo, c.AmountFen > 0 ? PostToAccounts.Credit : PostToAccounts.Correction, c.AmountFen, DayNumber.Of(today), $"flexible {c.Insutype} {c.Month} {c.Nth} {c.PsnNo}"))], at, cancellation);
        // The money came as the pool's: its account part is moved there, or back.
        foreach (var (_, insutype, month, _, fen) in credits)
        {
            incomes.Add(new IncomePosting("personal", insutype, month, fen, fen, today, "correction", "", ""));
            incomes.Add(new IncomePosting("personal", insutype, month, -fen, 0, today, "correction", "", ""));
        }
    }
}
