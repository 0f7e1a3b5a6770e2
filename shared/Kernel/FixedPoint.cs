namespace MedInsure.Kernel;

/// <summary>Decimal text to and from whole numbers of 10^-places, without floating point and without rounding.</summary>
public static class FixedPoint
{
    /// <summary>Reads [+|-]digits[.digits] with at most <paramref name="places"/> significant decimals (trailing zeros beyond are allowed).
    /// No exponent, no grouping, no blanks. False when the text is no such number or does not fit in a long.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, int places, out long value)
    {
        value = 0;
        var negative = false;
        if (text.Length > 0 && text[0] is '-' or '+') { negative = text[0] == '-'; text = text[1..]; }
        // A long reaches one further below zero than above it.
        var most = negative ? -(Int128)long.MinValue : long.MaxValue;
        Int128 total = 0;
        var decimals = -1;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c == '.')
            {
                // A digit on each side: ".5" and "5." are slips of a system that builds numbers from pieces.
                if (decimals >= 0 || i == 0 || i == text.Length - 1) return false;
                decimals = 0;
                continue;
            }
            if (c is < '0' or > '9') return false;
            if (decimals >= 0 && decimals == places) { if (c != '0') return false; continue; }
            if (decimals >= 0) decimals++;
            total = total * 10 + (c - '0');
            if (total > most) return false;
        }
        if (text.Length == 0) return false;
        for (var i = Math.Max(decimals, 0); i < places; i++) { total *= 10; if (total > most) return false; }
        value = (long)(negative ? -total : total);
        return true;
    }

    /// <summary>Writes <paramref name="value"/> / 10^<paramref name="places"/>; with <paramref name="trim"/>, without trailing zeros.</summary>
    public static string Format(long value, int places, bool trim)
    {
        Span<char> buffer = stackalloc char[24 + places];
        var digits = value < 0 ? unchecked(0UL - (ulong)value) : (ulong)value;
        var at = buffer.Length;
        var skipping = trim;
        for (var i = 0; i < places; i++)
        {
            var digit = (char)('0' + digits % 10);
            digits /= 10;
            if (skipping && digit == '0') continue;
            skipping = false;
            buffer[--at] = digit;
        }
        if (at < buffer.Length) buffer[--at] = '.';
        do { buffer[--at] = (char)('0' + digits % 10); digits /= 10; } while (digits > 0);
        if (value < 0) buffer[--at] = '-';
        return new string(buffer[at..]);
    }
}
