using System.Diagnostics;
using MedInsure.Kernel;
using MedInsure.Protos.ProviderRegistry.V1;
using MedInsure.Reference;

namespace MedInsure.ProviderRegistry.Tests.Reference;

[Trait("Category", "Unit")]
public sealed class CityReferenceTests
{
    private static CatalogItem Item(string code, int from = 20200101, int to = 0, string name = "药") => new()
    {
        HilistCode = code, HilistName = name, ListType = "101", ChrgitmLv = "02", MedChrgitmType = "09", SelfpayBp = 1000, MinLevel = "1", FromOn = from, ToOn = to,
        AgeMin = -1, AgeMax = -1, MaxQuantityPerDayE4 = -1, MaxDays = -1, Ceiling3MicroYuan = 5_000_000, CeilingCommunityMicroYuan = 1,
    };

    private static Disease Sick(string kind, int from = 20200101, int to = 0, string insutype = "390", long amount = 0) => new() { Code = "M1", Name = "病", Kind = kind, Insutype = insutype, FromOn = from, ToOn = to, AmountFen = amount };

    private static CityReference With(IEnumerable<CatalogItem>? items = null, IEnumerable<Disease>? diseases = null, IEnumerable<Provider>? providers = null) =>
        CityReference.Empty("230100").With(new Versions { CatalogVersion = 1, DiseaseVersion = 2, ProviderVersion = 3 }, [.. items ?? []], [.. diseases ?? []], [.. providers ?? []]);

    private static DateOnly Day(int day) => DayNumber.ToDate(day);

    [Theory]
    [InlineData("A", 20191231, null, ItemAbsence.NotInForceOnDay)]
    [InlineData("A", 20200101, "old", ItemAbsence.None)]
    [InlineData("A", 20241231, "old", ItemAbsence.None)]
    [InlineData("A", 20250101, "new", ItemAbsence.None)]
    [InlineData("A", 20251231, "new", ItemAbsence.None)]
    [InlineData("A", 20260101, "old", ItemAbsence.None)] // the newer row ended, the open one holds again
    [InlineData("B", 20200101, "short", ItemAbsence.None)]
    [InlineData("B", 20200102, null, ItemAbsence.NotInForceOnDay)]
    [InlineData("C", 20200101, null, ItemAbsence.NotInCatalog)]
    public void Item_IsTheLatestRowInForce(string code, int day, string? name, ItemAbsence absence)
    {
        var found = With([Item("A", 20250101, 20251231, "new"), Item("A", name: "old"), Item("B", 20200101, 20200101, "short")]).FindItem(code, Day(day));
        Assert.Equal((name, absence), (found.Row?.Name, found.Absence));
    }

    [Fact]
    public void Row_KeepsItsTerms()
    {
        var row = With([Item("A")]).FindItem("A", Day(20260101)).Row!;
        Assert.Equal((1000, PolicyLevel.One, (DateOnly?)null, (int?)null, (Quantity?)null), (row.FirstPay.Value, row.MinLevel, row.To, row.AgeMin, row.QuantityPerDayMax));
        Assert.Equal(new UnitPrice(5_000_000), row.CeilingAt(PolicyLevel.Three));
        Assert.Null(row.CeilingAt(PolicyLevel.Two));
        // A village clinic uses the community's ceiling.
        Assert.Equal(new UnitPrice(1), row.CeilingAt(PolicyLevel.Village));
        Assert.Equal([false, false, true, true, true, false],
            new[] { PolicyLevel.Village, PolicyLevel.Community, PolicyLevel.One, PolicyLevel.Two, PolicyLevel.Three, PolicyLevel.Pharmacy }.Select(row.MayBeBilledAt));
    }

