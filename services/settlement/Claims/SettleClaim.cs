using MedInsure.Kernel;
using MedInsure.Protos.Enrollment.V1;
using MedInsure.Protos.FraudAudit.V1;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Reference;
using MedInsure.Settlement.AuditFeed;
using MedInsure.Settlement.BillChecks;
using MedInsure.Settlement.Calculation;
using MedInsure.Settlement.Encounters;
using MedInsure.Settlement.Filings;
using MedInsure.Settlement.Journal;
using MedInsure.Settlement.ManualClaims;
using MedInsure.Settlement.Policies;
using MedInsure.Settlement.Supplements;

namespace MedInsure.Settlement.Claims;

/// <summary>Settles a visit, a stay or a pharmacy sale (2207, 2304, 2102), or tries it (2206, 2303, 2101): the same decision, written or not.</summary>
public static class SettleClaim
{
    /// <param name="turn">Between this decision and the insurer of a person's supplementary policy; null: nobody is asked, and the bill settles without it.</param>
    /// <param name="check">Between this decision and the audit rules; null: the county does not check bills before they settle.</param>
    public static JournalCommand Command(SettleClaimRequest request, SupplementTurn? turn = null, CheckTurn? check = null) => Command(request, changesNothing: false, turn, check);

    internal static JournalCommand Command(SettleClaimRequest request, bool changesNothing, SupplementTurn? turn = null, CheckTurn? check = null) => new(request.Key, request.PsnNo, context => Decide(context, request, changesNothing, turn, check))
    {
        MdtrtId = request.MdtrtId,
        ChangesNothing = changesNothing,
        NewVisit = request.MdtrtId.Length == 0 && !changesNothing ? (request.FixmedinsCode, VisitNoOf(request)) : null,
    };

    /// <summary>A paper bill: the same decision on what the agency entered.</summary>
    internal static JournalCommand Command(SettleClaimRequest request, PaperClaim paper, bool changesNothing) =>
        new(request.Key, request.PsnNo, context => Decide(context, request, changesNothing, null, null, paper)) { ChangesNothing = changesNothing };

    /// <summary>
    /// In order: county not suspended; of an encounter on file, that it is the caller's, scheme, kind of visit, state, lines to settle, provider and agreement; of one that comes with the
    /// request, begin, kind of visit, provider and agreement, lines, visit number. Then the sums (total, parts, not negative), the day of an interim settlement, person and
    /// cover on the policy date, filing of a special or chronic disease, policy in force. Then, where the county wants it, what the audit rules say of the bill. Last, where a supplementary
    /// policy may pay, its insurer is to be asked; of a paper bill, that another payer leaves room for the funds and that they pay what was approved.
    /// </summary>
    private static Outcome<JournalRecord> Decide(DecisionContext context, SettleClaimRequest request, bool changesNothing, SupplementTurn? turn, CheckTurn? check, PaperClaim? paper = null)
    {
        if (context.Tenant.IsSuspended) return Refusals.TenantSuspended;
        var chosen = request.MdtrtId.Length > 0 ? FromEncounter(context, request) : paper is not null ? FromPaper(context, request, paper, changesNothing) : FromRequest(context, request, changesNothing);
        if (chosen.Refusal is { } refusal) return refusal;
        var bill = chosen.Value;

        var lines = new ClaimLine[bill.Lines.Count];
        for (var i = 0; i < lines.Length; i++) lines[i] = JournalDocuments.ClaimLineOf(bill.Lines[i]);
        var fees = Lines.Sum(lines);
        if (fees.Total.Value > AddFeeLines.AmountMaxFen) return Refusals.ClaimTooLarge;
        if (fees.Total.Value != request.TotalFen) return Refusals.TotalMismatch;
        if ((request.FullSelfPayFen | request.OverLimitFen | request.FirstPayFen | request.InScopeFen) != 0 && (request.FullSelfPayFen != fees.FullSelfPay.Value
            || request.OverLimitFen != fees.OverLimit.Value || request.FirstPayFen != fees.FirstPay.Value || request.InScopeFen != fees.InScope.Value)) return Refusals.PartsMismatch;
        // Corrections of lines that an earlier settlement took: no code is below zero in the encounter, but here it is.
        if (fees.FullSelfPay.IsNegative || fees.OverLimit.IsNegative || fees.FirstPay.IsNegative || fees.InScope.IsNegative || fees.InScopeOfPool.IsNegative
            || fees.InScopeOfPool > fees.InScope) return Refusals.NegativeTotal;

        if (bill.PolicyOn(request) is not { } policyOn || policyOn > context.Today) return Refusals.InterimDayInvalid;
        var cover = EncounterChecks.Covered(context, request.PsnNo, request.Insutype, policyOn);
        if (cover.Refusal is { } notCovered) return notCovered;
        var person = context.State.Person(request.PsnNo);
        var facts = FactsOf(context, request, bill, person, cover.Value, fees, policyOn);
        if (facts.Refusal is { } noFacts) return noFacts;
        if (!context.Tenant.Packs.TryGetValue(request.Insutype, out var pack) || context.Policies.FindFor(pack, policyOn) is not { } policy) return Refusals.NoPolicy;

        var year = person.Years.GetValueOrDefault(new BenefitYear(request.Insutype, policyOn.Year));
        var before = year?.Sums ?? new Accumulators();
        var claim = DocumentOf(context, request, bill, person, facts.Value, policy, before);
        claim.SetlId = changesNothing ? "" : context.State.NextSettlementId;
        if (paper?.Unfit(claim) is { } unfit) return unfit;
        if (check?.Decide(claim, () => UnsettledOf(context, person, bill, claim), changesNothing) is { } objection) return objection;
        if (!changesNothing && paper is null && SupplementTurn.Open(context, request, person, claim) is { } supplement)
        {
            if (turn is not null && turn.Asks(context, person.PsnNo, claim, supplement)) return Refusals.SupplementNotAsked;
            var answered = DocumentOf(context, request, bill, person, facts.Value with { Supplement = turn is null ? supplement : turn.Answered(supplement) }, policy, before);
            answered.SetlId = claim.SetlId;
            claim = answered;
        }
        return new JournalRecord { PsnNo = request.PsnNo, MdtrtId = bill.MdtrtId, SettledClaim = claim };
    }

