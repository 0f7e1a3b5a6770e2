namespace MedInsure.Kernel;

/// <summary>A quantity with up to four decimals, held as whole ten-thousandths. Negative in a correction.</summary>
public readonly record struct Quantity(long TenThousandths)
{
    public static bool TryParse(ReadOnlySpan<char> text, out Quantity quantity)
    {
        var ok = FixedPoint.TryParse(text, 4, out var value);
        quantity = new Quantity(value);
        return ok;
    }

    public override string ToString() => FixedPoint.Format(TenThousandths, 4, trim: true);
}

/// <summary>A unit price with up to six decimals of a yuan, held as whole millionths of a yuan.</summary>
public readonly record struct UnitPrice(long MicroYuan) : IComparable<UnitPrice>
{
    /// <summary>Ten-thousandths of a unit times millionths of a yuan, in fen: 10^-4 × 10^-6 yuan = 10^-8 fen.</summary>
    private const long PerFen = 100_000_000;

    public static bool operator <(UnitPrice a, UnitPrice b) => a.MicroYuan < b.MicroYuan;
    public static bool operator >(UnitPrice a, UnitPrice b) => a.MicroYuan > b.MicroYuan;
    public static bool operator <=(UnitPrice a, UnitPrice b) => a.MicroYuan <= b.MicroYuan;
    public static bool operator >=(UnitPrice a, UnitPrice b) => a.MicroYuan >= b.MicroYuan;
    public static UnitPrice operator -(UnitPrice a, UnitPrice b) => new(a.MicroYuan - b.MicroYuan);
    public int CompareTo(UnitPrice other) => MicroYuan.CompareTo(other.MicroYuan);

    /// <summary>Quantity × price, rounded half up to the fen once (settlement-calculation.md section 2).</summary>
    public Fen TimesHalfUp(Quantity quantity) => new(HalfUp.DivideProduct(quantity.TenThousandths, MicroYuan, PerFen));

    public static bool TryParse(ReadOnlySpan<char> text, out UnitPrice price)
    {
        var ok = FixedPoint.TryParse(text, 6, out var value);
        price = new UnitPrice(value);
        return ok;
    }

    public override string ToString() => FixedPoint.Format(MicroYuan, 6, trim: true);
}
