using System.Diagnostics;

namespace MedInsure.Charts.Tests.Images;

/// <summary>What the images would hold, by deploy/images, which publishes as they do.</summary>
[Trait("Category", "Chart")]
public sealed class ImageContentTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("medinsure-image-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private static async Task<(int Code, string Said)> Run(params string[] arguments)
    {
        var start = new ProcessStartInfo(Repository.At("deploy", "images"), arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(10));
        var output = process.StandardOutput.ReadToEndAsync(patience.Token);
        var errors = process.StandardError.ReadToEndAsync(patience.Token);
        await process.WaitForExitAsync(patience.Token);
        return (process.ExitCode, await output + await errors);
    }

    private static readonly Lazy<Task<(int Code, string Said)>> Published = new(() => Run("--check"));

    /// <summary>Every service published as its image is, to deploy/.local/images, and checked; once for all tests.</summary>
    internal static Task<(int Code, string Said)> Publish() => Published.Value;

    /// <summary>A folder as a good publication leaves it, but for the bytes.</summary>
    private string Folder()
    {
        var published = Path.Combine(folder, "settlement");
        Directory.CreateDirectory(published);
        foreach (var name in (string[])["MedInsure.Settlement", "MedInsure.Settlement.dll", "MedInsure.Hosting.dll", "Npgsql.dll"]) File.WriteAllText(Path.Combine(published, name), "x");
        File.WriteAllText(Path.Combine(published, "MedInsure.Settlement.runtimeconfig.json"), "{}");
        File.WriteAllText(Path.Combine(published, "MedInsure.Settlement.deps.json"), """{"libraries": {"Npgsql/10.0.0": {"type": "package", "sha512": "sha512-AAAA"}, "MedInsure.Settlement/1.0.0": {"type": "project"}}}""");
        return published;
    }

    [Fact]
    public async Task EveryService_PublishesWhatItNeedsAndNothingElse()
    {
        var (code, said) = await Publish();
        Assert.True(code == 0, said);
        Assert.All(CodeFacts.Built, service => Assert.Matches($@"(?m)^{service}: \d+ files, \d+\.\d MiB, \d+ components$", said));
    }

    [Fact]
    public async Task GoodFolder_PassesAndGetsItsListOfComponents()
    {
        var published = Folder();
        var (code, said) = await Run("--check-folder", published, "settlement");
        Assert.True(code == 0, said);
        var list = Json.OfYaml(await File.ReadAllTextAsync($"{published}.cdx.json"));
        Assert.Equal("CycloneDX", list.Text("bomFormat"));
        Assert.Contains(list.List("components"), c => c.Text("purl") == "pkg:nuget/Npgsql@10.0.0" && c.List("hashes").Any());
    }

    [Theory]
    [InlineData("MedInsure.Settlement.pdb", "x", "is a symbol file")]
    [InlineData("appsettings.Development.json", "{}", "is of a development machine")]
    [InlineData("appsettings.json", """{"Secrets": {"ServiceToken": "abc"}}""", "holds a secret")]
    [InlineData("MedInsure.Gateway.dll", "x", "does not belong into settlement")]
    [InlineData("MedInsure.Embedded.dll", "x", "does not belong into settlement")]
    [InlineData("MedInsure.Settlement.Tests.dll", "x", "is of the tests")]
    [InlineData("xunit.core.dll", "x", "is of the tests")]
    [InlineData("server.pem", "x", "does not belong into an image")]
    [InlineData("MedInsure.Hosting.dll", "/mnt/build/medinsure/shared/Hosting/Platform.cs", "names the path /mnt/build/medinsure/shared/Hosting/Platform.cs")]
    public async Task StrayFile_IsFound(string name, string content, string finding)
    {
        var published = Folder();
        await File.WriteAllTextAsync(Path.Combine(published, name), content);
        var (code, said) = await Run("--check-folder", published, "settlement");
        Assert.Equal(1, code);
        Assert.Contains($"{name} {finding}", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task MissingAssembly_IsFound()
    {
        var published = Folder();
        File.Delete(Path.Combine(published, "MedInsure.Settlement.dll"));
        Assert.Contains("MedInsure.Settlement.dll is missing", (await Run("--check-folder", published, "settlement")).Said, StringComparison.Ordinal);
    }
}
