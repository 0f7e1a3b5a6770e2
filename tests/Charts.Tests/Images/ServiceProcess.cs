using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace MedInsure.Charts.Tests.Images;

/// <summary>A published service, started with the variables that a chart gives its container and nothing else.</summary>
internal sealed class ServiceProcess : IDisposable
{
    private readonly Process process;
    private readonly List<string> said = [];

    private ServiceProcess(Process process, int http)
    {
        (this.process, Http) = (process, http);
        process.OutputDataReceived += Keep;
        process.ErrorDataReceived += Keep;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public int Http { get; }

    public string Said
    {
        get { lock (said) return string.Join('\n', said.TakeLast(20)); }
    }

    /// <param name="program">The published folder's program, as the image starts it.</param>
    public static ServiceProcess Start(string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string> variables, int http)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Path.GetDirectoryName(program)! };
        // What the machine has for its own processes is not what a container has.
        foreach (var name in start.Environment.Keys.Where(n => n is not ("PATH" or "HOME" or "DOTNET_ROOT" or "TMPDIR")).ToList()) start.Environment.Remove(name);
        foreach (var (name, value) in variables) start.Environment[name] = value;
        return new ServiceProcess(Process.Start(start)!, http);
    }

    public async Task<string> Ready(TimeSpan patience)
    {
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(10) };
        var answer = "no answer";
        for (var waited = Stopwatch.StartNew(); waited.Elapsed < patience; await Task.Delay(100))
        {
            if (process.HasExited) return $"ended with {process.ExitCode}: {Said}";
            try
            {
                using var response = await client.GetAsync(new Uri($"http://127.0.0.1:{Http}/health/ready"));
                if (response.IsSuccessStatusCode) return "ready";
                answer = await response.Content.ReadAsStringAsync();
            }
            catch (Exception e) when (e is HttpRequestException or TaskCanceledException) { answer = e.Message; }
        }
        return $"{answer}; {Said}";
    }

    public async Task<int> End(TimeSpan patience)
    {
        using var limit = new CancellationTokenSource(patience);
        await process.WaitForExitAsync(limit.Token);
        return process.ExitCode;
    }

    /// <summary>What Kubernetes sends.</summary>
    public void Terminate()
    {
        using var kill = Process.Start("kill", ["-TERM", $"{process.Id}"]);
        kill.WaitForExit();
    }

    public static int FreePort()
    {
        using var socket = new TcpListener(IPAddress.Loopback, 0);
        socket.Start();
        return ((IPEndPoint)socket.LocalEndpoint).Port;
    }

    private void Keep(object sender, DataReceivedEventArgs line)
    {
        lock (said)
            if (line.Data is { } text) said.Add(text);
    }

    public void Dispose()
    {
        if (!process.HasExited) process.Kill(entireProcessTree: true);
        process.Dispose();
    }
}