    private static SettledClaim DocumentOf(DecisionContext context, SettleClaimRequest request, Bill bill, PersonState person, in ClaimFacts facts, BenefitPolicy policy, Accumulators before)
    {
        var result = Adjudication.Settle(policy, facts, before);
        var claim = new SettledClaim
        {
            InlineEncounter = bill.Inline,
            Facts = JournalDocuments.DocumentOf(facts),
            Amounts = JournalDocuments.DocumentOf(result),
            AccountPaidBeforeFen = person.AccountPaidFen,
            Family = FamilyDocuments.Of(result.FamilyPayments),
            PolicyPack = policy.Pack,
            PolicyVersion = policy.Version,
            PolicyHash = Google.Protobuf.UnsafeByteOperations.UnsafeWrap(policy.ContentHash),
            CatalogVersion = context.Reference.CatalogVersion,
            InvoiceNo = request.InvoiceNo,
            CertificateType = request.CertificateType,
            Interim = request.Interim,
            FixmedinsCode = bill.Paper is null ? bill.Provider.Code : request.FixmedinsCode,
            FixmedinsName = bill.Provider.Name,
            HospLv = bill.Provider.HospitalLevel,
            ProviderCounty = bill.Paper is null ? bill.Provider.County : context.Tenant.Code,
            Paper = bill.Paper?.Document,
            DiseaseCode = bill.Details.DiseaseCode,
            BeginOn = DayNumber.Of(bill.BeginOn),
            EndOn = DayNumber.Of(bill.EndOn ?? facts.PolicyOn),
        };
        if (claim.Family is { } family)
            foreach (var payment in family.Payment) payment.AccountPaidBeforeFen = context.State.Person(payment.PsnNo).AccountPaidFen;
        foreach (var line in bill.Lines) claim.Line.Add(JournalDocuments.SettledLineOf(line));
        if (request.TraceCode.Count > 0) AddTraceCodes(claim, request);
        foreach (var share in result.Shares) claim.Share.Add(JournalDocuments.ShareOf(share));
        foreach (var change in result.Changes) claim.Change.Add(new Change { Key = change.Key, Delta = change.Delta });
        foreach (var (key, value) in before.Entries) claim.Before.Add(new Balance { Key = key, Value = value });
        return claim;
    }

    /// <summary>As the audit will see the settlement, without its number and time.</summary>
    private static AuditClaim UnsettledOf(DecisionContext context, PersonState person, Bill bill, SettledClaim claim)
    {
        var visit = bill.Encounter ?? new EncounterState(bill.MdtrtId, person.PsnNo, bill.Inline!);
        var audited = AuditClaimDocument.Of(new JournalRecord { PsnNo = person.PsnNo, MdtrtId = bill.MdtrtId, SettledClaim = claim }, 0, 0, context.Tenant, person.Insured, visit);
        audited.SetlId = "";
        return audited;
    }

    private static void AddTraceCodes(SettledClaim claim, SettleClaimRequest request)
    {
        var lines = claim.Line.ToDictionary(l => l.FeedetlSn, StringComparer.Ordinal);
        foreach (var trace in request.TraceCode)
            if (trace.Code.Length > 0 && lines.TryGetValue(trace.FeedetlSn, out var line)) (trace.Split ? line.SplitTraceCode : line.TraceCode).Add(trace.Code);
    }

