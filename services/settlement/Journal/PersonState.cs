using MedInsure.Events;
using MedInsure.Protos.Enrollment.V1;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Calculation;

namespace MedInsure.Settlement.Journal;

public readonly record struct BenefitYear(string Insutype, int Year);

/// <summary>The accumulators of one benefit year and the last batch that changed them.</summary>
public sealed class YearState
{
    public Accumulators Sums { get; init; } = new();
    public long LastSeq { get; set; }
}

/// <summary>A standing settlement of a stay, for the deductible after a filed upward referral.</summary>
/// <param name="SetlId">The settlement at the start of its chain of reversals and restorations.</param>
/// <param name="DeductibleOfReferringStayFen">What the stay itself was spared, because the one that referred to it had paid it.</param>
public sealed record SettledStay(string SetlId, string MdtrtId, string ProviderLevel, int EndOn, long DeductibleFen, long DeductibleOfReferringStayFen)
{
    public static SettledStay Of(string rootId, string mdtrtId, SettledClaim claim) =>
        new(rootId, mdtrtId, claim.Facts.ProviderLevel, claim.EndOn, claim.Amounts.DeductibleFen, claim.Facts.DeductibleOfReferringStayFen);

    public SettledStay Plus(Difference difference, Facts facts) =>
        this with { DeductibleFen = DeductibleFen + difference.Amounts.DeductibleFen, DeductibleOfReferringStayFen = facts.DeductibleOfReferringStayFen };
}

/// <summary>A person lets the insurer of a contract see the bills of these days, both ends included.</summary>
public sealed record Consent(string ContractNo, string PolicyNo, int FromOn, int ToOn)
{
    public bool IsOf(string contractNo, string policyNo) => ContractNo == contractNo && PolicyNo == policyNo;
}

/// <summary>A relative's account pays of the person's bills of these days, both ends included.</summary>
/// <param name="ToOn">0: until further notice.</param>
public sealed record FamilyConsent(string PayerNo, int FromOn, int ToOn, bool Withdrawn)
{
    public bool Holds(int day) => !Withdrawn && FromOn <= day && (ToOn == 0 || ToOn >= day);
}

/// <summary>What settling one person needs. Changed by the tenant's writer alone, but for <see cref="Insured"/>, which an event may replace. Queries look at it meanwhile:
/// years and filings are replaced whole, never changed in place.</summary>
public sealed class PersonState(string psnNo)
{
    // Announcements are missed while the bus is away: after this time the table is asked again.
    private const int InsuredFreshMs = 60_000;

    private static readonly IReadOnlyDictionary<string, StandingCorrection> NoCorrections = new Dictionary<string, StandingCorrection>();

    private Person? insured;
    private AccountCredited? credited;
    private long insuredSince = Environment.TickCount64;

    public string PsnNo { get; } = psnNo;
    /// <summary>Enrollment's view; null: enrollment does not know the person.</summary>
    public Person? Insured { get => Volatile.Read(ref insured); set => Volatile.Write(ref insured, value); }
    /// <summary>Whether <see cref="Insured"/> may be used without asking the table.</summary>
    public bool IsInsuredFresh(long now) => Insured is not null && now - Volatile.Read(ref insuredSince) < InsuredFreshMs;
    /// <summary>What billing credited to the account in all; null: nothing that it told of.</summary>
    public AccountCredited? Credited => Volatile.Read(ref credited);
    /// <summary>Takes what billing told, by event or in the table, unless something newer is known: whichever comes first.</summary>
    public void Credit(AccountCredited? told)
    {
        while (told is not null)
        {
            var known = Volatile.Read(ref credited);
            if (known is not null && known.Version >= told.Version || Interlocked.CompareExchange(ref credited, told, known) == known) return;
        }
    }
    /// <summary>Takes what was just read from the table, unless a newer one came meanwhile.</summary>
    public void Refresh(PersonState read, Person? newest)
    {
        Insured = newest;
        Credit(read.Credited);
        Volatile.Write(ref insuredSince, read.insuredSince);
    }
    public IReadOnlyDictionary<BenefitYear, YearState> Years { get; private set; } = new Dictionary<BenefitYear, YearState>();
    /// <summary>What left the account, net of what came back.</summary>
    public long AccountPaidFen { get; set; }
    public IReadOnlyList<Filing> Filings { get; private set; } = [];
    public List<SettledStay> Stays { get; } = [];
    /// <summary>By the settlement at the start of its chain, whether it stands or not; replaced whole. Nearly everybody has none.</summary>
    public IReadOnlyDictionary<string, StandingCorrection> Corrections { get; private set; } = NoCorrections;
    /// <summary>In force or to come; replaced whole.</summary>
    public IReadOnlyList<Consent> Consents { get; private set; } = [];
    /// <summary>Relatives whose accounts may pay of this person's bills, in the order in which they do, and those who once could; replaced whole. Nearly everybody has none.</summary>
    public IReadOnlyList<FamilyConsent> Family { get; private set; } = [];
    public long LastSeq { get; set; }
    public long LastUsed { get; set; }

