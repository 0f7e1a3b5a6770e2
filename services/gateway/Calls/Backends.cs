using MedInsure.Protos.Enrollment.V1;
using MedInsure.Protos.FraudAudit.V1;
using MedInsure.Protos.ProviderRegistry.V1;
using MedInsure.Protos.Settlement.V1;

namespace MedInsure.Gateway.Calls;

/// <summary>The services behind the gateway.</summary>
public sealed record Backends(
    Enrollment.EnrollmentClient Enrollment,
    ProviderRegistry.ProviderRegistryClient ProviderRegistry,
    Settlement.SettlementClient Settlement,
    FraudAudit.FraudAuditClient FraudAudit);
