using MedInsure.Embedded;
using MedInsure.Local;
using MedInsure.Local.Split;
using MedInsure.Tool;

if (args is ["restore-drill", .. var drill]) return await RestoreDrillCommand.Run(drill, Console.Out, Console.Error);
if (args is ["simulate", "--folder", var local, .. var asked]) return await PolicySimulation.Run(local, asked, Console.Out, Console.Error);
if (args is ["upgrade-test", var earlier, var later, var work])
{
    try { return await UpgradeRun.Start(work, earlier, later, TextWriter.Synchronized(Console.Out)); }
    catch (Exception e) when (e is EmbeddedServerException or TimeoutException or InvalidOperationException)
    {
        Console.Error.WriteLine(e.Message);
        return 2;
    }
}
var split = args.Length > 2 && args[2] == "--split";
if (args is not ["--folder", var folder, ..] || args.Length > 2 && !split || args.Length > 3 && (args.Length != 5 || args[3] != "--services"))
{
    Console.Error.WriteLine("usage: MedInsure.Local --folder FOLDER [--split [--services FOLDER]] (deploy/up starts it)");
    return 2;
}
var pidFile = Path.Combine(folder, "platform.pid");
Directory.CreateDirectory(folder);
File.WriteAllText(pidFile, $"{Environment.ProcessId}\n");
var options = new LocalOptions { Folder = folder, Output = TextWriter.Synchronized(Console.Out), Published = args.Length > 3 ? args[4] : null };
try
{
    if (split)
    {
        await using var platform = await SplitPlatform.Start(options);
        Ready(platform.Run, platform.RunPath);
        await platform.WaitForShutdown();
        Console.WriteLine("stopping");
    }
    else
    {
        await using var platform = await LocalPlatform.Start(options);
        Ready(platform.Run, platform.RunPath);
        await platform.WaitForShutdown();
        Console.WriteLine("stopping");
    }
    return 0;
}
catch (Exception e) when (e is EmbeddedServerException or TimeoutException)
{
    Console.Error.WriteLine(e.Message);
    return 1;
}
finally
{
    File.Delete(pidFile);
}

void Ready(RunFile run, string runPath)
{
    var addresses = $"""
        console  {run.Console}
        desks    {run.Desks}
        gateway  {run.Gateway}/fsi/api/callService
        gRPC     {run.Grpc}
        sample   {runPath}

        """;
    File.WriteAllText(Path.Combine(folder, "addresses"), addresses);
    Console.Write(addresses);
    Console.WriteLine("ready");
}
