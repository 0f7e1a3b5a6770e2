using Google.Protobuf;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Journal;

namespace MedInsure.Settlement.Supplements;

/// <summary>A consent is what it is, however often it is said: the state makes a repetition harmless, and each record has a key of its own.</summary>
internal static class ConsentKey
{
    private const string Sender = "consent";

    public static RequestKey New() => new()
    {
        Sender = Sender,
        MessageId = Guid.NewGuid().ToString("N")[..JournalCommand.MessageIdLengthMax],
        ContentHash = ByteString.CopyFrom(new byte[JournalCommand.ContentHashLength]),
        Transaction = Sender,
    };
}
