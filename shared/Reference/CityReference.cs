using System.Collections.Frozen;
using System.Runtime.InteropServices;
using MedInsure.Protos.ProviderRegistry.V1;

namespace MedInsure.Reference;

/// <summary>
/// What a city's provider-registry has published, at one moment: immutable, so that a settlement sees one catalog from its first line to its last.
/// Look-ups allocate nothing.
/// </summary>
public sealed class CityReference
{
    private readonly FrozenDictionary<string, CatalogRow[]> items;
    private readonly FrozenDictionary<string, DiseaseRow[]> diseases;
    private readonly FrozenDictionary<string, ProviderRow> providers;
    private readonly FrozenDictionary<string, DoctorRow> doctors;

    private CityReference(
        string city, Versions versions, FrozenDictionary<string, CatalogRow[]> items, FrozenDictionary<string, DiseaseRow[]> diseases, FrozenDictionary<string, ProviderRow> providers,
        FrozenDictionary<string, DoctorRow> doctors)
    {
        (City, Versions) = (city, versions);
        (this.items, this.diseases, this.providers, this.doctors) = (items, diseases, providers, doctors);
    }

    /// <summary>Its division code.</summary>
    public string City { get; }
    public long CatalogVersion => Versions.CatalogVersion;
    public long DiseaseVersion => Versions.DiseaseVersion;
    public long ProviderVersion => Versions.ProviderVersion;
    /// <summary>0: the city publishes no doctors.</summary>
    public long DoctorVersion => Versions.DoctorVersion;
    public int ItemCodeCount => items.Count;
    public int DiseaseCodeCount => diseases.Count;
    public int ProviderCount => providers.Count;
    public IEnumerable<ProviderRow> Providers => providers.Values;

    /// <summary>What the registry said of its versions when this was read.</summary>
    internal Versions Versions { get; }

    /// <summary>Whether the registry's history that <paramref name="now"/> tells of contains what is held here: then only what came after it is missing.</summary>
    /// <param name="now">The answer to a question that named these versions as held.</param>
    internal bool IsPastOf(Versions now)
    {
        return Contains(CatalogVersion, Versions.CatalogMark, now.CatalogVersion, now.HeldCatalogMark)
            && Contains(DiseaseVersion, Versions.DiseaseMark, now.DiseaseVersion, now.HeldDiseaseMark)
            && Contains(ProviderVersion, Versions.ProviderMark, now.ProviderVersion, now.HeldProviderMark)
            && Contains(DoctorVersion, Versions.DoctorMark, now.DoctorVersion, now.HeldDoctorMark);

        // A registry of an earlier release knows no marks: numbers have to do.
        static bool Contains(long held, string heldMark, long newest, string markNow) => held <= newest && (heldMark.Length == 0 || markNow.Length == 0 || heldMark == markNow);
    }

    internal bool IsAt(Versions now) => CatalogVersion == now.CatalogVersion && DiseaseVersion == now.DiseaseVersion && ProviderVersion == now.ProviderVersion && DoctorVersion == now.DoctorVersion;

    /// <summary>Nothing published yet.</summary>
    public static CityReference Empty(string city) =>
        new(city, new Versions(), FrozenDictionary<string, CatalogRow[]>.Empty, FrozenDictionary<string, DiseaseRow[]>.Empty, FrozenDictionary<string, ProviderRow>.Empty, FrozenDictionary<string, DoctorRow>.Empty);

    /// <summary>The row with the latest begin among those whose period includes the day.</summary>
    public ItemOnDay FindItem(string code, DateOnly day)
    {
        if (!items.TryGetValue(code, out var rows)) return new ItemOnDay(null, ItemAbsence.NotInCatalog);
        foreach (var row in rows)
            if (row.IsInForceOn(day)) return new ItemOnDay(row, ItemAbsence.None);
        return new ItemOnDay(null, ItemAbsence.NotInForceOnDay);
    }

    /// <summary>The row with the latest begin among those of the scheme whose period includes the day, of any kind or of <paramref name="kind"/> only; null = none.</summary>
    public DiseaseRow? FindDisease(string code, string insutype, DateOnly day, string? kind = null)
    {
        if (!diseases.TryGetValue(code, out var rows)) return null;
        foreach (var row in rows)
            if (row.Insutype == insutype && (kind is null || row.Kind == kind) && row.IsInForceOn(day)) return row;
        return null;
    }

    public ProviderRow? FindProvider(string fixmedinsCode) => providers.GetValueOrDefault(fixmedinsCode);

    public DoctorRow? FindDoctor(string doctorCode) => doctors.GetValueOrDefault(doctorCode);

    /// <summary>All rows of a code, the latest begin first; empty = none.</summary>
    public IReadOnlyList<CatalogRow> ItemRows(string code) => items.GetValueOrDefault(code) ?? [];

    /// <summary>This state with what was published since: rows with the same key (code and begin; for diseases also scheme and kind) replace earlier ones.</summary>
    /// <remarks>A frozen table is built anew only where rows came; 50,000 items take tens of milliseconds.</remarks>
    public CityReference With(Versions versions, IReadOnlyCollection<CatalogItem> newItems, IReadOnlyCollection<Disease> newDiseases, IReadOnlyCollection<Provider> newProviders, IReadOnlyCollection<Doctor>? newDoctors = null)
    {
        var names = new Dictionary<string, string>();
        string Intern(string text)
        {
            if (text.Length == 0) return "";
            if (!names.TryGetValue(text, out var known)) names[text] = known = text;
            return known;
        }
        return new CityReference(City, versions,
            Merge(items, newItems.Select(i => new CatalogRow(i, Intern)), r => r.Code, (a, b) => a.From == b.From, r => r.From),
            Merge(diseases, newDiseases.Select(d => new DiseaseRow(d, Intern)), r => r.Code, (a, b) => a.From == b.From && a.Insutype == b.Insutype && a.Kind == b.Kind, r => r.From),
            newProviders.Count == 0 ? providers : MergeProviders(newProviders.Select(p => new ProviderRow(p, Intern))),
            newDoctors is not { Count: > 0 } ? doctors : MergeDoctors(newDoctors.Select(d => new DoctorRow(d, Intern))));
    }

    private FrozenDictionary<string, DoctorRow> MergeDoctors(IEnumerable<DoctorRow> rows)
    {
        var all = new Dictionary<string, DoctorRow>(doctors);
        foreach (var row in rows) all[row.Code] = row;
        return all.ToFrozenDictionary();
    }

    private FrozenDictionary<string, ProviderRow> MergeProviders(IEnumerable<ProviderRow> rows)
    {
        var all = new Dictionary<string, ProviderRow>(providers);
        foreach (var row in rows) all[row.Code] = row;
        return all.ToFrozenDictionary();
    }

    private static FrozenDictionary<string, TRow[]> Merge<TRow>(
        FrozenDictionary<string, TRow[]> before, IEnumerable<TRow> rows, Func<TRow, string> code, Func<TRow, TRow, bool> sameKey, Func<TRow, DateOnly> from) where TRow : class
    {
        Dictionary<string, TRow[]>? all = null;
        foreach (var row in rows)
        {
            all ??= new Dictionary<string, TRow[]>(before);
            // Nearly every code has one row: no list per code.
            ref var known = ref CollectionsMarshal.GetValueRefOrAddDefault(all, code(row), out var exists);
            if (!exists) { known = [row]; continue; }
            var kept = Array.FindAll(known!, r => !sameKey(r, row));
            known = [.. kept.Append(row).OrderByDescending(from)];
        }
        return all?.ToFrozenDictionary() ?? before;
    }
}
