using System.Globalization;
using Google.Protobuf;
using MedInsure.Events;
using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Journal;
using MedInsure.Settlement.Policies;

namespace MedInsure.Settlement.PolicyLife;

/// <summary>A county makes a version that its city published part of its journal: from that record on it decides.</summary>
public static class AdoptPolicy
{
    private const string Sender = "policy";

    /// <summary>In order: whether it is meant for this county; that it is what it says to be; that its number was not published before with other content.</summary>
    public static JournalCommand Command(PolicyPublished published, PolicyLibrary program)
    {
        // Read here and kept by the library, so that the writer need not.
        Outcome<BenefitPolicy> policy;
        try { policy = program.Read(published.Text); }
        catch (PolicyFormatException) { policy = Refusals.PolicyTextMalformed; }
        return new JournalCommand(KeyOf(published), "", context => Decide(context, published, policy)) { NeedsCatalog = false };
    }

    private static Outcome<JournalRecord> Decide(DecisionContext context, PolicyPublished published, Outcome<BenefitPolicy> read)
    {
        if (published.Scope != context.Tenant.Code && published.Scope != context.Tenant.CityCode) return Refusals.PolicyOfOtherScope;
        if (read.Refusal is { } unreadable) return unreadable;
        var policy = read.Value;
        if (policy.Pack != published.Pack || policy.Version != published.Version || !Convert.ToHexStringLower(policy.ContentHash).Equals(published.ContentHash, StringComparison.OrdinalIgnoreCase)
            || !DayNumber.IsDay(published.EffectiveOn) || !policy.InForce.Contains(DayNumber.ToDate(published.EffectiveOn))) return Refusals.PolicyHashMismatch;
        if (context.Policies.Forbids(policy)) return Refusals.PolicyVersionExists;
        return new JournalRecord
        {
            PolicyAdopted = new PolicyAdopted
            {
                PublicationNo = published.PublicationNo,
                Pack = policy.Pack,
                Version = policy.Version,
                ContentHash = UnsafeByteOperations.UnsafeWrap(policy.ContentHash),
                Text = published.Text,
                EffectiveOn = published.EffectiveOn,
                Scope = published.Scope,
                PublishedBy = published.PublishedBy,
                PublishedAtMs = published.PublishedAtMs,
            },
        };
    }

    /// <summary>What a record adopted, from its text.</summary>
    /// <exception cref="InvalidOperationException">The text is not the one whose hash the record holds, or cannot be read.</exception>
    public static AdoptedPolicy Read(PolicyAdopted record, PolicyLibrary program)
    {
        BenefitPolicy policy;
        try { policy = program.Read(record.Text); }
        catch (PolicyFormatException e) { throw new InvalidOperationException($"the adopted text of {record.Pack} {record.Version} cannot be read: {e.Message}", e); }
        if (policy.Pack != record.Pack || policy.Version != record.Version || !record.ContentHash.Span.SequenceEqual(policy.ContentHash))
            throw new InvalidOperationException($"the adopted text of {record.Pack} {record.Version} is not the one that was published: its hash differs");
        return new AdoptedPolicy(policy, DayNumber.ToDate(record.EffectiveOn), record.PublicationNo);
    }

    /// <summary>The same publication announced again is the same request.</summary>
    private static RequestKey KeyOf(PolicyPublished published) => new()
    {
        Sender = Sender,
        MessageId = published.PublicationNo.ToString(CultureInfo.InvariantCulture),
        ContentHash = JournalCommand.ContentHashOf($"{published.Scope} {published.EffectiveOn} {published.ContentHash}"),
        Transaction = Sender,
    };
}
