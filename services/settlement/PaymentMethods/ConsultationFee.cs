using MedInsure.Kernel;

namespace MedInsure.Settlement.PaymentMethods;

/// <summary>
/// 一般诊疗费 of a township: a yearly ceiling from enrolment, visit rate and last year's visits; paid as incurred, an overspend is not paid (Sz, seed-facts.md section 3). The ceiling counts the fewer of the
/// visits expected of the enrolled and last year's (assumed: the source names the three, not how they are joined). What else the visits cost is paid as settled.
/// </summary>
/// <param name="VisitRate">Visits per enrolled person and year: 1.85.</param>
/// <param name="LastYearVisits">Null: there was no last year.</param>
/// <param name="FeeFen">Of each fee, what the fund pays.</param>
internal sealed record ConsultationFee(long Heads, BasisPoints VisitRate, long? LastYearVisits, long FeeFen) : PaymentMethod("consultation_fee")
{
    public override bool IsShared => true;

    public long CeilingVisits => Math.Min(HalfUp.DivideProduct(Heads, VisitRate.Value, BasisPoints.Whole), LastYearVisits ?? long.MaxValue);

    public override IReadOnlyList<ProviderDue> Due(TermMonth at, IReadOnlyList<string> providers, IReadOnlyList<CaseGroup> cases)
    {
        var own = cases.ToLookup(c => c.Provider, StringComparer.Ordinal);
        var settled = providers.Select(p => Sum(own[p], c => c.SettledFen)).ToList();
        var incurred = providers.Select(p => Math.Max(0, Sum(own[p], c => c.Consultations) * FeeFen)).ToList();
        var (all, ceiling) = (incurred.Sum(), at.Part(CeilingVisits * FeeFen));
        // Before the settlement too: incurred fees are paid until the year's ceiling is reached.
        if (!at.IsSettlement) ceiling = CeilingVisits * FeeFen;
        var over = Math.Max(0, all - ceiling);
        var borne = Shares.Split(over, [.. providers.Select((p, i) => (p, (Int128)incurred[i]))]);
        var text = $"一般诊疗费：{Heads}人×{FixedPoint.Format(VisitRate.Value, 4, trim: true)}次{(LastYearVisits is { } last ? $"，上年{last}次，取较低者" : "")}{CeilingVisits}次×{MethodText.Yuan(FeeFen)}，限额{MethodText.Yuan(ceiling)}；累计发生{MethodText.Yuan(all)}"
            + (over == 0 ? "，未超限额" : $"，超限额{MethodText.Yuan(over)}不予支付");
        return
        [
            .. providers.Select((p, i) =>
            {
                var due = settled[i] - borne[p];
                if (due < 0 && settled[i] >= 0) due = 0;
                return new ProviderDue(p, due, $"{text}；本机构累计结算{MethodText.Yuan(settled[i])}，扣{MethodText.Yuan(settled[i] - due)}，累计应付{MethodText.Yuan(due)}");
            }),
        ];
    }
}
