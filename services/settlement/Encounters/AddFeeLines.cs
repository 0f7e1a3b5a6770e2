using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Reference;
using MedInsure.Settlement.Calculation;
using MedInsure.Settlement.Journal;

namespace MedInsure.Settlement.Encounters;

/// <summary>
/// Takes fee lines of a visit (2204) or a stay (2301), all or none. A line is priced when it arrives, with the catalog then in force, and what the
/// hospital is told of it is what the settlement uses. Negative lines correct earlier ones of the same code.
/// </summary>
public static class AddFeeLines
{
    private const int LinesMax = 1_000, LinesOfEncounterMax = 50_000;
    /// <summary>A hundred billion yuan: beyond any bill, and small enough that no sum over an encounter or a year can overflow.</summary>
    internal const long AmountMaxFen = 10_000_000_000_000;

    public static JournalCommand Command(AddFeeLinesRequest request) => new(request.Key, request.PsnNo, context => Decide(context, request)) { MdtrtId = request.MdtrtId };

    /// <summary>In order: the encounter is the caller's and takes lines, the agreement holds, number of lines, then line by line.</summary>
    private static Outcome<JournalRecord> Decide(DecisionContext context, AddFeeLinesRequest request)
    {
        var own = EncounterChecks.Own(context, request.MdtrtId, request.FixmedinsCode, request.PsnNo);
        if (own.Refusal is { } refusal) return refusal;
        var encounter = own.Value;
        if (encounter.IsFinallySettled) return Refusals.EncounterSettled;
        // A stay that began before a suspension may be finished: the agreement is that of the day the encounter began.
        var provider = EncounterChecks.ProviderInAgreement(context, request.FixmedinsCode, encounter.BeginOn);
        if (provider.Refusal is { } noProvider) return noProvider;
        if (request.Line.Count == 0) return Refusals.LinesMissing;
        if (request.Line.Count > LinesMax) return Refusals.TooManyLines;
        if (encounter.Lines.Count + request.Line.Count > LinesOfEncounterMax) return Refusals.TooManyLinesInEncounter;
        var priced = PriceAll(context, provider.Value, request.Line, encounter, encounter.BeginOn);
        if (priced.Refusal is { } bad) return bad;
        var record = EncounterChecks.RecordOf(encounter);
        record.FeeLinesAdded = new FeeLinesAdded();
        record.FeeLinesAdded.Line.AddRange(priced.Value);
        return record;
    }

    /// <summary>Per line, in order: number, number taken, quantity, price, size, amount, date; corrections last. <paramref name="encounter"/> null: lines that come with their settlement.</summary>
    internal static Outcome<List<PricedLine>> PriceAll(DecisionContext context, ProviderRow provider, IReadOnlyList<FeeLine> lines, EncounterState? encounter, DateOnly beginOn)
    {
        var priced = new List<PricedLine>(lines.Count);
        var numbers = new HashSet<string>(lines.Count, StringComparer.Ordinal);
        Dictionary<string, LineShare>? sums = null;
        for (var i = 0; i < lines.Count; i++)
        {
            var line = lines[i];
            if (line.FeedetlSn.Length == 0) return At(Refusals.LineNumberMissing, i);
            if (!numbers.Add(line.FeedetlSn) || encounter?.FindLine(line.FeedetlSn) is not null) return At(Refusals.LineNumberTaken, i);
            if (line.QuantityE4 == 0) return At(Refusals.LineQuantityZero, i);
            if (line.UnitPriceMicroYuan < 0) return At(Refusals.LinePriceNegative, i);
            if (Int128.Abs((Int128)line.QuantityE4 * line.UnitPriceMicroYuan) > (Int128)AmountMaxFen * 100_000_000) return At(Refusals.LineAmountTooLarge, i);
            if (new UnitPrice(line.UnitPriceMicroYuan).TimesHalfUp(new Quantity(line.QuantityE4)).Value != line.AmountFen) return At(Refusals.LineAmountMismatch, i);
            if (line.OccurredAtMs > context.NowMs) return At(Refusals.LineInFuture, i);
            // No encounter begins before 1970; an instant long before it lies in no calendar at all.
            var day = ChinaCalendar.DayOf(Math.Max(0, line.OccurredAtMs));
            if (day < beginOn) return At(Refusals.LineBeforeBegin, i);
            if (encounter?.EndOn is { } end && day > end) return At(Refusals.LineAfterEnd, i);
            var own = LinePricing.Price(context.Reference, provider, line);
            if (line.QuantityE4 < 0)
            {
                var original = OriginalOf(line, encounter, priced);
                if (line.OriginalFeedetlSn.Length > 0 && original is null) return At(Refusals.LineOriginalUnknown, i);
                // A correction takes back what the original gave: the original's terms count, not those of the correction's day.
                if (original is not null) own.Terms = original.Terms;
            }
            priced.Add(own);
        }
        for (var i = 0; i < priced.Count; i++)
        {
            if (lines[i].QuantityE4 >= 0) continue;
            sums ??= SumByCode(priced);
            var code = lines[i].MedListCode;
            var total = EncounterState.Plus(encounter?.SumOfCode(code) ?? default, sums[code], 1);
            if (EncounterState.IsBelowZero(total)) return At(Refusals.CorrectionExceeds, i);
        }
        return priced;
    }

    /// <summary>The line that a correction names; where it names none (2204 cannot), the latest charge of its code, at its price if there is one.</summary>
    private static PricedLine? OriginalOf(FeeLine line, EncounterState? encounter, List<PricedLine> earlier)
    {
        if (line.OriginalFeedetlSn.Length > 0)
        {
            var named = encounter?.FindLine(line.OriginalFeedetlSn)?.Priced ?? earlier.Find(p => p.Line.FeedetlSn == line.OriginalFeedetlSn);
            return named?.Line.MedListCode == line.MedListCode ? named : null;
        }
        bool IsCharge(PricedLine p) => p.Line.QuantityE4 > 0 && p.Line.MedListCode == line.MedListCode;
        bool IsSamePrice(PricedLine p) => IsCharge(p) && p.Line.UnitPriceMicroYuan == line.UnitPriceMicroYuan;
        return earlier.FindLast(IsSamePrice) ?? encounter?.Lines.FindLast(l => IsSamePrice(l.Priced))?.Priced
            ?? earlier.FindLast(IsCharge) ?? encounter?.Lines.FindLast(l => IsCharge(l.Priced))?.Priced;
    }

    private static Dictionary<string, LineShare> SumByCode(List<PricedLine> priced)
    {
        var sums = new Dictionary<string, LineShare>(StringComparer.Ordinal);
        foreach (var line in priced)
            sums[line.Line.MedListCode] = EncounterState.Plus(sums.GetValueOrDefault(line.Line.MedListCode), Lines.Split(JournalDocuments.ClaimLineOf(line)), 1);
        return sums;
    }

    private static Refusal At(Refusal refusal, int line) => refusal.At($"feedetail[{line}].{refusal.Field}");

    public static FeeLinesReply Reply(JournalRecord record)
    {
        var reply = new FeeLinesReply();
        foreach (var line in record.FeeLinesAdded.Line) reply.Line.Add(LinePricing.ShareOf(line));
        return reply;
    }
}
