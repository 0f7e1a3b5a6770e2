using Google.Protobuf;
using MedInsure.Hosting.Tenancy;
using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Policies;

namespace MedInsure.Settlement.Queries;

/// <summary>A county's contributions on a day, as the pack of the scheme that decides that day says them.</summary>
public static class GetContributionTerms
{
    public static Outcome<Protos.Settlement.V1.ContributionTerms> Query(Tenant tenant, CountyPolicies policies, GetContributionTermsRequest request)
    {
        if (!DayNumber.IsDay(request.On)) return Refusals.DayInvalid.At("on");
        var on = DayNumber.ToDate(request.On);
        if (!tenant.Packs.TryGetValue(request.Insutype, out var pack) || policies.FindFor(pack, on) is not { } policy) return Refusals.NoPolicy;
        if (policy.At(on).Contributions is not { } terms) return Refusals.NoContributions;

        var period = policy.PeriodAt(on);
        var reply = new Protos.Settlement.V1.ContributionTerms
        {
            Pack = policy.Pack, Version = policy.Version, PolicyHash = ByteString.CopyFrom(policy.ContentHash), Insutype = policy.Insutype,
            FromOn = DayNumber.Of(period.From), ToOn = DayNumber.Of(period.To),
        };
        reply.PersonClass.AddRange(policy.At(on).Persons.Select(ClassOf));
        if (terms.Resident is { } resident) reply.Resident = Of(resident);
        if (terms.Employee is { } employee) reply.Employee = Of(employee);
        return reply;
    }

    private static ContributionClass ClassOf(PersonClass person)
    {
        var wanted = new ContributionClass { Id = IdOf(person.Name), Zh = person.Name.Chinese, En = person.Name.English };
        wanted.PsnType.AddRange(person.PsnTypes ?? []);
        if (person.AgeFrom is { } from) wanted.AgeFrom = from;
        if (person.AgeBelow is { } below) wanted.AgeBelow = below;
        return wanted;
    }

    private static string IdOf(RuleName person) => person.Id["person.".Length..];

    private static Protos.Settlement.V1.ResidentTerms Of(Policies.ResidentTerms terms)
    {
        var reply = new Protos.Settlement.V1.ResidentTerms { AidHighest = terms.AidHighest, CollectiveSupport = terms.CollectiveSupport, CollectiveClause = terms.CollectiveClause.Text };
        foreach (var c in terms.Contributions)
        {
            var contribution = new Protos.Settlement.V1.ResidentContribution
            {
                PersonClass = IdOf(c.Person), PersonalFen = c.Personal.Value, SubsidyFen = c.Subsidy.Value,
                Clause = c.PersonalClause == c.SubsidyClause ? c.PersonalClause.Text : $"{c.PersonalClause.Text}; {c.SubsidyClause.Text}", Assumed = c.PersonalClause.Assumed || c.SubsidyClause.Assumed,
            };
            contribution.Subsidy.AddRange(c.Levels.Select(l => new LevelSubsidy { Level = l.Level, AmountFen = l.Amount.Value, Clause = c.LevelsClause?.Text ?? "" }));
            reply.Contribution.Add(contribution);
        }
        foreach (var a in terms.Aid)
        {
            var aid = new Protos.Settlement.V1.PremiumAid { Id = a.Name.Id, Zh = a.Name.Chinese, En = a.Name.English, Payer = a.Payer, Level = a.Level, Clause = a.Clause.Text, Assumed = a.Clause.Assumed };
            aid.Category.AddRange(a.Categories);
            aid.PersonClass.AddRange(a.Persons);
            if (a.Amount is { } amount) aid.AmountFen = amount.Value;
            else if (a.Ratio is { } ratio) aid.RatioBp = ratio.Value;
            else aid.Full = true;
            reply.Aid.Add(aid);
        }
        reply.Window.AddRange(terms.Windows.Select(w => new Protos.Settlement.V1.EnrolmentWindow
        {
            Id = w.Name.Id, Zh = w.Name.Chinese, En = w.Name.English, Who = w.Who, First = Of(w.First), Last = Of(w.Last), WaitingDays = w.WaitingDays, Clause = w.Clause.Text, Assumed = w.Clause.Assumed,
            Begins = w.Begins switch { CoverBegins.Event => "event", CoverBegins.Payment => "payment", _ => "year_start" },
        }));
        return reply;
    }

    private static Protos.Settlement.V1.WindowDay Of(Policies.WindowDay day) => new() { MonthDay = day.MonthDay, YearOffset = day.YearOffset, DaysAfterEvent = day.DaysAfterEvent };

    private static Protos.Settlement.V1.EmployeeTerms Of(Policies.EmployeeTerms terms)
    {
        var reply = new Protos.Settlement.V1.EmployeeTerms
        {
            AverageWageFen = terms.AverageWage.Value, EmployerBp = terms.Employer.Value, EmployeeBp = terms.Employee.Value, MaternityBp = terms.Maternity.Value,
            FloorBp = terms.Floor.Value, CeilingBp = terms.Ceiling.Value, AccountOfEmployeeBp = terms.AccountOfEmployee.Value, AccountOfEmployerBp = terms.AccountOfEmployer.Value, LateChargeBp = terms.LateCharge.Value,
        };
        reply.Flexible.AddRange(terms.Flexible.Select(f => new Protos.Settlement.V1.FlexibleChoice
        {
            Id = f.Name.Id, Zh = f.Name.Chinese, En = f.Name.English, RateBp = f.Rate.Value, AccountBp = f.Account.Value, Clause = f.Clause.Text, Assumed = f.Clause.Assumed,
        }));
        reply.FlexibleBase.AddRange(terms.FlexibleBases.Select(b => new Protos.Settlement.V1.FlexibleBase { ShareBp = b.Share.Value, Clause = b.Clause.Text, Assumed = b.Clause.Assumed }));
        reply.Retirement.AddRange(terms.Retirement.Select(r => new Protos.Settlement.V1.RetirementYears { Gend = r.Gend, Years = r.Years, PaidYears = r.PaidYears, Clause = r.Clause.Text, Assumed = r.Clause.Assumed }));
        reply.Clause.AddRange(terms.Clauses.Select(c => new TermClause { Item = c.Item, Clause = c.Clause.Text, Assumed = c.Clause.Assumed }));
        return reply;
    }
}
