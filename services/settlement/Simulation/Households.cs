using MedInsure.Kernel;

namespace MedInsure.Settlement.Simulation;

/// <summary>Of the households with a known income: how many bear more of it than the limit, before and after.</summary>
/// <param name="Known">Households of the file with an income above zero.</param>
/// <param name="ExcessBefore">What all of them bear above the limit together, in fen.</param>
public sealed record HouseholdBurden(int Year, int Known, int WithSettlements, int AboveBefore, int AboveAfter, int Relieved, int Added, long ExcessBefore, long ExcessAfter);

/// <summary>
/// Households and their yearly disposable incomes, from a CSV file with the header psn_no,household_no,income: one row per person, the income his or her own in yuan; a household's
/// is the sum. Takes the persons' own costs from several engines at once.
/// </summary>
public sealed class Households
{
    /// <summary>Assumed: 40 % is the measure usual for health expenditure that ruins a household; taken of the disposable income, because no more is known.</summary>
    public const int LimitPercent = 40;

    private readonly Dictionary<string, int> indexOf = new(StringComparer.Ordinal);
    private readonly List<long> incomes = [];
    private readonly int firstYear;
    private readonly long[][] before, after;

    /// <exception cref="FormatException">A row cannot be read; names its line.</exception>
    public Households(TextReader csv, int firstYear, int lastYear)
    {
        this.firstYear = firstYear;
        var byNumber = new Dictionary<string, int>(StringComparer.Ordinal);
        if (csv.ReadLine()?.TrimStart('\uFEFF').Trim() != "psn_no,household_no,income") throw new FormatException("line 1: the header is not psn_no,household_no,income");
        for (var number = 2; csv.ReadLine() is { } line; number++)
        {
            if (line.Length == 0) continue;
            if (line.Split(',') is not [{ Length: > 0 } psn, { Length: > 0 } household, var text]) throw new FormatException($"line {number}: not psn_no,household_no,income");
            if (!Fen.TryParseYuan(text.Trim(), out var income) || income.IsNegative) throw new FormatException($"line {number}: '{text}' is no income in yuan");
            if (!byNumber.TryGetValue(household, out var index))
            {
                byNumber.Add(household, index = incomes.Count);
                incomes.Add(0);
            }
            if (!indexOf.TryAdd(psn, index)) throw new FormatException($"line {number}: {PersonalData.MaskCertificate(psn)} is in the file twice");
            incomes[index] += income.Value;
        }
        before = [.. Enumerable.Range(firstYear, lastYear - firstYear + 1).Select(_ => new long[incomes.Count])];
        after = [.. before.Select(b => new long[b.Length])];
    }

    public int Count => incomes.Count;

    internal void Add(string psnNo, int year, long ownBefore, long ownAfter)
    {
        if (!indexOf.TryGetValue(psnNo, out var index)) return;
        Interlocked.Add(ref before[year - firstYear][index], ownBefore);
        Interlocked.Add(ref after[year - firstYear][index], ownAfter);
    }

    public IReadOnlyList<HouseholdBurden> Burdens()
    {
        var burdens = new List<HouseholdBurden>();
        for (var y = 0; y < before.Length; y++)
        {
            var (known, settled, aboveBefore, aboveAfter, relieved, added, excessBefore, excessAfter) = (0, 0, 0, 0, 0, 0, 0L, 0L);
            for (var h = 0; h < incomes.Count; h++)
            {
                // Without an income nothing can be said of its share.
                if (incomes[h] == 0) continue;
                known++;
                var (old, fresh, limit) = (before[y][h], after[y][h], HalfUp.Divide((Int128)incomes[h] * LimitPercent, 100));
                if (old != 0 || fresh != 0) settled++;
                if (old > limit) (aboveBefore, excessBefore) = (aboveBefore + 1, excessBefore + old - limit);
                if (fresh > limit) (aboveAfter, excessAfter) = (aboveAfter + 1, excessAfter + fresh - limit);
                if (old > limit && fresh <= limit) relieved++;
                if (old <= limit && fresh > limit) added++;
            }
            burdens.Add(new HouseholdBurden(firstYear + y, known, settled, aboveBefore, aboveAfter, relieved, added, excessBefore, excessAfter));
        }
        return burdens;
    }
}
