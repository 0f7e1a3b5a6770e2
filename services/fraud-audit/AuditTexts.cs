using System.Diagnostics.CodeAnalysis;
using MedInsure.Kernel;

namespace MedInsure.FraudAudit;

/// <summary>What requests name: their key, why something is done, which page of a list. Who does it: <see cref="TwoPeople"/>.</summary>
internal static class AuditTexts
{
    private const int ReasonMax = 500;

    public static bool IsKey([NotNullWhen(true)] string? key) => IsText(key, Refusals.RequestKeyMax);

    public static bool IsReason([NotNullWhen(true)] string? reason) => IsText(reason, ReasonMax);

    public static bool IsText([NotNullWhen(true)] string? text, int most) => !string.IsNullOrWhiteSpace(text) && text.Length <= most && !text.Contains('\0', StringComparison.Ordinal);

    /// <param name="page">From 1.</param>
    public static bool IsPage(int page, int size) => page >= 1 && size is >= 1 and <= Refusals.PageMax;
}
