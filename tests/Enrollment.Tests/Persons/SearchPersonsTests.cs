using MedInsure.Enrollment.Persons;
using Npgsql;

namespace MedInsure.Enrollment.Tests.Persons;

[Trait("Category", "Storage")]
[Collection("enrollment")]
public sealed class SearchPersonsTests(EnrollmentFixture fixture) : IAsyncLifetime
{
    private EnrollmentHost host = null!;
    private PersonCsv first = null!, second = null!;

    public async Task InitializeAsync()
    {
        host = await fixture.Start();
        (first, second) = (PersonCsv.New(host.County), PersonCsv.New(host.County));
        await EnrollmentHost.Import(host.Persons(), PersonCsv.File(first, second));
    }

    private NpgsqlDataSource Database => host.Databases.For(host.County, EnrollmentModule.Service);

    public async Task DisposeAsync() => await host.DisposeAsync();

    private async Task<List<SearchPersons.Found>> Search(string? number = null, string? certno = null, string? name = null, string? after = null, int? limit = null) =>
        (await SearchPersons.Execute(Database, new(number, certno, name, after, limit), CancellationToken.None)).Value;

    [Fact]
    public async Task Certificate_FindsItsPersonMasked()
    {
        var found = Assert.Single(await Search(certno: first.Certno.ToLowerInvariant()));
        Assert.Equal(first.PsnNo, found.PsnNo);
        Assert.DoesNotContain(first.Certno[6..16], found.Certno, StringComparison.Ordinal);
        Assert.Contains('*', found.PsnName);
    }

    [Fact]
    public async Task Name_FindsAllWhoHaveItPageByPage()
    {
        var page = Assert.Single(await Search(name: "王小明", limit: 1));
        var next = Assert.Single(await Search(name: "王小明", after: page.PsnNo, limit: 1));
        Assert.Equal(new[] { first.PsnNo, second.PsnNo }.Order(StringComparer.Ordinal), [page.PsnNo, next.PsnNo]);
        Assert.Empty(await Search(name: "王小明", after: next.PsnNo));
        Assert.Empty(await Search(name: "王小"));
    }

    [Fact]
    public async Task NothingAskedFor_IsRefused() => Assert.True((await SearchPersons.Execute(Database, new(null, null, null, null, null), CancellationToken.None)).IsRefused);

    /// <summary>At five million rows as at two: the plan walks an index, never the table.</summary>
    [Theory]
    [InlineData(SearchPersons.ByName, "person_by_name")]
    [InlineData(SearchPersons.ByCertificate, "person_by_certno")]
    public async Task Search_GoesByItsIndex(string sql, string index)
    {
        await using var connection = await Database.OpenConnectionAsync();
        // A table of two rows is read whole, or by its numbers, whatever indexes there are: these ways are closed here.
        await using (var plan = new NpgsqlCommand("SET enable_seqscan = off; SET enable_indexscan = off; SET enable_indexonlyscan = off", connection)) await plan.ExecuteNonQueryAsync();
        await using var explain = new NpgsqlCommand("EXPLAIN " + sql.Replace("$1", "'x'", StringComparison.Ordinal).Replace("$2", "''", StringComparison.Ordinal).Replace("$3", "50", StringComparison.Ordinal), connection);
        List<string> lines = [];
        await using var reader = await explain.ExecuteReaderAsync();
        while (await reader.ReadAsync()) lines.Add(reader.GetString(0));
        Assert.Contains(lines, l => l.Contains(index, StringComparison.Ordinal));
    }
}
