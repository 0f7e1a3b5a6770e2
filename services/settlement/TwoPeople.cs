using MedInsure.Kernel;

namespace MedInsure.Settlement;

/// <summary>Who acts at the agency: what moves money is done by one person and released by another, by name until operators have accounts.</summary>
internal static class TwoPeople
{
    private const int NameLengthMax = 100;

    /// <returns>Why the two may not act; null: they may.</returns>
    public static Refusal? Check(string? first, string firstField, string? second, string secondField = "approver") =>
        Name(first, firstField) ?? Name(second, secondField) ?? (AreOne(first, second) ? Refusals.ActorsAreOne.At(secondField) : null);

    /// <returns>Why this is no name of a person; null: it is one.</returns>
    public static Refusal? Name(string? name, string field) =>
        !string.IsNullOrWhiteSpace(name) && name.Length <= NameLengthMax && !name.Contains('\0', StringComparison.Ordinal) ? null : Refusals.ActorMissing.At(field);

    public static bool AreOne(string? a, string? b) => string.Equals(a?.Trim(), b?.Trim(), StringComparison.OrdinalIgnoreCase);
}
