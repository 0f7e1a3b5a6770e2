using System.Diagnostics;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using MedInsure.Grpc.Tests.Probing;

namespace MedInsure.Grpc.Tests.Interop;

/// <summary>Debian's grpcio as a child process. Its absence fails the tests: a gRPC that only knows itself proves nothing.</summary>
public sealed class PythonPeer : IDisposable
{
    private readonly Process _process;
    private readonly string _descriptors;
    private readonly Task<string> _errors;

    private PythonPeer(Process process, string descriptors)
    {
        _process = process;
        _descriptors = descriptors;
        _errors = process.StandardError.ReadToEndAsync();
    }

    public static PythonPeer Start(params string[] arguments)
    {
        var descriptors = Path.Combine(Path.GetTempPath(), $"grpcprobe-{Guid.NewGuid():N}.pb");
        File.WriteAllBytes(descriptors, new FileDescriptorSet { File = { FileDescriptorProto.Parser.ParseFrom(ProbeReflection.Descriptor.SerializedData) } }.ToByteArray());
        // Debian's package is for Debian's Python, whatever else comes first in the path.
        var python = File.Exists("/usr/bin/python3") ? "/usr/bin/python3" : "python3";
        var start = new ProcessStartInfo(python) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add("-u");
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "Interop", "probe_peer.py"));
        start.ArgumentList.Add(descriptors);
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        return new PythonPeer(Process.Start(start)!, descriptors);
    }

    /// <summary>The next line of output. Throws with what the peer said if there is none.</summary>
    public async Task<string> ReadLine()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var line = await _process.StandardOutput.ReadLineAsync(patience.Token);
        if (line is not null)
            return line;
        throw new InvalidOperationException("The Python peer ended. The test needs Debian's package python3-grpcio (apt-get install python3-grpcio). It said: " + await _errors);
    }

    public async Task<IReadOnlyList<string>> ReadToEnd()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(120));
        var output = await _process.StandardOutput.ReadToEndAsync(patience.Token);
        await _process.WaitForExitAsync(patience.Token);
        return _process.ExitCode == 0
            ? output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            : throw new InvalidOperationException("The Python peer failed. The test needs Debian's package python3-grpcio (apt-get install python3-grpcio). It said: " + await _errors);
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        if (!_process.WaitForExit(5000))
            _process.Kill();
        _process.Dispose();
        File.Delete(_descriptors);
    }
}
