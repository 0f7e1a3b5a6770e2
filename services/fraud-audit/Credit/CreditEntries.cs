using MedInsure.FraudAudit.Cases;
using MedInsure.FraudAudit.Sanctions;
using Npgsql;

namespace MedInsure.FraudAudit.Credit;

/// <summary>Points off a provider's credit: taken by a decision's release, given back by rows of their own where an appeal changes it.</summary>
internal static class CreditEntries
{
    public static async Task Take(CaseAct act, SanctionLadder ladder, DecisionRow decision, DateOnly from, DateTimeOffset now)
    {
        if (!act.Row.IsProvider) return;
        foreach (var step in decision.Plan.Sanctions.Select(s => ladder.ByName[s.Step]).Where(s => s.Points > 0))
            await Write(act, decision.DecisionNo, step.Step, step.Points, from, from.AddMonths(ladder.Credit.Months).AddDays(-1), now);
    }

    /// <summary>All that the case took, on the days from which it took it.</summary>
    /// <param name="decisionNo">Because of which.</param>
    public static Task<int> GiveBack(CaseAct act, int decisionNo, DateTimeOffset now) => act.Run("""
        INSERT INTO credit_entry (fixmedins_code, case_no, decision_no, step, points, from_on, to_on, recorded_at)
        SELECT fixmedins_code, case_no, $2, step, -sum(points), from_on, to_on, $3 FROM credit_entry WHERE case_no = $1 GROUP BY fixmedins_code, case_no, step, from_on, to_on HAVING sum(points) <> 0
        """, act.Row.Number, decisionNo, now.UtcDateTime);

    /// <summary>What a provider has left on a day, as far as it is known now.</summary>
    public static async Task<int> PointsOn(NpgsqlConnection connection, NpgsqlTransaction transaction, CreditTerms terms, string provider, DateOnly day, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("SELECT coalesce(sum(points), 0)::int FROM credit_entry WHERE fixmedins_code = $1 AND from_on <= $2 AND to_on >= $2", connection, transaction)
        {
            Parameters = { new() { Value = provider }, new() { Value = day } },
        };
        return Math.Max(0, terms.FullPoints - (int)(await command.ExecuteScalarAsync(cancellation))!);
    }

    private static Task<int> Write(CaseAct act, int decisionNo, string step, int points, DateOnly from, DateOnly to, DateTimeOffset now) => act.Run(
        "INSERT INTO credit_entry (fixmedins_code, case_no, decision_no, step, points, from_on, to_on, recorded_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)", act.Row.Subject, act.Row.Number, decisionNo, step, points, from, to, now.UtcDateTime);
}
