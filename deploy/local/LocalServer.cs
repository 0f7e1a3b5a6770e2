namespace MedInsure.Local;

/// <summary>The local platform's PostgreSQL as its files tell of it.</summary>
internal static class LocalServer
{
    /// <summary>Null: it does not run.</summary>
    public static int? Port(string folder)
    {
        var file = Path.Combine(folder, "postgres", "data", "postmaster.pid");
        // Its fourth line is the port.
        return File.Exists(file) && int.TryParse(File.ReadLines(file).ElementAtOrDefault(3), out var port) ? port : null;
    }
}
