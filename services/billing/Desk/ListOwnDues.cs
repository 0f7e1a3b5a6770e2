using MedInsure.Billing.Assessments;
using MedInsure.Billing.Years;
using MedInsure.Protos.Billing.V1;
using Npgsql;

namespace MedInsure.Billing.Desk;

/// <summary>What a person owes and has paid, by year and month, and the months that count.</summary>
internal static class ListOwnDues
{
    private const string EmployeeScheme = "310";

    public static async Task<ListOwnDuesReply> Read(NpgsqlDataSource database, IReadOnlyList<string> psnNos, DateOnly today, CancellationToken cancellation)
    {
        var reply = new ListOwnDuesReply();
        reply.Due.AddRange(await AssessmentReader.Read(database, " WHERE a.psn_no = ANY ($1) ORDER BY left(a.year::text || '99', 6) DESC, a.insutype, a.psn_no", [psnNos.ToArray()], cancellation));
        await using var connection = await database.OpenConnectionAsync(cancellation);
        var counted = await ContributionYears.Count(connection, null, psnNos[0], EmployeeScheme, today.Year * 100 + today.Month, cancellation);
        (reply.Months, reply.PaidMonths) = (counted.Months, counted.PaidMonths);
        return reply;
    }
}
