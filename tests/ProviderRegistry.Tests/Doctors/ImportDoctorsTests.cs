using MedInsure.Hosting.Imports;
using MedInsure.Protos.ProviderRegistry.V1;
using MedInsure.ProviderRegistry.Tests.Providers;

namespace MedInsure.ProviderRegistry.Tests.Doctors;

[Trait("Category", "Storage")]
[Collection("provider-registry")]
public sealed class ImportDoctorsTests(RegistryFixture fixture) : IAsyncLifetime
{
    public const string Header = "doctor_code,doctor_name,fixmedins_code,department_code,title,agreement_no,from_on,to_on\n";
    private const string H1 = "H00000000001", H2 = "H00000000002";

    private RegistryHost host = null!;

    public async Task InitializeAsync()
    {
        host = await fixture.Start();
        await host.Providers(ProviderCsv.File(new ProviderCsv(H1, host.County), new ProviderCsv(H2, host.County)));
    }

    public async Task DisposeAsync() => await host.DisposeAsync();

    private Task<ImportResult> Import(string rows, bool partial = false) => host.Doctors(Header + rows, partial);

    [Fact]
    public async Task Posts_ArePublishedAsVersions_OnlyWhatChanges()
    {
        const string file = $"D1,张三,{H1},01,主任医师,A1,2026-01-01,\nD1,张三,{H2},01,,A2,2026-02-01,2026-12-31\nD2,李四,{H1},,,A3,2026-01-01,\n";
        Assert.Equal(3, (await Import(file)).Changed);
        Assert.EndsWith($$"""DoctorsChanged {{host.City}} {"city":"{{host.City}}","version":1}""", await host.Events());
        Assert.Equal(0, (await Import(file)).Changed);
        Assert.Equal(1, (await Import($"D1,张三,{H2},01,,A2,2026-02-01,2026-06-30\n")).Changed);

        Assert.Equal((2, 1), (await host.Client.GetVersionsAsync(new GetVersionsRequest(), host.Headers()) is var v) ? (v.DoctorVersion, v.ProviderVersion) : default);
        var delta = await host.Client.ListDoctorsAsync(new ListRowsRequest { AfterVersion = 1 }, host.Headers());
        Assert.Equal([(H1, 20260101, 0), (H2, 20260201, 20260630)], Assert.Single(delta.Doctor).Post.Select(p => (p.FixmedinsCode, p.FromOn, p.ToOn)));
    }

    [Fact]
    public async Task WrongRows_AreRefusedByTheirColumn()
    {
        var result = await Import($"D1,张三,H99999999999,,,A1,2026-01-01,\nD2,李四,{H1},,,A1,2026-01-01,2025-01-01\nD3,王五,{H1},,,A1,2026-01-01,\nD3,王五,{H1},,,A1,2026-01-01,\nD4,赵六,{H1},,,A1,2026-01-01,\nD4,赵七,{H2},,,A1,2026-01-01,\n", partial: true);
        Assert.Equal(2, result.Accepted);
        Assert.Equal(["provider.unknown", "agreement.ends_before_start", "doctor.repeated_row", "doctor.two_names"], result.Errors.OrderBy(e => e.Line).Select(e => e.Code));
    }

    [Fact]
    public async Task WithoutDoctors_TheVersionStaysNothing() => Assert.Equal(0, (await host.Client.GetVersionsAsync(new GetVersionsRequest(), host.Headers())).DoctorVersion);
}
