using MedInsure.Enrollment.Employers;
using MedInsure.Enrollment.Persons;
using MedInsure.Kernel;
using MedInsure.Protos.Enrollment.V1;
using Npgsql;

namespace MedInsure.Enrollment.Employments;

internal static class ListStaff
{
    private const int PageSize = 100;

    public static async Task<Outcome<ListStaffReply>> Read(NpgsqlDataSource database, ListStaffRequest request, DateOnly today, CancellationToken cancellation)
    {
        var holder = await EmployerTokens.Check(database, request.Token, today, cancellation);
        if (holder.Refusal is { } stranger) return stranger;
        var size = request.PageSize == 0 ? PageSize : request.PageSize;
        var page = await ListEmployments.Query(database, new(holder.Value.EmployerNo, "", request.Month), request.AfterEmploymentNo, size, cancellation);
        if (page.Refusal is { } refusal) return refusal;
        var numbers = (await database.Rows("SELECT psn_no, certno FROM person WHERE psn_no = ANY ($1)", r => (PsnNo: r.GetString(0), Certno: r.GetString(1)), cancellation, (object)page.Value.Select(e => e.PsnNo).ToArray())).ToDictionary(p => p.PsnNo, p => p.Certno);
        var reply = new ListStaffReply { NextAfterEmploymentNo = page.Value.Count == size ? page.Value[^1].EmploymentNo : 0 };
        foreach (var e in page.Value)
        {
            var member = new StaffMember
            {
                EmploymentNo = e.EmploymentNo, PsnNo = e.PsnNo, PsnName = e.PsnName, CertnoMasked = PersonalData.MaskCertificate(numbers.GetValueOrDefault(e.PsnNo)), FromMonth = e.FromMonth, ToMonth = e.ToMonth ?? 0, Ended = e.Ended,
                Maternity = e.Maternity,
            };
            member.Wage.AddRange(e.Wages.Select(w => new StaffWage { FromMonth = w.FromMonth, WageFen = Fen.TryParseYuan(w.Amount, out var wage) ? wage.Value : 0 }));
            reply.Member.Add(member);
        }
        return reply;
    }
}
