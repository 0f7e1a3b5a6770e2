using MedInsure.Kernel;

namespace MedInsure.Billing;

/// <summary>Who does something, why, and under which key: named in every request that changes anything.</summary>
internal static class Actors
{
    private const int NameMax = 100, ReasonMax = 500;

    public static Refusal? Missing(string? name, string field) => IsText(name, NameMax) ? null : Refusals.ActorMissing.At(field);

    public static Refusal? NoReason(string? reason) => IsText(reason, ReasonMax) ? null : Refusals.ReasonMissing;

    public static Refusal? NoKey(string? key) => IsText(key, Refusals.RequestKeyMax) ? null : Refusals.RequestKeyMissing;

    private static bool IsText(string? text, int most) => !string.IsNullOrWhiteSpace(text) && text.Length <= most && !text.Contains('\0', StringComparison.Ordinal);
}
