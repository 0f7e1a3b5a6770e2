using System.Diagnostics;
using System.Runtime.InteropServices;

namespace MedInsure.Embedded;

/// <summary>
/// A server as a child process in a session of its own (Ctrl-C on the terminal does not reach it), its output in a log file.
/// A guardian, a shell waiting on a pipe from this process, ends the server when this process ends without doing so.
/// </summary>
internal sealed partial class ServerProcess : IDisposable
{
    private readonly Process process;
    private readonly Process guardian;

    private ServerProcess(Process process, Process guardian) => (this.process, this.guardian) = (process, guardian);

    public int Id => process.Id;
    public bool HasExited => process.HasExited;
    /// <summary>Once it has ended: 0, or what went wrong; 128 and the signal's number where one ended it.</summary>
    public int ExitCode => process.ExitCode;

    /// <param name="workingFolder">Where the server runs; the guardian ends a process only while that is its current folder, so never a stranger that took over the number.</param>
    /// <param name="removeFolder">Removed by the guardian after the server, when this process ended without doing so.</param>
    public static ServerProcess Start(
        IEnumerable<string> command, string workingFolder, string log, ServerSignal gentle, string? removeFolder, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo("setsid") { WorkingDirectory = workingFolder, UseShellExecute = false };
        foreach (var word in (string[])["sh", "-c", "umask 077; log=$1; shift; exec \"$@\" >>\"$log\" 2>&1 </dev/null", "sh", log]) start.ArgumentList.Add(word);
        foreach (var word in command) start.ArgumentList.Add(word);
        foreach (var (name, value) in environment ?? new Dictionary<string, string>()) start.Environment[name] = value;
        var process = Process.Start(start) ?? throw new EmbeddedServerException("setsid did not start; it belongs to the Debian package util-linux");

        const string watch = """
            read done && exit 0
            alive() { [ "$(readlink "/proc/$1/cwd")" = "$2" ]; }
            alive "$1" "$2" && kill -"$3" "$1"
            n=0
            while alive "$1" "$2" && [ $n -lt 300 ]; do sleep 0.1; n=$((n+1)); done
            alive "$1" "$2" && kill -9 "$1"
            [ -n "$4" ] && rm -rf -- "$4"
            exit 0
            """;
        var guard = new ProcessStartInfo("setsid") { WorkingDirectory = "/", UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var word in (string[])["sh", "-c", watch, "medinsure-guardian", $"{process.Id}", Resolve(workingFolder), $"{(int)gentle}", removeFolder ?? ""]) guard.ArgumentList.Add(word);
        return new ServerProcess(process, Process.Start(guard)!);
    }

    public Task WaitForExit() => process.WaitForExitAsync();

    public void Send(ServerSignal signal) => _ = Send(process.Id, (int)signal);

    /// <summary>Sends the signal and waits until the server is gone; kills it when it takes longer than <paramref name="patience"/>.</summary>
    public async Task Stop(ServerSignal signal, TimeSpan patience)
    {
        if (!process.HasExited) _ = Send(process.Id, (int)signal);
        using var limit = new CancellationTokenSource(patience);
        try { await process.WaitForExitAsync(limit.Token); }
        catch (OperationCanceledException) { _ = Send(process.Id, (int)ServerSignal.Kill); await process.WaitForExitAsync(); }
        Release();
    }

    /// <summary>Ends a server that an earlier, killed process left behind. True when there was one.</summary>
    public static async Task<bool> StopLeftBehind(int pid, string workingFolder, ServerSignal signal, TimeSpan patience)
    {
        if (!RunsIn(pid, workingFolder)) return false;
        _ = Send(pid, (int)signal);
        for (var waited = Stopwatch.StartNew(); RunsIn(pid, workingFolder); await Task.Delay(50))
            if (waited.Elapsed > patience) { _ = Send(pid, (int)ServerSignal.Kill); patience += TimeSpan.FromSeconds(5); }
        return true;
    }

    /// <summary>Whether the process exists with this current folder: a number from an old file may belong to a stranger by now.</summary>
    public static bool RunsIn(int pid, string folder)
    {
        try { return new FileInfo($"/proc/{pid}/cwd").LinkTarget == Resolve(folder); }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException) { return false; }
    }

    public static bool Exists(int pid) => Directory.Exists($"/proc/{pid}");

    /// <summary>The path as the kernel shows it, links resolved.</summary>
    private static string Resolve(string folder)
    {
        var (rest, path) = (new Stack<string>(), Path.GetFullPath(folder));
        for (; ; )
        {
            if (Directory.ResolveLinkTarget(path, returnFinalTarget: true) is { } target) { path = target.FullName; continue; }
            if (Path.GetDirectoryName(path) is not { } parent) break;
            rest.Push(Path.GetFileName(path));
            path = parent;
        }
        return rest.Aggregate(path, Path.Combine);
    }

    private void Release()
    {
        if (guardian.HasExited) return;
        try { guardian.StandardInput.WriteLine("done"); guardian.StandardInput.Close(); guardian.WaitForExit(5000); }
        catch (IOException) { /* It ended on its own. */ }
    }

    public void Dispose()
    {
        Release();
        guardian.Dispose();
        process.Dispose();
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Send(int pid, int signal);
}

internal enum ServerSignal
{
    Interrupt = 2,
    Quit = 3,
    Kill = 9,
    Terminate = 15,
}
