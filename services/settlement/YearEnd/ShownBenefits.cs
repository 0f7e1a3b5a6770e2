using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using Npgsql;

namespace MedInsure.Settlement.YearEnd;

/// <summary>What year-end rules gave for an encounter, for its statements.</summary>
internal static class ShownBenefits
{
    public static async Task Add(Statement statement, NpgsqlDataSource database, string mdtrtId, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand("""
            SELECT b.benefit_no, b.booked_at, b.name, b.cause, b.year, b.rule_id, b.fund_pay_type, b.run_no, b.amount_fen, l.paid_on
            FROM person_benefit b LEFT JOIN payment_list_benefit p ON p.benefit_no = b.benefit_no AND NOT p.withdrawn LEFT JOIN payment_list l USING (number)
            WHERE b.mdtrt_id = $1 AND b.mdtrt_id <> '' AND b.kind = 'year_end' ORDER BY b.benefit_no
            """);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = mdtrtId });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
            statement.Benefit.Add(new StatementBenefit
            {
                BenefitNo = reader.GetString(0), BookedAtMs = reader.GetFieldValue<DateTimeOffset>(1).ToUnixTimeMilliseconds(), Name = reader.GetString(2), Clause = reader.GetString(3), Year = reader.GetInt32(4),
                RuleId = reader.GetString(5), FundPayType = reader.GetString(6), RunNo = reader.GetString(7), AmountFen = reader.GetInt64(8),
                PaidOn = reader.IsDBNull(9) ? 0 : DayNumber.Of(reader.GetFieldValue<DateOnly>(9)),
            });
    }
}
