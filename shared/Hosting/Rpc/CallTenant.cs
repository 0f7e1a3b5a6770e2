using Grpc.Core;
using MedInsure.Kernel;

namespace MedInsure.Hosting.Rpc;

/// <summary>The tenant a call is about, in the metadata medinsure-tenant: a division code. The server refuses codes it does not know before any handler.</summary>
public static class CallTenant
{
    public const string Key = "medinsure-tenant";

    internal static readonly Refusal Missing = new(RefusalKind.Invalid, "tenant.missing", "未指明统筹区", "the metadata medinsure-tenant is missing", Key);
    internal static readonly Refusal Unknown = new(RefusalKind.NotFound, "tenant.unknown", "未知的统筹区", "the tenant is not known here", Key);

    /// <exception cref="RpcException">The call names no tenant.</exception>
    public static string Require(ServerCallContext context) => context.RequestHeaders.GetValue(Key) is { Length: > 0 } code ? code : throw Missing.ToRpcException();

    /// <summary>The metadata of a call for this tenant.</summary>
    public static Metadata For(string tenantCode) => new() { { Key, tenantCode } };
}
