using System.Globalization;
using MedInsure.Enrollment.Changes;
using MedInsure.Enrollment.Employments;
using MedInsure.Enrollment.Persons;
using MedInsure.Events;
using MedInsure.Kernel;

namespace MedInsure.Enrollment.Retirements;

/// <summary>
/// Billing has granted retirement: the employment and its cover end with the month before, and the person is covered as retired from the month on, until further notice. What was
/// credited with periods that never were is the retired one's.
/// </summary>
internal static class RetirePerson
{
    private const string By = "billing", MaternityScheme = "510";

    /// <summary>Who is covered so already, or died before, stays as it is.</summary>
    public static async Task Run(HeldCounty held, RetirementGranted granted, DateTimeOffset at, CancellationToken cancellation)
    {
        var first = new DateOnly(granted.FromMonth / 100, granted.FromMonth % 100, 1);
        var before = first.AddDays(-1);
        // A number that was merged meanwhile leads to the one that is left.
        var found = await held.Rows("SELECT coalesce(merged_into, psn_no) FROM person WHERE psn_no = $1", r => r.GetString(0), cancellation, granted.PsnNo);
        if (found is not [var psnNo]) throw new InvalidOperationException($"retirement granted to {granted.PsnNo}, whom nobody enrolled");
        var person = (await held.Find(psnNo, cancellation)).Value;
        DateOnly? died = DayNumber.ToOptionalDate(person.DiedOn);
        if (died < first) return;
        var day = DayNumber.Of(first);
        var standing = person.Coverage.FirstOrDefault(c => c.Insutype == granted.Insutype && c.FromOn <= day && (c.ToOn == 0 || c.ToOn >= day));
        if (standing is not null && standing.PsnType == granted.PsnType && standing.ToOn == person.DiedOn) return;

        string[] who = [psnNo];
        // Later periods make room for the one that lasts, which takes their credits: they need no home before it.
        var credits = (await held.Rows("SELECT coalesce(sum(account_credit_fen), 0)::bigint FROM coverage WHERE psn_no = $1 AND insutype = $2 AND from_on >= $3", r => r.GetInt64(0), cancellation, psnNo, granted.Insutype, first))[0];
        await held.Run("DELETE FROM coverage WHERE psn_no = $1 AND insutype = $2 AND from_on >= $3", cancellation, psnNo, granted.Insutype, first);
        await EndCover.Run(held, who, [before], granted.Insutype, cancellation);
        await EndCover.Run(held, who, [before], MaternityScheme, cancellation);
        await held.Run("INSERT INTO coverage (psn_no, insutype, from_on, to_on, psn_type, employer_no, account_credit_fen) VALUES ($1, $2, $3, $4::date, $5, '', $6)", cancellation,
            psnNo, granted.Insutype, first, died, granted.PsnType, credits);
        await EndEmployments.Run(held, who, [before], "retired", By, at, cancellation);
        var months = new Dictionary<string, string>
        {
            ["psn_type"] = granted.PsnType, ["insutype"] = granted.Insutype, ["from_month"] = Text(granted.FromMonth), ["months"] = Text(granted.Months), ["paid_months"] = Text(granted.PaidMonths),
        };
        await PersonChange.Add(held, null, psnNo, "retirement", new Dictionary<string, string> { ["psn_type"] = standing?.PsnType ?? "" }, months, "", "", By, By, at, cancellation);
        await held.Tell(who, at, cancellation);

        static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
    }
}
