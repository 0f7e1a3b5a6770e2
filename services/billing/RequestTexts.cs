using MedInsure.Kernel;

namespace MedInsure.Billing;

/// <summary>Why something is done, and under which key: named in every request that changes anything, beside who does it (<see cref="TwoPeople"/>).</summary>
internal static class RequestTexts
{
    private const int ReasonMax = 500, ReferenceMax = 64;

    public static Refusal? NoReason(string? reason) => IsText(reason, ReasonMax) ? null : Refusals.ReasonMissing;

    public static Refusal? NoKey(string? key) => IsText(key, Refusals.RequestKeyMax) ? null : Refusals.RequestKeyMissing;

    public static Refusal? NoReference(string? reference) => IsText(reference, ReferenceMax) ? null : Refusals.ReferenceMissing;

    /// <summary>Yuan with at most two decimals, not zero; three decimals are refused, never rounded.</summary>
    public static bool IsAmount(string? text, out Fen amount)
    {
        amount = Fen.Zero;
        return text is not null && Fen.TryParseYuan(text, out amount) && !amount.IsZero;
    }

    public static bool IsText(string? text, int most) => !string.IsNullOrWhiteSpace(text) && text.Length <= most && !text.Contains('\0', StringComparison.Ordinal);
}
