using MedInsure.Embedded;
using MedInsure.Local;

if (args is not ["--folder", var folder])
{
    Console.Error.WriteLine("usage: MedInsure.Local --folder FOLDER (deploy/up starts it)");
    return 2;
}
var pidFile = Path.Combine(folder, "platform.pid");
Directory.CreateDirectory(folder);
File.WriteAllText(pidFile, $"{Environment.ProcessId}\n");
try
{
    await using var platform = await LocalPlatform.Start(new LocalOptions { Folder = folder, Output = Console.Out });
    var addresses = $"""
        people   {platform.Run.Console}
        gateway  {platform.Run.Gateway}/fsi/api/callService
        gRPC     {platform.Run.Grpc}
        sample   {platform.RunPath}

        """;
    File.WriteAllText(Path.Combine(folder, "addresses"), addresses);
    Console.Write(addresses);
    Console.WriteLine("ready");
    await platform.WaitForShutdown();
    Console.WriteLine("stopping");
    return 0;
}
catch (EmbeddedServerException e)
{
    Console.Error.WriteLine(e.Message);
    return 1;
}
finally
{
    File.Delete(pidFile);
}
