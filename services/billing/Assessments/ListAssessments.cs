using MedInsure.Kernel;
using MedInsure.Protos.Billing.V1;
using Npgsql;

namespace MedInsure.Billing.Assessments;

internal static class ListAssessments
{
    public static async Task<Outcome<ListAssessmentsReply>> Read(NpgsqlDataSource database, ListAssessmentsRequest request, CancellationToken cancellation)
    {
        if (request.PsnNo.Length == 0) return Refusals.NumberMissing;
        var reply = new ListAssessmentsReply();
        reply.Assessment.AddRange(await AssessmentReader.Read(database, " WHERE a.psn_no = $1 AND ($2 = '' OR a.insutype = $2) AND ($3 = 0 OR a.year = $3) ORDER BY a.year DESC, a.insutype",
            [request.PsnNo, request.Insutype, request.Year], cancellation));
        return reply;
    }
}
