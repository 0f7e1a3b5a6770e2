using System.Text.Json.Nodes;

namespace MedInsure.Charts.Tests.Policies;

[Trait("Category", "Chart")]
public sealed class NetworkRulesTests
{
    [Fact]
    public Task EveryEdge_IsWhatTheCodeCalls() => Rule.HoldsEverywhere(NetworkRules.Violations);

    [Fact]
    public async Task OpenByDefault_IsFound() => Assert.NotEmpty(NetworkRules.Violations((await Release.Full()).Without("NetworkPolicy", "default-deny")));

    [Fact]
    public async Task ServiceWithoutPolicy_IsFound() => Assert.NotEmpty(NetworkRules.Violations((await Release.Full()).Without("NetworkPolicy", "gateway")));

    [Theory]
    [InlineData("egress", """{"to": [{"podSelector": {"matchLabels": {"app.kubernetes.io/name": "gateway"}}}], "ports": [{"port": "http"}]}""")] // nobody calls it
    [InlineData("ingress", """{"from": [{"podSelector": {"matchLabels": {"app.kubernetes.io/name": "provider-registry"}}}], "ports": [{"port": "grpc"}]}""")]
    [InlineData("ingress", """{"ports": [{"port": "grpc"}]}""")] // anybody
    [InlineData("egress", """{"to": []}""")]
    public async Task EdgeTooMany_IsFound(string direction, string rule) =>
        Assert.NotEmpty(NetworkRules.Violations((await Release.Full()).With("NetworkPolicy", "settlement", p => p.At("spec", direction)!.AsArray().Add(JsonNode.Parse(rule)))));

    [Theory]
    [InlineData("egress", 0)]
    [InlineData("egress", 1)]
    [InlineData("ingress", 0)]
    public async Task EdgeTooFew_IsFound(string direction, int index) =>
        Assert.NotEmpty(NetworkRules.Violations((await Release.Full()).With("NetworkPolicy", "settlement", p => p.At("spec", direction)!.AsArray().RemoveAt(index))));

    [Fact]
    public async Task OpenDirection_IsFound() =>
        Assert.NotEmpty(NetworkRules.Violations((await Release.Full()).With("NetworkPolicy", "settlement", p => p.At("spec", "policyTypes")!.AsArray().RemoveAt(1))));
}
