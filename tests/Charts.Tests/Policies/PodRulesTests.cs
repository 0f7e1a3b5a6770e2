using System.Text.Json.Nodes;

namespace MedInsure.Charts.Tests.Policies;

[Trait("Category", "Chart")]
public sealed class PodRulesTests
{
    [Fact]
    public Task EveryPod_IsRestricted() => Rule.HoldsEverywhere(PodRules.Security);

    [Theory]
    [InlineData("spec.securityContext.runAsNonRoot", "false")]
    [InlineData("spec.securityContext.runAsUser", "0")]
    [InlineData("spec.securityContext.seccompProfile", null)]
    [InlineData("spec.automountServiceAccountToken", "true")]
    [InlineData("spec.hostNetwork", "true")]
    [InlineData("spec.volumes.0.hostPath", """{"path": "/"}""")]
    [InlineData("spec.containers.0.securityContext.allowPrivilegeEscalation", null)]
    [InlineData("spec.containers.0.securityContext.readOnlyRootFilesystem", "false")]
    [InlineData("spec.containers.0.securityContext.privileged", "true")]
    [InlineData("spec.containers.0.securityContext.capabilities.drop", "[]")]
    [InlineData("spec.containers.0.securityContext.capabilities.add", """["NET_ADMIN"]""")]
    [InlineData("spec.containers.0.ports.0.hostPort", "80")]
    public async Task LaxPod_IsFound(string path, string? value) => Assert.NotEmpty(PodRules.Security(await Changed(path, value)));

    [Fact]
    public Task EveryContainer_HasRequestsAndLimits() => Rule.HoldsEverywhere(PodRules.Resources);

    [Theory]
    [InlineData("spec.containers.0.resources", null)]
    [InlineData("spec.containers.0.resources.limits.memory", null)]
    [InlineData("spec.containers.0.resources.requests.cpu", "\"64\"")]
    public async Task BoundlessContainer_IsFound(string path, string? value) => Assert.NotEmpty(PodRules.Resources(await Changed(path, value)));

    [Fact]
    public Task EveryRelease_FitsIntoItsQuota() => Rule.HoldsEverywhere(PodRules.Quota);

    [Theory]
    [InlineData("limits.memory", "1Gi")]
    [InlineData("pods", "3")]
    public async Task TightQuota_IsFound(string hard, string value) => Assert.NotEmpty(PodRules.Quota((await Release.Full()).With("ResourceQuota", "medinsure", q => q.At("spec", "hard")!.AsObject()[hard] = value)));

    [Fact]
    public Task EveryProbe_AsksWhatTheCodeAnswers() => Rule.HoldsEverywhere(PodRules.Probes);

    [Theory]
    [InlineData("spec.containers.0.livenessProbe", null)]
    [InlineData("spec.containers.0.startupProbe.httpGet.port", "\"https\"")]
    [InlineData("spec.containers.0.readinessProbe.httpGet.path", "\"/health/live\"")]
    [InlineData("spec.containers.0.readinessProbe.timeoutSeconds", "1")]
    public async Task WrongProbe_IsFound(string path, string? value) => Assert.NotEmpty(PodRules.Probes(await Changed(path, value)));

    [Fact]
    public Task EveryRollout_CostsNoAnswer() => Rule.HoldsEverywhere(PodRules.Rollout);

    [Theory]
    [InlineData("spec.terminationGracePeriodSeconds", "30")]
    [InlineData("spec.topologySpreadConstraints", "[]")]
    public async Task HastyPod_IsFound(string path, string? value) => Assert.NotEmpty(PodRules.Rollout(await Changed(path, value)));

    [Theory]
    [InlineData("strategy.rollingUpdate.maxUnavailable", "1")]
    [InlineData("minReadySeconds", "0")]
    [InlineData("replicas", null)]
    public async Task HastyDeployment_IsFound(string path, string? value) =>
        Assert.NotEmpty(PodRules.Rollout((await Release.Full()).With("Deployment", "settlement", d => Set(d.At("spec")!, path, value))));

    [Fact]
    public async Task MissingDisruptionBudget_IsFound() => Assert.NotEmpty(PodRules.Rollout((await Release.Full()).Without("PodDisruptionBudget", "gateway")));

    [Fact]
    public Task EveryImage_IsAServicesFolder() => Rule.HoldsEverywhere(PodRules.Images);

    [Theory]
    [InlineData("medinsure/pricing:1")]
    [InlineData("medinsure/gateway:1")]
    [InlineData("medinsure/settlement")]
    [InlineData("medinsure/settlement:latest")]
    public async Task WrongImage_IsFound(string image) => Assert.NotEmpty(PodRules.Images(await Changed("spec.containers.0.image", JsonValue.Create(image).ToJsonString())));

    private static async Task<Release> Changed(string path, string? value) => (await Release.Full()).With("Deployment", "settlement", d => Set(d.At("spec", "template")!, path, value));

    internal static void Set(JsonNode node, string path, string? value)
    {
        var steps = path.Split('.');
        foreach (var step in steps[..^1]) node = (node is JsonArray list ? list[int.Parse(step, null)] : node[step])!;
        if (node is JsonArray items) items[int.Parse(steps[^1], null)] = JsonNode.Parse(value!);
        else if (value is null) Assert.True(node.AsObject().Remove(steps[^1]), $"{path} is not there to be removed");
        else node[steps[^1]] = JsonNode.Parse(value);
    }
}
