namespace MedInsure.Billing.Reconciliation;

/// <summary>A statement's day against our payments of that day and channel. Pure.</summary>
internal static class CompareStatement
{
    /// <param name="ValueOn">By our books.</param>
    internal sealed record Ours(long PaymentNo, string Reference, long AmountFen, DateOnly ValueOn);

    /// <param name="ours">Those of the day, and whichever have a reference of the statement.</param>
    /// <returns>What differs, and the rows whose money we do not know.</returns>
    public static (List<MoneyFindings.Found> Found, List<BankFile.Row> Unknown) Compare(string channel, DateOnly day, IReadOnlyList<BankFile.Row> rows, IReadOnlyList<Ours> ours)
    {
        var (found, unknown) = (new List<MoneyFindings.Found>(), new List<BankFile.Row>());
        var byReference = ours.ToDictionary(p => p.Reference);
        foreach (var group in rows.GroupBy(r => r.Reference))
        {
            var row = group.First();
            var payment = byReference.GetValueOrDefault(group.Key);
            if (group.Count() > 1) Add("twice", group.Key, payment, group.Sum(r => r.AmountFen));
            if (payment is null) { Add("unknown_reference", group.Key, null, row.AmountFen); unknown.Add(row); continue; }
            if (payment.AmountFen != row.AmountFen) Add("wrong_amount", group.Key, payment, row.AmountFen);
            if (payment.ValueOn != row.ValueOn || row.ValueOn != day) Add("wrong_day", group.Key, payment, row.AmountFen);
        }
        var theirs = rows.Select(r => r.Reference).ToHashSet();
        foreach (var payment in ours.Where(p => p.ValueOn == day && !theirs.Contains(p.Reference))) Add("missing_at_bank", payment.Reference, payment, null);
        return (found, unknown);

        void Add(string kind, string reference, Ours? payment, long? banksFen) => found.Add(new(channel, day, kind, reference, payment?.AmountFen, banksFen, payment?.PaymentNo));
    }
}
