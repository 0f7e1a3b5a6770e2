using System.Text.Json.Serialization;

namespace MedInsure.Reporting.Reports;

/// <summary>A report as readers get it, and as a snapshot keeps it.</summary>
/// <param name="AsOf">China's time with its offset, at which the figures were read.</param>
/// <param name="Source">live or snapshot.</param>
/// <param name="County">Whose figures alone; null: the whole city's.</param>
internal sealed record ReportDocument(
    string Code, string TitleZh, string TitleEn, string Purpose, string Period, string PeriodKind, string From, string To, string? County, string AsOf, string Source, SnapshotMark? Snapshot, IReadOnlyList<FeedLag> Lag,
    IReadOnlyList<ShownColumn> Columns, IReadOnlyList<ShownRow> Rows, ShownRow Totals, IReadOnlyList<string> Notes, IReadOnlyList<LateChange> ChangesSince)
{
    public const string Live = "live", Kept = "snapshot";
}

/// <param name="Unit">text, count, yuan, percent, days, months.</param>
internal sealed record ShownColumn(string Key, string Zh, string En, string Unit, string Definition, bool IsDimension, bool HasRows);

/// <summary>A row by its columns' keys: texts as people read them, figures as text with their unit's decimals, null where there is none.</summary>
internal sealed class ShownRow
{
    /// <summary>The dimensions' codes: what <see cref="ListReportRows"/> asks for the rows behind.</summary>
    public Dictionary<string, string> Keys { get; init; } = [];
    [JsonExtensionData] public Dictionary<string, object?> Cells { get; init; } = [];

    public string? this[string column] => Cells.GetValueOrDefault(column)?.ToString() is { Length: > 0 } text ? text : null;
}

/// <summary>What a feed's source has and the facts have not, or that it could not be read.</summary>
/// <param name="Behind">Rows.</param>
/// <param name="ReadAt">When it last answered; null: never.</param>
internal sealed record FeedLag(string Feed, string County, long Behind, string? BehindSince, string? ReadAt, string? Failure);

/// <param name="Sha256">Of the document as it is kept, hexadecimal.</param>
internal sealed record SnapshotMark(long No, string MadeAt, string Sha256);

/// <summary>What came to a closed period after it was reported.</summary>
internal sealed record LateChange(string Period, string Column, string Was, string Is);
