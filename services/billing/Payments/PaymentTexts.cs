using System.Globalization;
using System.Text.RegularExpressions;
using MedInsure.Billing.Bills;
using MedInsure.Kernel;

namespace MedInsure.Billing.Payments;

/// <summary>The forms that payments' requests and files share.</summary>
internal static partial class PaymentTexts
{
    /// <summary>Positive yuan with at most two decimals; a third is refused, never rounded.</summary>
    public static bool IsAmount(string? text, out long fen)
    {
        fen = RequestTexts.IsAmount(text, out var amount) && !amount.IsNegative ? amount.Value : 0;
        return fen > 0;
    }

    public static bool IsDay(string? text, out DateOnly day) => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out day);

    public static bool IsPastDay(string? text, DateOnly today, out DateOnly day) => IsDay(text, out day) && day <= today;

    /// <summary>An institution's code, as in bank-icbc.</summary>
    public static bool IsChannel(string? code) => code is not null && Channel().IsMatch(code);

    /// <summary>Persons with amounts, all of a scheme's year, nobody twice.</summary>
    public static Outcome<IReadOnlyList<PaidLine>> Lines(string? insutype, int year, IReadOnlyList<TakeCounterPayment.OrderLine>? persons)
    {
        if (!RequestTexts.IsText(insutype, 10)) return Refusals.SchemeMissing;
        if (!Month.IsPeriod(year)) return Refusals.YearInvalid;
        if (persons is not { Count: > 0 and <= PaymentRefusals.PersonsMax } || persons.Any(p => !RequestTexts.IsText(p.PsnNo, 40)) || persons.Select(p => p.PsnNo).Distinct().Count() != persons.Count) return PaymentRefusals.LinesInvalid;
        var lines = new List<PaidLine>(persons.Count);
        foreach (var person in persons)
        {
            if (!IsAmount(person.Amount, out var amount)) return PaymentRefusals.AmountInvalid;
            DateOnly? on = null;
            if (!string.IsNullOrEmpty(person.EventOn))
            {
                if (!IsDay(person.EventOn, out var day)) return PaymentRefusals.DayInvalid.At("event_on");
                on = day;
            }
            lines.Add(new PaidLine(person.PsnNo!, insutype!, year, amount, string.IsNullOrEmpty(person.Who) ? null : (person.Who, on)));
        }
        return lines;
    }

    [GeneratedRegex("^[a-z0-9]{1,20}$")]
    private static partial Regex Channel();
}
