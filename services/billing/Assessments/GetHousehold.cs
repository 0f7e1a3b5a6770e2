using MedInsure.Kernel;
using MedInsure.Protos.Billing.V1;
using Npgsql;

namespace MedInsure.Billing.Assessments;

internal static class GetHousehold
{
    public static async Task<Outcome<HouseholdYear>> Read(NpgsqlDataSource database, GetHouseholdRequest request, CancellationToken cancellation)
    {
        if (request.HouseholdNo.Length == 0) return Refusals.HouseholdMissing;
        if (request.Year is < 2000 or > 2100) return Refusals.YearInvalid;
        var reply = new HouseholdYear { HouseholdNo = request.HouseholdNo, Year = request.Year };
        reply.Member.AddRange(await AssessmentReader.Read(database, " WHERE a.household_no = $1 AND a.year = $2 AND ($3 = '' OR a.insutype = $3) ORDER BY a.psn_no, a.insutype",
            [request.HouseholdNo, request.Year, request.Insutype], cancellation));
        (reply.DueFen, reply.PaidFen) = (reply.Member.Sum(m => m.DueFen), reply.Member.Sum(m => m.PaidFen));
        return reply;
    }
}
