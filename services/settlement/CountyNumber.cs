using System.Globalization;

namespace MedInsure.Settlement;

/// <summary>Printed numbers: the county's code, a letter of the kind, twelve digits (230102C000000000003).</summary>
internal static class CountyNumber
{
    // A number says by itself of what it is: no letter stands for two kinds.
    public const char Run = 'R', PaymentList = 'P', ManualClaim = 'B', Terms = 'V', Limit = 'L', ProviderFile = 'F', FundApplication = 'A', FundMove = 'M';
    public const char Application = 'C', Statement = 'T', Payment = 'Y', Prepayment = 'Q', PaymentFile = 'Z', DepositReturn = 'D', AuditRemittance = 'E';

    public static string Of(string county, char kind, long number) => $"{county}{kind}{number:D12}";

    /// <summary>Null: no number of this county and kind.</summary>
    public static long? Parse(string county, char kind, string? text) =>
        text is not null && text.Length == county.Length + 13 && text.StartsWith(county, StringComparison.Ordinal) && text[county.Length] == kind
        && long.TryParse(text.AsSpan(county.Length + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