    /// <summary>What is to be settled, from an encounter on file or from the request.</summary>
    private sealed record Bill(string MdtrtId, EncounterState? Encounter, EncounterOpened? Inline, EncounterDetails Details, ProviderRow Provider, IReadOnlyList<PricedLine> Lines, PaperClaim? Paper = null)
    {
        public DateOnly BeginOn => ChinaCalendar.DayOf(Details.BeginAtMs);
        public DateOnly? EndOn => Paper is null ? Encounter?.EndOn : Paper.EndOn;

        /// <summary>The discharge day of a stay, the visit day of a visit; of an interim settlement the day it is for, not before its last line. Null: no such day.</summary>
        public DateOnly? PolicyOn(SettleClaimRequest request)
        {
            if (!request.Interim) return EndOn ?? BeginOn;
            var lastLine = ChinaCalendar.DayOf(Lines.Max(l => l.Line.OccurredAtMs));
            if (request.InterimUntilOn == 0) return lastLine;
            return DayNumber.IsDay(request.InterimUntilOn) && DayNumber.ToDate(request.InterimUntilOn) is var day && day >= lastLine ? day : null;
        }
    }

    private static Outcome<Bill> FromEncounter(DecisionContext context, SettleClaimRequest request)
    {
        var own = EncounterChecks.Own(context, request.MdtrtId, request.FixmedinsCode, request.PsnNo);
        if (own.Refusal is { } refusal) return refusal;
        var encounter = own.Value;
        if (encounter.Insutype != request.Insutype) return Refusals.SchemeMismatch;
        if (request.MedType.Length > 0 && request.MedType != encounter.Details.MedType) return Refusals.MedTypeMismatch;
        if (encounter.IsFinallySettled) return Refusals.EncounterSettled;
        if (request.Interim && !encounter.IsStay) return Refusals.InterimOnlyForStays;
        if (encounter.IsStay && !request.Interim && encounter.Stage != EncounterStage.Discharged) return Refusals.EncounterNotDischarged;
        if (request.Interim && encounter.Stage == EncounterStage.Discharged) return Refusals.EncounterDischarged;
        // Some systems send a batch number of their own with a stay; only a visit is settled by batches.
        var batch = encounter.IsStay ? "" : request.ChargeBatch;
        var lines = new List<PricedLine>(encounter.Lines.Count);
        foreach (var line in encounter.Lines)
            if (line.SettledBy is null && (batch.Length == 0 || line.Priced.Line.ChargeBatch == batch)) lines.Add(line.Priced);
        // A stay's last bill may be empty after interim settlements; anything else without lines is a mistake.
        if (lines.Count == 0 && !(encounter.IsStay && encounter.HasStandingSettlement && !request.Interim)) return Refusals.NothingToSettle;
        var provider = EncounterChecks.ProviderInAgreement(context, request.FixmedinsCode, encounter.BeginOn);
        if (provider.Refusal is { } noProvider) return noProvider;
        return new Bill(encounter.MdtrtId, encounter, null, encounter.Details, provider.Value, lines);
    }

    private static Outcome<Bill> FromRequest(DecisionContext context, SettleClaimRequest request, bool changesNothing)
    {
        if (request.InlineEncounter is not { } details) return Refusals.EncounterUnknown;
        if (details.BeginAtMs <= 0) return Refusals.BeginMissing;
        if (details.BeginAtMs > context.NowMs) return Refusals.BeginInFuture;
        // As in 2201: a visit is an ordinary one unless something else is said.
        var medType = details.MedType.Length > 0 ? details.MedType : request.MedType.Length > 0 ? request.MedType : "11";
        if (request.MedType.Length > 0 && request.MedType != medType) return Refusals.MedTypeMismatch;
        if (request.Interim) return Refusals.InterimOnlyForStays;
        if (MedTypes.ClearingType(medType) == "21") return Refusals.EncounterNotDischarged;
        var provider = EncounterChecks.ProviderInAgreement(context, request.FixmedinsCode, ChinaCalendar.DayOf(details.BeginAtMs));
        if (provider.Refusal is { } noProvider) return noProvider;
        if (request.InlineLine.Count == 0) return Refusals.LinesMissing;
        var priced = AddFeeLines.PriceAll(context, provider.Value, request.InlineLine, null, ChinaCalendar.DayOf(details.BeginAtMs));
        if (priced.Refusal is { } bad) return bad;
        if (!changesNothing && context.State.Visits.ContainsKey((request.FixmedinsCode, VisitNoOf(request)))) return Refusals.VisitNumberTaken;
        var opened = new EncounterOpened { FixmedinsCode = request.FixmedinsCode, Insutype = request.Insutype, Details = details.Clone() };
        (opened.Details.VisitNo, opened.Details.MedType) = (VisitNoOf(request), medType);
        opened.Diagnosis.AddRange(request.InlineDiagnosis);
        return new Bill(changesNothing ? "" : context.State.NextEncounterId, null, opened, opened.Details, provider.Value, priced.Value);
    }

