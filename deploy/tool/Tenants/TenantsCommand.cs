using System.CommandLine;

namespace MedInsure.Tool.Tenants;

/// <summary>deploy/tenants.</summary>
public static class TenantsCommand
{
    public static Command Command()
    {
        var charts = new Option<DirectoryInfo>("--charts") { Description = "the folder with divisions.csv; the files go to tenants/ in it", Required = true };
        var command = new Command("tenants", "Writes a values file per division of charts/divisions.csv") { charts };
        command.SetAction(parsed => Run(parsed.GetValue(charts)!.FullName, Console.Out));
        return command;
    }

    private static int Run(string charts, TextWriter output)
    {
        var files = TenantFiles.Write(File.ReadAllText(Path.Combine(charts, "divisions.csv")));
        var folder = Directory.CreateDirectory(Path.Combine(charts, "tenants")).FullName;
        foreach (var left in Directory.GetFiles(folder, "*.yaml").Where(f => !files.Any(w => w.Name == Path.GetFileName(f))))
        {
            File.Delete(left);
            output.WriteLine($"removed {Path.GetFileName(left)}");
        }
        foreach (var (name, text) in files)
        {
            var path = Path.Combine(folder, name);
            if (File.Exists(path) && File.ReadAllText(path) == text) continue;
            File.WriteAllText(path, text);
            output.WriteLine($"wrote {name}");
        }
        return 0;
    }
}
