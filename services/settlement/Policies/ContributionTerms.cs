using MedInsure.Kernel;

namespace MedInsure.Settlement.Policies;

/// <summary>What is paid for the insurance, and when one may join, as a pack says it; billing and enrollment ask for it (GetContributionTerms).</summary>
internal sealed record ContributionTerms(ResidentTerms? Resident, EmployeeTerms? Employee);

/// <summary>Who pays of a government's side; also the words of a pack.</summary>
internal static class GovernmentLevels
{
    public static readonly string[] All = ["central", "province", "city", "county"];
}

internal sealed record ResidentTerms(
    ResidentContribution[] Contributions, bool AidHighest, PremiumAid[] Aid, bool CollectiveSupport, Clause CollectiveClause, EnrolmentWindow[] Windows);

/// <summary>A person class's year. The levels' parts add up to the subsidy.</summary>
internal sealed record ResidentContribution(RuleName Person, Fen Personal, Clause PersonalClause, Fen Subsidy, Clause SubsidyClause, (string Level, Fen Amount)[] Levels, Clause? LevelsClause);

/// <summary>What somebody pays of the personal part of persons of some categories and classes (none named: everybody). One of amount and ratio is set, or neither: all of it.</summary>
internal sealed record PremiumAid(RuleName Name, string[] Categories, string[] Persons, Fen? Amount, BasisPoints? Ratio, string Payer, string Level, Clause Clause);

/// <summary>A day of a window: month and day (MMdd) of the covered year or, with <see cref="YearOffset"/> -1, of the year before; or so many days after the event.</summary>
internal readonly record struct WindowDay(int MonthDay, int YearOffset, int DaysAfterEvent)
{
    public bool IsOfEvent => MonthDay == 0;

    public override string ToString() => IsOfEvent ? DaysAfterEvent == 0 ? "event" : $"{DaysAfterEvent} days after the event"
        : $"{MonthDay / 100:00}-{MonthDay % 100:00} of the {(YearOffset < 0 ? "year before" : "covered year")}";
}

internal enum CoverBegins : byte { YearStart, Event, Payment }

/// <summary>When persons of a kind may pay for a year, and from when they are covered then.</summary>
/// <param name="WaitingDays">After the payment; only with <see cref="CoverBegins.Payment"/>.</param>
internal sealed record EnrolmentWindow(RuleName Name, string Who, WindowDay First, WindowDay Last, CoverBegins Begins, int WaitingDays, Clause Clause)
{
    /// <summary>The words of a pack; the event is the birth, the marriage, the move or the recognition.</summary>
    public static readonly string[] Kinds = ["everyone", "migrant_worker", "newborn", "foetus", "married_in", "moved_in", "recognised"];
}

/// <summary>Monthly contributions from wages. Ratios of the base; floor and ceiling of the base as shares of a month's average wage.</summary>
internal sealed record EmployeeTerms(
    Fen AverageWage, BasisPoints Employer, BasisPoints Employee, BasisPoints Maternity, BasisPoints Floor, BasisPoints Ceiling,
    BasisPoints AccountOfEmployee, BasisPoints AccountOfEmployer, BasisPoints LateCharge, FlexibleChoice[] Flexible, FlexibleBase[] FlexibleBases, RetirementYears[] Retirement,
    (string Item, Clause Clause)[] Clauses);

/// <summary>A rate that a flexible worker may choose; the account's part is of the base too.</summary>
internal sealed record FlexibleChoice(RuleName Name, BasisPoints Rate, BasisPoints Account, Clause Clause);

/// <summary>A base that a flexible worker may choose, as a share of a month's average wage.</summary>
internal sealed record FlexibleBase(BasisPoints Share, Clause Clause);

/// <summary>Years that give benefits without contributions after retirement: all of them, deemed ones included, and those really paid.</summary>
/// <param name="Gend">1 male, 2 female.</param>
internal sealed record RetirementYears(string Gend, int Years, int PaidYears, Clause Clause);