    [Fact]
    public void Delta_ReplacesRowsByKeyAndLeavesTheOldSnapshotAlone()
    {
        var first = With([Item("A", name: "1"), Item("B", name: "1")], [Sick("per_eye", amount: 80_000)]);
        var second = first.With(new Versions { CatalogVersion = 2, DiseaseVersion = 3 }, [Item("A", name: "2"), Item("A", 20260101, 0, "3"), Item("C")], [Sick("per_eye", amount: 90_000)], []);
        Assert.Equal(("1", 2), (first.FindItem("A", Day(20260601)).Row!.Name, first.ItemCodeCount));
        Assert.Equal(("3", "2", "1", 3), (second.FindItem("A", Day(20260601)).Row!.Name, second.FindItem("A", Day(20251231)).Row!.Name, second.FindItem("B", Day(20260601)).Row!.Name, second.ItemCodeCount));
        Assert.Equal(2, second.ItemRows("A").Count);
        Assert.Equal((80_000, 90_000), (first.FindDisease("M1", "390", Day(20260101))!.Amount.Value, second.FindDisease("M1", "390", Day(20260101))!.Amount.Value));
    }

    [Fact]
    public void Disease_IsFoundBySchemeKindAndDay()
    {
        var reference = With(diseases: [Sick("special_outpatient", to: 20241231), Sick("special_outpatient", 20250101, insutype: "310"), Sick("special_outpatient_child", 20230101)]);
        Assert.Equal("special_outpatient", reference.FindDisease("M1", "390", Day(20220101))!.Kind);
        Assert.Equal("special_outpatient_child", reference.FindDisease("M1", "390", Day(20240101))!.Kind);
        Assert.Equal("special_outpatient", reference.FindDisease("M1", "390", Day(20240101), "special_outpatient")!.Kind);
        Assert.Null(reference.FindDisease("M1", "390", Day(20250101), "special_outpatient"));
        Assert.Null(reference.FindDisease("M1", "310", Day(20241231)));
        Assert.Null(reference.FindDisease("M2", "390", Day(20240101)));
    }

    [Theory]
    [InlineData(20241231, ProviderStanding.NoAgreement)]
    [InlineData(20250101, ProviderStanding.Active)]
    [InlineData(20250301, ProviderStanding.Suspended)]
    [InlineData(20250331, ProviderStanding.Suspended)]
    [InlineData(20250401, ProviderStanding.Active)]
    [InlineData(20251001, ProviderStanding.Terminated)]
    [InlineData(20260101, ProviderStanding.NoAgreement)]
    [InlineData(20260701, ProviderStanding.Active)]
    public void Provider_StandsAsItsAgreementOfTheDaySays(int day, ProviderStanding standing)
    {
        var provider = new Provider
        {
            FixmedinsCode = "H1", PolicyLevel = "2",
            Agreement = new Agreement { AgreementNo = "2", FromOn = 20260701 },
            EarlierAgreement =
            {
                new Agreement
                {
                    AgreementNo = "1", FromOn = 20250101, ToOn = 20251231,
                    StatusChange =
                    {
                        new AgreementStatusChange { Status = AgreementStatus.Suspended, FromOn = 20250301 }, new AgreementStatusChange { Status = AgreementStatus.Active, FromOn = 20250401 },
                        new AgreementStatusChange { Status = AgreementStatus.Suspended, FromOn = 20251001 }, new AgreementStatusChange { Status = AgreementStatus.Terminated, FromOn = 20251001 },
                    },
                },
            },
        };
        Assert.Equal(standing, With(providers: [provider]).FindProvider("H1")!.StandingOn(Day(day)));
        Assert.Null(With().FindProvider("H1"));
    }

    [Fact]
    public void FiftyThousandItems_AreBuiltFastAndCompactly()
    {
        var items = Enumerable.Range(0, 50_000).Select(i => Item($"X{i:D9}", name: $"药品名称第{i}号")).ToList();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var watch = Stopwatch.StartNew();
        var reference = With(items);
        watch.Stop();
        var bytes = GC.GetTotalMemory(forceFullCollection: true) - before;
        GC.KeepAlive(items);
        Assert.Equal(50_000, reference.ItemCodeCount);
        Assert.NotNull(reference.FindItem("X000049999", Day(20260101)).Row);
        // The texts stay those of the messages and are counted with them; generous, for a busy machine.
        Assert.True(bytes < 24 << 20, $"{bytes >> 10} KiB");
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(3), $"{watch.Elapsed}");
    }
}
