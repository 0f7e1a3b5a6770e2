namespace MedInsure.Kernel;

/// <summary>An 18-character resident identity number (GB 11643): division, birth date, order (odd = male), check digit.</summary>
public static class ResidentIdNumber
{
    private static readonly int[] Weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    private const string CheckDigits = "10X98765432";

    /// <summary>The check digit of the first 17 digits.</summary>
    public static char CheckDigit(ReadOnlySpan<char> first17)
    {
        var sum = 0;
        for (var i = 0; i < 17; i++) sum += (first17[i] - '0') * Weights[i];
        return CheckDigits[sum % 11];
    }

    /// <summary>True when form, birth date and check digit are right; then birth date and sex (1 male, 2 female) are those it states.</summary>
    public static bool TryRead(string? text, out DateOnly birth, out char gender)
    {
        (birth, gender) = (default, '0');
        if (text is not { Length: 18 } || text.AsSpan(0, 17).IndexOfAnyExceptInRange('0', '9') >= 0) return false;
        var (year, month, day) = (Number(text.AsSpan(6, 4)), Number(text.AsSpan(10, 2)), Number(text.AsSpan(12, 2)));
        // Of DateOnly's own parser a million numbers of a file would take a tenth of a second.
        if (year == 0 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month) || CheckDigit(text) != text[17]) return false;
        birth = new DateOnly(year, month, day);
        gender = (text[16] - '0') % 2 == 1 ? '1' : '2';
        return true;
    }

    private static int Number(ReadOnlySpan<char> digits)
    {
        var number = 0;
        foreach (var digit in digits) number = number * 10 + (digit - '0');
        return number;
    }
}
