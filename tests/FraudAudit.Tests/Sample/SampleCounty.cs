using MedInsure.Kernel;
using MedInsure.Protos.FraudAudit.V1;

namespace MedInsure.FraudAudit.Tests.Sample;

internal sealed record SampleProvider(string Code, string Level, string HospLv, string County = SampleCounty.Home);

/// <summary>Somebody insured, with the days on which something happens already.</summary>
internal sealed record SamplePerson(string No, string Gend, DateOnly Birth, bool IsPoor)
{
    public string Insutype { get; init; } = "390";
    public DateOnly? Died { get; set; }
    /// <summary>Everyday care beside what was arranged for them.</summary>
    public bool IsChronic { get; init; }
    public List<(int From, int To)> Busy { get; } = [];

    public int AgeOn(DateOnly day) => day.Year - Birth.Year - (day.Month * 100 + day.Day < Birth.Month * 100 + Birth.Day ? 1 : 0);

    public bool IsFree(int from, int to) => !Busy.Exists(b => from <= b.To && to >= b.From) && (Died is null || to < Died.Value.DayNumber) && from > Birth.DayNumber;
}

/// <summary>What is wrong, by who arranged it: never by the engine.</summary>
/// <param name="Key">The bill; of rules about a provider's or person's month those.</param>
/// <param name="Fen">Null: the whole bill's in-scope amount.</param>
internal sealed record SampleLabel(string Rule, string Key, AuditClaim? Bill, long? Fen)
{
    public long Money => Fen ?? Bill!.InScopeFen;
}

/// <summary>A county's six months in the making: persons, providers, bills, and what is wrong with them.</summary>
internal sealed class SampleCounty(int seed)
{
    public const string Home = "640301", Neighbour = "640302";
    public static readonly DateOnly First = new(2026, 5, 1), Last = new(2026, 10, 31);

    private readonly Random random = new(seed);
    private int bills, serials;

    public List<SamplePerson> People { get; } = [];
    public List<AuditClaim> Bills { get; } = [];
    /// <summary>Bills that were taken back: they count for nothing.</summary>
    public HashSet<string> Reversed { get; } = [];
    public List<SampleLabel> Labels { get; } = [];

    public IReadOnlyList<SampleProvider> Hospitals { get; } = [new("H301", "3", "05"), new("H201", "2", "06"), new("H202", "2", "06"), new("H203", "2", "07")];
    public IReadOnlyList<SampleProvider> Townships { get; } = [new("H101", "1", "09"), new("H102", "1", "09"), new("H103", "1", "09")];
    public IReadOnlyList<SampleProvider> Clinics { get; } = [.. Enumerable.Range(1, 4).Select(i => new SampleProvider($"C{i:000}", "community", "10")), .. Enumerable.Range(1, 6).Select(i => new SampleProvider($"V{i:000}", "village", "11"))];
    public IReadOnlyList<SampleProvider> Pharmacies { get; } = [.. Enumerable.Range(1, 10).Select(i => new SampleProvider($"P{i:000}", "pharmacy", "11"))];
    public IReadOnlyList<SampleProvider> Neighbours { get; } = [new("N301", "3", "05", Neighbour), new("N101", "1", "09", Neighbour), new("N001", "pharmacy", "11", Neighbour)];
    public SampleProvider Oncology { get; } = new("H204", "2", "06");

    public int From(int least, int most) => random.Next(least, most + 1);
    public bool In(int percent) => random.Next(100) < percent;
    public T One<T>(IReadOnlyList<T> of) => of[random.Next(of.Count)];

    public SamplePerson Born(string gend, DateOnly birth, bool chronic = false)
    {
        var person = new SamplePerson($"R{People.Count + 1:00000}", gend, birth, In(12)) { Insutype = birth.Year < 2008 && birth.Year > 1960 && In(25) ? "310" : "390", IsChronic = chronic };
        People.Add(person);
        return person;
    }

    /// <summary>Of these ages during all six months.</summary>
    public SamplePerson Person(string? gend = null, int least = 20, int most = 78) =>
        Born(gend ?? (In(50) ? "1" : "2"), Last.AddYears(-most).AddDays(random.Next(Math.Max(1, (most - least) * 365 - 190))));

    /// <summary>A day from which so many are free of the person's, with so many free around them; they are taken.</summary>
    public DateOnly Days(SamplePerson person, int length = 1, int around = 3, DateOnly? from = null, DateOnly? to = null)
    {
        var (least, most) = ((from ?? First).DayNumber, (to ?? Last).DayNumber - length + 1);
        for (var i = 0; i < 400; i++)
        {
            var day = From(least, most);
            if (!person.IsFree(day - around, day + length - 1 + around)) continue;
            return Take(person, DateOnly.FromDayNumber(day), length);
        }
        throw new InvalidOperationException($"no {length} free days of {person.No}");
    }

