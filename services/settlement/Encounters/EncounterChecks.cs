using MedInsure.Kernel;
using MedInsure.Protos.Enrollment.V1;
using MedInsure.Reference;
using MedInsure.Settlement.Journal;

namespace MedInsure.Settlement.Encounters;

/// <summary>The checks that several use cases share, each in its documented order.</summary>
internal static class EncounterChecks
{
    /// <summary>provider.unknown, then provider.no_agreement, provider.suspended, provider.terminated on the day.</summary>
    public static Outcome<ProviderRow> ProviderInAgreement(DecisionContext context, string fixmedinsCode, DateOnly day)
    {
        if (context.FindProvider(fixmedinsCode) is not { } provider) return Refusals.ProviderUnknown;
        return provider.StandingOn(day) switch
        {
            ProviderStanding.Active => provider,
            ProviderStanding.Suspended => Refusals.ProviderSuspended,
            ProviderStanding.Terminated => Refusals.ProviderTerminated,
            _ => Refusals.ProviderWithoutAgreement,
        };
    }

    /// <summary>person.unknown, then person.merged of a number whose merge the journal has not followed yet, or coverage.none_on_date.</summary>
    public static Outcome<Coverage> Covered(DecisionContext context, string psnNo, string insutype, DateOnly day)
    {
        var person = context.State.Person(psnNo);
        if (person.Insured is null) return Refusals.PersonUnknown;
        if (person.CoverageOn(insutype, DayNumber.Of(day)) is { } cover) return cover;
        return person.Insured.MergedInto.Length > 0 ? Refusals.PersonMerged(person.Insured.MergedInto) : Refusals.NotCovered;
    }

    /// <summary>encounter.unknown, encounter.other_provider, encounter.other_person, encounter.cancelled.</summary>
    public static Outcome<EncounterState> Own(DecisionContext context, string mdtrtId, string fixmedinsCode, string psnNo)
    {
        if (context.State.FindEncounter(mdtrtId) is not { } encounter) return Refusals.EncounterUnknown;
        if (encounter.FixmedinsCode != fixmedinsCode) return Refusals.EncounterOfOtherProvider;
        if (encounter.PsnNo != context.State.Survivor(psnNo)) return Refusals.EncounterOfOtherPerson;
        return encounter.Stage == EncounterStage.Cancelled ? Refusals.EncounterCancelled : encounter;
    }

    public static JournalRecord RecordOf(EncounterState encounter) => new() { PsnNo = encounter.PsnNo, MdtrtId = encounter.MdtrtId };
}
