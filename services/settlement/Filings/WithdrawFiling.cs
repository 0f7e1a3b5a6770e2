using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Journal;

namespace MedInsure.Settlement.Filings;

/// <summary>Withdraws a filing (2502, 2504). Settlements made under it keep their amounts.</summary>
public static class WithdrawFiling
{
    public static JournalCommand Command(WithdrawFilingRequest request) => new(request.Key, request.PsnNo, context => Decide(context, request));

    /// <summary>In order: person; a filing of theirs, of the kind if one is named, not withdrawn. Any provider may: the person asks, wherever that is.</summary>
    private static Outcome<JournalRecord> Decide(DecisionContext context, WithdrawFilingRequest request)
    {
        var person = context.State.Person(request.PsnNo);
        if (person.Insured is null) return Refusals.PersonUnknown;
        var filing = person.Filings.FirstOrDefault(f => f.FilingId == request.FilingId && !f.Withdrawn && (request.Kind == FilingKind.Unspecified || f.Kind == request.Kind));
        if (filing is null) return Refusals.FilingUnknown;
        return new JournalRecord { PsnNo = request.PsnNo, FilingWithdrawn = new FilingWithdrawn { FilingId = filing.FilingId, Memo = request.Memo } };
    }

    /// <summary>The filing as it stands after the withdrawal.</summary>
    public static Filing Reply(Committed committed)
    {
        var filing = committed.Person?.Filings.FirstOrDefault(f => f.FilingId == committed.Record.FilingWithdrawn.FilingId)?.Clone() ?? new Filing { FilingId = committed.Record.FilingWithdrawn.FilingId };
        filing.Withdrawn = true;
        return filing;
    }
}
