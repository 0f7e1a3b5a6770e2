using System.Security.Cryptography;
using System.Text;
using Google.Protobuf;
using MedInsure.Hosting.Tenancy;
using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Reference;
using MedInsure.Settlement.Insurers;
using MedInsure.Settlement.Policies;

namespace MedInsure.Settlement.Journal;

/// <summary>A command that was accepted: its record, where it stands in the journal, and the person it concerns.</summary>
/// <param name="Seq">0 when the command changes nothing.</param>
public sealed record Committed(JournalRecord Record, long Seq, PersonState? Person, bool IsReplay);

/// <summary>What is known of a request.</summary>
/// <param name="Request">Null: it was never accepted, as far as was known then.</param>
/// <param name="Epoch">In which memory that was looked for: should it be built anew meanwhile, whoever relies on the answer must look again.</param>
public sealed record FoundRequest(KnownRequest? Request, int Epoch);

/// <summary>What a decision may look at. Everything is the writer's own memory: a decision does no I/O and reads no clock.</summary>
/// <param name="Reference">What the home city's provider-registry published; the same for a whole batch.</param>
public sealed record DecisionContext(Tenant Tenant, TenantState State, ContractLibrary Contracts, CityReference Reference, Func<string, ProviderRow?> FindProvider, DateTimeOffset Now)
{
    public DateOnly Today { get; } = ChinaCalendar.DayOf(Now.ToUnixTimeMilliseconds());
    /// <summary>The county's, with what was adopted a moment ago.</summary>
    public CountyPolicies Policies => State.Policies;
    public long NowMs => Now.ToUnixTimeMilliseconds();
}

/// <summary>One request to change (or try) something, with what must be in memory before it can be decided.</summary>
public sealed class JournalCommand(RequestKey? key, string psnNo, Func<DecisionContext, Outcome<JournalRecord>> decide)
{
    /// <summary>Of <see cref="RequestKey"/>: msgid's room in the national interface, and the digest's bytes.</summary>
    public const int MessageIdLengthMax = 30, ContentHashLength = 16;

    /// <summary>Of a request key that stands for this text.</summary>
    internal static ByteString ContentHashOf(string content) => ByteString.CopyFrom(SHA256.HashData(Encoding.UTF8.GetBytes(content)).AsSpan(0, ContentHashLength));

    /// <summary>Empty where the caller sent none; only a command that changes nothing gets that far.</summary>
    public RequestKey Key { get; } = key ?? new RequestKey();
    /// <summary>Empty: the command concerns no person.</summary>
    public string PsnNo { get; } = psnNo;
    /// <summary>A second person that the decision changes: the number that retires. Empty: none.</summary>
    public string RetiredNo { get; init; } = "";
    public string MdtrtId { get; init; } = "";
    /// <summary>Set when a new encounter claims a visit number.</summary>
    public (string FixmedinsCode, string VisitNo)? NewVisit { get; init; }
    /// <summary>A pre-settlement: decided against the same state, not written, not remembered.</summary>
    public bool ChangesNothing { get; init; }

    /// <summary>False: the decision looks at nothing that provider-registry published, and need not wait for it.</summary>
    public bool NeedsCatalog { get; init; } = true;

    /// <summary>Set when the command rests on something that was found before; see <see cref="FoundRequest"/>.</summary>
    public int? LookedIn { get; init; }

    internal Outcome<JournalRecord> Decide(DecisionContext context) => decide(context);

    internal int Epoch { get; set; }
    /// <summary>Tick count.</summary>
    internal long LookedAt { get; set; }
    internal LoadedState? Loaded { get; set; }
    internal TaskCompletionSource<Outcome<Committed>> Completion { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}
