using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Reference;
using MedInsure.Settlement.Calculation;
using MedInsure.Settlement.Claims;
using MedInsure.Settlement.Encounters;
using MedInsure.Settlement.Journal;
using LineTerms = MedInsure.Settlement.Journal.LineTerms;

namespace MedInsure.Settlement.ManualClaims;

/// <summary>A paper bill on its way into the journal: what <see cref="SettleClaim"/> decides on where a hospital's request does not say it.</summary>
/// <param name="ApprovedFen">What the funds are to pay; null: whatever they do.</param>
internal sealed class PaperClaim(string claimNo, ManualBill bill, long? approvedFen)
{
    public const string Sender = "manual";
    /// <summary>Of the categories' lines, beside the catalog's codes.</summary>
    private const string Category = "category:";

    /// <summary>Under which the agency keeps the visits of paper bills: no provider's, so that none can charge, change or cancel them.</summary>
    public static string DeskOf(string county) => county + "-DESK";

    public PaperBill Document { get; } = DocumentOf(claimNo, bill);
    public DateOnly EndOn => bill.Visit.EndOn;
    /// <summary>Null: by the designated provider's division, as at the window.</summary>
    public bool? OffSite => bill.Provider.Designated ? null : bill.Provider.OffSite;

    private static PaperBill DocumentOf(string claimNo, ManualBill bill)
    {
        var paper = new PaperBill { ClaimNo = claimNo, Reason = bill.Reason, FixmedinsCode = bill.Provider.Code, Area = bill.Provider.Area, Designated = bill.Provider.Designated, OtherPayerFen = bill.OtherPayerFen };
        paper.InvoiceNo.AddRange(bill.Invoices.Select(i => i.Number));
        return paper;
    }

    /// <summary>Settles the bill under its number: the same number again gives the stored settlement.</summary>
    public static JournalCommand Settle(string county, string claimNo, ManualBill bill, long approvedFen) => SettleClaim.Command(Request(county, claimNo, bill), new PaperClaim(claimNo, bill, approvedFen), changesNothing: false);

    /// <summary>What it would give now.</summary>
    public static JournalCommand Try(string county, string claimNo, ManualBill bill) => SettleClaim.Command(Request(county, claimNo, bill), new PaperClaim(claimNo, bill, null), changesNothing: true);

    private static SettleClaimRequest Request(string county, string claimNo, ManualBill bill)
    {
        var request = new SettleClaimRequest
        {
            Key = new RequestKey { Sender = Sender, MessageId = claimNo, Transaction = Sender, ContentHash = JournalCommand.ContentHashOf(bill.Json) },
            FixmedinsCode = DeskOf(county),
            PsnNo = bill.PsnNo,
            Insutype = bill.Insutype,
            TotalFen = bill.TotalFen,
            InvoiceNo = bill.Invoices[0].Number,
            InlineEncounter = new EncounterDetails
            {
                MedType = bill.Visit.MedType, BeginAtMs = At(bill.Visit.BeginOn), VisitNo = claimNo, DiseaseCode = bill.Visit.DiseaseCode, DiseaseName = bill.Visit.DiseaseName,
                Injury = bill.Visit.Injury, ThirdPartyLiable = bill.Visit.ThirdPartyLiable, OperatedEyes = bill.Visit.OperatedEyes,
            },
        };
        request.InlineLine.AddRange(bill.Lines.Select((l, i) => new FeeLine
        {
            FeedetlSn = $"{i + 1}", MedListCode = l.Code, ProviderListCode = l.Code, OccurredAtMs = At(l.On), QuantityE4 = l.QuantityE4, UnitPriceMicroYuan = l.UnitPriceMicroYuan, AmountFen = l.AmountFen,
        }));
        return request;
    }

    /// <summary>A designated one with the agreement in force when the visit began, which an emergency does not need; else who the papers name, who may be no designated one under another name.</summary>
    public Outcome<ProviderRow> Provider(DecisionContext context)
    {
        var named = bill.Provider;
        if (named.Designated)
            return bill.IsEmergency && context.FindProvider(named.Code) is { } known ? known : EncounterChecks.ProviderInAgreement(context, named.Code, bill.Visit.BeginOn);
        if (named.Code.Length > 0 && context.FindProvider(named.Code) is not null) return ManualRefusals.ProviderIsDesignated;
        foreach (var provider in context.Reference.Providers)
            if (provider.Name == named.Name) return ManualRefusals.ProviderIsDesignated;
        return ProviderRow.Undesignated(named.Code, named.Name, PolicyLevel.Parse(named.Level), named.Area);
    }

    public Outcome<List<PricedLine>> Lines(DecisionContext context, ProviderRow provider, SettleClaimRequest request) =>
        bill.Lines.Count > 0 ? AddFeeLines.PriceAll(context, provider, request.InlineLine, null, bill.Visit.BeginOn) : bill.Sums.SelectMany((s, i) => Parts(s, $"{i + 1}", context.Reference.CatalogVersion)).ToList();

    /// <summary>A category's sum as lines that the calculation divides into just its parts: wholly self-paid, above a ceiling of nothing, a first payment of the whole, in scope.</summary>
    private IEnumerable<PricedLine> Parts(ManualSum sum, string number, long catalogVersion)
    {
        if (sum.FullSelfPayFen > 0) yield return Part("s", "03", LineClass.SelfPaid, sum.FullSelfPayFen, BasisPoints.Whole, SelfPaidReason.ClassC);
        if (sum.OverLimitFen > 0) yield return Part("o", "01", LineClass.Covered, sum.OverLimitFen, 0, ceiling: 0);
        if (sum.FirstPayFen > 0) yield return Part("f", "02", LineClass.CoveredWithFirstPay, sum.FirstPayFen, BasisPoints.Whole);
        if (sum.InScopeFen > 0) yield return Part("i", "01", LineClass.Covered, sum.InScopeFen, 0, pool: sum.OutpatientPool);

        PricedLine Part(string part, string level, LineClass kind, long fen, int firstPayBp, SelfPaidReason reason = SelfPaidReason.None, long? ceiling = null, bool pool = false)
        {
            var terms = new LineTerms { LineClass = (int)kind, FirstPayBp = firstPayBp, OutpatientPool = pool, Reason = (int)reason, ChrgitmLv = level, MedChrgitmType = sum.Category, ItemName = sum.Name, CatalogVersion = catalogVersion };
            if (ceiling is { } c) terms.CeilingMicroYuan = c;
            return new PricedLine { Line = new FeeLine { FeedetlSn = number + part, MedListCode = Category + sum.Category, OccurredAtMs = At(bill.Visit.EndOn), QuantityE4 = 10_000, UnitPriceMicroYuan = fen * 10_000, AmountFen = fen }, Terms = terms };
        }
    }

    /// <summary>Funds and another payer together pay no more than the bill; and what was approved is what is paid.</summary>
    public Refusal? Unfit(SettledClaim claim) =>
        claim.Amounts.FundTotalFen + bill.OtherPayerFen > claim.Amounts.TotalFen ? ManualRefusals.OtherPayerCovers : approvedFen is { } approved && approved != claim.Amounts.FundTotalFen ? ManualRefusals.AmountChanged : null;

    private static long At(DateOnly day) => ChinaCalendar.StartOf(day).ToUnixTimeMilliseconds();
}
