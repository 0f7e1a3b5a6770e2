using MedInsure.Embedded;

namespace MedInsure.Benchmarks;

/// <summary>
/// What this process and a server's processes have computed so far: unlike the time on the wall, the same beside other work. Processes of the server that have ended
/// are in the first one's sum; the kernel counts in hundredths of a second.
/// </summary>
internal static class CpuTime
{
    private const int TicksPerSecond = 100;

    public static double Seconds(PostgresServer server) => Environment.CpuUsage.TotalTime.TotalSeconds + Descendants(server.ProcessId).Sum(Read) / TicksPerSecond;

    private static IEnumerable<int> Descendants(int process)
    {
        yield return process;
        foreach (var task in Folders($"/proc/{process}/task"))
            foreach (var child in Text(Path.Combine(task, "children")).Split(' ', StringSplitOptions.RemoveEmptyEntries))
                foreach (var below in Descendants(int.Parse(child))) yield return below;
    }

    /// <returns>User and system time, its own and that of children that ended (proc(5): fields 14 to 17), in ticks.</returns>
    private static double Read(int process) =>
        Text($"/proc/{process}/stat") is { Length: > 0 } stat ? stat[(stat.LastIndexOf(')') + 2)..].Split(' ').Skip(11).Take(4).Sum(double.Parse) : 0;

    private static string[] Folders(string path)
    {
        try { return Directory.GetDirectories(path); }
        catch (DirectoryNotFoundException) { return []; }
    }

    // A process may end while it is being looked at.
    private static string Text(string path)
    {
        try { return File.ReadAllText(path); }
        catch (IOException) { return ""; }
    }
}
