using Google.Protobuf;
using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Journal;

namespace MedInsure.Settlement.Supplements;

/// <summary>
/// Books what an insurer answered after the bill had settled without it. Once per settlement: the request's key is the settlement's number, so that neither a crash between the
/// answer and the commit nor a second process can book it twice. The bill's amounts stay; the insurer pays the person directly.
/// </summary>
public static class CatchUpSupplement
{
    public const string Sender = "supplement";

    public static JournalCommand Command(string setlId, string psnNo, string mdtrtId, InsurerDecision decision) =>
        new(Key(setlId), psnNo, context => Decide(context, setlId, mdtrtId, decision)) { MdtrtId = mdtrtId };

    /// <summary>A settlement that was cancelled meanwhile, or one that has its answer, takes none.</summary>
    private static Outcome<JournalRecord> Decide(DecisionContext context, string setlId, string mdtrtId, InsurerDecision decision)
    {
        if (context.State.FindEncounter(mdtrtId)?.FindSettlement(setlId) is not { AwaitsSupplement: true } settlement) return Refusals.SupplementClosed;
        return new JournalRecord
        {
            PsnNo = context.State.FindEncounter(mdtrtId)!.PsnNo,
            MdtrtId = mdtrtId,
            SupplementAnswered = new SupplementAnswered { SetlId = settlement.RootId, DecisionNo = decision.DecisionNo, AmountFen = decision.Amount.Value, Text = decision.Text, Supplement = settlement.Document.Facts.Supplement },
        };
    }

    // The content is empty: whatever is answered, the first one counts.
    private static RequestKey Key(string setlId) => new() { Sender = Sender, MessageId = setlId, ContentHash = ByteString.CopyFrom(new byte[JournalCommand.ContentHashLength]), Transaction = Sender };
}
