using MedInsure.Billing.Incomes;
using MedInsure.Kernel;
using Npgsql;

namespace MedInsure.Billing.Flexible;

/// <summary>
/// What flexible workers owe for each month whose terms are known, also those ahead: an assessment whose year is the month, so that every channel takes it, for a
/// month, a quarter or a year at once. What it said before is kept.
/// </summary>
internal static class AssessFlexible
{
    private const string Sql = """
        WITH wanted AS (
            SELECT c.psn_no, c.month, c.employment_no, c.choice, c.base_fen, (c.base_fen * c.rate_bp + 5000) / 10000 AS due_fen, (c.base_fen * c.account_bp + 5000) / 10000 AS account_fen
            FROM (
                SELECT DISTINCT ON (e.psn_no, m.month) e.psn_no, m.month, e.employment_no, e.flexible_choice AS choice, (m.average_fen * e.flexible_base_bp + 5000) / 10000 AS base_fen,
                    m.choices_bp[array_position(m.choices, e.flexible_choice)] AS rate_bp, m.choices_account_bp[array_position(m.choices, e.flexible_choice)] AS account_bp
                FROM employment e JOIN month_terms m ON m.insutype = $1 AND m.month >= e.from_month AND (e.to_month IS NULL OR m.month <= e.to_month)
                WHERE e.psn_no = ANY ($2) AND e.employer_no = '' AND e.insutype = $1 AND array_position(m.choices, e.flexible_choice) IS NOT NULL
                ORDER BY e.psn_no, m.month, e.employment_no DESC
            ) c
        ), stated AS (
            SELECT f.psn_no, f.month, f.employment_no, f.choice, f.base_fen, f.account_fen, a.personal_fen AS due_fen, a.withdrawn, a AS assessment
            FROM flexible_month f JOIN assessment a ON a.psn_no = f.psn_no AND a.insutype = f.insutype AND a.year = f.month WHERE f.psn_no = ANY ($2) AND f.insutype = $1
        ), differs AS MATERIALIZED (
            SELECT psn_no, month, w.psn_no IS NULL AS withdrawn, coalesce(w.employment_no, s.employment_no) AS employment_no, coalesce(w.choice, s.choice) AS choice, coalesce(w.base_fen, s.base_fen) AS base_fen,
                coalesce(w.due_fen, 0) AS due_fen, coalesce(w.account_fen, 0) AS account_fen, s.assessment
            FROM wanted w FULL JOIN stated s USING (psn_no, month)
            WHERE (w.employment_no, w.choice, w.base_fen, w.due_fen, w.account_fen, false) IS DISTINCT FROM (s.employment_no, s.choice, s.base_fen, s.due_fen, s.account_fen, s.withdrawn) AND NOT (w.psn_no IS NULL AND s.withdrawn)
        ), kept AS (
            INSERT INTO assessment_change (psn_no, insutype, year, version, psn_type, person_class, categories, personal_fen, aid_id, aid_fen, collective_fen, subsidy_fen, withdrawn, run_no, cause, stated_at, replaced_at)
            SELECT psn_no, $1, month, (assessment).version, '', (assessment).person_class, '{}', (assessment).personal_fen, '', 0, 0, 0, (assessment).withdrawn, NULL, (assessment).cause, (assessment).changed_at, $4
            FROM differs WHERE (assessment).psn_no IS NOT NULL
        ), assessed AS (
            INSERT INTO assessment AS a (psn_no, insutype, year, household_no, psn_type, person_class, categories, personal_fen, aid_id, aid_payer, aid_level, aid_fen, collective_fen,
                central_fen, province_fen, city_fen, county_fen, withdrawn, version, cause, changed_at)
            SELECT psn_no, $1, month, '', '', choice, '{}', due_fen, '', '', '', 0, 0, 0, 0, 0, 0, withdrawn, 1, $3, $4 FROM differs ORDER BY psn_no, month
            ON CONFLICT (psn_no, insutype, year) DO UPDATE SET person_class = excluded.person_class, personal_fen = excluded.personal_fen, withdrawn = excluded.withdrawn, version = a.version + 1, cause = excluded.cause,
                changed_at = excluded.changed_at
        )
        INSERT INTO flexible_month (psn_no, insutype, month, employment_no, choice, base_fen, account_fen) SELECT psn_no, $1, month, employment_no, choice, base_fen, account_fen FROM differs ORDER BY psn_no, month
        ON CONFLICT (psn_no, insutype, month) DO UPDATE SET employment_no = excluded.employment_no, choice = excluded.choice, base_fen = excluded.base_fen, account_fen = excluded.account_fen
        """;

    /// <summary>Within the caller's transaction.</summary>
    /// <param name="incomes">Gets what the caller posts (<see cref="PostIncome"/>) as the last thing of its transaction.</param>
    public static async Task Run(NpgsqlConnection connection, NpgsqlTransaction transaction, string insutype, string[] psnNos, string cause, List<IncomePosting> incomes, ChinaCalendar calendar, CancellationToken cancellation)
    {
        if (psnNos.Length == 0) return;
        // In the order in which payments hold them.
        await using (var hold = new NpgsqlCommand("SELECT FROM assessment WHERE psn_no = ANY ($2) AND insutype = $1 AND year > 9999 ORDER BY psn_no, insutype, year FOR UPDATE", connection, transaction) { Parameters = { new() { Value = insutype }, new() { Value = psnNos } } })
            await hold.ExecuteNonQueryAsync(cancellation);
        await using (var command = new NpgsqlCommand(Sql, connection, transaction)
        {
            CommandTimeout = 600, Parameters = { new() { Value = insutype }, new() { Value = psnNos }, new() { Value = cause }, new() { Value = calendar.UtcNow.UtcDateTime } },
        })
            await command.ExecuteNonQueryAsync(cancellation);
        await SettleFlexibleMonths.Run(connection, transaction, psnNos, incomes, calendar.Today, calendar.UtcNow, cancellation);
    }
}
