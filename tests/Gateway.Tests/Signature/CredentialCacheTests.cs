using MedInsure.Gateway.Signature;
using Microsoft.Extensions.Logging.Abstractions;

namespace MedInsure.Gateway.Tests.Signature;

[Trait("Category", "Unit")]
public sealed class CredentialCacheTests : IDisposable
{
    private readonly FixedClock clock = new();
    private readonly CredentialCache cache;
    private List<CallerCredential> registered = [Of("P1", "token-1")];
    private Exception? failure;
    private int reads;

    public CredentialCacheTests() => cache = new CredentialCache(_ =>
    {
        Interlocked.Increment(ref reads);
        return failure is null ? Task.FromResult<IReadOnlyList<CallerCredential>>([.. registered]) : Task.FromException<IReadOnlyList<CallerCredential>>(failure);
    }, clock, NullLogger<CredentialCache>.Instance);

    public void Dispose() => cache.Dispose();

    private static CallerCredential Of(string paasid, string token) => CallerCredential.Of(paasid, token, "H00000000001", "230100")!;

    private ValueTask<CallerCredential?> Find(string paasid) => cache.Find(paasid, CancellationToken.None);

    [Fact]
    public async Task Known_IsReadOnce()
    {
        for (var i = 0; i < 5; i++) Assert.NotNull(await Find("P1"));
        Assert.Equal(1, reads);
    }

    [Fact]
    public async Task Unknown_IsLookedUpAtMostEveryThreeSeconds()
    {
        Assert.NotNull(await Find("P1"));
        for (var i = 0; i < 100; i++) Assert.Null(await Find($"stranger{i}"));
        Assert.Equal(1, reads);
        clock.Now += TimeSpan.FromSeconds(3);
        registered.Add(Of("P2", "token-2"));
        Assert.NotNull(await Find("P2"));
        Assert.Equal(2, reads);
    }

    [Fact]
    public async Task WithdrawnCredential_EndsWithinAMinute()
    {
        Assert.NotNull(await Find("P1"));
        registered = [];
        clock.Now += TimeSpan.FromSeconds(61);
        await Find("P1"); // starts the reading
        Assert.Null(await Find("P1"));
    }

    [Fact]
    public async Task WithdrawnCredential_IsNotHonouredAfterANightWithoutCalls()
    {
        Assert.NotNull(await Find("P1"));
        registered = [];
        clock.Now += TimeSpan.FromHours(9);
        Assert.Null(await Find("P1"));
    }

    [Fact]
    public async Task RegistryAway_TheKnownGoOn()
    {
        Assert.NotNull(await Find("P1"));
        failure = new InvalidOperationException("away");
        clock.Now += TimeSpan.FromMinutes(10);
        Assert.NotNull(await Find("P1"));
        Assert.Null(await Find("P2"));
    }

    [Fact]
    public async Task RegistryAwayFromTheStart_IsUnavailableNotUnknown()
    {
        failure = new InvalidOperationException("away");
        await Assert.ThrowsAsync<CredentialsUnavailableException>(async () => await Find("P1"));
        await Assert.ThrowsAsync<CredentialsUnavailableException>(async () => await Find("P1"));
        Assert.Equal(1, reads);
        failure = null;
        clock.Now += TimeSpan.FromSeconds(3);
        Assert.NotNull(await Find("P1"));
    }

    [Fact]
    public void Token_IsNotPrinted() => Assert.DoesNotContain("token-1", Of("P1", "token-1").ToString(), StringComparison.Ordinal);
}
