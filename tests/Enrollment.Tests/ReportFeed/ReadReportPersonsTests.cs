using Grpc.Core;
using MedInsure.Enrollment.ReportFeed;
using MedInsure.Enrollment.Tests.Persons;
using MedInsure.Hosting.Rpc;
using MedInsure.Protos.Enrollment.V1;

namespace MedInsure.Enrollment.Tests.ReportFeed;

[Trait("Category", "Storage")]
[Collection("enrollment")]
public sealed class ReadReportPersonsTests(EnrollmentFixture fixture) : IAsyncLifetime
{
    private EnrollmentHost host = null!;

    public async Task InitializeAsync() => host = await fixture.Start(counties: 2);
    public async Task DisposeAsync() => await host.DisposeAsync();

    [Fact]
    public async Task Copy_TellsEverybodyOnce_WithoutNameOrCertificate()
    {
        var persons = await Enrol(5);
        var (numbers, page) = (new List<string>(), await Read(new() { Copy = true, Max = 2 }));
        Assert.Equal((3L, true, 2), (page.Behind, page.More, page.Events));
        for (; ; page = await Read(new() { Copy = true, AfterPsnNo = numbers[^1], Max = 2 }))
        {
            numbers.AddRange(page.Person.Select(p => p.PsnNo));
            if (!page.More) break;
        }
        Assert.Equal(persons.Select(p => p.PsnNo).Order(StringComparer.Ordinal), numbers);
        var told = page.Person[^1];
        Assert.Equal(("1", 19800506, "H1", "", 0), (told.Gend, told.BirthOn, told.HouseholdNo, told.MergedInto, told.DiedOn));
        Assert.Equal(20200101, Assert.Single(told.Cover).FromOn);
        Assert.DoesNotContain(ReportPerson.Descriptor.Fields.InDeclarationOrder(), f => f.Name.Contains("cert", StringComparison.Ordinal) || f.Name.EndsWith("_name", StringComparison.Ordinal));
    }

    [Fact]
    public async Task WhoChangesDuringTheCopy_IsToldAfterIt()
    {
        var persons = await Enrol(4);
        var first = await Read(new() { Copy = true, Max = 2 });
        var changed = persons.First(p => p.PsnNo == first.Person[0].PsnNo) with { Categories = "registered_poor" };
        await Import(changed);
        await Enrol(1);
        var changes = await Read(new() { AfterNo = first.AtNo, AfterIdx = int.MaxValue - 1, Max = 2 });
        Assert.Equal((2, 0L, false, changes.AtNo), (changes.Person.Count, changes.Behind, changes.More, changes.ReadNo));
        Assert.Equal("registered_poor", Assert.Single(changes.Person.Single(p => p.PsnNo == changed.PsnNo).Category).Name);
        Assert.Empty((await Read(new() { AfterNo = changes.ReadNo, AfterIdx = changes.ReadIdx, Max = 2 })).Person);
    }

    [Fact]
    public async Task ChangeOfMany_GoesOverSeveralPages_AndSaysWhatIsBehind()
    {
        var before = (await Read(new() { Copy = true, Max = 1 })).AtNo;
        await Import([.. Enumerable.Range(0, 5).Select(_ => PersonCsv.New(host.County))]);
        var (numbers, no, index) = (new List<string>(), before, int.MaxValue - 1);
        foreach (var left in (long[])[3, 1, 0])
        {
            var page = await Read(new() { AfterNo = no, AfterIdx = index, Max = 2 });
            Assert.Equal((left, left > 0, left > 0), (page.Behind, page.More, page.BehindSinceMs > 0));
            Assert.Equal(page, await Read(new() { AfterNo = no, AfterIdx = index, Max = 2 }));
            numbers.AddRange(page.Person.Select(p => p.PsnNo));
            (no, index) = (page.ReadNo, page.ReadIdx);
        }
        Assert.Equal(5, numbers.Distinct().Count());
    }

    [Fact]
    public async Task ChangedAtOnce_NumbersFollowTheCommits()
    {
        var persons = await Enrol(8);
        var after = (await Read(new() { Copy = true, Max = 1 })).AtNo;
        var changing = Task.WhenAll(persons.Select(p => Task.Run(() => Import(p with { Household = "H" + p.PsnNo }))));
        var (read, no, index) = (new List<string>(), after, int.MaxValue - 1);
        for (var done = false; !done;)
        {
            done = changing.IsCompleted;
            var page = await Read(new() { AfterNo = no, AfterIdx = index, Max = 1 });
            (no, index) = (page.ReadNo, page.ReadIdx);
            read.AddRange(page.Person.Select(p => p.PsnNo));
            done &= !page.More && page.Person.Count == 0;
        }
        await changing;
        Assert.Equal(persons.Select(p => p.PsnNo).Order(), read.Order());
        Assert.Equal(no, await host.Sql<long>("SELECT change_no FROM person_log_head"));
        Assert.Equal(no, await host.Sql<long>("SELECT count(*) FROM person_log"));
    }

    [Fact]
    public async Task NeighbourCounty_TellsItsOwn()
    {
        await Enrol(2);
        await Import(PersonCsv.New(host.Counties[1]));
        Assert.Single((await Read(new() { Copy = true, Max = 10 }, host.Counties[1])).Person);
        Assert.Equal(2, (await Read(new() { Copy = true, Max = 10 })).Person.Count);
        Assert.Equal("tenant.county_not_served", RefusalStatus.FromRpcException(await Assert.ThrowsAsync<RpcException>(() => Read(new() { Copy = true, Max = 10 }, EnrollmentHost.OtherCounty)))?.Code);
    }

    [Theory]
    [InlineData(-1, -1, 1)]
    [InlineData(0, -2, 1)]
    [InlineData(0, -1, 0)]
    [InlineData(0, -1, 2_001)]
    public async Task PageThatIsNone_IsRefused(long no, int index, int max) =>
        Assert.Equal("feed.page_invalid", (await ReadReportPersons.Query(host.Databases.For(host.County, EnrollmentModule.Service), new ReadReportPersonsRequest { AfterNo = no, AfterIdx = index, Max = max }, default)).Refusal?.Code);

    private async Task<PersonCsv[]> Enrol(int count)
    {
        var persons = Enumerable.Range(0, count).Select(_ => PersonCsv.New(host.County)).ToArray();
        await Import(persons);
        return persons;
    }

    private async Task Import(params PersonCsv[] persons) => await EnrollmentHost.Import(host.Persons(), PersonCsv.File(persons));

    private async Task<ReadReportPersonsReply> Read(ReadReportPersonsRequest request, string? county = null)
    {
        request.CountBehind = true;
        return await host.Feed.ReadReportPersonsAsync(request, host.Headers(county));
    }
}
