using MedInsure.Kernel;

namespace MedInsure.Settlement.PaymentMethods;

/// <summary>Figures in explanations.</summary>
internal static class MethodText
{
    private const int ShownMax = 20;

    public static string Yuan(long fen) => $"{new Fen(fen)}元";

    /// <summary>12.5%.</summary>
    public static string Percent(BasisPoints ratio) => FixedPoint.Format(ratio.Value, 2, trim: true) + "%";

    /// <summary>All of few, the first of many.</summary>
    public static string List(IReadOnlyCollection<string> parts) => string.Join("；", parts.Take(ShownMax)) + (parts.Count > ShownMax ? $"；等{parts.Count}项" : "");
}
