namespace MedInsure.Settlement.PaymentMethods;

/// <summary>服务单元: a mean price for each visit or stay, or for each bed-day (Hb, seed-facts.md section 3).</summary>
/// <param name="PerDay">Else per case.</param>
internal sealed record ServiceUnit(bool CoversWhole, bool PerDay, long PriceFen) : PricedMethod("service_unit", CoversWhole)
{
    protected override string Name => "按服务单元付费";

    protected override IEnumerable<(string, long)> Price(IEnumerable<CaseGroup> cases)
    {
        var units = Sum(cases, c => PerDay ? c.Cases * c.Days : c.Cases);
        if (units != 0) yield return ($"{units}{(PerDay ? "床日" : "人次")}×{MethodText.Yuan(PriceFen)}", units * PriceFen);
    }
}
