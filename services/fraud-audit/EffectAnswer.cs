using Grpc.Core;
using MedInsure.Hosting.Rpc;
using MedInsure.Kernel;

namespace MedInsure.FraudAudit;

/// <summary>What a failed call to another service makes of the effect that it was for.</summary>
internal static class EffectAnswer
{
    /// <returns>pending: who should act is away, it is tried again; refused: it waits for people.</returns>
    public static (string State, string Note) Of(RpcException failure) => RefusalStatus.FromRpcException(failure) switch
    {
        { Kind: RefusalKind.Unavailable or RefusalKind.Unauthenticated or RefusalKind.Denied or RefusalKind.Exhausted } away => ("pending", away.Code),
        { } refusal => ("refused", $"{refusal.Code} {refusal.Chinese}"),
        null => ("pending", failure.StatusCode.ToString()),
    };
}
