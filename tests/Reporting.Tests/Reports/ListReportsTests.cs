using System.Net;
using Grpc.Core;
using MedInsure.Protos.Reporting.V1;

namespace MedInsure.Reporting.Tests.Reports;

[Collection("reporting")]
[Trait("Category", "Storage")]
public sealed class ListReportsTests(ReportingFixture fixture)
{
    [Fact]
    public async Task EveryReport_SaysWhatItsColumnsAre()
    {
        await using var host = await fixture.Start();
        var reply = await host.Client.ListReportsAsync(new ListReportsRequest(), host.Headers());
        var (status, shown) = await host.Get("/definitions");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(reply.Report.Select(r => r.Code), shown.GetProperty("reports").EnumerateArray().Select(r => r.GetProperty("code").GetString()));
        Assert.All(reply.Report, r => Assert.All(r.Column, c => Assert.NotEqual("", c.Definition)));
    }

    [Fact]
    public async Task CountyOrStranger_IsNotAnswered()
    {
        await using var host = await fixture.Start();
        var refused = await Assert.ThrowsAsync<RpcException>(async () => await host.Client.ListReportsAsync(new ListReportsRequest(), host.Headers(host.First)));
        Assert.Equal(StatusCode.NotFound, refused.StatusCode);
        host.Http.DefaultRequestHeaders.Remove("authorization");
        Assert.Equal(HttpStatusCode.Unauthorized, (await host.Get("/definitions")).Status);
    }
}
