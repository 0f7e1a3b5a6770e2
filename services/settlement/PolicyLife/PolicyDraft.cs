using MedInsure.Kernel;

namespace MedInsure.Settlement.PolicyLife;

/// <summary>What somebody did about a version.</summary>
internal sealed record PolicyAct(long No, int Revision, string Kind, string Person, string Reason, DateTimeOffset At)
{
    public const string Drafted = "drafted", Revised = "revised", Reviewed = "reviewed", Approved = "approved", Consented = "consented", Published = "published", Rejected = "rejected", Withdrawn = "withdrawn";
}

/// <summary>One text of a version, without the text.</summary>
/// <param name="Sha256">Of the text, hexadecimal.</param>
/// <param name="InForceTo">Null: no end.</param>
internal sealed record PolicyRevision(int No, string Sha256, DateOnly EffectiveOn, DateOnly? InForceTo, string Note);

/// <summary>A version of a pack for a city or one of its counties: its texts and the acts about it. Its state is nowhere stored: it follows from the acts.</summary>
internal sealed record PolicyDraft(long No, string Scope, string Pack, string Version, IReadOnlyList<PolicyRevision> Revisions, IReadOnlyList<PolicyAct> Acts)
{
    public const string Draft = "draft", Superseded = "superseded";
    public const int ApproversNeeded = 2;

    /// <summary>All but "superseded", which depends on the others: <see cref="Decides"/>.</summary>
    public static readonly string[] States = [Draft, PolicyAct.Reviewed, PolicyAct.Approved, PolicyAct.Consented, PolicyAct.Published, Superseded, PolicyAct.Rejected, PolicyAct.Withdrawn];

    public PolicyRevision Latest => Revisions[^1];
    public PolicyAct? Publication => Acts.FirstOrDefault(a => a.Kind == PolicyAct.Published);
    public bool IsWithdrawn => Acts.Any(a => a.Kind == PolicyAct.Withdrawn);

    /// <summary>Who wrote any of its texts.</summary>
    public IEnumerable<string> Drafters => Acts.Where(a => a.Kind is PolicyAct.Drafted or PolicyAct.Revised).Select(a => a.Person);

    /// <summary>Of the text that counts; earlier ones' reviews and approvals are void.</summary>
    public IEnumerable<string> Who(string kind) => Acts.Where(a => a.Revision == Latest.No && a.Kind == kind).Select(a => a.Person);

    public string State
    {
        get
        {
            if (IsWithdrawn) return PolicyAct.Withdrawn;
            if (Publication is not null) return PolicyAct.Published;
            if (Who(PolicyAct.Rejected).Any()) return PolicyAct.Rejected;
            if (Who(PolicyAct.Consented).Any()) return PolicyAct.Consented;
            if (Who(PolicyAct.Approved).Count() >= ApproversNeeded) return PolicyAct.Approved;
            return Who(PolicyAct.Reviewed).Any() ? PolicyAct.Reviewed : Draft;
        }
    }

    /// <summary>Whether two scopes of one city have a county in common.</summary>
    public static bool Overlap(string scope, string other, string city) => scope == other || scope == city || other == city;

    /// <summary>The policy dates that a published version decides in its scope, after what was published later took its own.</summary>
    public IReadOnlyList<DatePeriod> Decides(IEnumerable<PolicyDraft> all, string city)
    {
        if (Publication is not { } published) return [];
        List<DatePeriod> days = [new DatePeriod(Latest.EffectiveOn, Latest.InForceTo)];
        foreach (var later in all)
            // What a county has of its own takes nothing from the rest of the city.
            if (later.Pack == Pack && later.Publication?.No > published.No && (later.Scope == Scope || later.Scope == city))
                days = [.. days.SelectMany(d => Without(d, new DatePeriod(later.Latest.EffectiveOn, later.Latest.InForceTo)))];
        return days;
    }

    /// <summary>Its state, or that it decides nothing any more from a day on.</summary>
    public string StateOn(DateOnly day, IEnumerable<PolicyDraft> all, string city) =>
        Publication is not null && Decides(all, city).All(d => d.To is { } to && to < day) ? Superseded : State;

    private static List<DatePeriod> Without(DatePeriod days, DatePeriod taken)
    {
        if ((days.To is { } end && end < taken.From) || (taken.To is { } last && last < days.From)) return [days];
        var left = new List<DatePeriod>();
        if (days.From < taken.From) left.Add(new DatePeriod(days.From, taken.From.AddDays(-1)));
        if (taken.To is { } to && (days.To is not { } until || to < until)) left.Add(new DatePeriod(to.AddDays(1), days.To));
        return left;
    }
}
