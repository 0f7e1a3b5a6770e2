using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Calculation;
using MedInsure.Settlement.Encounters;
using MedInsure.Settlement.Filings;
using MedInsure.Settlement.Journal;

namespace MedInsure.Settlement.Queries;

/// <summary>
/// Which funds would pay for a visit, and if not why (2001). A fund may pay when a bill beyond every deductible, settled against the person's present
/// accumulators, gets something from it: the answer follows from the same rules as the settlement.
/// </summary>
public static class CheckEntitlement
{
    private static readonly Fen BillBeyondEveryDeductible = new(10_000_000_00);

    /// <summary>In order: the day, provider and agreement, person, policy. No cover and no filing are answers, not refusals.</summary>
    public static async Task<Outcome<CheckEntitlementReply>> Query(TenantJournal journal, DecisionContext context, CheckEntitlementRequest request, CancellationToken cancellation)
    {
        if (request.On != 0 && !DayNumber.IsDay(request.On)) return Refusals.DayInvalid;
        var day = request.On == 0 ? context.Today : DayNumber.ToDate(request.On);
        var provider = EncounterChecks.ProviderInAgreement(context, request.FixmedinsCode, day);
        if (provider.Refusal is { } noProvider) return noProvider;
        var person = await journal.ReadPerson(request.PsnNo, cancellation);
        if (person?.Insured is null) return Refusals.PersonUnknown;
        if (!context.Tenant.Packs.TryGetValue(request.Insutype, out var pack) || context.Policies.FindFor(pack, day) is not { } policy) return Refusals.NoPolicy;

        var terms = policy.At(day);
        var funds = terms.Layers.Select(l => l.Fund).Prepend(terms.Basic.Fund).Concat(terms.Account is { } account ? [account.Fund] : []).Distinct().ToList();
        var cover = person.CoverageOn(request.Insutype, DayNumber.Of(day));
        var filed = person.HasOutpatientFiling(request.DiseaseCode, request.Insutype, DayNumber.Of(day));
        var reason = cover is null ? Refusals.NotCovered.Chinese : MedTypes.IsChronicOrSpecial(request.MedType) && !filed ? Refusals.FilingMissing.Chinese : "";
        var paying = reason.Length > 0 ? [] : PayingFunds(context, request, policy, person, cover!, provider.Value.Level.Value, day);
        var reply = new CheckEntitlementReply();
        foreach (var fund in funds)
        {
            var pays = paying.Contains(fund);
            reply.Entitlement.Add(new Entitlement
            {
                FundPayType = fund,
                MayPay = pays,
                FromOn = cover?.FromOn ?? 0,
                ToOn = cover?.ToOn ?? 0,
                Reason = pays ? "" : reason.Length > 0 ? reason : "该基金不支付此类就诊，或本年度限额已用完",
            });
        }
        return reply;
    }

    private static HashSet<string> PayingFunds(DecisionContext context, CheckEntitlementRequest request, Policies.BenefitPolicy policy, PersonState person,
        Protos.Enrollment.V1.Coverage cover, string level, DateOnly day)
    {
        var bill = BillBeyondEveryDeductible;
        var sums = person.Years.GetValueOrDefault(new BenefitYear(request.Insutype, day.Year))?.Sums ?? new Accumulators();
        var kind = MedTypes.IsChronicOrSpecial(request.MedType)
            ? OutpatientLists.KindOf(context.Reference, request.DiseaseCode, request.Insutype, day, cover.PsnType)
            : null;
        var result = Adjudication.Settle(policy, new ClaimFacts
        {
            Insutype = request.Insutype,
            PsnType = cover.PsnType,
            BirthOn = DayNumber.ToDate(person.Insured!.BirthOn),
            Categories = person.CategoriesOn(DayNumber.Of(day)),
            ProviderLevel = level,
            MedType = request.MedType,
            DiseaseKind = kind,
            BeginOn = day,
            PolicyOn = day,
            StayOrdinal = (int)sums[Accumulators.Stays] + 1,
            Fees = new FeeTotals(bill, Fen.Zero, Fen.Zero, Fen.Zero, bill, bill),
            AccountBalance = new Fen(Math.Max(0, person.AccountBalanceFen)),
            UseAccount = true,
        }, sums);
        return [.. result.Shares.Select(s => s.FundPayType)];
    }
}
