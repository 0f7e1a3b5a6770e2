using System.Globalization;
using MedInsure.Kernel;
using Npgsql;

namespace MedInsure.Settlement.PolicyLife;

/// <summary>Versions of a city and its counties, newest first; a page goes on below the number of the last one, so that new ones move nothing.</summary>
internal static class ListPolicies
{
    private const int PageSizeDefault = 100, PageSizeMax = 500;

    internal sealed record Page(IReadOnlyList<PolicyDraft> Drafts, string NextPageToken, IReadOnlyList<PolicyDraft> All);

    /// <param name="state">One of <see cref="PolicyDraft.States"/>; empty, like the others: all.</param>
    public static async Task<Outcome<Page>> Query(NpgsqlDataSource city, string cityCode, string? state, string? pack, string? scope, string? pageToken, int? pageSize, DateOnly today, CancellationToken cancellation)
    {
        if (!string.IsNullOrEmpty(state) && !PolicyDraft.States.Contains(state)) return Refusals.PolicyStateUnknown;
        var below = long.MaxValue;
        if (pageSize is < 1 or > PageSizeMax) return Refusals.PageInvalid.At("page_size");
        if (!string.IsNullOrEmpty(pageToken) && !long.TryParse(pageToken, NumberStyles.None, CultureInfo.InvariantCulture, out below)) return Refusals.PageInvalid.At("page_token");
        await using var connection = await city.OpenConnectionAsync(cancellation);
        var all = await PolicyBook.Read(connection, cancellation);
        var size = pageSize ?? PageSizeDefault;
        var found = all.Where(d => d.No < below && (string.IsNullOrEmpty(pack) || d.Pack == pack) && (string.IsNullOrEmpty(scope) || d.Scope == scope)
            && (string.IsNullOrEmpty(state) || d.StateOn(today, all, cityCode) == state)).OrderByDescending(d => d.No).Take(size + 1).ToList();
        var next = found.Count > size ? found[size - 1].No.ToString(CultureInfo.InvariantCulture) : "";
        return new Page([.. found.Take(size)], next, all);
    }
}
