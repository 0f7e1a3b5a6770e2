namespace MedInsure.Charts.Tests.Rendering;

/// <summary>What each switch changes.</summary>
[Trait("Category", "Chart")]
public sealed class SwitchTests
{
    private static async Task<Release> County(params string[] settings)
    {
        var wanted = new ReleaseCase("medinsure-county", "230102", [.. Release.Cases[0].Settings, .. settings]);
        return new Release(wanted, Manifest.Parse(await Helm.Template(wanted.ReleaseName, wanted.Chart, wanted.Files, wanted.Settings)));
    }

    [Fact]
    public async Task Dapr_IsAnnotatedOnlyWhereItIsOn()
    {
        foreach (var release in await Release.All)
            foreach (var service in release.Services)
            {
                var annotations = service.PodTemplate.At("metadata", "annotations");
                Assert.Equal(release.Case.Has("dapr.enabled=true") ? "true" : "", annotations.Text("dapr.io/enabled"));
                Assert.Equal(release.Case.Has("dapr.enabled=true") ? service.Name : "", annotations.Text("dapr.io/app-id"));
                Assert.Equal(release.Case.Has("dapr.secretStore=true"), release.Find("Role", service.Name) is not null);
                // By Dapr or by the pod itself, never by neither.
                var asked = release.One("ConfigMap", service.Name).Body.Text("data", "Dapr__Secrets__ServiceToken");
                Assert.Equal(release.Case.Has("dapr.secretStore=true") ? "medinsure-platform/service-token" : "", asked);
                Assert.Equal(asked.Length == 0, service.Containers.First().List("env").Any(e => e.Text("name") == "Secrets__ServiceToken"));
            }
    }

    [Fact]
    public async Task Stores_AreInTheClusterOnlyForTrials() => await Rule.HoldsEverywhere(r =>
        (r.Of("StatefulSet").Any() || r.Of("Secret").Any()) == r.Case.Has("stores.postgres.inCluster=true") ? [] : ["stores in the cluster"]);

    [Fact]
    public async Task Edge_IsOfTheKindThatWasChosen() => await Rule.HoldsEverywhere(r => (r.Of("Ingress").Any(), r.Of("Gateway").Any()) ==
        (r.Case.Has("edge.kind=ingress"), r.Case.Has("edge.kind=gateway")) ? [] : ["another edge than was chosen"]);

    [Fact]
    public async Task CitysSettlement_KnowsThePacksOfEveryCounty()
    {
        var settings = (await Release.FullCity()).One("ConfigMap", "settlement").Body;
        Assert.Equal(("harbin/resident", "harbin/employee", "道里区"), (settings.Text("data", "Tenants__230102__Packs__390"), settings.Text("data", "Tenants__230184__Packs__310"), settings.Text("data", "Tenants__230102__Name")));
    }

    [Fact]
    public async Task SuspendedCounty_GoesOnAnsweringAndIsToldSo()
    {
        var release = await County("suspended=true");
        foreach (var service in (string[])["settlement", "gateway"]) Assert.Equal("true", release.One("ConfigMap", service).Body.Text("data", "Tenants__230102__Suspended"));
        Assert.Equal("2", release.One("Deployment", "settlement").Body.Text("spec", "replicas"));
    }

    [Fact]
    public async Task CountyThatChecksBills_TellsSettlementAndItsWayToFraudAudit()
    {
        var settlement = (await County("audit=closed")).One("ConfigMap", "settlement").Body;
        Assert.Equal(("closed", "dns:///fraud-audit-grpc:8082"), (settlement.Text("data", "Tenants__230102__Audit"), settlement.Text("data", "Services__fraud-audit__Address")));
        Assert.Equal("", (await County("suspended=false")).One("ConfigMap", "settlement").Body.Text("data", "Tenants__230102__Audit"));
    }

    [Fact]
    public async Task StoppedCounty_RunsNoPodAndKeepsItsData()
    {
        var release = await County("stopped=true");
        Assert.All(release.Services, s => Assert.Equal("0", s.Body.Text("spec", "replicas")));
        Assert.Empty(release.Of("HorizontalPodAutoscaler"));
        Assert.True(release.One("CronJob", "settlement-verify").Body.Is(true, "spec", "suspend"));
        Assert.False(release.One("CronJob", "backup").Body.Is(true, "spec", "suspend"));
        Assert.Equal("keep", release.One("PersistentVolumeClaim", "backup").Body.Text("metadata", "annotations", "helm.sh/resource-policy"));
    }

