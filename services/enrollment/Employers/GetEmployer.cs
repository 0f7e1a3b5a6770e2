using MedInsure.Kernel;
using MedInsure.Protos.Enrollment.V1;
using Npgsql;

namespace MedInsure.Enrollment.Employers;

internal static class GetEmployer
{
    public static async Task<Outcome<Employer>> Read(NpgsqlDataSource database, GetEmployerRequest request, DateOnly today, CancellationToken cancellation)
    {
        var holder = await EmployerTokens.Check(database, request.Token, today, cancellation);
        if (holder.Refusal is { } stranger) return stranger;
        var found = await ListEmployers.Get(database, holder.Value.EmployerNo, cancellation);
        if (found.Refusal is { } refusal) return refusal;
        var e = found.Value;
        return new Employer
        {
            EmployerNo = e.EmployerNo, EmployerName = e.EmployerName, Uscc = e.Uscc, County = e.County, Kind = e.Kind, ClosedOn = DayNumber.Of(e.ClosedOn), Staff = e.Staff, Holder = holder.Value.Name, MayDeclare = holder.Value.MayDeclare,
        };
    }
}
