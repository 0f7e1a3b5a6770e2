using MedInsure.Protos.ProviderRegistry.V1;

namespace MedInsure.ProviderRegistry.Tests.Diseases;

[Trait("Category", "Storage")]
[Collection("provider-registry")]
public sealed class ImportDiseasesTests(RegistryFixture fixture) : IAsyncLifetime
{
    internal const string Header = "code,name,kind,insutype,begndate,enddate,amount,unit\n";

    private RegistryHost host = null!;

    public async Task InitializeAsync() => host = await fixture.Start();
    public async Task DisposeAsync() => await host.DisposeAsync();

    private async Task<long> Version() => (await host.Client.GetVersionsAsync(new GetVersionsRequest(), host.Headers())).DiseaseVersion;

    [Fact]
    public async Task File_IsPublishedAndTheSameAgainIsNot()
    {
        // One code under two schemes, two kinds and two begins: four keys.
        const string rows = "M1,透析,special_outpatient,390,2020-01-01,,,\nM1,透析,special_outpatient,310,2020-01-01,,,\nM1,透析（儿童）,special_outpatient_child,390,2020-01-01,,,\nM1,透析,special_outpatient,390,2025-01-01,,,\n";
        Assert.Equal(4, (await host.Diseases(Header + rows)).Changed);
        Assert.Equal(0, (await host.Diseases(Header + rows)).Changed);
        Assert.Equal(1, await Version());
        Assert.Equal($$"""DiseasesPublished {{host.City}} {"city":"{{host.City}}","version":1}""", await host.Events());

        Assert.Equal(1, (await host.Diseases(Header + rows.Replace("310,2020-01-01,,", "310,2020-01-01,2025-12-31,"))).Changed);
        Assert.Equal(2, await Version());
    }

    [Fact]
    public async Task EveryKind_IsStored()
    {
        const string rows = "A,甲,special_outpatient,380,2020-01-01,,,\nA,甲,chronic_outpatient,380,2020-01-01,,,\nA,甲,special_outpatient_child,380,2020-01-01,,,\nA,先天性心脏病,congenital_heart_child,380,2020-01-01,,,\n"
            + "A,甲,per_disease,380,2020-01-01,,3000,例\nA,甲,per_eye,380,2020-01-01,,800,眼\nA,甲,delivery,380,2020-01-01,,480,次\n";
        Assert.Equal(7, (await host.Diseases(Header + rows)).Changed);
    }

    [Fact]
    public async Task RepeatedRow_IsRefused()
    {
        const string file = Header + "OK,住院分娩,delivery,390,2020-01-01,,900.00,次\nOK,分娩,delivery,390,2020-01-01,,800,次\n";
        var result = await host.Diseases(file);
        Assert.Equal((3, "code", "disease.repeated_row"), Assert.Single(result.Errors.Select(e => (e.Line, e.Column, e.Code))));
        Assert.Equal(0, await Version());
        Assert.Equal((1, 1), ((await host.Diseases(file, partial: true)).Accepted, await Version()));
    }
}
