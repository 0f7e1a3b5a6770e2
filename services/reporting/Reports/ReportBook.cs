using System.Collections.Frozen;

namespace MedInsure.Reporting.Reports;

/// <summary>Every report of this release.</summary>
internal static class ReportBook
{
    public static readonly IReadOnlyList<ReportDefinition> All = [];

    private static readonly FrozenDictionary<string, ReportDefinition> ByCode = All.ToFrozenDictionary(r => r.Code);

    public static ReportDefinition? Find(string? code) => code is null ? null : ByCode.GetValueOrDefault(code);
}
