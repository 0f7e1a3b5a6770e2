using MedInsure.Reference;

namespace MedInsure.Settlement.Filings;

/// <summary>The disease lists of special and chronic outpatient treatment, and the one of stays with terms of their own.</summary>
internal static class OutpatientLists
{
    private const string SpecialOfChildren = "special_outpatient_child", Special = "special_outpatient", Chronic = "chronic_outpatient";

    private const string OfStays = "congenital_heart_child";

    /// <summary>Needs no filing. Null: the stay's disease is not listed.</summary>
    public static string? KindOfStay(CityReference reference, string disease, string insutype, DateOnly day) =>
        disease.Length > 0 && reference.FindDisease(disease, insutype, day, OfStays) is not null ? OfStays : null;

    /// <summary>A child's own list first, then special before chronic: the better terms where a disease is on several lists. Null: on none.</summary>
    public static string? KindOf(CityReference reference, string disease, string insutype, DateOnly day, string psnType)
    {
        if (psnType.StartsWith("14", StringComparison.Ordinal) && IsOn(SpecialOfChildren)) return SpecialOfChildren;
        if (IsOn(Special)) return Special;
        if (IsOn(Chronic)) return Chronic;
        return IsOn(SpecialOfChildren) ? SpecialOfChildren : null;

        bool IsOn(string kind) => reference.FindDisease(disease, insutype, day, kind) is not null;
    }

    public static bool Hold(CityReference reference, string disease, string insutype, DateOnly day) => KindOf(reference, disease, insutype, day, psnType: "") is not null;
}
