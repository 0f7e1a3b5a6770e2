using MedInsure.Protos.ProviderRegistry.V1;
using MedInsure.ProviderRegistry.Tests.Providers;
using MedInsure.ProviderRegistry.Tests.Reference;
using MedInsure.Reference;

namespace MedInsure.ProviderRegistry.Tests.Doctors;

[Trait("Category", "Storage")]
[Collection("provider-registry")]
public sealed class ListDoctorsTests(RegistryFixture fixture)
{
    [Fact]
    public async Task Pages_GiveEachDoctorOnce_AndAConsumerHoldsThem()
    {
        await using var host = await fixture.Start();
        await host.Providers(ProviderCsv.File(new ProviderCsv("H00000000001", host.County)));
        await host.Doctors(ImportDoctorsTests.Header + string.Concat(Enumerable.Range(0, 5).Select(i => $"D{i},医师{i},H00000000001,,,A1,2026-01-01,2026-06-30\n")));
        var (codes, request) = (new List<string>(), new ListRowsRequest { PageSize = 2 });
        do
        {
            var page = await host.Client.ListDoctorsAsync(request, host.Headers());
            codes.AddRange(page.Doctor.Select(d => d.DoctorCode));
            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);
        Assert.Equal(["D0", "D1", "D2", "D3", "D4"], codes);

        await using var consumer = await ReferenceConsumer.Start(fixture.Server, host, new ReferenceOptions());
        await consumer.Data.Refresh(host.City);
        Assert.Equal((1, DoctorStanding.Good), (consumer.Data.For(host.City).DoctorVersion, At(20260301)));
        await host.Client.SetDoctorStatusAsync(new SetDoctorStatusRequest { DoctorCode = "D3", Status = AgreementStatus.Suspended, FromOn = 20260301, ToOn = 20260331, Reason = "记分" }, host.Headers());
        await consumer.Data.Refresh(host.City);
        Assert.Equal([DoctorStanding.Good, DoctorStanding.Suspended, DoctorStanding.Suspended, DoctorStanding.Good, DoctorStanding.OutOfTerm], new[] { 20260228, 20260301, 20260331, 20260401, 20260701 }.Select(At));
        Assert.Equal(DoctorStanding.NotOfProvider, consumer.Data.For(host.City).FindDoctor("D3")!.At("H00000000002", 20260401));
        Assert.Null(consumer.Data.For(host.City).FindDoctor("D9"));

        DoctorStanding At(int day) => consumer.Data.For(host.City).FindDoctor("D3")!.At("H00000000001", day);
    }
}
