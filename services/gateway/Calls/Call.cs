using System.Text.Json;
using Grpc.Core;
using MedInsure.Gateway.Fields;
using MedInsure.Gateway.Signature;
using MedInsure.Hosting.Rpc;
using MedInsure.Hosting.Tenancy;
using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Reference;

namespace MedInsure.Gateway.Calls;

/// <param name="Digest">SHA-256.</param>
public sealed record FileAnswer(string Name, ReadOnlyMemory<byte> Content, ReadOnlyMemory<byte> Digest);

/// <summary>One request whose carrier, signature, envelope, provider and fields have been found in order.</summary>
public sealed class Call(
    Envelope envelope, Input input, byte[] contentHash, string homeCounty, ProviderRow provider, string city,
    Backends backends, TenantDirectory tenants, SignInSerial serials, ChinaCalendar calendar, DateTime deadline, bool familyInsideAccount, Utf8JsonWriter output)
{
    public Envelope Envelope { get; } = envelope;
    public Input Input { get; } = input;
    /// <summary>The county whose services answer.</summary>
    public string HomeCounty { get; } = homeCounty;
    public ProviderRow Provider { get; } = provider;
    /// <summary>The provider's city: whose registry holds its catalog.</summary>
    public string City { get; } = city;
    public Backends Backends { get; } = backends;
    public TenantDirectory Tenants { get; } = tenants;
    public SignInSerial Serials { get; } = serials;
    public ChinaCalendar Calendar { get; } = calendar;
    /// <summary>Open inside the output object.</summary>
    public Utf8JsonWriter Output { get; } = output;
    /// <summary>Not empty: the answer carries infcode 9 and this text.</summary>
    public string Warning { get; set; } = "";

    /// <summary>Not empty: warn_msg of an answer with infcode 0.</summary>
    public string Hint { get; set; } = "";

    /// <summary>Not null: the answer is this file and no JSON.</summary>
    public FileAnswer? File { get; set; }

    /// <summary>acct_pay as this region's hospitals read it (<see cref="GatewayOptions.FamilyInsideAccount"/>); acct_mulaid_pay is the family's part either way.</summary>
    public long AccountPay(long ownFen, long familyFen) => familyInsideAccount ? ownFen + familyFen : ownFen;

    public bool FamilyInsideAccount => familyInsideAccount;

    /// <summary>The key that makes this command happen once.</summary>
    public Protos.Settlement.V1.RequestKey Key() => new()
    {
        Sender = Envelope.FixmedinsCode,
        MessageId = Envelope.Msgid,
        ContentHash = Google.Protobuf.ByteString.CopyFrom(contentHash),
        Transaction = Envelope.Infno,
    };

    /// <summary>Asks a service of the home county.</summary>
    public Task<T> Ask<T>(Func<CallOptions, AsyncUnaryCall<T>> send) => Ask(HomeCounty, send);

    /// <summary>Asks a service of a tenant. "Unavailable" was tried again by then, at all its replicas: every command carries its key.</summary>
    /// <exception cref="RpcException">Refused, unavailable, or too late.</exception>
    public async Task<T> Ask<T>(string tenant, Func<CallOptions, AsyncUnaryCall<T>> send)
    {
        using var sent = send(new CallOptions(CallTenant.For(tenant), deadline));
        return await sent.ResponseAsync;
    }
}
