using MedInsure.Gateway.Signature;

namespace MedInsure.Gateway.Tests.Signature;

[Trait("Category", "Unit")]
public sealed class NonceWindowTests
{
    private const long Now = 1_800_000_000;

    [Fact]
    public void Nonce_IsRememberedAsLongAsItsTimestampIsAccepted()
    {
        var window = new NonceWindow();
        // Signed 300 s ahead: acceptable for 600 s from now.
        Assert.Equal(NonceWindow.Use.First, window.Take("P1", "n", Now + 300, Now));
        Assert.Equal(NonceWindow.Use.Repeated, window.Take("P1", "n", Now + 300, Now + 600));
        Assert.Equal(NonceWindow.Use.First, window.Take("P1", "n", Now + 700, Now + 700));
    }

    [Fact]
    public void Nonces_AreTheCallersOwn()
    {
        var window = new NonceWindow();
        Assert.Equal(NonceWindow.Use.First, window.Take("P1", "n", Now, Now));
        Assert.Equal(NonceWindow.Use.First, window.Take("P2", "n", Now, Now));
    }

    [Fact]
    public void CallerBeyondItsShare_IsRefusedAndOthersAreNot()
    {
        var window = new NonceWindow(perCallerMax: 3);
        for (var i = 0; i < 3; i++) Assert.Equal(NonceWindow.Use.First, window.Take("P1", $"n{i}", Now, Now));
        Assert.Equal(NonceWindow.Use.TooMany, window.Take("P1", "n3", Now, Now));
        Assert.Equal(NonceWindow.Use.Repeated, window.Take("P1", "n0", Now, Now));
        Assert.Equal(NonceWindow.Use.First, window.Take("P2", "n3", Now, Now));
        Assert.Equal(NonceWindow.Use.First, window.Take("P1", "n3", Now + 400, Now + 400));
    }

    [Fact]
    public void IdleCaller_IsForgottenByAnothersRequest()
    {
        var window = new NonceWindow();
        for (var i = 0; i < 100; i++) window.Take("P1", $"n{i}", Now, Now);
        Assert.Equal(100, window.Count);
        window.Take("P2", "n", Now + 700, Now + 700);
        Assert.Equal(1, window.Count);
    }

    [Fact]
    public void SameNonceFromManyThreads_IsFirstOnce()
    {
        var window = new NonceWindow();
        var first = 0;
        Parallel.For(0, 2_000, i =>
        {
            if (window.Take("P1", $"n{i % 500}", Now, Now) == NonceWindow.Use.First) Interlocked.Increment(ref first);
        });
        Assert.Equal(500, first);
    }
}
