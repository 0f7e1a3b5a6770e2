using System.Text.Json;
using MedInsure.Kernel;

namespace MedInsure.FraudAudit.Sanctions;

/// <summary>One step as people ask for it.</summary>
/// <param name="Amount">Yuan; of a multiple what it is a multiple of (null: all that is recovered), else the amount itself (null with recover: all of the evidence).</param>
/// <param name="Months">Of a suspension; null with a settlement's or agreement's suspension is refused.</param>
/// <param name="Days">Of a correction; null: the usual ones.</param>
/// <param name="Text">The agreement's clause, the authority that fines, what is to be corrected.</param>
internal sealed record SanctionOrder(string? Step, decimal? Amount = null, int? Months = null, int? Days = null, string? Text = null);

/// <summary>One step as decided.</summary>
/// <param name="AmountFen">What is taken, or recorded; 0: no money.</param>
/// <param name="BaseFen">Of a multiple.</param>
internal sealed record Sanction(string Step, string Name, long AmountFen, long BaseFen, int Multiplier, int Months, int Days, string Text);

/// <summary>A decision's sanctions with their money. Pure.</summary>
internal sealed record SanctionPlan(IReadOnlyList<Sanction> Sanctions, long PrincipalFen, long DamagesFen)
{
    public const int TextMax = 500, SanctionsMax = 20;

    public static readonly SanctionPlan Nothing = new([], 0, 0);

    public long MoneyFen => PrincipalFen + DamagesFen;

    /// <summary>Months for which the agreement is suspended; 0: it is not.</summary>
    public int SuspendedMonths(SanctionLadder ladder) => Sanctions.Where(s => ladder.ByName[s.Step].Effect == "suspend").Select(s => s.Months).DefaultIfEmpty().Max();
    public bool Terminates(SanctionLadder ladder) => Sanctions.Any(s => ladder.ByName[s.Step].Effect == "terminate");
    /// <summary>Days to correct; 0: nothing to.</summary>
    public int CorrectionDays => Sanctions.Select(s => s.Days).DefaultIfEmpty().Max();

    /// <summary>In order, step by step: known, of this subject, once; then its text, amount, months and days; all damages' bases together within what is recovered; suspended or terminated, not both.</summary>
    /// <param name="evidenceFen">What the evidence comes to.</param>
    public static Outcome<SanctionPlan> Of(SanctionLadder ladder, string subjectKind, long evidenceFen, IReadOnlyList<SanctionOrder>? orders)
    {
        if (orders is not { Count: > 0 and <= SanctionsMax }) return SanctionRefusals.Missing;
        var sanctions = new List<Sanction>();
        long principal = 0, damages = 0, bases = 0;
        // The principal first, whatever the order they were written in: damages are measured in it.
        foreach (var order in orders.OrderBy(o => o.Step is not null && ladder.ByName.TryGetValue(o.Step, out var s) && s.Amount == "principal" ? 0 : 1))
        {
            if (order.Step is null || !ladder.ByName.TryGetValue(order.Step, out var step)) return SanctionRefusals.StepUnknown;
            if (!step.Subjects.Contains(subjectKind)) return SanctionRefusals.StepOfOthers(step.Name);
            if (sanctions.Any(s => s.Step == step.Step)) return SanctionRefusals.StepTwice(step.Name);
            if (order.Text is { } text && (text.Length > TextMax || text.Contains('\0', StringComparison.Ordinal))) return SanctionRefusals.TextInvalid;
            var money = Money(step, order, evidenceFen, principal, bases);
            if (money.Refusal is { } refusal) return refusal;
            var (amount, of) = money.Value;
            if (step.Amount == "principal") principal = amount;
            else if (step.Amount is "multiple" or "agreed") damages += amount;
            bases += of;
            if (step.Effect == "suspend" != order.Months is not null || order.Months is { } m && (m < 1 || m > ladder.Terms.SuspensionMonthsMax)) return SanctionRefusals.MonthsInvalid(ladder.Terms.SuspensionMonthsMax);
            if (order.Days is { } days && (step.Effect != "correction" || days is < 1 or > 365)) return SanctionRefusals.DaysInvalid;
            sanctions.Add(new Sanction(step.Step, step.Name, amount, of, step.Multiplier, order.Months ?? 0, step.Effect == "correction" ? order.Days ?? ladder.Terms.CorrectionDays : 0, order.Text?.Trim() ?? ""));
        }
        var plan = new SanctionPlan([.. ladder.Steps.SelectMany(step => sanctions.Where(s => s.Step == step.Step))], principal, damages);
        return plan.Terminates(ladder) && plan.SuspendedMonths(ladder) > 0 ? SanctionRefusals.SuspendedAndTerminated : plan;
    }

    private static Outcome<(long Fen, long BaseFen)> Money(SanctionStep step, SanctionOrder order, long evidenceFen, long principal, long bases)
    {
        var given = 0L;
        if (order.Amount is { } yuan && (yuan is <= 0 or > 1_000_000_000m || decimal.Truncate(yuan * 100) != yuan * 100)) return SanctionRefusals.AmountInvalid(step.Name);
        if (order.Amount is { } said) given = (long)(said * 100);
        switch (step.Amount)
        {
            case "":
                return order.Amount is null ? (0L, 0L) : SanctionRefusals.AmountInvalid(step.Name);
            case "principal":
                var fen = order.Amount is null ? evidenceFen : given;
                return fen == 0 ? SanctionRefusals.AmountInvalid(step.Name) : fen > evidenceFen ? SanctionRefusals.MoreThanEvidence(evidenceFen) : (fen, 0L);
            case "multiple":
                var of = order.Amount is null ? principal - bases : given;
                return of <= 0 || of > principal - bases ? SanctionRefusals.BaseBeyondPrincipal(principal - bases) : (of * step.Multiplier, of);
            default: // agreed, recorded: by whom or by which clause must be said
                return given == 0 ? SanctionRefusals.AmountInvalid(step.Name) : string.IsNullOrWhiteSpace(order.Text) ? SanctionRefusals.ClauseMissing(step.Name) : (given, 0L);
        }
    }

    public string ToJson() => JsonSerializer.Serialize(Sanctions, AuditJson.Options);

    public static IReadOnlyList<Sanction> Read(string json) => JsonSerializer.Deserialize<List<Sanction>>(json, AuditJson.Options)!;

    public IEnumerable<object> Shown() => Sanctions.Select(Show);

    public static object Show(Sanction s) => new
    {
        s.Step, s.Name, Amount = s.AmountFen == 0 ? null : AuditJson.Yuan(s.AmountFen), Base = s.BaseFen == 0 ? null : AuditJson.Yuan(s.BaseFen), Multiplier = s.Multiplier == 0 ? (int?)null : s.Multiplier,
        Months = s.Months == 0 ? (int?)null : s.Months, Days = s.Days == 0 ? (int?)null : s.Days, Text = s.Text.Length == 0 ? null : s.Text,
    };
}
