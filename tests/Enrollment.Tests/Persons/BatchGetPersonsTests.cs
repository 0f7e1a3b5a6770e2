using Grpc.Core;
using MedInsure.Protos.Enrollment.V1;

namespace MedInsure.Enrollment.Tests.Persons;

[Trait("Category", "Storage")]
[Collection("enrollment")]
public sealed class BatchGetPersonsTests(EnrollmentFixture fixture) : IAsyncLifetime
{
    private EnrollmentHost host = null!;

    public async Task InitializeAsync() => host = await fixture.Start();
    public async Task DisposeAsync() => await host.DisposeAsync();

    [Fact]
    public async Task UnknownNumbers_AreLeftOut()
    {
        PersonCsv[] rows = [PersonCsv.New(host.County) with { Categories = "low_income" }, PersonCsv.New(host.County)];
        await EnrollmentHost.Import(host.Persons(), PersonCsv.File(rows));
        var reply = await host.Client.BatchGetPersonsAsync(new BatchGetPersonsRequest { PsnNo = { rows[1].PsnNo, "nobody", rows[0].PsnNo, rows[0].PsnNo } }, host.Headers());
        Assert.Equal(rows.Select(r => r.PsnNo), reply.Person.Select(p => p.PsnNo));
        Assert.Equal([1, 0], reply.Person.Select(p => p.Category.Count));
    }

    [Fact]
    public async Task NoNumbers_GiveNoPersons() =>
        Assert.Empty((await host.Client.BatchGetPersonsAsync(new BatchGetPersonsRequest(), host.Headers())).Person);

    [Fact]
    public async Task TooManyNumbers_AreRefused() => Assert.Equal(StatusCode.InvalidArgument, (await Assert.ThrowsAsync<RpcException>(() =>
        host.Client.BatchGetPersonsAsync(new BatchGetPersonsRequest { PsnNo = { Enumerable.Range(0, 1001).Select(i => $"{i}") } }, host.Headers()).ResponseAsync)).StatusCode);
}
