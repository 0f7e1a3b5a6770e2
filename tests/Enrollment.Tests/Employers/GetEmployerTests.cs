using System.Net;
using Grpc.Core;
using MedInsure.Enrollment.Tests.Employments;
using MedInsure.Protos.Enrollment.V1;

namespace MedInsure.Enrollment.Tests.Employers;

/// <summary>Who an employer's token says that one is, and when it says nothing any more. Today is 2026-11-21.</summary>
[Trait("Category", "Authorization")]
[Collection("enrollment")]
public sealed class GetEmployerTests(EnrollmentFixture fixture) : IAsyncLifetime
{
    private StaffTown town = null!;

    public async Task InitializeAsync() => town = await StaffTown.Open(await fixture.Start(counties: 2));
    public async Task DisposeAsync() => await town.DisposeAsync();

    private async Task<Employer> Get(string token, string? county = null) => await town.Host.EmployerDesk.GetEmployerAsync(new GetEmployerRequest { Token = token }, town.Host.Headers(county));

    private async Task AssertRefused(string token, string? county = null) => Assert.Equal(StatusCode.Unauthenticated, (await Assert.ThrowsAsync<RpcException>(() => Get(token, county))).StatusCode);

    [Fact]
    public async Task Token_NamesItsEmployerAndHolder()
    {
        await town.Start(await town.Enrol(), "E1", 202611, "5000");
        var (_, token) = await town.Token("E1", mayDeclare: false);
        var employer = await Get(token);
        Assert.Equal(("E1", "单位E1", 1L, "E1的张会计", false), (employer.EmployerNo, employer.EmployerName, employer.Staff, employer.Holder, employer.MayDeclare));
        Assert.DoesNotContain(token, await town.Host.Text("employers/E1/tokens"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task StrangeTokens_AreRefused()
    {
        var (_, token) = await town.Token("E1");
        await AssertRefused("");
        await AssertRefused(token[1..]);
        await AssertRefused(token, town.Host.Counties[1]);
    }

    [Fact]
    public async Task RevokedToken_ProvesNothingFromThenOn()
    {
        var (number, token) = await town.Token("E1");
        var (_, other) = await town.Token("E1");
        Assert.Equal("employer_token.unknown", await town.Code(town.Host.Ask($"employers/E2/tokens/{number}/revocation", new { by = "王经办", why = "离职" })));
        Assert.Equal(HttpStatusCode.OK, (await town.Host.Ask($"employers/E1/tokens/{number}/revocation", new { by = "王经办", why = "离职" })).Status);
        await AssertRefused(token);
        Assert.Equal("E1", (await Get(other)).EmployerNo);
    }

    [Fact]
    public async Task TokenPastItsDay_ProvesNothing()
    {
        var (_, token) = await town.Token("E1", validTo: "2026-11-22");
        town.Host.Clock.Today = new DateOnly(2026, 11, 22);
        Assert.Equal("E1", (await Get(token)).EmployerNo);
        town.Host.Clock.Today = new DateOnly(2026, 11, 23);
        await AssertRefused(token);
    }

    [Fact]
    public async Task ClosedEmployersToken_ProvesNothing()
    {
        var (_, token) = await town.Token("E2");
        await town.Host.Ask("employers/E2/closing", new { request_key = "c", closed_on = "2026-11-20", by = "王经办", why = "注销" });
        await AssertRefused(token);
    }

    [Fact]
    public async Task WrongIssues_AreRefused()
    {
        Task<string?> Issue(string employer, object request) => town.Code(town.Host.Ask($"employers/{employer}/tokens", request));
        Assert.Equal("employer.unknown", await Issue("E404", new { holder = "张", valid_to = "2026-12-31", by = "王经办" }));
        Assert.Equal("employer_token.holder_missing", await Issue("E1", new { holder = " ", valid_to = "2026-12-31", by = "王经办" }));
        Assert.Equal("employer_token.day_invalid", await Issue("E1", new { holder = "张", valid_to = "2026-11-20", by = "王经办" }));
        Assert.Equal("employer_token.day_invalid", await Issue("E1", new { holder = "张", valid_to = "2027-11-23", by = "王经办" }));
        Assert.Equal("approval.person_missing", await Issue("E1", new { holder = "张", valid_to = "2026-12-31" }));
    }
}
