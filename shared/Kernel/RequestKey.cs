namespace MedInsure.Kernel;

/// <summary>
/// What makes a command happen once: the sender (a provider's fixmedins_code, or a service's name), its message id, and a digest of the content.
/// The same sender and message with the same digest is answered with the stored answer; with another digest it is refused.
/// </summary>
public readonly record struct RequestKey(string Sender, string MessageId, ReadOnlyMemory<byte> ContentHash)
{
    public const int MessageIdLengthMax = 30;
    public const int ContentHashLength = 16;
}
