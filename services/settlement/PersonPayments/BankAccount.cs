using System.Text;

namespace MedInsure.Settlement.PersonPayments;

/// <summary>Where a person's money goes.</summary>
internal sealed record BankAccount(string Number, string Name, string Bank)
{
    private const int NumberMin = 6, NumberMax = 34, TextMax = 100;

    /// <summary>The number's last four characters are shown, but never more than half of it.</summary>
    public static string Masked(string number) => new string('*', number.Length - Math.Min(4, number.Length / 2)) + number[^Math.Min(4, number.Length / 2)..];

    public object Shown => new { Number = Masked(Number), Name, Bank };

    // A record's own text would show the number wherever one is written to a log.
    private bool PrintMembers(StringBuilder text)
    {
        text.Append("Number = ").Append(Masked(Number));
        return true;
    }

    /// <summary>Null: it lacks something. Spaces and dashes of the number are dropped.</summary>
    public static BankAccount? Read(string? number, string? name, string? bank)
    {
        var digits = string.Concat((number ?? "").Where(c => c is not (' ' or '-')));
        return digits.Length is >= NumberMin and <= NumberMax && digits.All(char.IsAsciiLetterOrDigit) && IsText(name) && IsText(bank) ? new BankAccount(digits, name!.Trim(), bank!.Trim()) : null;
    }

    private static bool IsText(string? text) => !string.IsNullOrWhiteSpace(text) && text.Length <= TextMax && !text.Any(char.IsControl);
}
