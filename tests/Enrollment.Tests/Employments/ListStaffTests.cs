using Grpc.Core;
using MedInsure.Protos.Enrollment.V1;

namespace MedInsure.Enrollment.Tests.Employments;

/// <summary>An employer's own staff, and nobody else's. Today is 2026-11-21.</summary>
[Trait("Category", "Authorization")]
[Collection("enrollment")]
public sealed class ListStaffTests(EnrollmentFixture fixture) : IAsyncLifetime
{
    private StaffTown town = null!;

    public async Task InitializeAsync() => town = await StaffTown.Open(await fixture.Start());
    public async Task DisposeAsync() => await town.DisposeAsync();

    private async Task<ListStaffReply> List(string token, int month = 0, int size = 0, long after = 0) =>
        await town.Host.EmployerDesk.ListStaffAsync(new ListStaffRequest { Token = token, Month = month, PageSize = size, AfterEmploymentNo = after }, town.Host.Headers());

    [Fact]
    public async Task Staff_IsListedByPagesAndMonthWithoutWholeIdNumbers()
    {
        var (a, b, c, other) = (await town.Enrol(), await town.Enrol(), await town.Enrol(), await town.Enrol());
        await town.Start(a, "E1", 202611, "5000.50");
        await town.Start(b, "E1", 202612, "6000", maternity: true);
        await town.Start(c, "E1", 202611, "7000");
        await town.Start(other, "E2", 202611, "9000");
        await town.Stop(c, 202611);
        var (_, token) = await town.Token("E1", mayDeclare: false);

        var first = await List(token, size: 2);
        Assert.Equal([a, b], first.Member.Select(m => m.PsnNo));
        var last = await List(token, size: 2, after: first.NextAfterEmploymentNo);
        Assert.Equal([(c, 202611, "stopped")], last.Member.Select(m => (m.PsnNo, m.ToMonth, m.Ended)));
        Assert.Equal(0, last.NextAfterEmploymentNo);
        Assert.Equal([a, b], (await List(token, month: 202612)).Member.Select(m => m.PsnNo));
        Assert.Equal([(202611, 500_050L)], first.Member[0].Wage.Select(w => (w.FromMonth, w.WageFen)));
        Assert.True(first.Member[1].Maternity);
        var certno = await town.Host.Sql<string>($"SELECT certno FROM person WHERE psn_no = '{a}'");
        Assert.DoesNotContain(certno, first.ToString(), StringComparison.Ordinal);
        Assert.EndsWith(certno[^2..], first.Member[0].CertnoMasked, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WrongRequests_AreRefused()
    {
        var (_, token) = await town.Token("E1");
        Assert.Equal(StatusCode.InvalidArgument, (await Assert.ThrowsAsync<RpcException>(() => List(token, size: 1001))).StatusCode);
        Assert.Equal(StatusCode.InvalidArgument, (await Assert.ThrowsAsync<RpcException>(() => List(token, month: 202613))).StatusCode);
        Assert.Equal(StatusCode.Unauthenticated, (await Assert.ThrowsAsync<RpcException>(() => List("x"))).StatusCode);
    }
}
