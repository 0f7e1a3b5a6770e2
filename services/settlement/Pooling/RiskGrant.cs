using MedInsure.Kernel;

namespace MedInsure.Settlement.Pooling;

/// <summary>What the risk adjustment fund may give: only for an abnormal overspend, within what may be drawn in a year, and over years. Pure.</summary>
internal static class RiskGrant
{
    /// <summary>What a county spent beyond its budget and the margin that is normal; 0: nothing.</summary>
    public static long AbnormalFen(RiskFundTerms terms, long spentFen, long budgetFen) => Math.Max(0, spentFen - budgetFen - new Fen(budgetFen).ShareHalfUp(terms.AbnormalOver).Value);

    /// <summary>What may still be drawn this year, by all counties: a share of what the fund would hold without the year's drawings.</summary>
    public static long RoomFen(RiskFundTerms terms, long heldFen, long drawnFen) => Math.Max(0, new Fen(heldFen + drawnFen).ShareHalfUp(terms.YearlyDraw).Value - drawnFen);

    /// <summary>One of so many years' parts of what was granted; the first bears the remainder.</summary>
    public static long PartFen(long grantedFen, int years, int part) => new Fen(grantedFen).SplitFirstBearsRemainder(years)[part].Value;
}
