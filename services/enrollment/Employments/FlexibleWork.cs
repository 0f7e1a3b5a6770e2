using Grpc.Core;
using MedInsure.Hosting.Rpc;
using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;

namespace MedInsure.Enrollment.Employments;

/// <summary>A flexible worker enrols himself: with a choice of rates and a base that the policy offers in the first month. Another choice begins a new enrolment.</summary>
internal static class FlexibleWork
{
    /// <param name="Choice">Id of the policy's choice of rates.</param>
    /// <param name="BaseBp">A base that the policy offers, in basis points of a month's average wage.</param>
    public sealed record Request(string? RequestKey, string? PsnNo, int? Month, string? Choice, int? BaseBp, string? By, string? Why);

    public static async Task<Outcome<ListEmployments.Employment>> Start(StaffDesk desk, Settlement.SettlementClient settlement, string county, Request request, CancellationToken cancellation)
    {
        if (!EnrollmentTexts.IsText(request.PsnNo, 30)) return Refusals.NumberMissing;
        if (await Check(desk, settlement, county, request, cancellation) is { } refusal) return refusal;
        return await desk.Do(county, "start", request.RequestKey, request.By, request, [Row(1, request.PsnNo!, request)], cancellation);
    }

    /// <summary>From the month on; also from an employment to flexible work.</summary>
    public static async Task<Outcome<ListEmployments.Employment>> Change(StaffDesk desk, Settlement.SettlementClient settlement, string county, long employment, Request request, CancellationToken cancellation)
    {
        if (await Check(desk, settlement, county, request, cancellation) is { } refusal) return refusal;
        var old = await desk.Read(county, employment, cancellation);
        if (old.Refusal is { } unknown) return unknown;
        return await desk.Do(county, "transfer", request.RequestKey, request.By, new { employment, request },
        [
            new StaffRow(1, "stop") { EmploymentNo = employment, LastMonth = EmploymentMonth.Add(request.Month!.Value, -1), Ended = "transferred", Why = request.Why ?? "" },
            Row(2, old.Value.PsnNo, request),
        ], cancellation);
    }

    private static async Task<Refusal?> Check(StaffDesk desk, Settlement.SettlementClient settlement, string county, Request request, CancellationToken cancellation)
    {
        if ((desk.Month(request.Month, "month") ?? desk.Reason(request.Why, request.Month ?? 0)) is { } refusal) return refusal;
        EmployeeTerms? terms;
        try
        {
            terms = (await settlement.GetContributionTermsAsync(new GetContributionTermsRequest { Insutype = ApplyStaff.Scheme, On = DayNumber.Of(EmploymentMonth.FirstDay(request.Month!.Value)) },
                CallTenant.For(county), cancellationToken: cancellation)).Employee;
        }
        catch (RpcException e) when (RefusalStatus.RefusalOrUnavailable(e) is { } away) { return away; }
        if (terms is null || terms.Flexible.All(f => f.Id != request.Choice)) return EmploymentRefusals.ChoiceUnknown;
        return terms.FlexibleBase.All(b => b.ShareBp != request.BaseBp) ? EmploymentRefusals.BaseUnknown : null;
    }

    private static StaffRow Row(long line, string psnNo, Request request) =>
        new(line, "start") { PsnNo = psnNo, Month = request.Month!.Value, FlexibleChoice = request.Choice!, FlexibleBaseBp = request.BaseBp!.Value, Why = request.Why ?? "" };
}
