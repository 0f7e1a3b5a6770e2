using System.Text.Json;
using MedInsure.Settlement.Policies;
using YamlDotNet.RepresentationModel;

namespace MedInsure.Settlement.Tests.Policies;

/// <summary>pack.schema.json knows what the reader knows, key by key, and every pack fits it.</summary>
[Trait("Category", "Unit")]
public sealed class PackSchemaTests
{
    private static readonly JsonElement Schema = Read();
    private static readonly JsonShape Shape = new(Schema);

    private static JsonElement Read()
    {
        using var document = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Policies", "pack.schema.json")));
        return document.RootElement.Clone();
    }

    private static YamlNode Parse(string text)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(text));
        return stream.Documents[0].RootNode;
    }

    [Fact]
    public void EveryPack_FitsTheSchema() => Assert.All(TestPacks.Files(), p => Assert.Empty(Shape.Misfits(Parse(p.Text))));

    [Theory]
    [InlineData("ratio: 70 %", "ratio: 70")]
    [InlineData("ratio: 70 %", "ratio: 170 %")]
    [InlineData("ratio: 70 %", "ratoi: 70 %")]
    [InlineData("amount: 800 yuan", "amount: 800")]
    [InlineData("amount: 800 yuan", "amount: [800 yuan]")]
    [InlineData("per: stay", "per: decade")]
    [InlineData("level: \"3\"", "level: \"4\"")]
    [InlineData("stay: \"4-\"", "stay: first")]
    [InlineData("off_site: true", "off_site: perhaps")]
    [InlineData("age_below: 18", "age_below: young")]
    [InlineData("from: 2020-01-01", "from: 2020")]
    [InlineData("fund: \"390100\"", "fund: \"3901\"")]
    [InlineData("insutype: \"390\"", "insurance: \"390\"")]
    public void Mistake_DoesNotFit(string find, string replace)
    {
        var text = File.ReadAllText(Path.Combine(TestPacks.Folder, "test", "keys.yaml"));
        Assert.Contains(find, text);
        Assert.NotEmpty(Shape.Misfits(Parse(text.Replace(find, replace, StringComparison.Ordinal))));
    }

    [Fact]
    public void SchemaAndReader_KnowTheSameKeys()
    {
        // What the reader asked for, over all packs; they use every block at least once.
        var reader = new Dictionary<string, SortedSet<string>>(StringComparer.Ordinal);
        foreach (var (file, text) in TestPacks.Files())
        {
            var reading = new PackReading(file, strict: true);
            PolicyReader.Read(reading, text);
            foreach (var (place, keys) in reading.Known)
            {
                if (!reader.TryGetValue(place, out var all)) reader[place] = all = new SortedSet<string>(StringComparer.Ordinal);
                all.UnionWith(keys);
            }
        }
        var schema = new Dictionary<string, (SortedSet<string> Keys, string Block)>(StringComparer.Ordinal);
        Walk("", Schema, schema);
        Assert.All(reader, r => Assert.Equal(r.Value, Assert.Contains(r.Key, schema).Keys));
        // A block that stands in several places, as 'when' does, is compared where a pack uses it.
        var compared = reader.Keys.Select(place => schema[place].Block).ToHashSet();
        Assert.All(schema, s => Assert.Contains(s.Value.Block, compared));
    }

    /// <summary>The keys of every place of a mapping, lists and names left out: basic_fund/rules/ratio/values/when.</summary>
    private static void Walk(string place, JsonElement schema, Dictionary<string, (SortedSet<string>, string)> found)
    {
        var target = Shape.Resolve(schema);
        if (target.TryGetProperty("properties", out var properties))
        {
            var keys = new SortedSet<string>(properties.EnumerateObject().Select(p => p.Name), StringComparer.Ordinal);
            found[place] = (keys, target.GetRawText());
            foreach (var property in properties.EnumerateObject()) Walk(place.Length == 0 ? property.Name : $"{place}/{property.Name}", property.Value, found);
        }
        else if (target.TryGetProperty("items", out var items)) Walk(place, items, found);
        else if (target.TryGetProperty("additionalProperties", out var named) && named.ValueKind == JsonValueKind.Object) Walk(place, named, found);
        else if (target.TryGetProperty("anyOf", out var alternatives)) foreach (var alternative in alternatives.EnumerateArray()) Walk(place, alternative, found);
    }
}
