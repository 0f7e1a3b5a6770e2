using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace MedInsure.Settlement.Tests.OffCounty;

/// <summary>A county's settlement as a process of its own: the program that a cluster runs, which can be killed.</summary>
internal sealed class CountyProcess : IDisposable
{
    private readonly Dictionary<string, string?> settings;
    private readonly int http = FreePort(), grpc = FreePort();
    private readonly Queue<string> said = new();
    private Process? process;

    public CountyProcess(Dictionary<string, string?> settings) => this.settings = new(settings)
    {
        ["Kestrel:Endpoints:Http:Url"] = $"http://127.0.0.1:{http}", ["Kestrel:Endpoints:Http:Protocols"] = "Http1",
        ["Kestrel:Endpoints:Grpc:Url"] = GrpcAddress, ["Kestrel:Endpoints:Grpc:Protocols"] = "Http2",
    };

    public string GrpcAddress => $"http://127.0.0.1:{grpc}";
    public string HttpAddress => $"http://127.0.0.1:{http}";

    public string Said
    {
        get { lock (said) return string.Join('\n', said); }
    }

    /// <summary>More of the configuration, before it starts.</summary>
    public void Set(string name, string value) => settings[name] = value;

    public void Start()
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "MedInsure.Settlement.dll")]) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = AppContext.BaseDirectory };
        foreach (var (name, value) in settings) start.Environment[name.Replace(":", "__", StringComparison.Ordinal)] = value;
        process = Process.Start(start)!;
        process.OutputDataReceived += Keep;
        process.ErrorDataReceived += Keep;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>As a power cut ends it.</summary>
    public void Kill()
    {
        process!.Kill();
        process.WaitForExit();
        process.Dispose();
        process = null;
    }

    public async Task Ready(CancellationToken cancellation)
    {
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
        for (; ; await Task.Delay(50, cancellation)) // probed as a cluster does
        {
            Assert.False(process!.HasExited, Said);
            try
            {
                using var response = await client.GetAsync(new Uri($"{HttpAddress}/health/ready"), cancellation);
                if (response.IsSuccessStatusCode) return;
            }
            // It does not listen yet, or a busy machine lets it wait.
            catch (Exception e) when (e is HttpRequestException or TaskCanceledException && !cancellation.IsCancellationRequested) { }
        }
    }

    private void Keep(object sender, DataReceivedEventArgs line)
    {
        if (line.Data is not { } text) return;
        lock (said)
        {
            said.Enqueue(text);
            if (said.Count > 30) said.Dequeue();
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public void Dispose()
    {
        if (process is null) return;
        if (!process.HasExited) process.Kill();
        process.Dispose();
    }
}
