using MedInsure.Hosting.Imports;
using Npgsql;

namespace MedInsure.Enrollment.Persons;

/// <summary>Keys that the parts of one file in several counties' databases share. The parts are read side by side in the order of the key:
/// whatever their size, one row of each is in memory.</summary>
internal static class SharedKeys
{
    /// <param name="sorted">Gives (key, first line with it), by key in byte order.</param>
    /// <returns>Per county the keys that an earlier line of another county has.</returns>
    public static async Task<IReadOnlyList<(StagedTenant County, List<(string Key, long FirstLine)> Conflicts)>> Find(
        IReadOnlyCollection<StagedTenant> counties, string sorted, CancellationToken cancellation)
    {
        var parts = new List<Part>();
        try
        {
            foreach (var county in counties)
            {
                var part = new Part(county, await county.Command(sorted).ExecuteReaderAsync(cancellation));
                parts.Add(part);
                await part.Next(cancellation);
            }
            while (true)
            {
                string? least = null;
                foreach (var part in parts)
                    if (part.Key is { } key && (least is null || Compare(key, least) < 0)) least = key;
                if (least is null) break;
                var holders = parts.FindAll(p => p.Key == least);
                if (holders.Count > 1)
                {
                    var first = holders.MinBy(p => p.Line)!;
                    foreach (var later in holders.Where(p => p != first)) later.Conflicts.Add((least, first.Line));
                }
                foreach (var holder in holders) await holder.Next(cancellation);
            }
        }
        finally
        {
            foreach (var part in parts) await part.Reader.DisposeAsync();
        }
        return [.. parts.Where(p => p.Conflicts.Count > 0).Select(p => (p.County, p.Conflicts))];
    }

    /// <summary>As PostgreSQL's collation C: by UTF-8 bytes, which is by code points; ordinal comparison differs above U+FFFF.</summary>
    private static int Compare(string a, string b)
    {
        var (left, right) = (a.EnumerateRunes(), b.EnumerateRunes());
        while (true)
        {
            var (more, moreRight) = (left.MoveNext(), right.MoveNext());
            if (!more || !moreRight) return more.CompareTo(moreRight);
            if (left.Current != right.Current) return left.Current.CompareTo(right.Current);
        }
    }

    private sealed class Part(StagedTenant county, NpgsqlDataReader reader)
    {
        public StagedTenant County => county;
        public NpgsqlDataReader Reader => reader;
        public string? Key { get; private set; }
        public long Line { get; private set; }
        public List<(string Key, long FirstLine)> Conflicts { get; } = [];

        public async Task Next(CancellationToken cancellation)
        {
            if (!await reader.ReadAsync(cancellation)) { Key = null; return; }
            (Key, Line) = (reader.GetString(0), reader.GetInt64(1));
        }
    }
}
