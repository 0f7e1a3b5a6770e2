using System.Text.Json;
using MedInsure.Kernel;
using MedInsure.Settlement.PaymentMethods;

namespace MedInsure.Settlement.PaymentTerms;

/// <summary>The scope of terms as it is given, stored and shown.</summary>
internal static class TermScope
{
    private static readonly JsonElement Everything = JsonElement.Parse("{}");

    internal sealed record Lists(IReadOnlyList<string> ClearingTypes, IReadOnlyList<string> MedTypes, IReadOnlyList<string> ExceptMedTypes, IReadOnlyList<string> Diseases, IReadOnlyList<string> ExceptDiseases);

    /// <param name="scope">Null: nothing is left out. Of a method with a list of diseases these are the scope's.</param>
    public static Outcome<ClaimScope> Read(string insutype, string fund, JsonElement? scope, PaymentMethod method)
    {
        var fields = new TermFields(scope ?? Everything, "scope");
        var (clearing, med, notMed, diseases, notDiseases) = (fields.Texts("clearing_types"), fields.Texts("med_types"), fields.Texts("except_med_types"), fields.Texts("diseases"), fields.Texts("except_diseases"));
        if (clearing.Except(["11", "21", "41"], StringComparer.Ordinal).Any()) fields.Fail("clearing_types", "应为11、21、41", "are 11, 21, 41");
        if (method is PerDisease priced)
        {
            if (diseases.Count + notDiseases.Count > 0) fields.Fail(diseases.Count > 0 ? "diseases" : "except_diseases", "不需填写：病种即价格表所列", "are those of the prices");
            diseases = [.. priced.Prices.Select(p => p.Disease)];
        }
        if (method is BedDay or Points or ServiceUnit { PerDay: true } && !clearing.SequenceEqual(["21"])) fields.Fail("clearing_types", "应为21：该方式仅适用于住院", "must be 21: the method is about stays");
        return fields.End() is { } fault ? fault : new ClaimScope(insutype, fund, clearing, med, notMed, diseases, notDiseases);
    }

    public static Lists Shown(ClaimScope scope) => new(scope.ClearingTypes, scope.MedTypes, scope.ExceptMedTypes, scope.Diseases, scope.ExceptDiseases);

    public static string Text(ClaimScope scope) => JsonSerializer.Serialize(Shown(scope), CountyDesk.Json);

    public static ClaimScope Stored(string insutype, string fund, string stored)
    {
        var lists = JsonSerializer.Deserialize<Lists>(stored, CountyDesk.Json)!;
        return new ClaimScope(insutype, fund, lists.ClearingTypes, lists.MedTypes, lists.ExceptMedTypes, lists.Diseases, lists.ExceptDiseases);
    }
}
