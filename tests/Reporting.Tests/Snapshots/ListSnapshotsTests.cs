using System.Net;
using Grpc.Core;
using MedInsure.Protos.Reporting.V1;

namespace MedInsure.Reporting.Tests.Snapshots;

[Collection("reporting")]
[Trait("Category", "Storage")]
public sealed class ListSnapshotsTests(ReportingFixture fixture)
{
    [Fact]
    public async Task Nothing_IsAnEmptyPageAndAWrongPageIsRefused()
    {
        await using var host = await fixture.Start();
        Assert.Empty((await host.Client.ListSnapshotsAsync(new ListSnapshotsRequest(), host.Headers())).Snapshot);
        var refused = await Assert.ThrowsAsync<RpcException>(async () => await host.Client.ListSnapshotsAsync(new ListSnapshotsRequest { PageSize = 501 }, host.Headers()));
        Assert.Equal(StatusCode.InvalidArgument, refused.StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await host.Get("/snapshots?page_size=0")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await host.Get("/snapshots/1")).Status);
    }
}
