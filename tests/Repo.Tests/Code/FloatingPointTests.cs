using System.Text.RegularExpressions;

namespace MedInsure.Repo.Tests.Code;

/// <summary>No binary fractions where money is: a whole fen is not representable in them. What truly is no money says so: "// not money: reason".</summary>
[Trait("Category", "Repo")]
public sealed partial class FloatingPointTests
{
    [GeneratedRegex(@"\b(double|float|Double|Single|real)\b(?![- ]entry)")]
    private static partial Regex FloatingPoint();

    private static IEnumerable<string> Violations(RepositoryTree tree) =>
        tree.Under("services/", ".cs").Concat(tree.Under("shared/Kernel/", ".cs")).Concat(tree.Under("shared/Events/", ".cs")).Concat(tree.Under("services/", ".sql"))
            .Where(p => !p.StartsWith("services/console/", StringComparison.Ordinal))
            .SelectMany(p => SourceText.Findings(tree, p, FloatingPoint(), "not money"))
            .Concat(tree.Under("shared/Protos/", ".proto").SelectMany(p => tree.Lines(p).Where(l => Regex.IsMatch(l.Text, @"^\s*(optional |repeated )?(double|float)\s")).Select(l => $"{p}:{l.Number}")));

    [Fact]
    public void Repository_HasNoBinaryFractionsNearMoney() => HouseRule.Holds(Violations(RepositoryTree.Own));

    [Theory]
    [InlineData("services/x/A.cs", "double amount = 0;")]
    [InlineData("shared/Kernel/A.cs", "public float Ratio;")]
    [InlineData("services/x/A.cs", "const string Sql = \"SELECT amount::double precision\";")]
    [InlineData("services/x/A.cs", "// not money\ndouble a;")] // a marker without a reason
    [InlineData("services/x/migrations/0001_create_a.sql", "a real NOT NULL")]
    [InlineData("shared/Protos/a.proto", "  double a = 1;")]
    public void BinaryFraction_IsFound(string path, string text) => Assert.NotEmpty(Violations(RepositoryTree.Of((path, text))));

    [Theory]
    [InlineData("// double here is a word")]
    [InlineData("/* a float\n double */ long a;")]
    [InlineData("// not money: seconds for the metrics of the runtime\ndouble seconds;")]
    [InlineData("var s = \"double-entry\";")]
    [InlineData("var doubled = 2;")]
    public void OtherText_IsNot(string text) => Assert.Empty(Violations(RepositoryTree.Of(("services/x/A.cs", text))));
}
