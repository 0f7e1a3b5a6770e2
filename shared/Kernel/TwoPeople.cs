namespace MedInsure.Kernel;

/// <summary>Who acts at an agency: what moves money is done by one person and released by another, by name until operators have accounts.</summary>
public static class TwoPeople
{
    public static readonly Refusal PersonMissing = new(RefusalKind.Invalid, "approval.person_missing", "缺少经办人或复核人", "The name of who acts is missing or longer than 100 characters");
    public static readonly Refusal SamePerson = new(RefusalKind.Precondition, "approval.same_person", "经办与复核须由不同人员完成", "Two different people are needed", "approver");

    private const int NameLengthMax = 100;

    /// <returns>Why the two may not act; null: they may.</returns>
    public static Refusal? Check(string? first, string firstField, string? second, string secondField = "approver") =>
        Name(first, firstField) ?? Name(second, secondField) ?? (AreOne(first, second) ? SamePerson.At(secondField) : null);

    /// <summary>For acts of which each needs another person: first review, second review, approval, payment (Xc, 002_151a34ac552392cd.txt).</summary>
    /// <param name="before">Who acted before; empty names are nobody.</param>
    /// <returns>Why this person may not act; null: may.</returns>
    public static Refusal? Another(string? actor, string field, params ReadOnlySpan<string> before)
    {
        if (Name(actor, field) is { } nobody) return nobody;
        foreach (var other in before)
            if (other.Length > 0 && AreOne(actor, other)) return SamePerson.At(field);
        return null;
    }

    /// <returns>Why this is no name of a person; null: it is one.</returns>
    public static Refusal? Name(string? name, string field) =>
        !string.IsNullOrWhiteSpace(name) && name.Length <= NameLengthMax && !name.Contains('\0', StringComparison.Ordinal) ? null : PersonMissing.At(field);

    public static bool AreOne(string? a, string? b) => string.Equals(a?.Trim(), b?.Trim(), StringComparison.OrdinalIgnoreCase);
}
