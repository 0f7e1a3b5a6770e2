using System.Text.Json;
using MedInsure.Settlement.Simulation;
using Microsoft.Extensions.Configuration;

namespace MedInsure.Settlement.Tests.Simulation;

/// <summary>policy simulate as a bureau calls it: one stay of 10,000.00 of level 3 (6,496.00 before; 7,600.00 under the draft), one visit that the draft does not touch.</summary>
[Trait("Category", "Storage")]
[Collection(PostgresCollection.Name)]
public sealed class SimulateCommandTests(SharedPostgres postgres) : IAsyncLifetime
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory();
    private SettlementNode node = null!;
    private string draft = "";

    public async Task InitializeAsync()
    {
        node = await SettlementNode.Create(postgres.Server);
        await node.AddPerson(Psn(1), categories: "low_income");
        await node.AddPerson(Psn(2));
        await node.Settled(await node.Visit(Psn(1), 1_000_000, "21"));
        await node.Settled(await node.Visit(Psn(2), 10_000));
        await node.Projected();
        draft = Write("draft.yaml", Drafts.Of("harbin/resident", changes: [("amount: 720 yuan}", "amount: 500 yuan}"), ("ratio: 70 %, source: \"Hb 居民", "ratio: 80 %, source: \"Hb 居民")]));
    }

    public async Task DisposeAsync()
    {
        await node.DisposeAsync();
        folder.Delete(recursive: true);
    }

    private string Psn(int i) => $"{node.Tenant.Code}0000000000{i:D2}";

    private string Write(string name, string text)
    {
        var path = Path.Combine(folder.FullName, name);
        File.WriteAllText(path, text);
        return path;
    }

    private async Task<(int Code, string Said, string Errors)> Run(params string[] args)
    {
        var settings = new Dictionary<string, string?>(node.Settings())
        {
            [$"Tenants:{node.Tenant.Code}:Name"] = node.Tenant.Name,
            [$"Tenants:{node.Tenant.Code}:City"] = node.Tenant.CityCode,
            [$"Tenants:{node.Tenant.Code}:Packs:390"] = "harbin/resident",
            [$"Tenants:{node.Tenant.Code}:Packs:310"] = "harbin/employee",
            ["Tenants:230198:Name"] = "无库县",
            ["Tenants:230198:City"] = node.Tenant.CityCode,
        };
        await using var said = new StringWriter();
        await using var errors = new StringWriter();
        var code = await SimulateCommand.Run(args, new ConfigurationBuilder().AddInMemoryCollection(settings).Build(), said, errors);
        return (code, said.ToString(), errors.ToString());
    }

    private string[] Year(params string[] more) => ["--pack", draft, "--from", "2026-01-01", "--to", "2026-12-31", .. more];

    [Fact]
    public async Task Report_SaysEverySectionWithMaskedPersons()
    {
        var households = Write("households.csv", $"psn_no,household_no,income\n{Psn(1)},H1,7000.00\n{Psn(2)},H2,50000\n");
        var json = Path.Combine(folder.FullName, "out.json");
        var (code, said, errors) = await Run(Year("--households", households, "--json", json, "--county", node.Tenant.Code));
        Assert.Equal((0, true), (code, errors.Contains($"{node.Tenant.Code}: 2 persons, 2 settlements and reversals", StringComparison.Ordinal)));
        foreach (var line in (string[])
        [
            "草案 draft        harbin/resident draft", "2 笔结算 settlements of 2 人 persons, 逐笔精算 each computed: exact", "基金 fund +1,104.00 元 yuan, 个人 persons -1,104.00; 1 人负担减少 persons pay less, 0 人增加 more",
            "基金合计 all funds", "6,546.00      7,650.00    +1,104.00  +16.87", // 6,496.00 and 50.00 of the visit's pooled 100.00
            $"{node.Tenant.Code} 测试县", "三级 level 3", "普通住院 inpatient", "普通门诊 ordinary outpatient", "低保 low income", "无身份 none", "2000–5000", "0–500", "家庭负担超过收入 40%",
            $"{node.Tenant.Code}S000000000001  {node.Tenant.Code[..4]}************01",
        ]) Assert.Contains(line, said, StringComparison.Ordinal);
        Assert.DoesNotContain(Psn(1), said, StringComparison.Ordinal);
        Assert.DoesNotContain("±", said, StringComparison.Ordinal);

        using var document = JsonDocument.Parse(await File.ReadAllTextAsync(json));
        var root = document.RootElement;
        Assert.Equal((true, 2, "published"), (root.GetProperty("exact").GetBoolean(), root.GetProperty("persons_computed").GetInt32(), root.GetProperty("base").GetString()));
        Assert.Equal("1104.00", root.GetProperty("total").GetProperty("fund_change").GetRawText());
        Assert.Equal(["basic_fund", "critical_illness", "large_sum", "assistance", "civil_servant", "enterprise", "other_funds", "supplement", "person", "account", "cash"],
            root.GetProperty("by_layer").EnumerateArray().Select(l => l.GetProperty("payer").GetString()!));
        // 3,504.00 of 7,000.00 is more than 40 %; 2,400.00 is not.
        var burden = Assert.Single(root.GetProperty("households").EnumerateArray());
        Assert.Equal((2, 1, 0, 1, "704.00"), (burden.GetProperty("known").GetInt32(), burden.GetProperty("above_before").GetInt32(), burden.GetProperty("above_after").GetInt32(),
            burden.GetProperty("no_longer_above").GetInt32(), burden.GetProperty("excess_before").GetRawText()));
        Assert.DoesNotContain(Psn(1), root.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sample_SaysItsBound()
    {
        var (code, said, errors) = await Run(Year("--sample", "1", "--seed", "3", "--base", "booked"));
        Assert.True(code == 0, errors);
        Assert.Contains("抽样 sample       1 of 2 人 persons drawn at random, seed 3", said, StringComparison.Ordinal);
        Assert.Contains("± ?", said, StringComparison.Ordinal); // one person shows no spread
    }

    [Fact]
    public async Task AnotherFileAsTheBase_IsComparedWith()
    {
        var (code, said, _) = await Run(Year("--base", Write("base.yaml", Drafts.Of("harbin/resident", changes: [("amount: 720 yuan}", "amount: 500 yuan}")]))));
        // 70 % of 9,500.00 = 6,650.00; 80 % = 7,600.00.
        Assert.Equal((0, true), (code, said.Contains("基金 fund +950.00 元", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task WhatCannotBeAsked_IsSaid()
    {
        foreach (var (args, said) in ((string[], string)[])
        [
            ([], "--pack, --from and --to are needed"),
            (["--pack"], "--pack: its value is missing"),
            (Year("--form", "x"), "--form x: not understood"),
            (Year("--sample", "0"), "--sample 0: not understood"),
            (["--pack", draft, "--from", "1.1.2026", "--to", "2026-12-31"], "--from 1.1.2026: not understood"),
            (["--pack", draft, "--from", "2026-12-31", "--to", "2026-01-01"], "the period ends on 2026-01-01, before it begins on 2026-12-31"),
            (Year("--households", "x.csv", "--sample", "5"), "--households needs everybody"),
        ])
        {
            var (code, _, errors) = await Run(args);
            Assert.Equal(2, code);
            Assert.StartsWith(said, errors, StringComparison.Ordinal);
            Assert.Contains("usage: policy simulate", errors, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task WhatCannotBeAnswered_IsSaid()
    {
        var other = Write("other.yaml", Drafts.Of("guichi/resident"));
        foreach (var (args, said) in ((string[], string)[])
        [
            (["--pack", Path.Combine(folder.FullName, "none.yaml"), .. Year()[2..]], "none.yaml: not read"),
            (["--pack", Write("bad.yaml", File.ReadAllText(draft).Replace("ratio: 80 %", "ratio: 180 %")), .. Year()[2..]], "'180 %' is more than 100 %"),
            (["--pack", draft, "--from", "2019-12-31", "--to", "2026-12-31"], "harbin/resident draft is in force 2020-01-01..; the period 2019-12-31 to 2026-12-31 is not within"),
            (Year("--base", other), "the base is guichi/resident, the draft harbin/resident"),
            (Year("--county", "999999"), "--county 999999: no such county is configured"),
            (Year("--county", "230198"), "--county 230198: Secrets:Database:230198:settlement is not configured here"),
            (Year("--city", "110000"), "--city 110000: no county of it is configured"),
            (["--pack", other, .. Year()[2..]], $"none of {node.Tenant.Code} settles insutype 390 by guichi/resident"),
            (["--pack", draft, "--from", "2026-01-01", "--to", "2026-03-31"], $"no settlement of harbin/resident with a policy date from 2026-01-01 to 2026-03-31 stands in {node.Tenant.Code}"),
            (Year("--households", Write("wrong.csv", "psn,household,income\n")), "wrong.csv: line 1: the header is not"),
        ])
        {
            var (code, report, errors) = await Run(args);
            Assert.Equal((1, ""), (code, report));
            Assert.Contains(said, errors, StringComparison.Ordinal);
        }
    }
}
