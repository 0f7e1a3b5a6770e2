using MedInsure.Kernel;

namespace MedInsure.Settlement.Insurers;

/// <summary>Who acts at the agency: what moves money is done by one person and released by another.</summary>
internal static class TwoPeople
{
    private const int NameLengthMax = 100;

    /// <returns>Why the two may not act; null: they may.</returns>
    public static Refusal? Check(string? first, string firstField, string? approver)
    {
        if (!IsName(first)) return Refusals.ActorMissing.At(firstField);
        if (!IsName(approver)) return Refusals.ActorMissing.At("approver");
        return string.Equals(first!.Trim(), approver!.Trim(), StringComparison.OrdinalIgnoreCase) ? Refusals.ActorsAreOne : null;
    }

    private static bool IsName(string? name) => !string.IsNullOrWhiteSpace(name) && name.Length <= NameLengthMax && !name.Contains('\0', StringComparison.Ordinal);
}
