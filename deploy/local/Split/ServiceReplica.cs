using System.Diagnostics;
using System.Net.Sockets;
using System.Text.Json;
using MedInsure.Embedded;

namespace MedInsure.Local.Split;

/// <summary>
/// One process of a service, kept running as a cluster keeps a pod: asked whether it is ready once a second, started again when it ends, at once the
/// first time and after a growing pause when it ends soon after its start.
/// </summary>
internal sealed class ServiceReplica : IAsyncDisposable
{
    private static readonly TimeSpan ProbeEvery = TimeSpan.FromSeconds(1), ProbeWhileStarting = TimeSpan.FromMilliseconds(200), PauseMax = TimeSpan.FromSeconds(30), StartPatience = TimeSpan.FromSeconds(90), StopPatience = TimeSpan.FromSeconds(45);

    private readonly string folder;
    private readonly string settings;
    private readonly TextWriter output;
    private readonly HttpClient probe;
    private readonly CancellationTokenSource stopping = new();
    private readonly Lock gate = new();
    private Task keeping = Task.CompletedTask, probing = Task.CompletedTask;
    private ServerProcess? process;
    private TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool isReady;
    private int readyProcess;

    /// <param name="folder">Where it runs; its own.</param>
    /// <param name="settings">Its whole configuration: in its folder's settings file, which nobody else may read.</param>
    public ServiceReplica(string service, int number, string program, string folder, ReplicaPorts ports, IEnumerable<KeyValuePair<string, string?>> settings, TextWriter output)
    {
        (Service, Name, Program, this.folder, Ports, this.output) = (service, $"{service}-{number}", program, folder, ports, output);
        this.settings = JsonSerializer.Serialize(settings.ToDictionary(s => s.Key, s => s.Value));
        probe = new HttpClient { BaseAddress = new Uri(ports.HttpAddress), Timeout = TimeSpan.FromSeconds(5) };
    }

    public string Service { get; }
    /// <summary>What the next process runs.</summary>
    public string Program { get; set; }
    public string Name { get; }
    public ReplicaPorts Ports { get; }
    /// <summary>False: there is nothing to run, as in a release before the service.</summary>
    public bool IsStarted { get; private set; }
    /// <summary>By its last probe.</summary>
    public bool IsReady => isReady;
    public string Log => folder + ".log";
    /// <summary>0 while there is none.</summary>
    public int ProcessId { get { lock (gate) return process?.Id ?? 0; } }
    /// <summary>How often it ended without being asked to.</summary>
    public int Crashes { get; private set; }

    public void Start()
    {
        IsStarted = true;
        Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        PrivateFile.Write(Path.Combine(folder, "appsettings.json"), settings);
        File.Delete(Log);
        keeping = Task.Run(Keep);
        probing = Task.Run(Probe);
    }

    /// <summary>Asks the process to stop, and returns when the one after it is ready.</summary>
    public async Task Restart(CancellationToken cancellation)
    {
        var old = ProcessId;
        // Whoever spreads the load learns of it first, as a cluster takes a pod out of its service.
        isReady = false;
        Signal(ServerSignal.Terminate);
        await WaitUntilReady(old, cancellation);
    }

    /// <summary>Ends the process as a power cut would, and returns when the one after it is ready.</summary>
    public async Task Kill(CancellationToken cancellation)
    {
        var old = ProcessId;
        Signal(ServerSignal.Kill);
        await WaitUntilReady(old, cancellation);
    }

    /// <param name="not">A process that does not count.</param>
    /// <exception cref="TimeoutException">It did not become ready; the message holds the end of its log.</exception>
    public async Task WaitUntilReady(int not, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(StartPatience);
        try
        {
            for (; ; )
            {
                var next = Volatile.Read(ref changed).Task;
                if (isReady && Volatile.Read(ref readyProcess) is var now && now != not && now != 0) return;
                await next.WaitAsync(limit.Token);
            }
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new TimeoutException($"{Name} did not become ready; its log {Log} ends:\n{string.Join('\n', File.ReadLines(Log).TakeLast(10))}");
        }
    }