    public YearState YearOf(string insutype, int year)
    {
        var key = new BenefitYear(insutype, year);
        if (!Years.TryGetValue(key, out var state)) Add(key, state = new YearState());
        return state;
    }

    internal void Add(BenefitYear key, YearState state) => Years = new Dictionary<BenefitYear, YearState>(Years) { [key] = state };
    internal void Add(Filing filing) => Filings = [.. Filings, filing];
    internal void Add(Consent consent) => Consents = [.. Consents.Where(c => !c.IsOf(consent.ContractNo, consent.PolicyNo)), consent];

    internal void Add(FamilyConsent consent) => Family = [.. Family.Where(c => c.PayerNo != consent.PayerNo), consent];

    /// <summary>This person's account paid of a relative's bill, or got back what it had.</summary>
    internal void PayForRelative(long fen, long seq) => (AccountPaidFen, LastSeq) = (AccountPaidFen + fen, Math.Max(LastSeq, seq));

    /// <summary>All that was the retired number's is this person's now, and that number has nothing left.</summary>
    internal void TakeOver(PersonState retired, PersonsMerged merged, long seq)
    {
        foreach (var year in merged.Year)
        {
            var own = YearOf(year.Insutype, year.Year);
            own.LastSeq = seq;
            own.Sums.Apply([.. year.Moved.Select(m => new AccumulatorChange(m.Key, m.Value))]);
        }
        AccountPaidFen += merged.AccountMovedFen;
        Filings = [.. Filings, .. retired.Filings];
        Stays.AddRange(retired.Stays);
        if (retired.Corrections.Count > 0) Corrections = new Dictionary<string, StandingCorrection>([.. Corrections, .. retired.Corrections]);
        Consents = [.. Consents, .. retired.Consents.Where(c => merged.Consent.Any(k => c.IsOf(k.ContractNo, k.PolicyNo)))];
        foreach (var consent in retired.Family)
            if (merged.FamilyPayer.Contains(consent.PayerNo)) Add(consent);
        (retired.Years, retired.AccountPaidFen, retired.Filings, retired.Corrections, retired.Consents, retired.Family) = (new Dictionary<BenefitYear, YearState>(), 0, [], NoCorrections, [], []);
        retired.Stays.Clear();
        (LastSeq, retired.LastSeq) = (seq, seq);
    }

    internal void Add(Correction correction)
    {
        Corrections = new Dictionary<string, StandingCorrection>(Corrections) { [correction.RootSetlId] = StandingCorrection.Of(CorrectionOf(correction.RootSetlId), correction) };
        var stay = Stays.FindIndex(s => s.SetlId == correction.RootSetlId);
        if (stay >= 0) Stays[stay] = Stays[stay].Plus(correction.Difference, correction.Facts);
    }

    /// <summary>What corrections added to a settlement; null = nothing.</summary>
    public StandingCorrection? CorrectionOf(string rootId) => Corrections.Count == 0 ? null : Corrections.GetValueOrDefault(rootId);

    /// <summary>The last batch that changed the person or one of his years, as far as memory knows: what was read from the tables up to there is all there is.</summary>
    public long NewestSeq
    {
        get
        {
            var newest = LastSeq;
            foreach (var year in Years.Values) newest = Math.Max(newest, year.LastSeq);
            return newest;
        }
    }

    /// <summary>No two consents share a day (RecordInsuredConsent).</summary>
    public Consent? ConsentOn(int day)
    {
        if (Consents.Count == 0) return null; // nearly everybody
        foreach (var consent in Consents)
            if (consent.FromOn <= day && consent.ToOn >= day) return consent;
        return null;
    }

    /// <summary>A filing in force on a day.</summary>
    public bool HasFiling(FilingKind kind, int day, Func<Filing, bool> fits)
    {
        foreach (var filing in Filings)
            if (filing.Kind == kind && !filing.Withdrawn && filing.FromOn <= day && (filing.ToOn == 0 || filing.ToOn >= day) && fits(filing)) return true;
        return false;
    }

    /// <summary>A filing of a special or chronic disease in force on a day; without a disease there is none.</summary>
    public bool HasOutpatientFiling(string disease, string insutype, int day) =>
        disease.Length > 0 && HasFiling(FilingKind.ChronicSpecial, day, f => f.DiseaseCode == disease && f.Insutype == insutype);

    /// <summary>What enrollment says was credited before billing did.</summary>
    public long AccountOpeningFen
    {
        get
        {
            var sum = 0L;
            if (Insured is { } person)
                for (var i = 0; i < person.Coverage.Count; i++) sum += person.Coverage[i].AccountCreditFen;
            return sum;
        }
    }

