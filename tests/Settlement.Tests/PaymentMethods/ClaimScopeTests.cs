using MedInsure.Settlement.PaymentMethods;

namespace MedInsure.Settlement.Tests.PaymentMethods;

/// <summary>Whether two scopes share a claim is told without claims; here it is held against all claims there can be.</summary>
[Trait("Category", "Unit")]
public sealed class ClaimScopeTests
{
    private static readonly string[] Codes = ["a", "b", "c"];
    private static readonly string[][] Lists = [[], ["a"], ["b"], ["a", "b"]];

    private static bool Holds(ClaimScope scope, string clearing, string med, string disease) =>
        (scope.ClearingTypes.Count == 0 || scope.ClearingTypes.Contains(clearing)) && (scope.MedTypes.Count == 0 || scope.MedTypes.Contains(med)) && !scope.ExceptMedTypes.Contains(med)
        && (scope.Diseases.Count == 0 || scope.Diseases.Contains(disease)) && !scope.ExceptDiseases.Contains(disease);

    [Fact]
    public void Overlap_IsAClaimThatBothHold()
    {
        var scopes = (from clearing in Lists from med in Lists from notMed in Lists[..2] from disease in Lists[..3] from notDisease in Lists select new ClaimScope("390", "390100", clearing, med, notMed, disease, notDisease)).ToArray();
        var claims = (from clearing in Codes from med in Codes from disease in Codes select (clearing, med, disease)).ToArray();
        var held = scopes.Select(s => claims.Select(c => Holds(s, c.clearing, c.med, c.disease)).ToArray()).ToArray();
        for (var i = 0; i < scopes.Length; i++)
            for (var j = i; j < scopes.Length; j++)
                if (scopes[i].Overlaps(scopes[j]) != held[i].Zip(held[j], (a, b) => a && b).Any(both => both)) Assert.Fail($"{i} {j}");
    }

    [Theory]
    [InlineData("310", "390100")]
    [InlineData("390", "390200")]
    public void OtherInsuranceOrFund_SharesNothing(string insutype, string fund) =>
        Assert.False(new ClaimScope("390", "390100", [], [], [], [], []).Overlaps(new ClaimScope(insutype, fund, [], [], [], [], [])));
}
