namespace MedInsure.FraudAudit;

/// <summary>All rpcs. The tenant of a call is the person's home county.</summary>
internal sealed class FraudAuditGrpc : Protos.FraudAudit.V1.FraudAudit.FraudAuditBase
{
}
