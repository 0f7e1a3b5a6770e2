namespace MedInsure.Settlement.PaymentMethods;

/// <summary>
/// Which claims of its providers fall under agreed terms, of which fund's part. Lists that are empty leave nothing out. Two scopes that share a claim are seen without looking at claims: that keeps every
/// claim's every fund under exactly one method.
/// </summary>
/// <param name="ClearingTypes">clr_type: 11, 21, 41.</param>
/// <param name="MedTypes">Exactly as claims have them.</param>
/// <param name="Diseases">dise_codg, or the main diagnosis where there is none, exactly.</param>
internal sealed record ClaimScope(string Insutype, string Fund, IReadOnlyList<string> ClearingTypes, IReadOnlyList<string> MedTypes, IReadOnlyList<string> ExceptMedTypes, IReadOnlyList<string> Diseases, IReadOnlyList<string> ExceptDiseases)
{
    public bool Overlaps(ClaimScope other) => Insutype == other.Insutype && Fund == other.Fund
        && Meet(ClearingTypes, [], other.ClearingTypes, []) && Meet(MedTypes, ExceptMedTypes, other.MedTypes, other.ExceptMedTypes) && Meet(Diseases, ExceptDiseases, other.Diseases, other.ExceptDiseases);

    /// <summary>There is a code that both have: of two that only leave something out there always is.</summary>
    private static bool Meet(IReadOnlyList<string> a, IReadOnlyList<string> exceptA, IReadOnlyList<string> b, IReadOnlyList<string> exceptB)
    {
        var (left, right) = (a.Except(exceptA, StringComparer.Ordinal).ToHashSet(StringComparer.Ordinal), b.Except(exceptB, StringComparer.Ordinal).ToHashSet(StringComparer.Ordinal));
        return (a.Count, b.Count) switch
        {
            (0, 0) => true,
            (0, _) => right.Except(exceptA, StringComparer.Ordinal).Any(),
            (_, 0) => left.Except(exceptB, StringComparer.Ordinal).Any(),
            _ => left.Overlaps(right),
        };
    }
}
