using MedInsure.Kernel;
using MedInsure.Protos.FraudAudit.V1;

namespace MedInsure.FraudAudit.Rules;

/// <summary>What a violation costs: the in-scope amount of its lines, or a part of it.</summary>
internal static class LineMoney
{
    public static long InScope(this ReadOnlySpan<AuditLine> lines)
    {
        var fen = 0L;
        foreach (var line in lines) fen += line.InScopeFen;
        return fen;
    }

    /// <summary>Rounded half up, never more than the whole.</summary>
    public static long Part(long fen, long part, long whole) => whole <= 0 || part >= whole ? fen : HalfUp.DivideProduct(fen, part, whole);

    public static string Yuan(long fen) => new Fen(fen).ToString();

    /// <summary>Ten-thousandths.</summary>
    public static string Amount(long quantityE4) => new Quantity(quantityE4).ToString();
}
