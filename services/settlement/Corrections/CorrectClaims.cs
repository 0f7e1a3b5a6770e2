using Google.Protobuf;
using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Journal;

namespace MedInsure.Settlement.Corrections;

/// <summary>Why settlements were computed anew.</summary>
/// <param name="Code">policy: a version was published that decides their days; category: the person was recognised for days gone by.</param>
/// <param name="Text">For the bill, in Chinese.</param>
/// <param name="RunNo">Empty: no run.</param>
public sealed record CorrectionCause(string Code, string Text, string RunNo = "")
{
    public const string Policy = "policy", Category = "category";
}

/// <summary>
/// Books the differences of one person in one record. They were computed outside from the tables; the writer refuses what rests on less than it knows of the person, and
/// whoever computed them begins again.
/// </summary>
public static class CorrectClaims
{
    public const string Sender = "correction";

    /// <param name="messageId">The same for every attempt: what was booked once is not booked twice.</param>
    public static JournalCommand Command(string messageId, CorrectionPlan plan, CorrectionCause cause) =>
        new(Key(messageId), plan.PsnNo, context => Decide(context, plan, cause)) { ChangesNothing = plan.Corrections.Count == 0 };

    // The content is empty: whatever was found, the first record counts.
    private static RequestKey Key(string messageId) => new() { Sender = Sender, MessageId = messageId, ContentHash = ByteString.CopyFrom(new byte[JournalCommand.ContentHashLength]), Transaction = Sender };

    /// <summary>A plan without corrections is decided as well: that nothing came between must be known then, too.</summary>
    internal static Outcome<JournalRecord> Decide(DecisionContext context, CorrectionPlan plan, CorrectionCause cause)
    {
        var person = context.State.Person(plan.PsnNo);
        if (person.NewestSeq > plan.Seq) return Refusals.PersonChanged;
        var record = new JournalRecord { PsnNo = person.PsnNo };
        if (plan.Corrections.Count == 0) return record;
        record.ClaimsCorrected = new ClaimsCorrected { Cause = cause.Code, Text = cause.Text, RunNo = cause.RunNo };
        var (accountPaid, sums) = (person.AccountPaidFen, new Dictionary<BenefitYear, Calculation.Accumulators>());
        var relatives = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var planned in plan.Corrections)
        {
            var year = new BenefitYear(planned.Facts.Insutype, planned.Facts.PolicyOn / 10_000);
            if (!sums.TryGetValue(year, out var found)) sums.Add(year, found = person.YearOf(year.Insutype, year.Year).Sums.Copy());
            var correction = planned.Clone();
            correction.SetlId = context.State.SettlementId(1 + record.ClaimsCorrected.Correction.Count);
            foreach (var (key, value) in found.Entries) correction.Found.Add(new Balance { Key = key, Value = value });
            correction.AccountPaidBeforeFen = accountPaid;
            found.Apply([.. correction.Difference.Change.Select(c => new Calculation.AccumulatorChange(c.Key, c.Delta))]);
            accountPaid += correction.Difference.Amounts.AccountFen;
            correction.Family = FamilyDocuments.Found(FamilyDocuments.Sum(null, correction.Difference.Family, 1, context.State.Survivor), PaidOf);
            foreach (var payment in correction.Family?.Payment ?? [])
            {
                relatives[payment.PsnNo] = payment.AccountPaidBeforeFen + payment.AmountFen;
                if (payment.PsnNo == person.PsnNo) accountPaid += payment.AmountFen; // his own number's, retired since
            }
            record.ClaimsCorrected.Correction.Add(correction);
        }
        return record;

        long PaidOf(string relative) => relative == person.PsnNo ? accountPaid : relatives.TryGetValue(relative, out var paid) ? paid : context.State.Persons.GetValueOrDefault(relative)?.AccountPaidFen ?? 0;
    }
}
