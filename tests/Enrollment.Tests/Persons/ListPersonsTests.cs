using Grpc.Core;
using MedInsure.Protos.Enrollment.V1;

namespace MedInsure.Enrollment.Tests.Persons;

[Trait("Category", "Storage")]
[Collection("enrollment")]
public sealed class ListPersonsTests(EnrollmentFixture fixture) : IAsyncLifetime
{
    private EnrollmentHost host = null!;

    public async Task InitializeAsync() => host = await fixture.Start();
    public async Task DisposeAsync() => await host.DisposeAsync();

    [Theory]
    [InlineData("", 23)]
    [InlineData("310", 8)]
    [InlineData("510", 0)]
    public async Task Pages_GiveEveryPersonOnceInOrder(string insutype, int expected)
    {
        // Case and digits: the order must be that of bytes on any server.
        await EnrollmentHost.Import(host.Persons(), PersonCsv.File(Enumerable.Range(0, 23).Select(i => PersonCsv.New(host.County) with
        {
            PsnNo = $"{(i % 2 == 0 ? "a" : "B")}{i:D3}", Insutype = i % 3 == 0 ? "310" : "390", PsnType = i % 3 == 0 ? "1101" : "1501",
        })));
        var all = new List<string>();
        var request = new ListPersonsRequest { PageSize = 5, Insutype = insutype };
        do
        {
            var page = await host.Client.ListPersonsAsync(request, host.Headers());
            all.AddRange(page.Person.Select(p => p.PsnNo));
            request.AfterPsnNo = page.NextAfterPsnNo;
        }
        while (request.AfterPsnNo.Length > 0);
        Assert.Equal(expected, all.Count);
        Assert.Equal(all.Distinct().Order(StringComparer.Ordinal), all);
    }

    [Fact]
    public async Task PageTooLarge_IsRefused() => Assert.Equal(StatusCode.InvalidArgument,
        (await Assert.ThrowsAsync<RpcException>(() => host.Client.ListPersonsAsync(new ListPersonsRequest { PageSize = 1001 }, host.Headers()).ResponseAsync)).StatusCode);
}
