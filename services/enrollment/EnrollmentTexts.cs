using MedInsure.Enrollment.Identity;
using MedInsure.Kernel;

namespace MedInsure.Enrollment;

/// <summary>The forms of texts in requests: why something is done, under which key, and other words, without control characters.</summary>
internal static class EnrollmentTexts
{
    public const int ReasonMax = 500;

    public static bool IsText(string? text, int lengthMax) => !string.IsNullOrWhiteSpace(text) && text.Length <= lengthMax && !text.Any(char.IsControl);

    /// <returns>Why this text may not stand in a field; null: it may.</returns>
    public static Refusal? Check(string? text, int lengthMax, string field) => IsText(text, lengthMax) ? null : IdentityRefusals.TextInvalid.At(field);

    public static Refusal? NoKey(string? key) => IsText(key, Refusals.RequestKeyMax) ? null : Refusals.RequestKeyMissing.At("request_key");

    public static Refusal? NoReason(string? reason) => IsText(reason, ReasonMax) ? null : Refusals.ReasonMissing.At("why");
}
