using Google.Protobuf;
using MedInsure.Events;
using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Journal;

namespace MedInsure.Settlement.Persons;

/// <summary>
/// Follows enrollment's merge of two records of one person: sums, account, filings, consents and stays of the retired number count for the surviving one from this record on. What was
/// settled before keeps its numbers: nobody computes it anew because of it.
/// </summary>
public static class FollowMerge
{
    public const string Sender = "person-merge";

    public static JournalCommand Command(PersonMerged merged) =>
        new(Key(merged.MergeNo), merged.SurvivingNo, context => Decide(context, merged)) { RetiredNo = merged.RetiredNo, NeedsCatalog = false };

    // Enrollment's number is the whole content.
    private static RequestKey Key(long mergeNo) => new() { Sender = Sender, MessageId = $"{mergeNo}", ContentHash = ByteString.CopyFrom(new byte[JournalCommand.ContentHashLength]), Transaction = Sender };

    private static Outcome<JournalRecord> Decide(DecisionContext context, PersonMerged merged)
    {
        var (person, retired) = (context.State.Person(merged.SurvivingNo), context.State.Persons[merged.RetiredNo]);
        if (context.State.Survivor(merged.RetiredNo) != merged.RetiredNo || person == retired) return Refusals.MergedBefore;
        var record = new PersonsMerged { RetiredNo = merged.RetiredNo, MergeNo = merged.MergeNo, AccountPaidBeforeFen = person.AccountPaidFen, AccountMovedFen = retired.AccountPaidFen };
        foreach (var (key, year) in retired.Years)
        {
            var moved = new MergedYear { Insutype = key.Insutype, Year = key.Year };
            foreach (var (name, value) in year.Sums.Entries) moved.Moved.Add(new Balance { Key = name, Value = value });
            if (moved.Moved.Count == 0) continue;
            foreach (var (name, value) in person.Years.GetValueOrDefault(key)?.Sums.Entries ?? []) moved.Found.Add(new Balance { Key = name, Value = value });
            record.Year.Add(moved);
        }
        // One consent per day: what the surviving number consented to stays.
        foreach (var consent in retired.Consents)
            if (!person.Consents.Any(c => c.IsOf(consent.ContractNo, consent.PolicyNo) || c.FromOn <= consent.ToOn && c.ToOn >= consent.FromOn))
                record.Consent.Add(new ConsentWithdrawn { ContractNo = consent.ContractNo, PolicyNo = consent.PolicyNo });
        foreach (var consent in retired.Family.OrderBy(c => c.PayerNo, StringComparer.Ordinal))
            if (context.State.Survivor(consent.PayerNo) != person.PsnNo && !person.Family.Any(c => c.PayerNo == consent.PayerNo)) record.FamilyPayer.Add(consent.PayerNo);
        return new JournalRecord { PsnNo = person.PsnNo, PersonsMerged = record };
    }
}
