namespace MedInsure.Charts.Tests.Policies;

[Trait("Category", "Chart")]
public sealed class ConfigurationRulesTests
{
    [Fact]
    public Task EveryVariable_IsReadByTheCode() => Rule.HoldsEverywhere(ConfigurationRules.Keys);

    [Theory]
    [InlineData("Tenants__230102__Databse")]
    [InlineData("Services__settlement__Adress")]
    [InlineData("Bus__RabbitMq__Hosts")]
    [InlineData("Kestrel__Endpoints__Http__Port")]
    [InlineData("MEDINSURE_MODE")]
    public async Task VariableThatNobodyReads_IsFound(string name) =>
        Assert.NotEmpty(ConfigurationRules.Keys((await Release.Full()).With("ConfigMap", "settlement", m => m.At("data")!.AsObject()[name] = "x")));

    [Fact]
    public Task EveryPort_IsWhereTheCodeListens() => Rule.HoldsEverywhere(ConfigurationRules.Ports);

    [Theory]
    [InlineData("Kestrel__Endpoints__Http__Url", "http://*:80")]
    [InlineData("Kestrel__Endpoints__Grpc__Protocols", "Http1")]
    [InlineData("Services__enrollment__Address", "dns:///enrollment:8082")]
    [InlineData("Services__enrollment__Address", "dns:///enrolment-grpc:8082")]
    public async Task WrongPort_IsFound(string name, string value) =>
        Assert.NotEmpty(ConfigurationRules.Ports((await Release.Full()).With("ConfigMap", "settlement", m => m.At("data")!.AsObject()[name] = value)));

    [Fact]
    public Task NoSecret_LeavesItsSecret() => Rule.HoldsEverywhere(ConfigurationRules.Secrecy);

    [Theory]
    [InlineData("Secrets__ServiceToken", "x")]
    [InlineData("Tenants__230102__Database", "Host=db;Password=x")]
    [InlineData("Redis__Address", "redis://user:word@redis")]
    [InlineData("Insurers__X__Keys__1", "-----BEGIN EC PRIVATE KEY-----")]
    public async Task SecretInAConfigMap_IsFound(string name, string value) =>
        Assert.NotEmpty(ConfigurationRules.Secrecy((await Release.Full()).With("ConfigMap", "settlement", m => m.At("data")!.AsObject()[name] = value)));

    [Fact]
    public async Task SecretInAVariable_IsFound() =>
        Assert.NotEmpty(ConfigurationRules.Secrecy((await Release.Full()).With("Deployment", "settlement", d => PodRulesTests.Set(d.At("spec", "template")!, "spec.containers.0.env.0", """{"name": "Secrets__ServiceToken", "value": "x"}"""))));

    [Fact]
    public async Task SecretOfAChart_IsFound()
    {
        var trial = (await Release.All).First(r => r.Case.Has("secrets.generate=true"));
        Assert.NotEmpty(ConfigurationRules.Secrecy(trial with { Case = trial.Case with { Settings = [] } }));
    }
}
