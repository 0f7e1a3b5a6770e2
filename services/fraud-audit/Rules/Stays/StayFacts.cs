using MedInsure.Protos.FraudAudit.V1;

namespace MedInsure.FraudAudit.Rules.Stays;

/// <summary>What rules about stays ask of bills.</summary>
internal static class StayFacts
{
    public const string Transferred = "2", Died = "5";

    /// <summary>The main diagnosis, else what the stay is paid by; empty: not known.</summary>
    public static string MainDiagnosis(AuditClaim claim)
    {
        for (var i = 0; i < claim.Diagnosis.Count; i++)
            if (claim.Diagnosis[i].Main) return claim.Diagnosis[i].Code;
        return claim.DiseaseCode;
    }

    /// <summary>Three-character categories of the same name are close (national-interface.md section 6, 分解住院: same or close main diagnosis).</summary>
    public static bool AreClose(string a, string b) => a.Length >= 3 && b.Length >= 3 && string.CompareOrdinal(a, 0, b, 0, 3) == 0;

    /// <summary>Of the lines' money the part of these kinds (med_chrgitm_type), in ten-thousandths.</summary>
    public static long ShareBp(IReadOnlyList<AuditLine> lines, ReadOnlySpan<string> kinds)
    {
        long all = 0, of = 0;
        for (var i = 0; i < lines.Count; i++)
        {
            var line = lines[i];
            all += line.AmountFen;
            if (kinds.Contains(line.MedChrgitmType)) of += line.AmountFen;
        }
        return all <= 0 ? 0 : of * 10_000 / all;
    }
}
