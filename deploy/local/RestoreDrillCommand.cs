using MedInsure.Embedded;
using Npgsql;

namespace MedInsure.Local;

/// <summary>deploy/restore-drill.</summary>
internal static class RestoreDrillCommand
{
    public static async Task<int> Run(string[] arguments, TextWriter output, TextWriter errors)
    {
        string? tenant = null, dump = null, folder = null;
        for (var i = 0; i + 1 < arguments.Length; i += 2)
            switch (arguments[i])
            {
                case "--tenant": tenant = arguments[i + 1]; break;
                case "--dump": dump = arguments[i + 1]; break;
                case "--folder": folder = arguments[i + 1]; break;
                default: folder = tenant = null; break;
            }
        if (tenant is null || folder is null || arguments.Length % 2 != 0)
        {
            await errors.WriteLineAsync("usage: deploy/restore-drill [--tenant CODE] [--dump FILE]");
            return 2;
        }
        try { return await RestoreDrill.Run(Source(folder), tenant, dump, output); }
        catch (Exception e) when (e is EmbeddedServerException or NpgsqlException or IOException)
        {
            await errors.WriteLineAsync(e.Message);
            return 1;
        }
    }

    /// <summary>The server that libpq's variables name, else that of the local platform.</summary>
    private static string Source(string folder)
    {
        if (Environment.GetEnvironmentVariable("PGHOST") is { Length: > 0 } host)
            return new NpgsqlConnectionStringBuilder
            {
                Host = host, Port = int.Parse(Environment.GetEnvironmentVariable("PGPORT") ?? "5432", null), Database = "postgres",
                Username = Environment.GetEnvironmentVariable("PGUSER") ?? "postgres", Password = Environment.GetEnvironmentVariable("PGPASSWORD"),
            }.ConnectionString;
        var port = LocalServer.Port(folder) ?? throw new IOException("the local platform does not run: deploy/up starts it");
        return new NpgsqlConnectionStringBuilder { Host = PostgresServer.Host, Port = port, Database = "postgres", Username = "postgres", Password = File.ReadAllText(Path.Combine(folder, "postgres", "superuser")).Trim() }.ConnectionString;
    }
}
