using Grpc.Core;
using Google.Protobuf;
using MedInsure.Hosting.Rpc;
using MedInsure.Kernel;
using MedInsure.Protos.Reporting.V1;
using MedInsure.Reference;
using MedInsure.Reporting.Facts;
using MedInsure.Reporting.Reports;

namespace MedInsure.Reporting;

/// <summary>All rpcs. The tenant of a call is a city.</summary>
internal sealed class ReportingGrpc(ReportedCities cities, ReferenceData reference, ChinaCalendar calendar, Feeds feeds, FeedWorker worker) : Protos.Reporting.V1.Reporting.ReportingBase
{
    private const int PageDefault = 100;

    public override Task<ListReportsReply> ListReports(ListReportsRequest request, ServerCallContext context)
    {
        _ = cities.Of(context);
        return Task.FromResult(Reports.ListReports.Run());
    }

    public override async Task<ListFeedsReply> ListFeeds(ListFeedsRequest request, ServerCallContext context) =>
        Facts.ListFeeds.Told(await Facts.ListFeeds.Run(cities.Database(cities.Of(context).Code), feeds, calendar.UtcNow, context.CancellationToken));

    public override async Task<RebuildFeedReply> RebuildFeed(RebuildFeedRequest request, ServerCallContext context)
    {
        var city = cities.Of(context).Code;
        (await Facts.RebuildFeed.Run(cities, city, feeds, request.Feed, request.County, request.By, request.Reason, calendar.UtcNow, context.CancellationToken)).OrThrow();
        worker.Ring($"{city}/{request.County}/{request.Feed}");
        return new RebuildFeedReply();
    }

    public override async Task<CancelRebuildReply> CancelRebuild(CancelRebuildRequest request, ServerCallContext context)
    {
        (await Facts.CancelRebuild.Run(cities, cities.Of(context).Code, feeds, request.Feed, request.County, context.CancellationToken)).OrThrow();
        return new CancelRebuildReply();
    }

    public override async Task<GetReportReply> GetReport(GetReportRequest request, ServerCallContext context)
    {
        var report = (await Reports.GetReport.Run(Place(context), new(request.Code, request.Period, request.County, request.Live), calendar, context.CancellationToken)).OrThrow();
        var reply = new GetReportReply { Code = report.Code, TitleZh = report.TitleZh, TitleEn = report.TitleEn, Period = report.Period, AsOf = report.AsOf, Source = report.Source, SnapshotSha256 = report.Snapshot?.Sha256 ?? "", Total = Row(report.Totals) };
        reply.Lag.Add(report.Lag.Select(l => new ReportLag { Feed = l.Feed, County = l.County, Behind = l.Behind, BehindSince = l.BehindSince ?? "", ReadAt = l.ReadAt ?? "", Failure = l.Failure ?? "" }));
        reply.Column.Add(report.Columns.Select(c => new Protos.Reporting.V1.ReportColumn { Key = c.Key, Zh = c.Zh, En = c.En, Unit = c.Unit, Definition = c.Definition, IsDimension = c.IsDimension, HasRows = c.HasRows }));
        reply.Row.Add(report.Rows.Select(Row));
        reply.Note.Add(report.Notes);
        reply.Change.Add(report.ChangesSince.Select(c => new ReportChange { Period = c.Period, Column = c.Column, Was = c.Was, Is = c.Is }));
        return reply;

        ReportRow Row(ShownRow row)
        {
            var told = new ReportRow { Key = { row.Keys } };
            told.Cell.Add(report.Columns.Select(c => row[c.Key] ?? ""));
            return told;
        }
    }

    public override async Task<ListReportRowsReply> ListReportRows(ListReportRowsRequest request, ServerCallContext context)
    {
        var page = (await Reports.ListReportRows.Run(Place(context), new(new(request.Code, request.Period, request.County, true), request.Column, request.Key, request.After.Length == 0 ? null : request.After, request.PageSize == 0 ? PageDefault : request.PageSize),
            calendar, context.CancellationToken)).OrThrow();
        return new ListReportRowsReply { More = page.More, Row = { page.Rows.Select(r => new BehindRow { Number = r.Number, Day = r.Day, County = r.County, Value = r.Value, Key = { r.Keys.ToDictionary() } }) } };
    }

    public override async Task<ExportReportReply> ExportReport(ExportReportRequest request, ServerCallContext context)
    {
        var file = (await Reports.ExportReport.Run(Place(context), new(request.Code, request.Period, request.County, request.Live), request.Format, request.Language, calendar, context.CancellationToken)).OrThrow();
        return new ExportReportReply { FileName = file.Name, ContentType = file.ContentType, Content = ByteString.CopyFrom(file.Content) };
    }

    public override async Task<ListSnapshotsReply> ListSnapshots(ListSnapshotsRequest request, ServerCallContext context)
    {
        var page = (await Snapshots.ListSnapshots.Run(Place(context).Database, new(request.Code, request.PeriodKind, request.BeforeNo, request.PageSize == 0 ? PageDefault : request.PageSize), context.CancellationToken)).OrThrow();
        return new ListSnapshotsReply
        {
            More = page.More,
            Snapshot = { page.Snapshots.Select(s => new KeptSnapshot { No = s.No, Code = s.Report, County = s.County, PeriodKind = s.PeriodKind, Period = s.Period, MadeAt = s.MadeAt, Sha256 = s.Sha256, Positions = s.Positions }) },
        };
    }

    private ReportPlace Place(ServerCallContext context)
    {
        var city = cities.Of(context);
        return new ReportPlace(city, cities.Database(city.Code), cities, reference);
    }
}
