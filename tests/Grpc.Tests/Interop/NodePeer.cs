namespace MedInsure.Grpc.Tests.Interop;

/// <summary>npm's @grpc/grpc-js, in the versions of the lock file, installed once into the tests' output folder.</summary>
public static class NodePeer
{
    private const string Needed = "Node.js with npm (Debian's packages nodejs and npm; deploy/setup installs them) and, the first time, the npm registry";

    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "node");
    private static readonly Lazy<Task> Installed = new(Install);

    public static Task<ForeignPeer> Start(params string[] arguments) => StartScript("probe_peer.js", [Path.Combine(Folder, "probe.proto"), .. arguments]);

    public static async Task<ForeignPeer> StartScript(string script, params string[] arguments)
    {
        await Installed.Value;
        return ForeignPeer.Start("node", [Path.Combine(Folder, script), .. arguments], Needed);
    }

    private static async Task Install()
    {
        var wanted = await File.ReadAllTextAsync(Path.Combine(Folder, "package-lock.json"));
        var stamp = Path.Combine(Folder, "node_modules", ".installed");
        if (File.Exists(stamp) && await File.ReadAllTextAsync(stamp) == wanted)
            return;
        using (var npm = ForeignPeer.Start("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], Needed, folder: Folder))
            await npm.ReadToEnd();
        await File.WriteAllTextAsync(stamp, wanted);
    }
}
