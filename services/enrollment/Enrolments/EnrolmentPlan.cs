using Grpc.Core;
using MedInsure.Enrollment.Covers;
using MedInsure.Hosting.Rpc;
using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;

namespace MedInsure.Enrollment.Enrolments;

/// <summary>Until when one pays to be covered, and for which days if one pays at once (or when the window opens).</summary>
internal sealed record EnrolmentPlan(string Window, DateOnly PayFrom, DateOnly PayUntil, DatePeriod Days)
{
    /// <summary>By the pack's terms of the covered year, whether somebody of this kind may still be enrolled for it.</summary>
    public static async Task<Outcome<EnrolmentPlan>> Make(Settlement.SettlementClient settlement, string county, string insutype, int year, string who, DateOnly? eventOn, DateOnly today, CancellationToken cancellation)
    {
        if (year != today.Year && year != today.Year + 1) return EnrolRefusals.YearInvalid;
        ContributionTerms? terms;
        try { terms = await TermsOfYear.Ask(settlement, county, insutype, year, cancellation); }
        catch (RpcException e) when (RefusalStatus.RefusalOrUnavailable(e) is { Kind: RefusalKind.Unavailable } away) { return away; }
        return terms?.Resident is { } resident ? Of(resident, year, who, eventOn, today) : CoverRefusals.SchemeWithoutTerms;
    }

    /// <summary>Pure.</summary>
    public static Outcome<EnrolmentPlan> Of(ResidentTerms terms, int year, string who, DateOnly? eventOn, DateOnly today)
    {
        if (!EnrolmentWindows.IsKind(terms, who)) return EnrolRefusals.WhoUnknown;
        if (EnrolmentWindows.NeedsEvent(terms, who) && (eventOn is null || (eventOn > today && who != EnrolmentWindows.Foetus))) return EnrolRefusals.EventMissing;
        if (EnrolmentWindows.Next(terms, year, who, eventOn, today) is not { } window) return CoverRefusals.WindowClosed;
        var payOn = window.First > today ? window.First : today;
        var days = EnrolmentWindows.Period(terms, year, window.Who, eventOn, payOn);
        return days.Refusal is { } refusal ? refusal : new EnrolmentPlan(window.Id, window.First, window.Last, days.Value);
    }
}
