using MedInsure.FraudAudit.Rules;

namespace MedInsure.FraudAudit.Statistics;

/// <summary>Of whom a figure is taken, and who their peers are.</summary>
internal sealed record Subject(string Code, string Name, Func<BillSummary, string?> KeyOf, Func<BillSummary, string> PeersOf)
{
    /// <summary>Among those of its policy level.</summary>
    public static readonly Subject Provider = new("provider", "机构", b => b.FixmedinsCode, b => b.PolicyLevel);
    /// <summary>Among those of the same department code at the same policy level.</summary>
    public static readonly Subject Department = new("department", "科室", b => b.DepartmentCode.Length == 0 ? null : $"{b.FixmedinsCode}/{b.DepartmentCode}", b => $"{b.PolicyLevel}/{b.DepartmentCode}");
    /// <summary>Among the doctors of the same department code at the same policy level.</summary>
    public static readonly Subject Doctor = new("doctor", "医师", b => b.DoctorCode.Length == 0 ? null : b.DoctorCode, b => $"{b.PolicyLevel}/{b.DepartmentCode}");
    /// <summary>Among the insured of their scheme who were treated in the month.</summary>
    public static readonly Subject Person = new("person", "参保人", b => b.PsnNo, b => b.Insutype);

    public static IReadOnlyList<Subject> All { get; } = [Provider, Department, Doctor, Person];
}
