namespace MedInsure.Settlement.Journal;

/// <summary>Families of the national med_type codes (national-interface.md section 3): the first two digits decide.</summary>
public static class MedTypes
{
    public static bool IsInpatient(string medType) => medType.Length >= 2 && medType[0] == '2' && medType[1] is >= '1' and <= '8';
    public static bool IsMaternityStay(string medType) => medType.StartsWith("52", StringComparison.Ordinal);
    public static bool IsChronicOrSpecial(string medType) => medType.StartsWith("14", StringComparison.Ordinal);
    public static bool IsPharmacy(string medType) => medType.StartsWith("41", StringComparison.Ordinal);

    /// <summary>clr_type: 11 outpatient, 21 inpatient, 41 pharmacy.</summary>
    public static string ClearingType(string medType) => IsPharmacy(medType) ? "41" : IsInpatient(medType) || IsMaternityStay(medType) ? "21" : "11";
}
