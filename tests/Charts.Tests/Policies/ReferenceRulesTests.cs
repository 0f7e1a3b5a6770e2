using System.Text.Json.Nodes;

namespace MedInsure.Charts.Tests.Policies;

[Trait("Category", "Chart")]
public sealed class ReferenceRulesTests
{
    [Fact]
    public Task EverySelector_TakesItsPods() => Rule.HoldsEverywhere(ReferenceRules.Selectors);

    [Theory]
    [InlineData("Deployment", "settlement", "spec.selector.matchLabels", """{"app.kubernetes.io/instance": "medinsure-230102"}""")]
    [InlineData("Service", "settlement-grpc", "spec.selector", """{"app.kubernetes.io/name": "settlements"}""")]
    [InlineData("Service", "settlement", "spec.ports.0.targetPort", "\"web\"")]
    [InlineData("Service", "settlement", "spec.ports.1.port", "8083")]
    [InlineData("PodDisruptionBudget", "gateway", "spec.selector.matchLabels", """{"app": "gateway"}""")]
    [InlineData("HorizontalPodAutoscaler", "gateway", "spec.scaleTargetRef.name", "\"gateways\"")]
    [InlineData("NetworkPolicy", "jobs", "spec.podSelector.matchLabels", """{"app": "jobs"}""")]
    [InlineData("ServiceMonitor", "collector", "spec.endpoints.0.port", "\"otel\"")]
    public async Task WrongSelector_IsFound(string kind, string name, string path, string value) =>
        Assert.NotEmpty(ReferenceRules.Selectors((await Release.Full()).With(kind, name, o => PodRulesTests.Set(o, path, value))));

    [Fact]
    public Task EveryPod_FindsWhatItNames() => Rule.HoldsEverywhere(ReferenceRules.Pods);

    [Theory]
    [InlineData("Deployment", "settlement", "spec.template.spec.serviceAccountName", "\"admin\"")]
    [InlineData("Deployment", "settlement", "spec.template.spec.containers.0.envFrom.0.configMapRef.name", "\"settlements\"")]
    [InlineData("Deployment", "settlement", "spec.template.spec.containers.0.env.0.valueFrom.secretKeyRef.name", "\"medinsure-plattform\"")]
    [InlineData("Deployment", "settlement", "spec.template.spec.containers.0.env.0.valueFrom.secretKeyRef.key", "\"servicetoken\"")]
    [InlineData("Deployment", "settlement", "spec.template.spec.containers.0.volumeMounts.0.name", "\"temp\"")]
    [InlineData("Job", "settlement-migrate", "spec.template.spec.serviceAccountName", "\"settlement\"")]
    [InlineData("CronJob", "backup", "spec.jobTemplate.spec.template.spec.volumes.0.persistentVolumeClaim.claimName", "\"backups\"")]
    [InlineData("Deployment", "collector", "spec.template.spec.volumes.0.configMap.name", "\"collectors\"")]
    public async Task WrongName_IsFound(string kind, string name, string path, string value) =>
        Assert.NotEmpty(ReferenceRules.Pods((await Release.Full()).With(kind, name, o => PodRulesTests.Set(o, path, value))));

    [Fact]
    public Task EveryEdge_EndsAtAService() => Rule.HoldsEverywhere(ReferenceRules.Edges);

    [Theory]
    [InlineData("hospitals", "spec.rules.0.http.paths.0.backend.service.name", "\"gate\"")]
    [InlineData("hospitals", "spec.rules.0.http.paths.0.backend.service.port.name", "\"grpc\"")]
    [InlineData("hospitals", "spec.tls", "[]")]
    [InlineData("insurers", "metadata.annotations", "{}")]
    public async Task WrongIngress_IsFound(string name, string path, string value) =>
        Assert.NotEmpty(ReferenceRules.Edges((await Release.Full()).With("Ingress", name, o => PodRulesTests.Set(o, path, value))));

    [Theory]
    [InlineData("HTTPRoute", "hospitals", "spec.rules.0.backendRefs.0.port", "8082")]
    [InlineData("GRPCRoute", "insurers", "spec.parentRefs.0.sectionName", "\"hospitals\"")]
    [InlineData("Gateway", "medinsure-mutual", "spec.tls", null)]
    public async Task WrongRoute_IsFound(string kind, string name, string path, string? value)
    {
        var release = (await Release.All).First(r => r.Case is { IsCity: false } && r.Case.Has("edge.kind=gateway"));
        Assert.Empty(ReferenceRules.Edges(release));
        Assert.NotEmpty(ReferenceRules.Edges(release.With(kind, name, o => PodRulesTests.Set(o, path, value))));
    }
}
