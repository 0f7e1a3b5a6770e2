using System.Security.Cryptography;
using System.Text;
using Google.Protobuf;
using MedInsure.Embedded;
using MedInsure.Events;
using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Claims;
using MedInsure.Settlement.Insurers;
using MedInsure.Settlement.Journal;
using MedInsure.Settlement.Supplements;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;

namespace MedInsure.Settlement.Tests.Supplements;

/// <summary>A clock that stands until it is set, its timestamps as well.</summary>
public sealed class StandingClock(DateTimeOffset now) : TimeProvider
{
    public DateTimeOffset Now { get; set; } = now;
    public override DateTimeOffset GetUtcNow() => Now;
    public override long GetTimestamp() => Now.Ticks;
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;
}

/// <summary>A county of its own with an insurer's server that the bills of its consented persons go to.</summary>
public sealed class SupplementWorld : IAsyncDisposable
{
    public const string Contract = "HM230100-SUP";
    private int lastPerson;

    public required SettlementNode Node { get; init; }
    public required PolicyServer Insurer { get; init; }
    public required StandingClock Clock { get; init; }
    public required AuthorizeBill Asking { get; init; }
    public AskedSettlement Asked => new(Asking, Clock);
    public LateSupplements Late => new(Asking, Node.Contracts, Clock, NullLogger<LateSupplements>.Instance);

    /// <param name="deadline">Of the contract; long enough by default that a busy machine does not make an insurer late.</param>
    public static async Task<SupplementWorld> Create(PostgresServer postgres, TimeSpan? deadline = null, int askDaysMax = 30, string? address = null)
    {
        var library = ContractLibrary.LoadEmbedded();
        var contracts = ContractLibrary.Of(library.All.Select(c => c.Supplement is null ? c : c with { Supplement = new SupplementTerms(deadline ?? TimeSpan.FromSeconds(30), askDaysMax) }));
        var clock = new StandingClock(SettlementNode.Start);
        var insurer = await PolicyServer.Start();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        insurer.PlatformKey = ECDsa.Create(key.ExportParameters(false));
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            [$"Insurers:{PolicyServer.Code}:Address"] = address ?? insurer.Address,
            ["Secrets:InsurerCallKey"] = key.ExportPkcs8PrivateKeyPem(),
            ["Secrets:PersonKey"] = new string('k', 32),
        }).Build();
        return new SupplementWorld
        {
            Node = await SettlementNode.Create(postgres, time: clock, contracts: contracts),
            Insurer = insurer,
            Clock = clock,
            Asking = new AuthorizeBill(configuration, new PlatformToken(configuration, clock), () => new PersonKey(configuration), clock, NullLogger<AuthorizeBill>.Instance),
        };
    }

    /// <summary>Forgets what the test before left.</summary>
    public async Task Begin()
    {
        Insurer.Begin();
        await Node.Projected();
        await using var command = Node.Database.CreateCommand("UPDATE late_supplement SET state = 'given_up' WHERE state = 'pending'");
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>A person who consented for 2026.</summary>
    public async Task<string> Consented(string policyNo = "")
    {
        var psnNo = await Person();
        await Consents(psnNo, policyNo.Length > 0 ? policyNo : "POL" + psnNo);
        return psnNo;
    }

    public async Task<string> Person(string insutype = "390", string psnType = "1501", long creditFen = 0)
    {
        var psnNo = $"P{Node.Tenant.Code}{Interlocked.Increment(ref lastPerson):D6}";
        await Node.AddPerson(psnNo, insutype, psnType, creditFen);
        return psnNo;
    }

    public async Task Consents(string psnNo, string policyNo, int from = 20260101, int to = 20261231, string contract = Contract) =>
        await Node.Accepted(RecordInsuredConsent.Command(psnNo, new RecordInsuredConsentRequest { ContractNo = contract, PolicyNo = policyNo, FromOn = from, ToOn = to }));

    /// <summary>As SettlementGrpc settles.</summary>
    public async Task<Outcome<Committed>> Settle(SettleClaimRequest request, TenantJournal? journal = null, CancellationToken cancellation = default)
    {
        var turn = new SupplementTurn();
        var begun = Clock.GetTimestamp();
        var outcome = await (journal ?? Node.Journal).Submit(SettleClaim.Command(request, turn), cancellation);
        return outcome.Refusal == Refusals.SupplementNotAsked ? await Asked.Finish(journal ?? Node.Journal, request, turn, begun, cancellation) : outcome;
    }

    public async Task<Committed> Settled(SettleClaimRequest request)
    {
        var outcome = await Settle(request);
        Assert.Null(outcome.Refusal);
        return outcome.Value;
    }

    /// <summary>Settles a visit while the insurer is out of reach: pending.</summary>
    public async Task<Committed> SettledWithoutAnswer(SettleClaimRequest request)
    {
        var before = Insurer.Before;
        Insurer.Before = (_, _) => throw new Grpc.Core.RpcException(new Grpc.Core.Status(Grpc.Core.StatusCode.Internal, "test"));
        try { return await Settled(request); }
        finally { Insurer.Before = before; }
    }

    /// <summary>One round of late questions, and the tables as it left them.</summary>
    public async Task<int> Round()
    {
        await Node.Projected();
        var due = await Late.Round(Node.Journal, Node.Database, CancellationToken.None);
        await Node.Projected();
        return due;
    }

    public async Task<(string State, string? DecisionNo, long? Fen)> LateRow(Committed settled)
    {
        await Node.Projected();
        await using var command = Node.Database.CreateCommand("SELECT state, decision_no, amount_fen FROM late_supplement WHERE setl_id = $1");
        command.Parameters.Add(new Npgsql.NpgsqlParameter<string> { TypedValue = settled.SetlId() });
        await using var reader = await command.ExecuteReaderAsync();
        return await reader.ReadAsync() ? (reader.GetString(0), reader.IsDBNull(1) ? null : reader.GetString(1), reader.IsDBNull(2) ? null : reader.GetInt64(2)) : ("", null, null);
    }

    /// <summary>What left for the city about a person, in order.</summary>
    public async Task<List<object>> Events(string psnNo)
    {
        await Node.Projected();
        await using var command = Node.Database.CreateCommand("SELECT type, payload FROM outbox WHERE aggregate = $1 ORDER BY seq");
        command.Parameters.Add(new Npgsql.NpgsqlParameter<string> { TypedValue = psnNo });
        await using var reader = await command.ExecuteReaderAsync();
        var events = new List<object>();
        while (await reader.ReadAsync())
        {
            var payload = reader.GetFieldValue<byte[]>(1);
            events.Add(reader.GetString(0) == nameof(ClaimSettled) ? EventJson.Read<ClaimSettled>(payload) : EventJson.Read<SupplementCaughtUp>(payload));
        }
        return events;
    }

    /// <summary>What the insurer bears by what it was told: the sum over its stream.</summary>
    public async Task<long> Borne(string psnNo) => (await Events(psnNo)).Sum(e => e switch
    {
        ClaimSettled { Supplement: { } s } => s.OnBillFen + s.LateFen,
        SupplementCaughtUp late => late.AmountFen,
        _ => 0,
    });

    public async Task Holds() => Assert.Empty((await VerifyJournal.Run(Node.Database, Node.Tenant, Node.Policies, CancellationToken.None)).Findings);

    public async ValueTask DisposeAsync()
    {
        await Node.DisposeAsync();
        Asking.Dispose();
        await Insurer.DisposeAsync();
    }
}
