using System.Globalization;
using System.Text;
using System.Text.Json;
using MedInsure.Kernel;
using MedInsure.Reference;
using MedInsure.Settlement.Encounters;
using MedInsure.Settlement.Journal;

namespace MedInsure.Settlement.ManualClaims;

/// <summary>What the clerk reads off the papers, as it is stored (public properties are the document): money in fen.</summary>
/// <param name="Reason">manl_reim_rea.</param>
/// <param name="Lines">By catalog code; or else <paramref name="Sums"/>, where the papers name no codes.</param>
/// <param name="OtherPayerFen">What somebody bore who is no fund.</param>
internal sealed record ManualBill(
    string PsnNo, string Insutype, string Reason, ManualProvider Provider, ManualVisit Visit, IReadOnlyList<ManualInvoice> Invoices, IReadOnlyList<ManualLine> Lines, IReadOnlyList<ManualSum> Sums,
    long TotalFen, long OtherPayerFen, string OtherPayer)
{
    private const int InvoicesMax = 50, LinesMax = 1_000, SumsMax = 100, TextMax = 200;
    private const string Emergency = "04";
    // national-interface.md section 3, manl_reim_rea
    private static readonly string[] Reasons = ["01", "02", "03", Emergency, "05", "06", "08", "99"];
    private static readonly string[] Levels = ["3", "2", "1", "community", "village", "pharmacy"];

    /// <summary>Who wrote the invoices, for telling duplicates: the code, or the name without spaces.</summary>
    internal string ProviderKey => Provider.Code.Length > 0 ? Provider.Code : string.Concat(Provider.Name.Normalize(NormalizationForm.FormKC).Where(c => !char.IsWhiteSpace(c)));

    internal bool IsEmergency => Reason == Emergency;
    internal bool IsStay => MedTypes.ClearingType(Visit.MedType) == "21";
    internal string Json => JsonSerializer.Serialize(this);
    public static ManualBill Parse(string json) => JsonSerializer.Deserialize<ManualBill>(json)!;

    internal sealed record Order(
        string? PsnNo, string? Insutype, string? Reason, ProviderOrder? Provider, VisitOrder? Visit, IReadOnlyList<InvoiceOrder>? Invoices, IReadOnlyList<LineOrder>? Lines, IReadOnlyList<SumOrder>? Sums,
        decimal? Total, decimal? OtherPayer, string? OtherPayerName);

    /// <param name="Level">3, 2, 1, community, village, pharmacy.</param>
    /// <param name="Area">Six digits.</param>
    internal sealed record ProviderOrder(string? FixmedinsCode, string? Name, string? Level, string? Area, bool? OffSite);

    internal sealed record VisitOrder(string? MedType, string? BeginOn, string? EndOn, string? DiseaseCode, string? DiseaseName, bool Injury, bool ThirdPartyLiable, int OperatedEyes);

    internal sealed record InvoiceOrder(string? Number, string? IssuedOn, decimal? Amount);

    internal sealed record LineOrder(string? Code, string? Name, string? On, decimal? Quantity, decimal? UnitPrice, decimal? Amount);

    /// <summary>A category's sum: amount = wholly self-paid + above ceilings + first payments + what is in scope, as the reviewers found it on the papers.</summary>
    internal sealed record SumOrder(string? Category, string? Name, decimal? Amount, decimal? FullSelfPay, decimal? OverLimit, decimal? FirstPay, bool OutpatientPool);

    /// <summary>In order: person and scheme, reason, provider, visit, invoices, lines or sums, total, other payer, texts.</summary>
    public static Outcome<ManualBill> Read(Order order, DateOnly today)
    {
        if (order.PsnNo is not { Length: > 0 } || order.Insutype is not { Length: > 0 }) return ManualRefusals.PersonMissing;
        if (!Reasons.Contains(order.Reason)) return ManualRefusals.ReasonUnknown;
        if (ReadProvider(order.Provider) is not { } provider) return ManualRefusals.ProviderInvalid;
        if (provider is { Designated: false, OffSite: false } && order.Reason != Emergency) return ManualRefusals.ProviderNotDesignated;
        if (order.Visit is not { MedType: { Length: 2 or 4 } medType } v || !medType.All(char.IsAsciiDigit) || !Day(v.BeginOn, out var begin) || !Day(v.EndOn ?? v.BeginOn, out var end) || end < begin || end > today || v.OperatedEyes is < 0 or > 2) return ManualRefusals.VisitInvalid;
        var visit = new ManualVisit(medType, begin, end, v.DiseaseCode ?? "", v.DiseaseName ?? "", v.Injury, v.ThirdPartyLiable, v.OperatedEyes);
        // A visit is a day; only a stay has more.
        if (end != begin && MedTypes.ClearingType(medType) != "21") return ManualRefusals.VisitInvalid;
        if (order.Invoices is not { Count: > 0 and <= InvoicesMax } || order.Invoices.Select(i => ReadInvoice(i, today)).ToList() is var invoices && invoices.Contains(null)
            || invoices.Select(i => i!.Number).Distinct(StringComparer.Ordinal).Count() != invoices.Count) return ManualRefusals.InvoicesInvalid;
        if ((order.Lines?.Count ?? 0, order.Sums?.Count ?? 0) is not ((> 0 and <= LinesMax, 0) or (0, > 0 and <= SumsMax))) return ManualRefusals.LinesInvalid;
        var lines = (order.Lines ?? []).Select(l => ReadLine(l, begin, end)).ToList();
        if (lines.IndexOf(null) is var badLine and >= 0) return ManualRefusals.LinesInvalid.At($"lines[{badLine}]");
        var sums = (order.Sums ?? []).Select(ReadSum).ToList();
        if (sums.IndexOf(null) is var badSum and >= 0) return ManualRefusals.LinesInvalid.At($"sums[{badSum}]");
        if (order.Total is not { } total || !Yuan.TryRead(total, out var totalFen) || totalFen.Value <= 0 || totalFen.Value > AddFeeLines.AmountMaxFen || totalFen.Value != invoices.Sum(i => i!.AmountFen)) return ManualRefusals.TotalMismatch;
        if (!Yuan.TryRead(order.OtherPayer ?? 0, out var other) || other.Value < 0 || other > totalFen || other.Value > 0 == string.IsNullOrWhiteSpace(order.OtherPayerName)) return ManualRefusals.OtherPayerInvalid;
        var bill = new ManualBill(order.PsnNo, order.Insutype, order.Reason!, provider, visit, invoices!, lines!, sums!, totalFen.Value, other.Value, order.OtherPayerName?.Trim() ?? "");
        return bill.Texts.All(t => t.Length <= TextMax && !t.Any(char.IsControl)) ? bill : ManualRefusals.TextTooLong;
    }

    private IEnumerable<string> Texts => [PsnNo, Insutype, Provider.Code, Provider.Name, Visit.DiseaseCode, Visit.DiseaseName, OtherPayer, .. Invoices.Select(i => i.Number), .. Lines.Select(l => l.Code), .. Lines.Select(l => l.Name), .. Sums.Select(s => s.Category), .. Sums.Select(s => s.Name)];

    private static ManualProvider? ReadProvider(ProviderOrder? order)
    {
        var code = order?.FixmedinsCode?.Trim() ?? "";
        if (order is null) return null;
        if (string.IsNullOrWhiteSpace(order.Name)) return code.Length > 0 && order is { Level: null, Area: null, OffSite: null } ? new ManualProvider(code, "", "", "", false, Designated: true) : null;
        return Levels.Contains(order.Level) && order.Area is { Length: 6 } area && area.All(char.IsAsciiDigit) && order.OffSite is { } offSite ? new ManualProvider(code, order.Name.Trim(), order.Level!, area, offSite, Designated: false) : null;
    }

    private static ManualInvoice? ReadInvoice(InvoiceOrder? order, DateOnly today) =>
        order is not null && !string.IsNullOrWhiteSpace(order.Number) && Day(order.IssuedOn, out var on) && on <= today && order.Amount is { } yuan && Yuan.TryRead(yuan, out var amount) && amount.Value is > 0 and <= AddFeeLines.AmountMaxFen
            ? new ManualInvoice(order.Number.Trim(), on, amount.Value) : null;

    private static ManualLine? ReadLine(LineOrder? order, DateOnly begin, DateOnly end) =>
        order is not null && !string.IsNullOrWhiteSpace(order.Code) && Day(order.On, out var on) && on >= begin && on <= end && Scaled(order.Quantity, 10_000, out var quantity) && Scaled(order.UnitPrice, 1_000_000, out var price)
            && order.Amount is { } yuan && Yuan.TryRead(yuan, out var amount) ? new ManualLine(order.Code.Trim(), order.Name?.Trim() ?? "", on, quantity, price, amount.Value) : null;

    private static ManualSum? ReadSum(SumOrder? order)
    {
        if (order is null || string.IsNullOrWhiteSpace(order.Category) || !Part(order.Amount, out var amount) || amount == 0 || !Part(order.FullSelfPay ?? 0, out var self) || !Part(order.OverLimit ?? 0, out var over) || !Part(order.FirstPay ?? 0, out var first)) return null;
        return self + over + first <= amount ? new ManualSum(order.Category.Trim(), order.Name?.Trim() ?? "", amount, self, over, first, order.OutpatientPool) : null;

        static bool Part(decimal? yuan, out long fen)
        {
            fen = 0;
            if (yuan is not { } given || !Yuan.TryRead(given, out var read) || read.Value is < 0 or > AddFeeLines.AmountMaxFen) return false;
            fen = read.Value;
            return true;
        }
    }

    private static bool Scaled(decimal? number, decimal unit, out long scaled)
    {
        scaled = 0;
        if (number is not { } given || Math.Abs(given) > 1_000_000_000m || decimal.Truncate(given * unit) != given * unit) return false;
        scaled = (long)(given * unit);
        return true;
    }

    internal static bool Day(string? text, out DateOnly day) => CountyDesk.IsDay(text, out day) && day.Year >= 2000;

    /// <summary>As an order would bring it.</summary>
    internal object Shown => new
    {
        PsnNo, Insutype, Reason,
        Provider = new { FixmedinsCode = CountyDesk.Said(Provider.Code), Name = CountyDesk.Said(Provider.Name), Level = CountyDesk.Said(Provider.Level), Area = CountyDesk.Said(Provider.Area), Provider.OffSite, Provider.Designated },
        Visit = new { Visit.MedType, BeginOn = Text(Visit.BeginOn), EndOn = Text(Visit.EndOn), Visit.DiseaseCode, Visit.DiseaseName, Visit.Injury, Visit.ThirdPartyLiable, Visit.OperatedEyes },
        Invoices = Invoices.Select(i => new { i.Number, IssuedOn = Text(i.IssuedOn), Amount = Yuan.Of(i.AmountFen) }),
        Lines = Lines.Select(l => new { l.Code, l.Name, On = Text(l.On), Quantity = l.QuantityE4 / 10_000m, UnitPrice = l.UnitPriceMicroYuan / 1_000_000m, Amount = Yuan.Of(l.AmountFen) }),
        Sums = Sums.Select(s => new { s.Category, s.Name, Amount = Yuan.Of(s.AmountFen), FullSelfPay = Yuan.Of(s.FullSelfPayFen), OverLimit = Yuan.Of(s.OverLimitFen), FirstPay = Yuan.Of(s.FirstPayFen), s.OutpatientPool }),
        Total = Yuan.Of(TotalFen),
        OtherPayer = Yuan.Of(OtherPayerFen),
        OtherPayerName = CountyDesk.Said(OtherPayer),
    };
    private static string Text(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}

/// <param name="Code">Empty: the papers name none.</param>
/// <param name="Name">Empty of a designated one, whose name, level and division the registry knows.</param>
internal sealed record ManualProvider(string Code, string Name, string Level, string Area, bool OffSite, bool Designated);

internal sealed record ManualVisit(string MedType, DateOnly BeginOn, DateOnly EndOn, string DiseaseCode, string DiseaseName, bool Injury, bool ThirdPartyLiable, int OperatedEyes);

internal sealed record ManualInvoice(string Number, DateOnly IssuedOn, long AmountFen);

internal sealed record ManualLine(string Code, string Name, DateOnly On, long QuantityE4, long UnitPriceMicroYuan, long AmountFen);

internal sealed record ManualSum(string Category, string Name, long AmountFen, long FullSelfPayFen, long OverLimitFen, long FirstPayFen, bool OutpatientPool)
{
    internal long InScopeFen => AmountFen - FullSelfPayFen - OverLimitFen - FirstPayFen;
}
