using MedInsure.Hosting.Tenancy;
using MedInsure.Reference;
using Npgsql;

namespace MedInsure.Reporting.Reports;

/// <summary>A city's facts, and how its codes are called.</summary>
internal sealed class ReportPlace(Tenant city, NpgsqlDataSource database, ReportedCities cities, ReferenceData reference)
{
    public Tenant City => city;
    public NpgsqlDataSource Database => database;

    public bool HasCounty(string code) => cities.CountiesOf(city.Code).Any(c => c.Code == code);
    public IReadOnlyList<Tenant> Counties => [.. cities.CountiesOf(city.Code)];

    public string NameOf(CodeNames names, string code) => names.Kind switch
    {
        "place" => cities.NameOf(code),
        "provider" => reference.Find(city.Code)?.FindProvider(code)?.Name ?? code,
        _ => names.List.TryGetValue(code, out var name) ? name.Zh : code.Length == 0 ? "—" : code,
    };

    public static DateOnly FirstDay => new(2000, 1, 1);
}
