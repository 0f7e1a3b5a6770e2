using MedInsure.Hosting.Rpc;
using MedInsure.Protos.Billing.V1;

namespace MedInsure.Reporting.Facts;

/// <summary>Where households live, as billing has it now: all of them, then what changed.</summary>
internal sealed class PlaceFeed(ReportFeed.ReportFeedClient billing) : Feed("places", "家庭住址", ["place_fact"])
{
    private const int PlacesPerPage = 5_000;

    public override FeedPosition Start => new(0, -1, "", []);

    public override async Task<FeedPage> Read(string county, FeedPosition after, bool count, CancellationToken cancellation)
    {
        var copy = after.CopiedKey is not null;
        var page = await billing.ReadReportPlacesAsync(new ReadReportPlacesRequest { Copy = copy, AfterHouseholdNo = after.CopiedKey ?? "", AfterNo = copy ? 0 : after.Seq, Max = PlacesPerPage }, CallTenant.For(county), cancellationToken: cancellation);
        var next = !copy ? after with { Seq = page.ReadNo } : new FeedPosition(after.CopiedKey is "" ? page.AtNo : after.Seq, -1, page.More ? page.Place[^1].HouseholdNo : null, []);
        return new FeedPage(next, page.AtNo, copy || page.More, page.Behind, FeedPage.Time(page.BehindSinceMs), page.Place.Count, writer => Write(writer, page, copy));
    }

    internal static async Task Write(FactWriter writer, ReadReportPlacesReply page, bool fresh)
    {
        if (!fresh && page.Place.Count > 0) await writer.Run("DELETE FROM place_fact WHERE county = $1 AND build = $2 AND household_no = ANY ($3)", (object)page.Place.Select(p => p.HouseholdNo).ToArray());
        await writer.Copy("place_fact", "household_no, township, village", page.Place, (row, p) => row.Text(p.HouseholdNo).Text(p.Township).Text(p.Village));
    }
}
