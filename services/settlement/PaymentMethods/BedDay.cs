namespace MedInsure.Settlement.PaymentMethods;

/// <summary>
/// 按床日付费: the course of a stay is split by illness class into stages, each with a lump price per day; the agency pays days × price (Sz, seed-facts.md section 3). A stay of 12 days with stages to day 3 and
/// to day 10 has 3, 7 and 2 days in them.
/// </summary>
/// <param name="Classes">One of them names no diseases: the class of all others.</param>
internal sealed record BedDay(bool CoversWhole, IReadOnlyList<IllnessClass> Classes) : PricedMethod("bed_day", CoversWhole)
{
    protected override string Name => "按床日付费";

    protected override IEnumerable<(string, long)> Price(IEnumerable<CaseGroup> cases)
    {
        var stays = cases.ToLookup(ClassOf);
        foreach (var illness in Classes)
        {
            var from = 1;
            foreach (var stage in illness.Stages)
            {
                var days = Sum(stays[illness], c => c.Cases * DaysWithin(c.Days, from, stage.ToDay));
                if (days != 0) yield return ($"{illness.Name}第{from}{(stage.ToDay is { } to ? to == from ? "日" : $"至{to}日" : "日起")} {days}床日×{MethodText.Yuan(stage.PriceFen)}", days * stage.PriceFen);
                from = stage.ToDay + 1 ?? from;
            }
        }
    }

    public static int DaysWithin(int days, int from, int? to) => Math.Max(0, Math.Min(days, to ?? days) - from + 1);

    /// <summary>By the longest of the classes' codes with which the disease begins.</summary>
    private IllnessClass ClassOf(CaseGroup group)
    {
        var (best, length) = (Classes.First(c => c.Diseases.Count == 0), 0);
        foreach (var illness in Classes)
            foreach (var code in illness.Diseases)
                if (code.Length > length && group.Disease.StartsWith(code, StringComparison.Ordinal)) (best, length) = (illness, code.Length);
        return best;
    }
}

/// <param name="Diseases">Codes with which the class's diseases begin.</param>
/// <param name="Stages">In order; the last has no end.</param>
internal sealed record IllnessClass(string Name, IReadOnlyList<string> Diseases, IReadOnlyList<BedDayStage> Stages);

/// <param name="ToDay">The stage's last day of the stay; null: to its end.</param>
internal sealed record BedDayStage(int? ToDay, long PriceFen);