    [Fact]
    public async Task Migrations_RunBeforeTheNewPods()
    {
        var release = await Release.Full();
        foreach (var service in release.Services.Where(s => CodeFacts.Of(s.Name).Database))
        {
            var job = release.One("Job", $"{service.Name}-migrate");
            Assert.Equal("pre-install,pre-upgrade", job.Body.Text("metadata", "annotations", "helm.sh/hook"));
            Assert.Equal("migrate", job.Containers.Single().List("args").Single().Text());
            // The administrator's secret is the job's alone.
            Assert.Contains(job.Containers.Single().List("env"), e => e.Text("name") == "Secrets__DatabaseAdmin__Password");
            Assert.DoesNotContain(service.Containers.Single().List("env"), e => e.Text("name").Contains("Admin", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task QueueDepth_ScalesWhoHasAQueue()
    {
        var scaler = (await Release.FullCity()).One("HorizontalPodAutoscaler", "settlement");
        Assert.Contains(scaler.Body.List("spec", "metrics"), m => m.Text("external", "metric", "selector", "matchLabels", "queue") == "medinsure.230100.settlement");
        Assert.DoesNotContain((await Release.Full()).One("HorizontalPodAutoscaler", "gateway").Body.List("spec", "metrics"), m => m.Text("type") == "External");
    }

    [Fact]
    public async Task CountyElsewhere_ReachesTheCityByTls()
    {
        var release = await County("city.registryAddress=https://registry.harbin.example");
        Assert.Equal("https://registry.harbin.example", release.One("ConfigMap", "settlement").Body.Text("data", "Services__provider-registry__Address"));
        Assert.Equal("/etc/ssl/certs:/certificates", release.One("ConfigMap", "settlement").Body.Text("data", "SSL_CERT_DIR"));
        Assert.Contains(release.One("NetworkPolicy", "settlement").Body.List("spec", "egress"), e => e.List("ports").Any(p => p.Text("port") == "443"));
    }

    [Fact]
    public async Task CountiesSettlements_ReachEachOtherHereAndElsewhere()
    {
        var release = await County("city.elsewhere.230103=https://counties.nangang.example");
        var settings = release.One("ConfigMap", "settlement").Body;
        Assert.Equal("https://counties.nangang.example", settings.Text("data", "Services__settlement__Addresses__230103"));
        Assert.Equal("dns:///settlement-grpc.medinsure-230104.svc:8082", settings.Text("data", "Services__settlement__Addresses__230104"));
        Assert.Equal("230100", settings.Text("data", "Tenants__230104__City"));
        Assert.Equal("", settings.Text("data", "Services__settlement__Addresses__230102"));
        Assert.Contains(release.One("NetworkPolicy", "settlement").Body.List("spec", "egress"), e => e.List("ports").Any(p => p.Text("port") == "443"));
    }

    [Fact]
    public async Task InsurersServer_IsConfiguredAndReached()
    {
        var release = await County("insurers.HM230100.address=https://insurer.example", "insurers.HM230100.cidrs[0]=203.0.113.7/32");
        Assert.Equal("https://insurer.example", release.One("ConfigMap", "settlement").Body.Text("data", "Insurers__HM230100__Address"));
        Assert.Contains(release.One("NetworkPolicy", "settlement").Body.List("spec", "egress"), e => e.List("to").Any(t => t.Text("ipBlock", "cidr") == "203.0.113.7/32"));
        Assert.DoesNotContain(release.One("NetworkPolicy", "gateway").Body.List("spec", "egress"), e => e.List("to").Any(t => t.Text("ipBlock", "cidr") == "203.0.113.7/32"));
    }

    [Fact]
    public async Task ChangedConfiguration_ReplacesThePods()
    {
        string Sum(Release r) => r.One("Deployment", "gateway").PodTemplate.Text("metadata", "annotations", "checksum/config");
        Assert.NotEqual(Sum(await County()), Sum(await County("services.gateway.config.Logging__LogLevel__Default=Debug")));
    }
}