    public long AccountBalanceFen => AccountOpeningFen + (Credited?.TotalFen ?? 0) - AccountPaidFen;

    /// <summary>The cover of one scheme on a day; null = none.</summary>
    public Coverage? CoverageOn(string insutype, int day)
    {
        if (Insured is not { } person) return null;
        foreach (var cover in person.Coverage)
            if (cover.Insutype == insutype && cover.FromOn <= day && (cover.ToOn == 0 || cover.ToOn >= day)) return cover;
        return null;
    }

    /// <summary>Names of the categories in force on a day, each once, in alphabetical order.</summary>
    public IReadOnlyList<string> CategoriesOn(int day)
    {
        if (Insured is not { } person || person.Category.Count == 0) return [];
        var names = new List<string>(person.Category.Count);
        foreach (var category in person.Category)
            if (category.FromOn <= day && (category.ToOn == 0 || category.ToOn >= day) && !names.Contains(category.Name)) names.Add(category.Name);
        names.Sort(StringComparer.Ordinal);
        return names;
    }

    public void Apply(JournalRecord record, long seq)
    {
        LastSeq = Math.Max(LastSeq, seq);
        switch (record.BodyCase)
        {
            case JournalRecord.BodyOneofCase.SettledClaim: Book(record.SettledClaim, seq, standing: true, record.SettledClaim.SetlId, record.MdtrtId); break;
            case JournalRecord.BodyOneofCase.ReversedClaim:
                Book(record.ReversedClaim.Negated, seq, record.ReversedClaim.Restores, record.ReversedClaim.RootSetlId, record.MdtrtId);
                if (record.ReversedClaim.Corrected is { } corrected) AccountPaidFen += (record.ReversedClaim.Restores ? 1 : -1) * corrected.Amounts.AccountFen;
                break;
            case JournalRecord.BodyOneofCase.ClaimsCorrected:
                foreach (var correction in record.ClaimsCorrected.Correction) Book(correction, seq);
                break;
            case JournalRecord.BodyOneofCase.AccountWithdrawn: AccountPaidFen += record.AccountWithdrawn.AmountFen; break;
            case JournalRecord.BodyOneofCase.TreatmentFiled: Add(record.TreatmentFiled.Filing); break;
            case JournalRecord.BodyOneofCase.FilingWithdrawn:
                Filings = [.. Filings.Select(f => f.FilingId == record.FilingWithdrawn.FilingId ? Withdrawn(f) : f)];
                break;
            case JournalRecord.BodyOneofCase.ConsentRecorded:
                var consent = record.ConsentRecorded;
                Add(new Consent(consent.ContractNo, consent.PolicyNo, consent.FromOn, consent.ToOn));
                break;
            case JournalRecord.BodyOneofCase.FamilyConsentRecorded:
                var relative = record.FamilyConsentRecorded;
                Add(new FamilyConsent(relative.PayerNo, relative.FromOn, relative.ToOn, Withdrawn: false));
                break;
            case JournalRecord.BodyOneofCase.FamilyConsentWithdrawn:
                Family = [.. Family.Select(c => c.PayerNo == record.FamilyConsentWithdrawn.PayerNo ? c with { Withdrawn = true } : c)];
                break;
            case JournalRecord.BodyOneofCase.ConsentWithdrawn:
                Consents = [.. Consents.Where(c => !c.IsOf(record.ConsentWithdrawn.ContractNo, record.ConsentWithdrawn.PolicyNo))];
                break;
        }
    }

    private static Filing Withdrawn(Filing filing)
    {
        filing = filing.Clone();
        filing.Withdrawn = true;
        return filing;
    }

    private void Book(SettledClaim claim, long seq, bool standing, string rootId, string mdtrtId)
    {
        var year = YearOf(claim.Facts.Insutype, claim.Facts.PolicyOn / 10_000);
        year.LastSeq = seq;
        year.Sums.Apply(JournalDocuments.ChangesOf(claim));
        AccountPaidFen += claim.Amounts.AccountFen;
        if (!MedTypes.IsInpatient(claim.Facts.MedType)) return;
        Stays.RemoveAll(s => s.SetlId == rootId);
        if (!standing) return;
        var stay = SettledStay.Of(rootId, mdtrtId, claim);
        Stays.Add(CorrectionOf(rootId) is { } corrected ? stay.Plus(corrected.Difference, corrected.Facts) : stay);
    }

    private void Book(Correction correction, long seq)
    {
        var year = YearOf(correction.Facts.Insutype, correction.Facts.PolicyOn / 10_000);
        year.LastSeq = seq;
        year.Sums.Apply([.. correction.Difference.Change.Select(c => new AccumulatorChange(c.Key, c.Delta))]);
        AccountPaidFen += correction.Difference.Amounts.AccountFen;
        Add(correction);
    }
}
