using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Journal;

namespace MedInsure.Settlement.Encounters;

/// <summary>Registers an outpatient visit (2201) or admits to a stay (2401).</summary>
public static class OpenEncounter
{
    public static JournalCommand Command(OpenEncounterRequest request) => new(request.Key, request.PsnNo, context => Decide(context, request))
    {
        NewVisit = (request.FixmedinsCode, request.Details?.VisitNo ?? ""),
    };

    /// <summary>In order: county not suspended, begin, visit number, provider and agreement, person, cover, visit number taken.</summary>
    private static Outcome<JournalRecord> Decide(DecisionContext context, OpenEncounterRequest request)
    {
        if (context.Tenant.IsSuspended) return Refusals.TenantSuspended;
        if (request.Details is not { BeginAtMs: > 0 } details) return Refusals.BeginMissing;
        if (details.BeginAtMs > context.NowMs) return Refusals.BeginInFuture;
        if (details.VisitNo.Length == 0) return Refusals.VisitNumberMissing;
        var day = ChinaCalendar.DayOf(details.BeginAtMs);
        if (EncounterChecks.ProviderInAgreement(context, request.FixmedinsCode, day).Refusal is { } noProvider) return noProvider;
        if (EncounterChecks.Covered(context, request.PsnNo, request.Insutype, day).Refusal is { } notCovered) return notCovered;
        if (context.State.Visits.ContainsKey((request.FixmedinsCode, details.VisitNo))) return Refusals.VisitNumberTaken;
        var opened = new EncounterOpened { FixmedinsCode = request.FixmedinsCode, Insutype = request.Insutype, Details = details };
        opened.Diagnosis.AddRange(request.Diagnosis);
        return new JournalRecord { PsnNo = request.PsnNo, MdtrtId = context.State.NextEncounterId, EncounterOpened = opened };
    }

    public static EncounterReply Reply(JournalRecord record) =>
        new() { MdtrtId = record.MdtrtId, PsnNo = record.PsnNo, VisitNo = record.EncounterOpened?.Details.VisitNo ?? "" };
}
