using System.Text.RegularExpressions;

namespace MedInsure.Repo.Tests.Contracts;

/// <summary>Every test class has exactly one trait Category, out of the list.</summary>
[Trait("Category", "Repo")]
public sealed partial class TestCategoryTests
{
    private static readonly string[] Categories =
        ["Unit", "Golden", "Property", "Conformance", "Interop", "Storage", "Messaging", "Crash", "Chart", "Browser", "Authorization", "Fuzz", "Repo"];

    [GeneratedRegex(@"^((?:public|internal|sealed|abstract|static|partial)\s+)*class\s+(\w+)", RegexOptions.Multiline)]
    private static partial Regex ClassDeclaration();

    [GeneratedRegex("""\[[^\n]*\bTrait\("(\w+)",\s*"(\w+)"\)""")]
    private static partial Regex Trait();

    [GeneratedRegex(@"^\s*\[[^\n]*\b(Fact|Theory)\b", RegexOptions.Multiline)]
    private static partial Regex Test();

    private static IEnumerable<string> Violations(RepositoryTree tree)
    {
        var classes = new Dictionary<string, (bool HasTests, List<(string Name, string Value)> Traits)>();
        foreach (var path in tree.Under("tests/", ".cs"))
        {
            var text = SourceText.WithoutComments(tree.Text(path));
            var declarations = ClassDeclaration().Matches(text);
            for (var i = 0; i < declarations.Count; i++)
            {
                var start = declarations[i].Index;
                var end = i + 1 < declarations.Count ? declarations[i + 1].Index : text.Length;
                // Attributes stand between the end of what came before and the declaration.
                var attributes = text[(text.LastIndexOfAny([';', '}'], Math.Max(0, start - 1)) + 1)..start];
                var key = $"{path.Split('/')[1]} {declarations[i].Groups[2].Value}";
                var known = classes.TryGetValue(key, out var before) ? before : (HasTests: false, Traits: []);
                known.Traits.AddRange(Trait().Matches(attributes).Select(m => (m.Groups[1].Value, m.Groups[2].Value)));
                classes[key] = (known.HasTests || Test().IsMatch(text[start..end]), known.Traits);
            }
        }
        foreach (var (name, found) in classes.Where(c => c.Value.HasTests))
            if (found.Traits.Count(t => t.Name == "Category") != 1 || !found.Traits.TrueForAll(t => t.Name == "Category" && Categories.Contains(t.Value)))
                yield return $"{name}: {string.Join(", ", found.Traits.Select(t => $"{t.Name} {t.Value}"))}";
    }

    [Fact]
    public void Repository_EveryTestClassHasOneCategory() => HouseRule.Holds(Violations(RepositoryTree.Own));

    [Theory]
    [InlineData("")]
    [InlineData("[Trait(\"Category\", \"Slow\")]")]
    [InlineData("[Trait(\"Category\", \"Unit\")]\n[Trait(\"Category\", \"Storage\")]")]
    [InlineData("// [Trait(\"Category\", \"Unit\")]")]
    public void WrongCategory_IsFound(string attributes) =>
        Assert.NotEmpty(Violations(RepositoryTree.Of(("tests/A.Tests/ATests.cs", $"namespace A;\n\n{attributes}\npublic sealed class ATests\n{{\n    [Fact]\n    public void X() {{ }}\n}}"))));

    [Fact]
    public void OneCategory_IsNot() => Assert.Empty(Violations(RepositoryTree.Of(
        ("tests/A.Tests/ATests.cs", "namespace A;\n\n[Trait(\"Category\", \"Unit\")]\npublic sealed class ATests\n{\n    [Fact]\n    public void X() { }\n}\n\npublic sealed class Fixture\n{\n}"))));
}
