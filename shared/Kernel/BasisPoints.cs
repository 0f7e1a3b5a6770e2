namespace MedInsure.Kernel;

/// <summary>A ratio in whole basis points: 1 % = 100, the whole = 10,000.</summary>
public readonly record struct BasisPoints(int Value) : IComparable<BasisPoints>
{
    public const int Whole = 10_000;
    public static readonly BasisPoints Zero = new(0);
    public static readonly BasisPoints Full = new(Whole);

    public static bool operator <(BasisPoints a, BasisPoints b) => a.Value < b.Value;
    public static bool operator >(BasisPoints a, BasisPoints b) => a.Value > b.Value;
    public static bool operator <=(BasisPoints a, BasisPoints b) => a.Value <= b.Value;
    public static bool operator >=(BasisPoints a, BasisPoints b) => a.Value >= b.Value;
    public int CompareTo(BasisPoints other) => Value.CompareTo(other.Value);

    /// <summary>Reads a decimal fraction with at most four places (0.125 = 1,250 bp).</summary>
    public static bool TryParseFraction(ReadOnlySpan<char> text, out BasisPoints ratio)
    {
        if (FixedPoint.TryParse(text, 4, out var value) && value is >= int.MinValue and <= int.MaxValue) { ratio = new BasisPoints((int)value); return true; }
        ratio = Zero;
        return false;
    }

    /// <summary>A decimal fraction with four places: 0.1250.</summary>
    public override string ToString() => FixedPoint.Format(Value, 4, trim: false);
}