    /// <summary>Asks it to stop, and ends it by force when it takes too long.</summary>
    public async Task Stop()
    {
        await stopping.CancelAsync();
        isReady = false;
        Signal(ServerSignal.Terminate);
        if (await Task.WhenAny(keeping, Task.Delay(StopPatience)) != keeping) Signal(ServerSignal.Kill);
        await Task.WhenAll(keeping, probing);
    }

    public async ValueTask DisposeAsync()
    {
        await Stop();
        probe.Dispose();
        stopping.Dispose();
    }

    private void Signal(ServerSignal signal)
    {
        lock (gate)
            if (process is { HasExited: false }) process.Send(signal);
    }

    private async Task Keep()
    {
        for (var pause = TimeSpan.Zero; !stopping.IsCancellationRequested;)
        {
            var alive = Stopwatch.StartNew();
            ServerProcess now;
            lock (gate) process = now = ServerProcess.Start(["dotnet", Program], folder, Log, ServerSignal.Terminate, null);
            // Asked to stop while it started.
            if (stopping.IsCancellationRequested) now.Send(ServerSignal.Terminate);
            await now.WaitForExit();
            isReady = false;
            lock (gate) process = null;
            var code = now.ExitCode;
            now.Dispose();
            if (stopping.IsCancellationRequested) return;
            pause = code == 0 || alive.Elapsed > PauseMax ? TimeSpan.Zero : pause == TimeSpan.Zero ? TimeSpan.FromMilliseconds(250) : pause * 2 < PauseMax ? pause * 2 : PauseMax;
            if (code != 0) Crashes++;
            await output.WriteLineAsync($"{Name} {(code == 0 ? "stopped" : $"ended with {code}, see {Log}")}; starting it again{(pause > TimeSpan.Zero ? $" in {pause.TotalSeconds:0.##} s" : "")}");
            try { await Task.Delay(pause, stopping.Token); }
            catch (OperationCanceledException) { return; }
        }
    }

    private async Task Probe()
    {
        // More often until it is ready for the first time: people wait for that.
        for (var every = ProbeWhileStarting; !stopping.IsCancellationRequested;)
        {
            var (asked, ready) = (ProcessId, false);
            try
            {
                using var answer = await probe.GetAsync("/health/ready", stopping.Token);
                ready = answer.IsSuccessStatusCode;
            }
            // SocketException: a connection that ends in the moment it is made is thrown bare.
            catch (Exception e) when (e is HttpRequestException or SocketException or OperationCanceledException) { /* Not listening, or not yet. */ }
            if (ready && asked != 0 && asked == ProcessId && !stopping.IsCancellationRequested)
            {
                Volatile.Write(ref readyProcess, asked);
                isReady = true;
                Interlocked.Exchange(ref changed, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
                every = ProbeEvery;
            }
            else
            {
                isReady = false;
                every = ProbeWhileStarting;
            }
            try { await Task.Delay(every, stopping.Token); }
            catch (OperationCanceledException) { return; }
        }
    }
}

/// <summary>Where one process listens on 127.0.0.1: HTTP/1.1 and gRPC (HTTP/2 without TLS).</summary>
internal sealed record ReplicaPorts(int Http, int Grpc)
{
    public string HttpAddress => $"http://127.0.0.1:{Http}";
    public string GrpcAddress => $"http://127.0.0.1:{Grpc}";

    /// <summary>As every service reads where to listen.</summary>
    public IEnumerable<KeyValuePair<string, string?>> Settings =>
    [
        new("Kestrel:Endpoints:Http:Url", HttpAddress), new("Kestrel:Endpoints:Http:Protocols", "Http1"),
        new("Kestrel:Endpoints:Grpc:Url", GrpcAddress), new("Kestrel:Endpoints:Grpc:Protocols", "Http2"),
    ];
}
