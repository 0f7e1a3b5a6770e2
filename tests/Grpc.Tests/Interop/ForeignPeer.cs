using System.ComponentModel;
using System.Diagnostics;

namespace MedInsure.Grpc.Tests.Interop;

/// <summary>A foreign gRPC as a child process. Its absence fails the tests: a gRPC that only knows itself proves nothing.</summary>
public sealed class ForeignPeer : IDisposable
{
    private readonly Process _process;
    private readonly string _needed;
    private readonly string? _scratch;
    private readonly Task<string> _errors;

    private ForeignPeer(Process process, string needed, string? scratch)
    {
        _process = process;
        _needed = needed;
        _scratch = scratch;
        _errors = process.StandardError.ReadToEndAsync();
    }

    /// <summary>Starts a program. <paramref name="needed"/> tells in failures what the machine must have; the scratch file goes with the peer.</summary>
    public static ForeignPeer Start(string program, IEnumerable<string> arguments, string needed, string? scratch = null, string? folder = null)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder ?? "" };
        try
        {
            return new ForeignPeer(Process.Start(start)!, needed, scratch);
        }
        catch (Win32Exception e)
        {
            throw new InvalidOperationException($"The test needs {needed}.", e);
        }
    }

    /// <summary>The next line of output. Throws with what the peer said if there is none.</summary>
    public async Task<string> ReadLine()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        return await _process.StandardOutput.ReadLineAsync(patience.Token) ?? throw await Failure();
    }

    public async Task<IReadOnlyList<string>> ReadToEnd()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(120));
        var output = await _process.StandardOutput.ReadToEndAsync(patience.Token);
        await _process.WaitForExitAsync(patience.Token);
        return _process.ExitCode == 0 ? output.Split('\n', StringSplitOptions.RemoveEmptyEntries) : throw await Failure();
    }

    private async Task<InvalidOperationException> Failure() => new($"The foreign peer failed. The test needs {_needed}. It said: {await _errors}");

    public void Dispose()
    {
        _process.StandardInput.Close();
        if (!_process.WaitForExit(5000))
            _process.Kill();
        _process.Dispose();
        if (_scratch is not null)
            File.Delete(_scratch);
    }
}