    public DateOnly Take(SamplePerson person, DateOnly from, int length = 1)
    {
        person.Busy.Add((from.DayNumber, from.DayNumber + length - 1));
        return from;
    }

    /// <summary>A visit or purchase with what goes with it; without <paramref name="on"/> on a free day.</summary>
    /// <param name="bare">Nothing goes with it.</param>
    public AuditClaim Visit(SamplePerson person, SampleProvider at, DateOnly? on = null, string medType = "11", string diagnosis = "J06.900", int? minute = null, bool bare = false)
    {
        var day = on ?? Days(person);
        var begin = MsOf(day, minute ?? From(8 * 60, 16 * 60));
        var bill = Bill(person, at, medType, day, day, begin, begin + From(4, 9) * 60_000);
        if (at.Level != "pharmacy") Diagnose(bill, diagnosis);
        if (bare) return bill;
        if (at.Level != "pharmacy") Add(bill, CareCatalog.Visit);
        if (at.Level is "1" or "2" or "3" && In(40)) Add(bill, One(CareCatalog.Labs));
        for (var i = From(1, 2); i > 0; i--) Add(bill, CareCatalog.Drugs[i * 10 + random.Next(10)], From(1, 2), supply: From(3, 6));
        if (In(20)) Add(bill, One(CareCatalog.Patents), supply: From(3, 7));
        return bill;
    }

    /// <summary>A stay with bed, nursing and ordinary treatment of a few thousand yuan.</summary>
    /// <param name="bare">Diagnosis only.</param>
    public AuditClaim Stay(SamplePerson person, SampleProvider at, DateOnly from, int nights, string diagnosis = "J18.900", string medType = "21", bool bare = false, long? fen = null, (int Drug, int Exam, int Material, int Treatment)? mix = null)
    {
        var to = from.AddDays(nights);
        var bill = Bill(person, at, medType, from, to, MsOf(from, From(8 * 60, 15 * 60)), MsOf(to, From(16 * 60, 18 * 60)));
        Diagnose(bill, diagnosis);
        bill.DischargeWay = "1";
        bill.Bed = $"B{From(1, 40)}";
        if (bare) return bill;
        Beds(bill, nights);
        Cost(bill, from, nights, fen ?? From(250_000, 700_000), mix ?? (From(28, 40), From(18, 30), From(4, 12), From(15, 28)));
        return bill;
    }

    public void Beds(AuditClaim bill, int nights)
    {
        var from = DayNumber.ToDate(bill.BeginOn);
        // The day of discharge is charged in some hospitals, and some write several days in one line.
        var days = Math.Max(1, nights + (In(30) ? 1 : 0));
        if (In(15)) Add(bill, CareCatalog.Bed, days, from);
        else for (var i = 0; i < days; i++) Add(bill, CareCatalog.Bed, 1, from.AddDays(i), minute: 30);
        for (var i = 0; i < Math.Max(1, nights); i++) Add(bill, In(15) ? CareCatalog.HighNursing : CareCatalog.Nursing, 1, from.AddDays(i), minute: 31);
    }

    /// <summary>Parts in percent; the rest is other fees.</summary>
    public void Cost(AuditClaim bill, DateOnly from, int nights, long fen, (int Drug, int Exam, int Material, int Treatment) mix)
    {
        var parts = new[] { (CareCatalog.WardDrug, mix.Drug), (CareCatalog.WardExam, mix.Exam), (CareCatalog.WardMaterial, mix.Material), (CareCatalog.WardTreatment, mix.Treatment), (CareCatalog.Other, 100 - mix.Drug - mix.Exam - mix.Material - mix.Treatment) };
        foreach (var (item, percent) in parts)
            for (var i = 0; i < 3 && percent > 0; i++)
            {
                // Thirds, on different days and moments.
                var quantity = (int)(fen * percent / 100 / 3 / item.PriceFen);
                if (quantity > 0) Add(bill, item, quantity, from.AddDays(nights == 0 ? 0 : i * (nights - 1) / 2), minute: 9 * 60 + i * 50);
            }
    }

