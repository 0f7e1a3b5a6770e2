using System.Diagnostics;
using MedInsure.Local.Split;

namespace MedInsure.Local.Tests.Split;

/// <summary>A process that ends again and again: started again, each time later, and said so.</summary>
[Trait("Category", "Crash")]
public sealed class ServiceReplicaTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("medinsure-replica-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task EndsAtOnceEachTime_IsStartedAgainLaterAndLater()
    {
        var said = new Lines();
        await using var replica = new ServiceReplica("settlement", 1, Path.Combine(folder, "no-such-program.dll"), Path.Combine(folder, "settlement-1"), new ReplicaPorts(1, 2), [], said);
        var watch = Stopwatch.StartNew();
        replica.Start();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (replica.Crashes < 4) await Task.Delay(20, patience.Token); // bounded by the patience
        // 250, 500 and 1,000 ms lie between four starts.
        Assert.True(watch.Elapsed > TimeSpan.FromSeconds(1.7), $"{watch.Elapsed}");
        Assert.False(replica.IsReady);
        Assert.Contains(said.All, line => line.StartsWith("settlement-1 ended with ", StringComparison.Ordinal) && line.EndsWith("starting it again in 0.5 s", StringComparison.Ordinal));
    }

    private sealed class Lines : TextWriter
    {
        private readonly System.Collections.Concurrent.ConcurrentQueue<string> lines = new();

        public IReadOnlyCollection<string> All => lines;
        public override System.Text.Encoding Encoding => System.Text.Encoding.UTF8;

        public override Task WriteLineAsync(string? value)
        {
            lines.Enqueue(value ?? "");
            return Task.CompletedTask;
        }
    }
}
