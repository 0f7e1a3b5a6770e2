using MedInsure.Kernel;

namespace MedInsure.Settlement.OffCounty;

/// <summary>Refusals between counties' settlements.</summary>
internal static class OffCountyRefusals
{
    public static readonly Refusal PageInvalid = new(RefusalKind.Invalid, "off_county.page_invalid", "异地结算数据页无效", "The page is empty, too long, unreadable, or not of the named home county", "claim");

    /// <summary>Nothing of the page is taken; people must find out which of the two counties is wrong.</summary>
    public static Refusal Contradiction(string what) => new(RefusalKind.Conflict, "off_county.contradiction", "异地结算数据与已入账数据不符，未入账，请立即核查", $"The page does not agree with what is held, and nothing of it was taken: {what}", "digest");
}