    public AuditLine Add(AuditClaim bill, CareItem item, int quantity = 1, DateOnly? on = null, int supply = 0, string rx = "1", int? minute = null, long? priceFen = null, long? inScope = null)
    {
        var (day, price) = (on ?? DayNumber.ToDate(bill.BeginOn), priceFen ?? item.PriceFen);
        var amount = price * quantity;
        var scope = item.CeilingFen > 0 && price > item.CeilingFen ? item.CeilingFen * quantity : amount;
        var line = new AuditLine
        {
            FeedetlSn = $"L{++serials:0000000}", MedListCode = item.Code, ItemName = item.Name, ListType = item.ListType, MedChrgitmType = item.ChargeType, ChrgitmLv = item.Class, OccurredOn = DayNumber.Of(day),
            OccurredAtMs = minute is { } at ? MsOf(day, at) : bill.BeginAtMs + MsOf(day, 0) - MsOf(DayNumber.ToDate(bill.BeginOn), 0) + bill.Line.Count * 60_000L,
            QuantityE4 = quantity * 10_000L, UnitPriceMicroYuan = price * 10_000, AmountFen = amount, CeilingMicroYuan = item.CeilingFen * 10_000,
            InScopeFen = inScope ?? (!item.InCatalog ? 0 : item.Class switch { "01" => scope, "02" => scope * 9 / 10, _ => 0 }),
            SupplyDaysE2 = supply * 100, PrescriptionNo = item.ListType.StartsWith('1') ? rx : "", DoctorCode = bill.DoctorCode, DepartmentCode = bill.DepartmentCode,
        };
        bill.Line.Add(line);
        return line;
    }

    /// <summary>A correction that takes some of a line back.</summary>
    public AuditLine Back(AuditClaim bill, AuditLine line, int quantity)
    {
        var back = line.Clone();
        (back.FeedetlSn, back.OriginalFeedetlSn, back.QuantityE4) = ($"L{++serials:0000000}", line.FeedetlSn, -quantity * 10_000L);
        (back.AmountFen, back.InScopeFen) = (line.AmountFen * back.QuantityE4 / line.QuantityE4, line.InScopeFen * back.QuantityE4 / line.QuantityE4);
        bill.Line.Add(back);
        return back;
    }

    public void Diagnose(AuditClaim bill, string code, bool main = true) => bill.Diagnosis.Add(new AuditDiagnosis { Type = "1", Code = code, Main = main });

    /// <summary>The bill as a whole.</summary>
    public void Wrong(string rule, AuditClaim bill) => Labels.Add(new(rule, bill.SetlId, bill, null));

    public void Wrong(string rule, AuditClaim bill, long fen) => Labels.Add(new(rule, bill.SetlId, bill, fen));

    public void Wrong(string rule, AuditClaim bill, AuditLine line) => Wrong(rule, bill, line.InScopeFen);

    /// <summary>A provider's or person's month.</summary>
    public void WrongMonth(string rule, string whose, int month, long? fen = null, AuditClaim? bill = null) => Labels.Add(new(rule, $"{whose} {month}", bill, fen));

    public static long Part(long fen, long part, long whole) => (long)decimal.Round((decimal)fen * part / whole, MidpointRounding.AwayFromZero);

    public static long MsOf(DateOnly day, int minute) => new DateTimeOffset(day.ToDateTime(TimeOnly.MinValue), TimeSpan.FromHours(8)).AddMinutes(minute).ToUnixTimeMilliseconds();

    /// <summary>The sums of every bill, once nothing is added to it any more.</summary>
    public void Close()
    {
        foreach (var bill in Bills)
        {
            (bill.TotalFen, bill.InScopeFen) = (bill.Line.Sum(l => l.AmountFen), bill.Line.Sum(l => l.InScopeFen));
            bill.FundTotalFen = bill.InScopeFen * 6 / 10;
            bill.PersonShareFen = bill.TotalFen - bill.FundTotalFen;
            var person = People[int.Parse(bill.PsnNo.AsSpan(1)) - 1];
            if (person.Died is { } died) bill.DiedOn = DayNumber.Of(died);
        }
    }

    private AuditClaim Bill(SamplePerson person, SampleProvider at, string medType, DateOnly from, DateOnly to, long beginMs, long settledMs)
    {
        var no = ++bills;
        var bill = new AuditClaim
        {
            SetlId = $"S{no:000000}", MdtrtId = $"M{no:000000}", PsnNo = person.No, HomeCounty = Home, FixmedinsCode = at.Code, ProviderCounty = at.County, HospLv = at.HospLv, PolicyLevel = at.Level, Insutype = person.Insutype,
            PsnType = "1501", MedType = at.Level == "pharmacy" && medType == "11" ? "41" : medType, Gend = person.Gend, BirthOn = DayNumber.Of(person.Birth), BeginAtMs = beginMs, BeginOn = DayNumber.Of(from), EndOn = DayNumber.Of(to), SettledAtMs = settledMs,
            PolicyOn = DayNumber.Of(to), DepartmentCode = at.Level == "pharmacy" ? "" : $"K{From(1, 6)}", DoctorCode = at.Level == "pharmacy" ? "" : $"D{at.Code}{From(1, 9)}", BasicPoolLeftFen = From(2_000_000, 30_000_000), JournalSeq = no, CatalogCity = CareCatalog.City,
        };
        if (person.IsPoor) bill.Category.Add("low_income");
        Bills.Add(bill);
        return bill;
    }
}
