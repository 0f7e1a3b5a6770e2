using MedInsure.Local.Sample;

namespace MedInsure.Local.Tests.Sample;

[Trait("Category", "Unit")]
public sealed class SampleKnowledgeTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Points_NameItemsOfTheCatalogOnly_EachOnce(bool small)
    {
        var size = small ? SampleSize.Small : new SampleSize();
        List<string> catalog = [.. new SampleCatalog(size).Rows()];
        var codes = catalog.Select(r => r.Split(',')[0]).ToHashSet();
        List<string[]> points = [.. SampleKnowledge.Rows(catalog).Select(r => r.Split(','))];

        Assert.All(points, p =>
        {
            Assert.Equal(SampleKnowledge.Header.Split(',').Length, p.Length);
            Assert.NotEmpty(p[3]);
            Assert.All(p[3].Split(';').Concat(p[4].Split(';', StringSplitOptions.RemoveEmptyEntries)), code => Assert.Contains(code, codes));
        });
        Assert.Equal(points.Count, points.Select(p => (p[0], p[1])).Distinct().Count());
        if (!small) Assert.True(points.Select(p => p[0]).Distinct().Count() >= 9);
    }
}
