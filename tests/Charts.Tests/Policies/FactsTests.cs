using System.Text.Json.Nodes;

namespace MedInsure.Charts.Tests.Policies;

/// <summary>What the charts take for granted of a service is what its code does.</summary>
[Trait("Category", "Chart")]
public sealed class FactsTests
{
    private static readonly Dictionary<string, string> Protos = new() { ["Settlement"] = "medinsure.settlement.v1.Settlement", ["InsurerExchange"] = "medinsure.insurer.v1.InsurerExchange" };

    private static IEnumerable<string> Violations(CodeFacts code, JsonNode? charts)
    {
        IEnumerable<(string What, string Code, string Charts)> pairs =
        [
            ("database", code.Database ? "true" : "", charts.Text("database")),
            ("rpc", code.Rpc, charts.Text("rpc")),
            ("broker", code.Broker ? "true" : "", charts.Text("broker")),
            ("queue", code.Queue ? "true" : "", charts.Text("queue")),
            ("redis", code.Redis ? "true" : "", charts.Text("redis")),
            ("calls", string.Join(' ', code.Calls), string.Join(' ', charts.List("calls").Select(c => c.Text()).Order(StringComparer.Ordinal))),
            ("counties", code.AsksCounties ? "true" : "", charts.List("counties").Any(c => c.Text() == code.Service) ? "true" : ""),
            ("peers", code.TellsPeers ? "true" : "", charts.Text("peers")),
            ("paths", string.Join(' ', code.Paths), string.Join(' ', charts.List("paths").Select(c => c.Text()).Order(StringComparer.Ordinal))),
            ("hospitals", code.Hospitals ? "true" : "", charts.Text("hospitals")),
            ("insurers", code.Insurers, charts.Text("insurers")),
            ("verify", code.Verify ? "true" : "", charts.Text("verify")),
        ];
        return pairs.Where(p => p.Code != p.Charts).Select(p => $"{code.Service}: {p.What} is {p.Code} in the code, {p.Charts} in the charts");
    }

    [Fact]
    public void EveryBuiltService_IsWhatTheChartsTakeItFor() => Rule.Holds(CodeFacts.Built.SelectMany(s => Violations(CodeFacts.Of(s), CodeFacts.OfCharts()[s])));

    [Fact]
    public async Task ServicesWithoutCode_AreOff() => await Rule.HoldsEverywhere(r => r.Services.Where(s => !CodeFacts.Built.Contains(s.Name)).Select(s => $"{s} runs and does not exist"));

    [Fact]
    public void EveryBuiltService_HasAPlaceInAChart() => Rule.Holds(CodeFacts.Built.Where(s =>
        !((string[])["city", "county"]).Any(chart => Json.OfYaml(Repository.Text("charts", $"medinsure-{chart}", "values.yaml")).Is(true, "services", s, "enabled"))).Select(s => $"{s} is in no chart"));

    [Theory]
    [InlineData("builder.AddServiceClient<Enrollment.EnrollmentClient>(\"enrollment\"); builder.AddOutbox(Service);", "broker: true")] // a call the charts do not know
    [InlineData("builder.AddOutbox(Service);", "{broker: true, calls: [enrollment]}")] // one that nobody makes any more
    [InlineData("builder.AddReferenceData(Service);", "{broker: true, redis: true}")]
    [InlineData("builder.AddEventHandler<A, B>(Service);", "broker: true")]
    [InlineData("class X : Protos.Settlement.V1.Settlement.SettlementBase", "broker: true")]
    [InlineData("class X : InsurerExchange.InsurerExchangeBase", "{}")]
    [InlineData("app.MapImport<A, B>(\"/import/persons\");", "{}")]
    [InlineData("app.MapGet(\"/statements/{setlId}\", Get);", "{}")]
    [InlineData("if (args is [\"verify\"]) return;", "{}")]
    [InlineData("builder.AddServiceClient<S.SClient>(Service);", "{}")]
    [InlineData("counties.TakeOffCountyClaimsAsync(page);", "{}")]
    [InlineData("var group = app.MapGroup(\"/insurers/{contract}\");", "{}")]
    public void Difference_IsFound(string code, string charts) => Assert.NotEmpty(Violations(CodeFacts.Of("settlement", code, false, Protos), Json.OfYaml(charts)));

    [Fact]
    public void Agreement_IsNot() => Assert.Empty(Violations(
        CodeFacts.Of("settlement", "class X : Settlement.SettlementBase { } builder.AddServiceClient<E.EClient>(\"enrollment\"); builder.AddOutbox(S);", true, Protos),
        Json.OfYaml("{database: true, rpc: medinsure.settlement.v1.Settlement, broker: true, calls: [enrollment]}")));
}