    /// <summary>Stays too: a paper bill is whole. Its visit is the agency's own, so that no provider can change it.</summary>
    private static Outcome<Bill> FromPaper(DecisionContext context, SettleClaimRequest request, PaperClaim paper, bool changesNothing)
    {
        var provider = paper.Provider(context);
        if (provider.Refusal is { } noProvider) return noProvider;
        var lines = paper.Lines(context, provider.Value, request);
        if (lines.Refusal is { } bad) return bad;
        var opened = new EncounterOpened { FixmedinsCode = request.FixmedinsCode, Insutype = request.Insutype, Details = request.InlineEncounter.Clone() };
        return new Bill(changesNothing ? "" : context.State.NextEncounterId, null, opened, opened.Details, provider.Value, lines.Value, paper);
    }

    private static string VisitNoOf(SettleClaimRequest request) =>
        request.InlineEncounter is { VisitNo.Length: > 0 } details ? details.VisitNo : request.Key?.MessageId ?? "";

    private static Outcome<ClaimFacts> FactsOf(DecisionContext context, SettleClaimRequest request, Bill bill, PersonState person, Coverage cover, FeeTotals fees, DateOnly policyOn)
    {
        var details = bill.Details;
        string? diseaseKind = null;
        if (MedTypes.IsChronicOrSpecial(details.MedType))
        {
            if (!person.HasOutpatientFiling(details.DiseaseCode, request.Insutype, DayNumber.Of(bill.BeginOn))) return Refusals.FilingMissing;
            diseaseKind = OutpatientLists.KindOf(context.Reference, details.DiseaseCode, request.Insutype, bill.BeginOn, cover.PsnType);
            if (diseaseKind is null) return Refusals.DiseaseNotListed.At("dise_codg");
        }
        if (MedTypes.IsInpatient(details.MedType)) diseaseKind = OutpatientLists.KindOfStay(context.Reference, details.DiseaseCode, request.Insutype, policyOn);
        var earlier = default(EarlierBills);
        foreach (var settled in bill.Encounter?.Settlements ?? [])
            if (settled.Standing) earlier = earlier.With(settled, person.CorrectionOf(settled.RootId));
        var year = person.Years.GetValueOrDefault(new BenefitYear(request.Insutype, policyOn.Year));
        var facts = new ClaimFacts
        {
            Insutype = request.Insutype,
            PsnType = cover.PsnType,
            BirthOn = DayNumber.ToDate(person.Insured!.BirthOn),
            Categories = person.CategoriesOn(DayNumber.Of(policyOn)),
            ProviderLevel = bill.Provider.Level.Value,
            MedType = details.MedType,
            DiseaseKind = diseaseKind,
            Fixed = FixedBenefitOf(context.Reference, details, request.Insutype, policyOn),
            OffSite = bill.Paper?.OffSite ?? bill.Provider.County[..4] != context.Tenant.CityCode[..4],
            Filed = HasReferral(person, bill),
            AccidentWithoutLiableParty = details is { Injury: true, ThirdPartyLiable: false } || (details.MedType.StartsWith("22", StringComparison.Ordinal) && !details.ThirdPartyLiable),
            BeginOn = bill.BeginOn,
            PolicyOn = policyOn,
            Fees = fees,
            HospitalShare = Fen.Zero,
            AccountBalance = new Fen(Math.Max(0, person.AccountBalanceFen)),
            UseAccount = request.UseAccount,
            Family = request.UseAccount && person.Family.Count > 0 ? Families.OfferedAccount.Of(context, person, policyOn) : null,
        };
        return facts.WithHistory(bill.MdtrtId, earlier, year?.Sums ?? new Accumulators(), person.Stays);
    }

    private static FixedBenefit? FixedBenefitOf(CityReference reference, EncounterDetails details, string insutype, DateOnly policyOn)
    {
        if (details.DiseaseCode.Length == 0 || MedTypes.ClearingType(details.MedType) != "21") return null;
        foreach (var kind in (ReadOnlySpan<string>)["per_disease", "per_eye", "delivery"])
            if (reference.FindDisease(details.DiseaseCode, insutype, policyOn, kind) is { } row)
                return new FixedBenefit(kind, row.Amount, kind == "per_eye" ? Math.Max(1, details.OperatedEyes) : 1);
        return null;
    }

    private static bool HasReferral(PersonState person, Bill bill) =>
        person.HasFiling(FilingKind.Referral, DayNumber.Of(bill.BeginOn), f => (f.OtherFixmedinsCode.Length > 0 && f.OtherFixmedinsCode == bill.Provider.Code) || f.OtherArea == bill.Provider.County);
}
