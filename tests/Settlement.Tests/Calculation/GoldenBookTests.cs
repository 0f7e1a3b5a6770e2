namespace MedInsure.Settlement.Tests.Calculation;

/// <summary>The golden books in services/settlement/policies/books are what the cases and packs of today give. WRITE_BOOKS=1 (deploy/policy books) writes them anew.</summary>
[Trait("Category", "Golden")]
public sealed class GoldenBookTests
{
    private static readonly string Folder = FindFolder();

    private static string FindFolder()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "MedInsure.Platform.sln"))) return Path.Combine(folder.FullName, "services", "settlement", "policies", "books");
        throw new InvalidOperationException("MedInsure.Platform.sln is in no folder above the tests");
    }

    [Fact]
    public void Books_AreThoseOfTheCasesAndPacks()
    {
        var books = GoldenBook.All().ToDictionary(b => b.File, b => b.Text);
        if (Environment.GetEnvironmentVariable("WRITE_BOOKS") == "1")
        {
            Directory.CreateDirectory(Folder);
            foreach (var old in Directory.GetFiles(Folder)) File.Delete(old);
            foreach (var (file, text) in books) File.WriteAllText(Path.Combine(Folder, file), text);
        }
        Assert.Equal(books.Keys.Order(StringComparer.Ordinal), Directory.GetFiles(Folder).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal));
        foreach (var (file, text) in books)
            Assert.True(text == File.ReadAllText(Path.Combine(Folder, file)).Replace("\r\n", "\n", StringComparison.Ordinal), $"{file} is out of date: deploy/policy books");
    }

    [Fact]
    public void EveryPack_HasCasesWithRulesArithmeticAndResult() => Assert.All(GoldenBook.All(), book =>
    {
        Assert.Contains("### 1. ", book.Text);
        foreach (var part in (string[])["| 规则 rule |", "算式 arithmetic: ", "结果 result: "]) Assert.Contains(part, book.Text);
    });
}
