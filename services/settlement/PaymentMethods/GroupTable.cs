namespace MedInsure.Settlement.PaymentMethods;

/// <summary>Groups of stays by main diagnosis and operation, with weights (DRG) or points (DIP): data, not code.</summary>
internal sealed class GroupTable(IReadOnlyList<PaymentGroup> groups)
{
    // The closest first, so that the first one that fits is the group.
    private readonly PaymentGroup[] ordered = [.. groups.OrderByDescending(g => g.Diagnosis.Length).ThenByDescending(g => g.Operation.Length).ThenBy(g => g.Code, StringComparer.Ordinal)];
    private readonly Dictionary<(string, string), PaymentGroup?> found = [];

    public IReadOnlyList<PaymentGroup> Groups => groups;

    /// <summary>Every stay has a group: one of them asks for no diagnosis and no operation.</summary>
    public bool IsComplete => groups.Any(g => g.Diagnosis.Length == 0 && g.Operation.Length == 0);

    /// <summary>By the longest diagnosis code with which the stay's begins, among these by the longest operation code.</summary>
    public PaymentGroup? Of(string diagnosis, string operation)
    {
        if (found.TryGetValue((diagnosis, operation), out var known)) return known;
        return found[(diagnosis, operation)] = Array.Find(ordered, g => diagnosis.StartsWith(g.Diagnosis, StringComparison.Ordinal) && operation.StartsWith(g.Operation, StringComparison.Ordinal));
    }
}

/// <param name="Diagnosis">With which the main diagnosis begins; empty: any.</param>
/// <param name="Operation">With which the operation begins; empty: with or without one.</param>
/// <param name="PointsE4">Weight or points of a stay, in ten-thousandths.</param>
internal sealed record PaymentGroup(string Code, string Name, string Diagnosis, string Operation, long PointsE4);
