using System.Text.Json;
using MedInsure.Kernel;

namespace MedInsure.Settlement.PaymentTerms;

/// <summary>Reads an object of agreed figures strictly: what is missing, of another form, out of range or not asked for is a fault that names its path. The first fault is kept; what is read after it means nothing.</summary>
internal sealed class TermFields
{
    private readonly HashSet<string> read = new(StringComparer.Ordinal);
    private readonly JsonElement element;
    private readonly string path;
    private readonly TermFields root;
    private readonly List<TermFields> children = [];

    public TermFields(JsonElement element, string path) : this(element, path, null) { }

    private TermFields(JsonElement element, string path, TermFields? root)
    {
        (this.element, this.path, this.root) = (element, path, root ?? this);
        if (element.ValueKind != JsonValueKind.Object) Fail("", "应为对象", "is no object");
    }

    public Refusal? Fault { get; private set; }

    public bool Has(string name) => element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null;

    /// <summary>Yuan, not negative, at most two decimals; in fen.</summary>
    public long Money(string name)
    {
        if (Find(name) is { ValueKind: JsonValueKind.Number } value && value.TryGetDecimal(out var yuan) && yuan is >= 0 and <= 100_000_000_000m && Yuan.TryRead(yuan, out var fen)) return fen.Value;
        Fail(name, "应为不小于零、最多两位小数的金额（元）", "is no amount in yuan, at least 0, with at most two decimals");
        return 0;
    }

    /// <summary>A fraction with at most four decimals, both ends included.</summary>
    public BasisPoints Ratio(string name, decimal min, decimal max)
    {
        if (Find(name) is { ValueKind: JsonValueKind.Number } value && value.TryGetDecimal(out var ratio) && ratio >= min && ratio <= max && decimal.Truncate(ratio * BasisPoints.Whole) == ratio * BasisPoints.Whole)
            return new BasisPoints((int)(ratio * BasisPoints.Whole));
        Fail(name, $"应为{min}至{max}之间、最多四位小数的数", $"is no number from {min} to {max} with at most four decimals");
        return BasisPoints.Zero;
    }

    public long Count(string name, long min, long max)
    {
        if (Find(name) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt64(out var count) && count >= min && count <= max) return count;
        Fail(name, $"应为{min}至{max}之间的整数", $"is no whole number from {min} to {max}");
        return min;
    }

    public string Text(string name, int lengthMax = 100)
    {
        if (Find(name) is { ValueKind: JsonValueKind.String } value && value.GetString() is { } text && IsText(text, lengthMax)) return text;
        Fail(name, $"应为不超过{lengthMax}个字符的文字", $"is no text of 1 to {lengthMax} characters");
        return "";
    }

    public string Choice(string name, params string[] choices)
    {
        if (Find(name) is { ValueKind: JsonValueKind.String } value && value.GetString() is { } text && choices.Contains(text)) return text;
        Fail(name, $"应为{string.Join('、', choices)}之一", $"is none of {string.Join(", ", choices)}");
        return choices[0];
    }

    /// <summary>Distinct texts; none where the field is not there.</summary>
    public IReadOnlyList<string> Texts(string name, int countMax = 2_000)
    {
        if (Find(name) is not { } value) return [];
        string?[] texts = value.ValueKind == JsonValueKind.Array && value.GetArrayLength() <= countMax ? [.. value.EnumerateArray().Select(t => t.ValueKind == JsonValueKind.String ? t.GetString() : null)] : [null];
        if (texts.All(t => t is not null && IsText(t, 50)) && texts.Distinct(StringComparer.Ordinal).Count() == texts.Length) return texts!;
        Fail(name, $"应为至多{countMax}个不重复的代码", $"is no list of at most {countMax} distinct codes");
        return [];
    }

    /// <summary>One or more objects.</summary>
    public IReadOnlyList<TermFields> Items(string name, int countMax = 2_000)
    {
        if (Find(name) is { ValueKind: JsonValueKind.Array } value && value.GetArrayLength() is >= 1 and var count && count <= countMax)
        {
            TermFields[] items = [.. value.EnumerateArray().Select((item, i) => new TermFields(item, $"{path}.{name}[{i}]", root))];
            children.AddRange(items);
            return items;
        }
        Fail(name, $"应为1至{countMax}项的列表", $"is no list of 1 to {countMax} items");
        return [];
    }

    /// <summary>Code → fraction; none where the field is not there.</summary>
    public IReadOnlyDictionary<string, BasisPoints> Ratios(string name, decimal min, decimal max)
    {
        if (Find(name) is not { } value) return new Dictionary<string, BasisPoints>();
        var inner = new TermFields(value, $"{path}.{name}", root);
        return value.ValueKind != JsonValueKind.Object ? new Dictionary<string, BasisPoints>()
            : value.EnumerateObject().Select(p => p.Name).Distinct(StringComparer.Ordinal).ToDictionary(n => n, n => inner.Ratio(n, min, max), StringComparer.Ordinal);
    }

    public void Fail(string name, string chinese, string english) => root.Fault ??= PaymentTermRefusals.FigureInvalid(name.Length == 0 ? path : $"{path}.{name}", chinese, english);

    /// <summary>After all was read: a field that nobody asked for is a fault too.</summary>
    public Refusal? End()
    {
        if (element.ValueKind == JsonValueKind.Object)
            foreach (var property in element.EnumerateObject())
                if (!read.Contains(property.Name)) Fail(property.Name, "不是该付费方式的项目", "is not asked for here");
        foreach (var child in children) child.End();
        return root.Fault;
    }

    private static bool IsText(string text, int lengthMax) => text.Length >= 1 && text.Length <= lengthMax && text.Trim().Length == text.Length && !text.Any(char.IsControl);

    private JsonElement? Find(string name)
    {
        read.Add(name);
        return Has(name) ? element.GetProperty(name) : null;
    }
}
