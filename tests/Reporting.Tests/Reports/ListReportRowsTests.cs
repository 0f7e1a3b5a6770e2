using System.Globalization;
using System.Net;
using Grpc.Core;
using MedInsure.Protos.Reporting.V1;

namespace MedInsure.Reporting.Tests.Reports;

[Collection("generated city")]
[Trait("Category", "Storage")]
public sealed class ListReportRowsTests(GeneratedCity city)
{
    private ReportingHost Host => city.Host;

    private async Task<List<BehindRow>> Behind(string code, string period, string column, IDictionary<string, string> keys, int pageSize)
    {
        var (rows, after) = (new List<BehindRow>(), "");
        while (true)
        {
            var page = await Host.Client.ListReportRowsAsync(new ListReportRowsRequest { Code = code, Period = period, Column = column, Key = { keys }, After = after, PageSize = pageSize }, Host.Headers());
            rows.AddRange(page.Row);
            if (!page.More) return rows;
            after = page.Row[^1].Number;
        }
    }

    [Fact]
    public async Task EveryFigureOfEveryReport_IsTheSumOfTheRowsBehindIt()
    {
        foreach (var report in (await Host.Client.ListReportsAsync(new ListReportsRequest(), Host.Headers())).Report)
        {
            var period = report.PeriodKind.Contains("month") ? "202609" : "2026";
            var shown = await Host.Client.GetReportAsync(new GetReportRequest { Code = report.Code, Period = period, Live = true }, Host.Headers());
            var columns = shown.Column.Select((c, i) => (c, i)).Where(c => c.c.HasRows).ToList();
            foreach (var row in shown.Row.Take(2).Append(shown.Total))
                foreach (var (column, at) in columns)
                {
                    var behind = await Behind(report.Code, period, column.Key, row.Key, 500);
                    Assert.Equal(decimal.Parse(row.Cell[at], CultureInfo.InvariantCulture), behind.Sum(b => decimal.Parse(b.Value, CultureInfo.InvariantCulture)));
                    Assert.Equal(behind.Count, behind.Select(b => b.Number).Distinct().Count());
                }
        }
    }

    [Fact]
    public async Task SmallPages_GiveTheSameRowsAsLargeOnes()
    {
        var (large, small) = (await Behind("benefits", "202609", "fund", new Dictionary<string, string>(), 500), await Behind("benefits", "202609", "fund", new Dictionary<string, string>(), 7));
        Assert.True(large.Count > 14);
        Assert.Equal(large, small);
        Assert.Equal(large.Select(r => r.Number).Order(StringComparer.Ordinal), large.Select(r => r.Number));
    }

    [Theory]
    [InlineData("column=cost_per_stay", "report.column_unknown")]
    [InlineData("column=care", "report.column_unknown")]
    [InlineData("column=fund&key.county=1", "report.key_unknown")]
    [InlineData("column=fund&page_size=0", "page.size_invalid")]
    [InlineData("column=fund&page_size=501", "page.size_invalid")]
    public async Task WhatHasNoRows_IsRefused(string query, string expected)
    {
        var (status, body) = await Host.Get($"/documents/benefits/rows?period=202609&{query}");
        Assert.Equal((HttpStatusCode.BadRequest, expected), (status, body.GetProperty("code").GetString()));
    }

    [Fact]
    public async Task AnotherCitysToken_SeesNothing()
    {
        var refused = await Assert.ThrowsAsync<RpcException>(async () => await Host.Client.ListReportRowsAsync(new ListReportRowsRequest { Code = "benefits", Column = "fund" }, Host.Headers("110100")));
        Assert.Equal(StatusCode.NotFound, refused.StatusCode);
    }
}
