using MedInsure.Kernel;

namespace MedInsure.Settlement;

/// <summary>Money in the operators' JSON: yuan with two decimals.</summary>
internal static class Yuan
{
    public static bool TryRead(decimal yuan, out Fen fen)
    {
        fen = Fen.Zero;
        if (Math.Abs(yuan) > long.MaxValue / 100 || decimal.Truncate(yuan * 100m) != yuan * 100m) return false;
        fen = Fen.FromYuan(yuan);
        return true;
    }

    /// <summary>12.30, never 12.3.</summary>
    public static decimal Of(long fen) => fen * 0.01m;
}
