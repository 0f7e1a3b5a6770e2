namespace MedInsure.Kernel;

/// <summary>A six-digit administrative division code (GB/T 2260). Province = two digits, city = four, county = six.</summary>
public readonly record struct DivisionCode
{
    public string Value { get; }

    private DivisionCode(string value) => Value = value;

    /// <summary>The city of a county: 230102 → 230100.</summary>
    public DivisionCode City => new(string.Concat(Value.AsSpan(0, 4), "00"));
    public bool IsCity => Value.EndsWith("00", StringComparison.Ordinal);

    public static bool TryParse(string? text, out DivisionCode code)
    {
        var ok = text is { Length: 6 } && text.AsSpan().IndexOfAnyExceptInRange('0', '9') < 0 && text[0] != '0';
        code = ok ? new DivisionCode(text!) : default;
        return ok;
    }

    public override string ToString() => Value;
}
