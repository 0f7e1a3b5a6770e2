using MedInsure.Protos.ProviderRegistry.V1;
using MedInsure.Reference;

namespace MedInsure.Settlement.Tests;

/// <summary>Publications on top of the harness's catalog: each gives the next snapshot.</summary>
internal static class Catalogs
{
    public static CatalogItem Item(string code, string lv, int selfPay, int from = 20200101, int to = 0, bool pool = false, string minLevel = "") => new()
    {
        HilistCode = code, HilistName = "项目" + code, ListType = "101", ChrgitmLv = lv, MedChrgitmType = "09", SelfpayBp = selfPay, FromOn = from, ToOn = to, OutpatientPool = pool,
        MinLevel = minLevel, AgeMin = -1, AgeMax = -1, MaxQuantityPerDayE4 = -1, MaxDays = -1,
    };

    public static Provider Provider(string code, string level, string county, Agreement? agreement = null) => new()
    {
        FixmedinsCode = code, FixmedinsName = "医院" + code, FixmedinsType = "1", HospLv = "02", PolicyLevel = level, County = county,
        Agreement = agreement ?? new Agreement { AgreementNo = "X1", FromOn = 20200101, Status = AgreementStatus.Active },
    };

    public static CityReference WithItems(this CityReference reference, params CatalogItem[] items) => reference.With(Next(reference), items, [], []);
    public static CityReference WithDiseases(this CityReference reference, params Disease[] diseases) => reference.With(Next(reference), [], diseases, []);
    public static CityReference WithProviders(this CityReference reference, params Provider[] providers) => reference.With(Next(reference), [], [], providers);

    private static Versions Next(CityReference reference) => new() { CatalogVersion = reference.CatalogVersion + 1, DiseaseVersion = reference.DiseaseVersion + 1, ProviderVersion = reference.ProviderVersion + 1 };
}
