using System.Globalization;
using System.Runtime.CompilerServices;

namespace MedInsure.Kernel;

/// <summary>
/// An amount of money in whole fen (1 yuan = 100 fen), negative only in corrections and reversals.
/// Every operation throws <see cref="OverflowException"/> rather than wrap.
/// </summary>
public readonly record struct Fen(long Value) : IComparable<Fen>
{
    public static readonly Fen Zero = new(0);

    public static Fen operator +(Fen a, Fen b) => new(checked(a.Value + b.Value));
    public static Fen operator -(Fen a, Fen b) => new(checked(a.Value - b.Value));
    public static Fen operator -(Fen a) => new(checked(-a.Value));
    public static bool operator <(Fen a, Fen b) => a.Value < b.Value;
    public static bool operator >(Fen a, Fen b) => a.Value > b.Value;
    public static bool operator <=(Fen a, Fen b) => a.Value <= b.Value;
    public static bool operator >=(Fen a, Fen b) => a.Value >= b.Value;

    public bool IsZero => Value == 0;
    public bool IsNegative => Value < 0;

    public static Fen Min(Fen a, Fen b) => a.Value <= b.Value ? a : b;
    public static Fen Max(Fen a, Fen b) => a.Value >= b.Value ? a : b;
    public int CompareTo(Fen other) => Value.CompareTo(other.Value);

    /// <summary>The share of this amount at <paramref name="ratio"/>, rounded half up (away from zero) to the fen.
    /// The only multiplication of money by a ratio; settlement-calculation.md section 0.</summary>
    public Fen ShareHalfUp(BasisPoints ratio) => new(HalfUp.DivideProduct(Value, ratio.Value, BasisPoints.Whole));

    /// <summary>This amount times a whole count (eyes, days, heads). Exact.</summary>
    public Fen Times(int count) => new(checked(Value * count));

    /// <summary>Splits into <paramref name="parts"/> equal parts; the first one bears the remainder.</summary>
    public Fen[] SplitFirstBearsRemainder(int parts)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(parts);
        var each = Value / parts;
        var result = new Fen[parts];
        Array.Fill(result, new Fen(each));
        result[0] = new Fen(checked(Value - each * (parts - 1)));
        return result;
    }

    /// <summary>Whole fen of a number of yuan with at most two decimals.</summary>
    /// <exception cref="FormatException">More than two decimals: money is refused, never rounded.</exception>
    public static Fen FromYuan(decimal yuan)
    {
        var fen = yuan * 100m;
        if (decimal.Truncate(fen) != fen) throw new FormatException($"{yuan.ToString(CultureInfo.InvariantCulture)} has more than two decimals");
        return new Fen(decimal.ToInt64(fen));
    }

    /// <summary>Reads yuan with at most two decimals and no exponent, sign allowed. False: not a number, too precise or too large.</summary>
    public static bool TryParseYuan(ReadOnlySpan<char> text, out Fen fen)
    {
        if (FixedPoint.TryParse(text, 2, out var value)) { fen = new Fen(value); return true; }
        fen = Zero;
        return false;
    }

    public decimal ToYuan() => Value / 100m;

    /// <summary>Yuan with exactly two decimals, as the edges write it: -12.30.</summary>
    public override string ToString() => FixedPoint.Format(Value, 2, trim: false);
}

/// <summary>Rounding half up, away from zero, as settlement-calculation.md section 0 asks: the one place that rounds.</summary>
public static class HalfUp
{
    /// <summary><paramref name="a"/> × <paramref name="b"/> / <paramref name="denominator"/> (from 1 to 2^62), rounded half away from zero. Exact however large the product.</summary>
    /// <exception cref="OverflowException">The result does not fit in a long.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long DivideProduct(long a, long b, long denominator)
    {
        // Nearly every amount, ratio, quantity and price of a bill fits in 32 bits: the product then stays below 2^62, where half the denominator can be
        // added without overflow, and a constant denominator costs no division.
        if (unchecked((int)a) != a || unchecked((int)b) != b) return Divide((Int128)a * b, denominator);
        var product = a * b;
        return (product >= 0 ? product + denominator / 2 : product - denominator / 2) / denominator;
    }

    /// <summary><paramref name="numerator"/> / <paramref name="denominator"/> (positive), rounded half away from zero.</summary>
    /// <exception cref="OverflowException">The result does not fit in a long.</exception>
    public static long Divide(Int128 numerator, long denominator)
    {
        var (wide, left) = Int128.DivRem(numerator, denominator);
        if (Int128.Abs(left) >= denominator - Int128.Abs(left)) wide += Int128.Sign(left);
        return checked((long)wide);
    }
}
