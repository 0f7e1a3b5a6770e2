using MedInsure.Kernel;
using MedInsure.Local.Sample;
using MedInsure.Tool;

namespace MedInsure.Local.Tests.Sample;

[Trait("Category", "Unit")]
public sealed class SampleFilesTests : IDisposable
{
    private static readonly SampleSize Default = new();
    private readonly string folder = Directory.CreateTempSubdirectory("medinsure-sample-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private Dictionary<string, string> Write(string name, SampleSize size) =>
        SampleFiles.Write(Path.Combine(folder, name), size).ToDictionary(f => Path.GetFileName(f.Path), f => File.ReadAllText(f.Path));

    private List<string[]> Rows(string kind, string city = "") =>
        [.. File.ReadLines(SampleFiles.Write(folder, Default).Single(f => f.Kind == kind && f.City == city).Path).Skip(1).Select(l => l.Split(','))];

    [Fact]
    public void SameSeed_GivesSameBytes() => Assert.Equal(Write("a", SampleSize.Small), Write("b", SampleSize.Small));

    [Fact]
    public void OtherSeed_GivesOtherPersons() =>
        Assert.NotEqual(Write("a", SampleSize.Small)["persons.csv"], Write("b", SampleSize.Small with { Seed = 1 })["persons.csv"]);

    [Fact]
    public void DefaultSize_IsTheOnePromised()
    {
        var rows = SampleFiles.Write(folder, Default).ToLookup(f => f.Kind, f => f.Rows);
        Assert.Equal(10_000, rows["persons"].Single());
        Assert.Equal(60, rows["providers"].Sum());
        Assert.All(rows["catalog"], count => Assert.Equal(3_000, count));
    }

    [Fact]
    public void EveryHospital_HasDoctors_AmongThemTheOneThatTheSimulatedVisitsName()
    {
        var hospitals = SampleFiles.Providers(Default).Where(p => p.Type == "1").Select(p => p.Code).ToHashSet();
        var posts = SampleCity.All.SelectMany(c => Rows("doctors", c.Code)).ToList();
        Assert.Equal(hospitals, posts.Select(r => r[2]).ToHashSet());
        Assert.Equal(posts.Count, posts.Select(r => (r[0], r[2])).Distinct().Count());
        Assert.All(posts.GroupBy(r => r[0]), d => Assert.Single(d.Select(r => r[1]).Distinct()));
        Assert.All(hospitals, h => Assert.Contains(posts, r => (r[0], r[1], r[2]) == (RunProvider.DoctorOf(h, 1), RunProvider.DoctorName, h)));
        Assert.Contains(posts.GroupBy(r => r[0]), d => d.Count() == 2);
    }

    [Fact]
    public void Persons_HaveValidAndUniqueNumbers()
    {
        var persons = SampleFiles.Persons(Default).ToList();
        Assert.All(persons, p =>
        {
            Assert.True(ResidentIdNumber.TryRead(p.Certno, out var birth, out var gender));
            Assert.Equal((p.Birth, p.Gender), (birth, gender));
            Assert.True(p.CoverFrom >= p.Birth && (p.CoverTo is null || p.CoverTo >= p.CoverFrom));
        });
        Assert.Equal(persons.Count, persons.Select(p => p.Certno).Distinct().Count());
        Assert.Equal(persons.Count, persons.Select(p => p.PsnNo).Distinct().Count());
    }

    [Fact]
    public void Persons_AreWhatTheirAgeAndSchemeSay()
    {
        var packs = SampleCity.All.SelectMany(c => c.Counties.Select(county => (county.Code, c.Packs))).ToDictionary(c => c.Code, c => c.Packs);
        Assert.All(SampleFiles.Persons(Default), p =>
        {
            Assert.Contains(p.Insutype, packs[p.County].Keys);
            Assert.Equal(p.Insutype == "310", p.AccountFen is not null);
            Assert.Equal(p.PsnType == "1101", p.EmployerNo.Length > 0);
            Assert.Equal(p.PsnType.StartsWith("14", StringComparison.Ordinal), p.Birth > SampleAge(22));
            if (p.Categories.Contains("low_income_elderly")) Assert.True(p.Birth <= SampleAge(60));
        });
    }

    private static DateOnly SampleAge(int years) => new DateOnly(2026, 1, 1).AddYears(-years);

    [Fact]
    public void Persons_ShowEverySituation()
    {
        var persons = SampleFiles.Persons(Default).ToList();
        foreach (var county in SampleCity.All.SelectMany(c => c.Counties)) Assert.Contains(persons, p => p.County == county.Code && p.Categories.Contains("registered_poor"));
        Assert.Equal(["1101", "1201", "1401", "1402", "1403", "1404", "1501", "16"], persons.Select(p => p.PsnType).Distinct().Order());
        Assert.Contains(persons, p => p.Categories.Contains("extreme_hardship"));
        Assert.Contains(persons, p => p.CoverTo is not null);
        Assert.Contains(persons, p => p.AccountFen == 0);
        Assert.InRange(persons.GroupBy(p => p.HouseholdNo).Average(h => h.Count()), 2, 4);
        Assert.True(persons.GroupBy(p => p.HouseholdNo).All(h => h.Select(p => p.County).Distinct().Count() == 1));
    }

    [Fact]
    public void Employers_AreThoseThePersonsName()
    {
        var employers = Rows("employers").ToDictionary(e => e[0]);
        Assert.All(SampleFiles.Persons(Default).Where(p => p.EmployerNo.Length > 0), p => Assert.Equal(p.County, employers[p.EmployerNo][3]));
    }

    [Fact]
    public void Providers_CoverEveryLevelInEveryCounty()
    {
        var providers = SampleFiles.Providers(Default).ToList();
        foreach (var county in SampleCity.All.SelectMany(c => c.Counties))
            Assert.Equal(["1", "2", "3", "community", "pharmacy", "village"], providers.Where(p => p.County == county.Code).Select(p => p.PolicyLevel).Distinct().Order());
        Assert.All(providers, p => Assert.Equal(12, p.Code.Length));
        Assert.Equal(60, providers.Select(p => p.Name).Distinct().Count());
    }

    [Fact]
    public void Catalog_HasEveryClassAndLimit()
    {
        var rows = Rows("catalog", "230100");
        Assert.All(rows, r => Assert.Equal(19, r.Length));
        Assert.Equal(rows.Count, rows.Select(r => r[0]).Distinct().Count());
        Assert.Equal(rows.Count, rows.Select(r => r[1]).Distinct().Count());
        Assert.Equal(["01", "02", "03"], rows.Select(r => r[3]).Distinct().Order());
        Assert.Equal(["101", "102", "201", "301"], rows.Select(r => r[2]).Distinct().Order());
        Assert.Equal(["", "1", "2", "3"], rows.Select(r => r[10]).Distinct().Order());
        foreach (var column in (int[])[6, 9, 12, 14, 16, 17, 18]) Assert.Contains(rows, r => r[column].Length > 0);
        Assert.All(rows, r => Assert.True(r[3] switch { "01" => r[5] == "0", "03" => r[5] == "1", _ => r[5].StartsWith("0.", StringComparison.Ordinal) }));
    }
}
