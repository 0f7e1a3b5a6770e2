using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace MedInsure.Embedded;

/// <summary>
/// The folder of one private server, mode 0700, held by one process at a time: the lock ends with the process, however that ends,
/// so a second platform on the same folder is refused and a restart after a kill is not.
/// </summary>
internal sealed partial class ServerFolder : IDisposable
{
    private readonly FileStream hold;

    private ServerFolder(string path, bool temporary, FileStream hold) => (Path, IsTemporary, this.hold) = (path, temporary, hold);

    public string Path { get; }
    public bool IsTemporary { get; }
    public string Log => System.IO.Path.Combine(Path, "server.log");

    /// <param name="path">Null: a new folder under the temporary folder, removed when the server ends.</param>
    /// <param name="kind">The server's name, for the temporary folder and the messages.</param>
    public static ServerFolder Take(string? path, string kind)
    {
        var temporary = path is null;
        var full = temporary ? Directory.CreateTempSubdirectory($"medinsure-{kind}-").FullName : System.IO.Path.GetFullPath(path!);
        Directory.CreateDirectory(full, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        try
        {
            return new ServerFolder(full, temporary, new FileStream(System.IO.Path.Combine(full, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException e)
        {
            throw new EmbeddedServerException($"the {kind} folder {full} is in use by another process; stop that first, or choose another folder", e);
        }
    }

    public string At(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>A secret made on the first start and kept beside the data, readable by its owner only.</summary>
    public string Secret(string name)
    {
        var file = At(name);
        if (File.Exists(file) && File.ReadAllText(file).Trim() is { Length: > 0 } kept) return kept;
        var made = RandomNumberGenerator.GetHexString(32, lowercase: true);
        using (var stream = new FileStream(file, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite }))
            stream.Write(System.Text.Encoding.ASCII.GetBytes(made + "\n"));
        return made;
    }

    /// <summary>Gives the folder and what lies directly in it to the user the server runs as. What the server made below is its own already.</summary>
    public void GiveTo(ServerUser user)
    {
        if (user.IsSelf) return;
        Give(Path, user);
        foreach (var entry in Directory.EnumerateFileSystemEntries(Path)) Give(entry, user);
    }

    private static void Give(string entry, ServerUser user)
    {
        if (ChangeOwner(entry, user.Uid, user.Gid) != 0)
            throw new EmbeddedServerException($"{entry} cannot be given to user {user.Name}: errno {Marshal.GetLastPInvokeError()}");
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public string LogTail()
    {
        if (!File.Exists(Log)) return "";
        return string.Join('\n', File.ReadLines(Log).TakeLast(20));
    }

    public void Dispose()
    {
        hold.Dispose();
        if (!IsTemporary) return;
        try { Directory.Delete(Path, recursive: true); }
        catch (IOException) { /* The guardian removes it as well; whoever comes second finds nothing. */ }
    }

    [LibraryImport("libc", EntryPoint = "lchown", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ChangeOwner(string path, uint owner, uint group);
}

/// <summary>The user a server runs as: this process's own, or an ordinary one when this process is root and the server refuses root (PostgreSQL does).</summary>
internal sealed record ServerUser(string Name, uint Uid, uint Gid, bool IsSelf)
{
    public static readonly ServerUser Self = new(Environment.UserName, 0, 0, IsSelf: true);

    public static ServerUser Ordinary()
    {
        if (!Environment.IsPrivilegedProcess) return Self;
        var users = File.ReadLines("/etc/passwd").Select(l => l.Split(':')).Where(f => f.Length > 3).ToDictionary(f => f[0]);
        foreach (var name in (string[])["postgres", "nobody"])
            if (users.TryGetValue(name, out var f)) return new ServerUser(name, uint.Parse(f[2]), uint.Parse(f[3]), IsSelf: false);
        throw new EmbeddedServerException("PostgreSQL does not run as root, and /etc/passwd names neither postgres nor nobody; run as an ordinary user");
    }

    /// <summary>The command words that put a program under this user. Below a folder that others may not enter (a clone under /root),
    /// the user also gets the capability to pass it, and no other.</summary>
    public IEnumerable<string> Prefix(string folder)
    {
        if (IsSelf) return [];
        var setpriv = ServerBinary.Find("setpriv", "util-linux", "/usr/bin");
        string[] words = [setpriv, $"--reuid={Uid}", $"--regid={Gid}", "--clear-groups"];
        return OthersMayReach(folder) ? words : [.. words, "--inh-caps=+dac_override", "--ambient-caps=+dac_override"];
    }

    private static bool OthersMayReach(string folder)
    {
        for (var parent = Directory.GetParent(folder); parent is not null; parent = parent.Parent)
            if (!parent.UnixFileMode.HasFlag(UnixFileMode.OtherExecute)) return false;
        return true;
    }
}
