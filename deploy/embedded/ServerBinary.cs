namespace MedInsure.Embedded;

/// <summary>Where a server's program lies. Nothing is installed here: deploy/up does that; a missing program is named with its Debian package.</summary>
internal static class ServerBinary
{
    public static string Find(string name, string debianPackage, params string[] folders)
    {
        var path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries);
        foreach (var folder in folders.Concat(path))
        {
            var file = Path.Combine(folder, name);
            if (File.Exists(file)) return file;
        }
        throw new EmbeddedServerException($"{name} was not found; install the Debian package {debianPackage} (deploy/up does so), or put its folder on PATH");
    }

    /// <summary>Debian keeps PostgreSQL's server programs off PATH, one folder per major version; the newest wins.</summary>
    public static string FindPostgres(string name)
    {
        const string root = "/usr/lib/postgresql";
        var versions = Directory.Exists(root)
            ? Directory.GetDirectories(root).OrderByDescending(d => int.TryParse(Path.GetFileName(d), out var v) ? v : 0).Select(d => Path.Combine(d, "bin")).ToArray()
            : [];
        return Find(name, "postgresql", versions);
    }
}

/// <summary>A private server could not be found, started or stopped. The message says what to do.</summary>
public sealed class EmbeddedServerException : Exception
{
    public EmbeddedServerException(string message) : base(message) { }
    public EmbeddedServerException(string message, Exception inner) : base(message, inner) { }
    public EmbeddedServerException() { }
}
