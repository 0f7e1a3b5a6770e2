using System.Text.Json;
using System.Text.Json.Serialization;

namespace MedInsure.Console.Pages.Reports;

/// <summary>What /reports/{city} answers, as far as the pages show it (services/reporting/Reports/README.md, Snapshots/README.md, Facts/README.md).</summary>
public sealed record ReportList(IReadOnlyList<ReportList.Report> Reports)
{
    public sealed record Report(string Code, string TitleZh, string TitleEn, string Purpose, IReadOnlyList<string> PeriodKinds, bool HasRows);
}

/// <param name="County">Whose figures alone; null: the whole city's.</param>
public sealed record ReportAnswer(
    string Code, string TitleZh, string TitleEn, string Period, string? County, string AsOf, string Source, ReportAnswer.Kept? Snapshot, IReadOnlyList<ReportAnswer.FeedLag> Lag,
    IReadOnlyList<ReportAnswer.Column> Columns, IReadOnlyList<ReportAnswer.Row> Rows, ReportAnswer.Row Totals, IReadOnlyList<string> Notes, IReadOnlyList<ReportAnswer.LateChange> ChangesSince)
{
    public sealed record Kept(long No, string MadeAt, string Sha256);

    public sealed record FeedLag(string Feed, string County, long Behind, string? BehindSince, string? ReadAt, string? Failure);

    public sealed record Column(string Key, string Zh, string En, string Unit, string Definition, bool IsDimension, bool HasRows)
    {
        public bool IsText => Unit == "text";
    }

    public sealed record LateChange(string Period, string Column, string Was, string Is);

    public sealed class Row
    {
        public Dictionary<string, string> Keys { get; init; } = [];
        [JsonExtensionData] public Dictionary<string, JsonElement> Cells { get; init; } = [];

        /// <summary>Empty: there is none.</summary>
        public string this[string column] => Cells.TryGetValue(column, out var cell) ? cell.ToString() : "";
    }
}

public sealed record BehindList(IReadOnlyList<BehindList.Row> Rows, bool More)
{
    public sealed record Row(string Number, string Day, string County, IReadOnlyDictionary<string, string> Keys, string Value);
}

public sealed record SnapshotList(IReadOnlyList<SnapshotList.Row> Snapshots, bool More)
{
    /// <param name="County">Empty: the whole city's.</param>
    public sealed record Row(long No, string Report, string County, string PeriodKind, string Period, string MadeAt, string Sha256);
}

public sealed record FeedList(IReadOnlyList<FeedList.Row> Feeds)
{
    public sealed record Row(string Feed, string Name, string County, long Behind, long LagSeconds, long Events, DateTimeOffset? ReadAt, bool Complete, string Failure, Rebuild? Rebuild);

    public sealed record Rebuild(long Events, long Behind, int Permille, string AskedBy, string Reason, string Failure);
}
