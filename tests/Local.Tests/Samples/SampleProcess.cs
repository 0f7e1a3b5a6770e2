using System.ComponentModel;
using System.Diagnostics;

namespace MedInsure.Local.Tests.Samples;

/// <summary>A sample of deploy/samples as a process of its own.</summary>
internal sealed class SampleProcess : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly string NodeFolder = Path.Combine(AppContext.BaseDirectory, "insurer-node");
    private static readonly Lazy<Task> NodePackages = new(InstallNodePackages);

    private readonly Process process;
    private readonly Task<string> output, errors;

    private SampleProcess(string program, string[] arguments, string folder = "")
    {
        try
        {
            process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder })!;
        }
        catch (Win32Exception e)
        {
            throw new InvalidOperationException($"the test needs {program} (deploy/setup installs it)", e);
        }
        (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
    }

    /// <param name="language">csharp or node.</param>
    public static async Task<SampleProcess> Start(string language, params string[] arguments)
    {
        if (language == "csharp") return new SampleProcess("dotnet", [Path.Combine(AppContext.BaseDirectory, "MedInsure.InsurerSample.dll"), .. arguments]);
        await NodePackages.Value;
        return new SampleProcess("node", [Path.Combine(NodeFolder, "insurer.js"), "--protos", Path.Combine(NodeFolder, "protos"), .. arguments]);
    }

    /// <summary>What it printed until it ended by itself, without a fault.</summary>
    public async Task<string> Ended()
    {
        await process.WaitForExitAsync().WaitAsync(Patience);
        return process.ExitCode == 0 ? await output : throw new InvalidOperationException($"ended with {process.ExitCode}: {await errors}{await output}");
    }

    /// <summary>It refused, and says why.</summary>
    public async Task<(int Code, string Errors)> Failed()
    {
        await process.WaitForExitAsync().WaitAsync(Patience);
        return (process.ExitCode, await errors);
    }

    public async Task WritesAtLeast(string file, int lines)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!File.Exists(file) || File.ReadLines(file).Count() < lines)
        {
            if (process.HasExited) throw new InvalidOperationException($"ended with {process.ExitCode}: {await errors}");
            await Task.Delay(20, patience.Token); // another process writes it
        }
    }

    /// <summary>SIGKILL.</summary>
    public void Kill()
    {
        process.Kill();
        process.WaitForExit();
    }

    /// <summary>The packages of the sample's lock file, once per output folder.</summary>
    private static async Task InstallNodePackages()
    {
        var wanted = await File.ReadAllTextAsync(Path.Combine(NodeFolder, "package-lock.json"));
        var stamp = Path.Combine(NodeFolder, "node_modules", ".installed");
        if (File.Exists(stamp) && await File.ReadAllTextAsync(stamp) == wanted) return;
        using (var npm = new SampleProcess("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], NodeFolder)) await npm.Ended();
        await File.WriteAllTextAsync(stamp, wanted);
    }

    public void Dispose()
    {
        if (!process.HasExited) Kill();
        process.Dispose();
    }
}
