namespace MedInsure.Charts.Tests.Images;

/// <summary>The Dockerfile, what it is given, and who builds with it.</summary>
[Trait("Category", "Chart")]
public sealed class DockerfileTests
{
    private static IEnumerable<string> Violations(string dockerfile, string ignore)
    {
        var lines = dockerfile.Split('\n').Where(l => !l.StartsWith('#')).ToList();
        var last = lines.FindLastIndex(l => l.StartsWith("FROM ", StringComparison.Ordinal));
        var final = lines[last..];
        if (!dockerfile.Contains("aspnet:10.0-noble-chiseled", StringComparison.Ordinal)) yield return "the base has a shell";
        if (!final.Contains("USER 1654")) yield return "the image runs as root";
        if (final.Any(l => l.StartsWith("RUN ", StringComparison.Ordinal))) yield return "the final image has no shell to RUN anything";
        if (!final.Any(l => l.StartsWith("ENTRYPOINT [", StringComparison.Ordinal))) yield return "the start needs a shell";
        if (lines.Any(l => l.Contains(":latest", StringComparison.Ordinal))) yield return "a base without a version";
        var let = ignore.Split('\n').Where(l => l.StartsWith('!')).Select(l => l[1..]).ToList();
        foreach (var source in lines.Where(l => l.StartsWith("COPY ", StringComparison.Ordinal) && !l.Contains("--from", StringComparison.Ordinal)).SelectMany(l => l.Split(' ')[1..^1]))
        {
            if (!let.Contains(source.Split('/')[0])) yield return $".dockerignore keeps {source} back";
            if (!Path.Exists(Repository.At(source.Replace("${SERVICE}", "settlement", StringComparison.Ordinal)))) yield return $"there is no {source}";
        }
        if (!ignore.Split('\n').Contains("*")) yield return ".dockerignore lets everything through";
    }

    private static string Dockerfile => Repository.Text("deploy", "Dockerfile");
    private static string Ignore => Repository.Text(".dockerignore");

    [Fact]
    public void Dockerfile_BuildsASmallImageWithoutRootAndShell() => Rule.Holds(Violations(Dockerfile, Ignore));

    [Theory]
    [InlineData("USER 1654", "USER 0")]
    [InlineData("USER 1654", "RUN apt-get update")]
    [InlineData("ENTRYPOINT [\"/app/service\"]", "ENTRYPOINT /app/service")]
    [InlineData("aspnet:10.0-noble-chiseled", "aspnet:10.0")]
    [InlineData("COPY shared shared", "COPY tests tests")]
    public void WrongDockerfile_IsFound(string right, string wrong) => Assert.NotEmpty(Violations(Dockerfile.Replace(right, wrong, StringComparison.Ordinal), Ignore));

    [Fact]
    public void WrongIgnore_IsFound() => Assert.NotEmpty(Violations(Dockerfile, Ignore.Replace("!shared\n", "", StringComparison.Ordinal)));

    [Fact]
    public void Skaffold_BuildsEveryServiceAndInstallsBothCharts()
    {
        var skaffold = Json.OfYaml(Repository.Text("skaffold.yaml"));
        Assert.Equal(CodeFacts.Built, skaffold.List("build", "artifacts").Select(a => a.Text("image")["medinsure/".Length..]).Order(StringComparer.Ordinal));
        Assert.All(skaffold.List("build", "artifacts"), a => Assert.Equal(a.Text("image"), $"medinsure/{a.Text("docker", "buildArgs", "SERVICE")}"));
        var releases = skaffold.List("deploy", "helm", "releases").Concat(skaffold.List("profiles").SelectMany(p => p.List("deploy", "helm", "releases"))).ToList();
        Assert.Equal(4, releases.Count);
        foreach (var release in releases)
        {
            var chart = Path.GetFileName(release.Text("chartPath"));
            Assert.True(Directory.Exists(Repository.At("charts", chart)), chart);
            // A release gets every image that its chart runs.
            var runs = Json.OfYaml(Repository.Text("charts", chart, "values.yaml")).Map("services").Where(s => s.Value.Is(true, "enabled")).Select(s => $"image.references.{s.Key}");
            Assert.Equal(runs.Order(StringComparer.Ordinal), release.Map("setValueTemplates").Select(s => s.Key).Order(StringComparer.Ordinal));
        }
        Assert.Equal(["local", "county", "city"], skaffold.List("profiles").Select(p => p.Text("name")));
    }

    [Fact]
    public async Task SkaffoldsTrial_IsAValidRelease()
    {
        foreach (var release in Json.OfYaml(Repository.Text("skaffold.yaml")).List("deploy", "helm", "releases"))
        {
            var objects = Manifest.Parse(await Helm.Template(release.Text("name"), Path.GetFileName(release.Text("chartPath")), [.. release.List("valuesFiles").Select(f => Repository.At(f.Text()))],
                [.. release.Map("setValues").Select(s => $"{s.Key}={s.Value.Text()}"), "image.references.settlement=registry.example/medinsure/settlement:1"]));
            Assert.Empty(objects.SelectMany(KubernetesApi.Violations));
            Assert.Contains(objects, o => o.Containers.Any(c => c.Text("image") == "registry.example/medinsure/settlement:1"));
        }
    }
}
