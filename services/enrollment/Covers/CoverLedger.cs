using MedInsure.Kernel;
using MedInsure.Protos.Enrollment.V1;

namespace MedInsure.Enrollment.Covers;

/// <summary>
/// The periods of cover of some persons while they change, and what is to be written of it. Periods of one scheme never overlap: a new one gives way to those that
/// are there, by days. Pure.
/// </summary>
internal sealed class CoverLedger(IEnumerable<Person> persons)
{
    /// <summary>Who is in one of these is in none of the others: national insutype of employees, retired veterans, the old rural scheme, residents (and urban residents).</summary>
    private static readonly string[] Basic = ["310", "340", "380", "390", "391"];

    private static readonly DateOnly Never = DateOnly.MaxValue;

    internal readonly record struct Row(string PsnNo, string Insutype, DateOnly From, DateOnly? To, string PsnType, string EmployerNo, long AccountCreditFen);

    private readonly Dictionary<string, Person> persons = persons.ToDictionary(p => p.PsnNo);
    private readonly Dictionary<string, List<Row>> rows = persons.ToDictionary(p => p.PsnNo, p => p.Coverage.Select(c => new Row(p.PsnNo, c.Insutype, DayNumber.ToDate(c.FromOn), DayNumber.ToOptionalDate(c.ToOn), c.PsnType, c.EmployerNo, c.AccountCreditFen)).ToList());
    private readonly HashSet<string> changed = new(StringComparer.Ordinal);

    /// <summary>Whose periods are other than before.</summary>
    public IReadOnlyCollection<string> Changed => changed;
    public IEnumerable<Row> RowsOfChanged => changed.Order(StringComparer.Ordinal).SelectMany(psnNo => rows[psnNo]);

    public Person? Find(string psnNo) => persons.GetValueOrDefault(psnNo);

    /// <summary>Of the scheme's periods the last one that begins up to a day.</summary>
    public Row? Last(string psnNo, string insutype, DateOnly upTo) =>
        rows[psnNo].Where(r => r.Insutype == insutype && r.From <= upTo).OrderBy(r => r.From).Select(r => (Row?)r).LastOrDefault();

    /// <summary>Whether another basic scheme covers a day of the period.</summary>
    public bool IsCoveredElsewhere(string psnNo, string insutype, DatePeriod period) =>
        Basic.Contains(insutype) && rows[psnNo].Any(r => r.Insutype != insutype && Basic.Contains(r.Insutype) && period.Overlaps(new DatePeriod(r.From, r.To)));

    /// <summary>Whether the scheme covers a day of the period.</summary>
    public bool IsCovered(string psnNo, string insutype, DatePeriod period) => rows[psnNo].Any(r => r.Insutype == insutype && period.Overlaps(new DatePeriod(r.From, r.To)));

    /// <returns>Whether any day of the period is newly covered.</returns>
    public bool Add(string psnNo, string insutype, DatePeriod period, string psnType, string employerNo = "")
    {
        var free = new List<(DateOnly From, DateOnly To)> { (period.From, period.To ?? Never) };
        foreach (var row in rows[psnNo].Where(r => r.Insutype == insutype))
            free = [.. free.SelectMany(f => Without(f, row.From, row.To ?? Never))];
        foreach (var (from, to) in free)
        {
            // Months of one person's own follow each other as one period.
            var before = rows[psnNo].FindIndex(r => r.Insutype == insutype && r.To is { } end && end.AddDays(1) == from && r.PsnType == psnType && r.EmployerNo == employerNo && insutype == "310");
            if (before >= 0) rows[psnNo][before] = rows[psnNo][before] with { To = to == Never ? null : to };
            else rows[psnNo].Add(new Row(psnNo, insutype, from, to == Never ? null : to, psnType, employerNo, 0));
            changed.Add(psnNo);
        }
        return free.Count > 0;
    }

    /// <summary>Takes the scheme's cover away on the days of a period; what was credited with pieces that go wholly stays with the scheme's piece before them, or else with another one.</summary>
    /// <returns>Whether any day was covered that is not any more.</returns>
    public bool Remove(string psnNo, string insutype, DatePeriod period)
    {
        var own = rows[psnNo];
        var touched = own.FindAll(r => r.Insutype == insutype && period.Overlaps(new DatePeriod(r.From, r.To)));
        own.RemoveAll(touched.Contains);
        var gone = new List<Row>();
        foreach (var row in touched)
        {
            List<(DateOnly From, DateOnly To)> left = [.. Without((row.From, row.To ?? Never), period.From, period.To ?? Never)];
            // The first piece keeps the credit.
            for (var i = 0; i < left.Count; i++) own.Add(row with { From = left[i].From, To = left[i].To == Never ? null : left[i].To, AccountCreditFen = i == 0 ? row.AccountCreditFen : 0 });
            if (left.Count == 0 && row.AccountCreditFen > 0) gone.Add(row);
        }
        if (gone.Count > 0)
        {
            var places = Enumerable.Range(0, own.Count).Where(i => own[i].Insutype == insutype).ToList();
            // With the only pieces the money would go.
            if (places.Count == 0) own.AddRange(gone);
            else
            {
                var place = places.OrderBy(i => own[i].From > period.From).ThenByDescending(i => own[i].From).First();
                own[place] = own[place] with { AccountCreditFen = checked(own[place].AccountCreditFen + gone.Sum(r => r.AccountCreditFen)) };
                gone.Clear();
            }
        }
        var found = touched.Count > gone.Count;
        if (found) changed.Add(psnNo);
        return found;
    }

    private static IEnumerable<(DateOnly From, DateOnly To)> Without((DateOnly From, DateOnly To) days, DateOnly from, DateOnly to)
    {
        if (from > days.To || to < days.From) { yield return days; yield break; }
        if (from > days.From) yield return (days.From, from.AddDays(-1));
        if (to < days.To) yield return (to.AddDays(1), days.To);
    }
}
