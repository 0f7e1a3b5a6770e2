using System.Text;
using MedInsure.Kernel;
using Npgsql;
using NpgsqlTypes;

namespace MedInsure.Reporting.Facts;

/// <summary>How far a feed is read.</summary>
/// <param name="CopiedKey">The last key of the copy that the feed begins with; null: it is over, or there is none.</param>
/// <param name="ToldSha256">Of a feed that tells totals: of those that are there.</param>
internal sealed record FeedPosition(long Seq, int Idx, string? CopiedKey, byte[] ToldSha256);

/// <summary>A page of a feed as its source answered.</summary>
/// <param name="Next">Where the page after it begins; the same position: it brings nothing.</param>
/// <param name="AtSeq">Where the source ends.</param>
/// <param name="More">There is more; after a copy's last page always: what changed meanwhile is to be read.</param>
/// <param name="Behind">Events after the page; null: not asked for, at least one if there is <paramref name="More"/>.</param>
/// <param name="BehindSince">When the first of them was made; null: none, or not known.</param>
/// <param name="Events">That the page goes over.</param>
/// <param name="Write">Writes its facts.</param>
internal sealed record FeedPage(FeedPosition Next, long AtSeq, bool More, long? Behind, DateTimeOffset? BehindSince, int Events, Func<FactWriter, Task> Write)
{
    public static DateTimeOffset? Time(long unixMilliseconds) => unixMilliseconds == 0 ? null : DateTimeOffset.FromUnixTimeMilliseconds(unixMilliseconds);
}

/// <summary>What a service tells reporting of a county, by position; and the tables it becomes.</summary>
internal abstract class Feed(string name, string zh, string[] tables)
{
    public string Name => name;
    public string Zh => zh;
    public IReadOnlyList<string> Tables => tables;

    /// <summary>Also of the city itself.</summary>
    public virtual bool IsOfCityToo => false;

    /// <summary>Where a build begins.</summary>
    public virtual FeedPosition Start => new(0, -1, null, []);

    /// <summary>Each call looks at all that the source has: it is called from time to time only.</summary>
    public virtual bool IsOfTotals => false;

    /// <param name="count">How many are behind is wanted; counting them costs the source something.</param>
    public abstract Task<FeedPage> Read(string county, FeedPosition after, bool count, CancellationToken cancellation);
}

/// <summary>Writes facts of one county's build, set-wise, in the page's transaction.</summary>
internal sealed class FactWriter(NpgsqlConnection connection, NpgsqlTransaction transaction, string county, int build, CancellationToken cancellation)
{
    /// <param name="columns">Those after county and build.</param>
    public async Task Copy<T>(string table, string columns, IReadOnlyCollection<T> rows, Action<FactRow, T> write)
    {
        if (rows.Count == 0) return;
        await using var copy = await connection.BeginBinaryImportAsync($"COPY {table} (county, build, {columns}) FROM STDIN (FORMAT BINARY)", cancellation);
        var row = new FactRow(copy);
        foreach (var fact in rows)
        {
            await copy.StartRowAsync(cancellation);
            row.Text(county).Int(build);
            write(row, fact);
        }
        await copy.CompleteAsync(cancellation);
    }

    /// <param name="sql">$1 the county, $2 the build, then the values.</param>
    public async Task Run(string sql, params object[] values)
    {
        await using var command = new NpgsqlCommand(sql, connection, transaction) { CommandTimeout = 0, Parameters = { new() { Value = county }, new() { Value = build } } };
        foreach (var value in values) command.Parameters.Add(new NpgsqlParameter { Value = value });
        await command.ExecuteNonQueryAsync(cancellation);
    }
}

/// <summary>One row of a COPY, column after column.</summary>
internal sealed class FactRow(NpgsqlBinaryImporter copy)
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public FactRow Text(string value) { copy.Write(Utf8.GetBytes(value), NpgsqlDbType.Text); return this; }
    public FactRow Texts(IEnumerable<string> values) { copy.Write(values.ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Text); return this; }
    public FactRow Int(int value) { copy.Write(value, NpgsqlDbType.Integer); return this; }
    public FactRow Bigint(long value) { copy.Write(value, NpgsqlDbType.Bigint); return this; }
    public FactRow Flag(bool value) { copy.Write(value, NpgsqlDbType.Boolean); return this; }
    public FactRow Time(DateTimeOffset value) { copy.Write(value.UtcDateTime, NpgsqlDbType.TimestampTz); return this; }

    /// <param name="yyyymmdd">0: null.</param>
    public FactRow Day(int yyyymmdd)
    {
        if (yyyymmdd == 0) copy.WriteNull();
        else copy.Write(DayNumber.ToDate(yyyymmdd), NpgsqlDbType.Date);
        return this;
    }

    public FactRow Day(DateOnly value) { copy.Write(value, NpgsqlDbType.Date); return this; }
}
