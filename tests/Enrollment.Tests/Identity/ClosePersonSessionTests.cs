using MedInsure.Enrollment.Tests.Persons;
using MedInsure.Protos.Enrollment.V1;

namespace MedInsure.Enrollment.Tests.Identity;

/// <summary>A session that was closed shows nothing any more.</summary>
[Trait("Category", "Authorization")]
[Collection("enrollment")]
public sealed class ClosePersonSessionTests(EnrollmentFixture fixture)
{
    [Fact]
    public async Task Closed_ShowsNobodyAndOthersGoOn()
    {
        await using var host = await fixture.Start();
        PersonCsv person = PersonCsv.New(host.County), other = PersonCsv.New(host.County);
        await EnrollmentHost.Import(host.Persons(), PersonCsv.File(person, other));
        var (session, another) = (await GetOwnPersonTests.Session(host, person), await GetOwnPersonTests.Session(host, other));
        Assert.True(await Close(session));
        Assert.Equal(("session.expired", other.PsnNo), (await GetOwnPersonTests.Look(host, session), await GetOwnPersonTests.Look(host, another)));
        Assert.False(await Close(session));
        Assert.False(await Close("unknown"));
        host.Clock.Now += TimeSpan.FromHours(1);
        Assert.False(await Close(another));

        async Task<bool> Close(string token) => (await host.Desk.ClosePersonSessionAsync(new ClosePersonSessionRequest { Session = token }, host.Headers())).Closed;
    }
}
