using System.Text.Json;
using Npgsql;
using NpgsqlTypes;

namespace MedInsure.Reporting.Tests;

/// <summary>A row of claim_fact.</summary>
public sealed record ClaimFact
{
    public required string County { get; init; }
    public int Build { get; init; } = 1;
    public required long Seq { get; init; }
    public int Idx { get; init; }
    public int Part { get; init; }
    public string Kind { get; init; } = "settled";
    public required string SetlId { get; init; }
    public string RootSetlId { get; init; } = "";
    public string MdtrtId { get; init; } = "";
    public required string PsnNo { get; init; }
    public required string FixmedinsCode { get; init; }
    public required string ProviderCounty { get; init; }
    public string HospLv { get; init; } = "05";
    public required string ProviderLevel { get; init; }
    public string Insutype { get; init; } = "390";
    public string PsnType { get; init; } = "1501";
    public IReadOnlyList<string> Categories { get; init; } = [];
    public required string MedType { get; init; }
    public required string ClrType { get; init; }
    public string DiseaseCode { get; init; } = "";
    public string DiseaseKind { get; init; } = "";
    public string FixedKind { get; init; } = "";
    public bool OffSite { get; init; }
    public bool Filed { get; init; }
    public bool Paper { get; init; }
    public bool Interim { get; init; }
    public DateOnly BeginOn { get; init; } = new(2026, 1, 1);
    public DateOnly EndOn { get; init; } = new(2026, 1, 1);
    public DateOnly PolicyOn { get; init; } = new(2026, 1, 1);
    public required DateOnly SettledOn { get; init; }
    public DateTimeOffset SettledAt { get; init; } = DateTimeOffset.UnixEpoch;
    public int Visits { get; init; } = 1;
    public int BedDays { get; init; }
    public long TotalFen { get; init; }
    public long FullSelfPayFen { get; init; }
    public long OverLimitFen { get; init; }
    public long FirstPayFen { get; init; }
    public long InScopeFen { get; init; }
    public long DeductibleFen { get; init; }
    public long BasicFundFen { get; init; }
    public long CivilServantFen { get; init; }
    public long EnterpriseFen { get; init; }
    public long CriticalIllnessFen { get; init; }
    public long LargeSumFen { get; init; }
    public long AssistanceFen { get; init; }
    public long OtherFundsFen { get; init; }
    public long SupplementFen { get; init; }
    public long FundTotalFen { get; init; }
    public long HospitalShareFen { get; init; }
    public long PersonShareFen { get; init; }
    public long AccountFen { get; init; }
    public long FamilyAccountFen { get; init; }
    public long CashFen { get; init; }

    /// <summary>Taken back on a day.</summary>
    public ClaimFact Reversed(long seq, DateOnly day) => this with
    {
        Seq = seq, Kind = "reversed", SetlId = SetlId + "R", RootSetlId = SetlId, SettledOn = day, Visits = -Visits, BedDays = -BedDays, TotalFen = -TotalFen, InScopeFen = -InScopeFen, BasicFundFen = -BasicFundFen,
        CriticalIllnessFen = -CriticalIllnessFen, AssistanceFen = -AssistanceFen, OtherFundsFen = -OtherFundsFen, FundTotalFen = -FundTotalFen, PersonShareFen = -PersonShareFen, AccountFen = -AccountFen, CashFen = -CashFen,
    };
}

/// <summary>What one rule's fund paid.</summary>
public sealed record ShareFact(string County, int Build, long Seq, int Idx, int Part, int No, DateOnly SettledOn, string RuleId, string FundPayType, long AmountFen);

/// <summary>Facts as the feeds leave them, and generated ones.</summary>
public static class CityFacts
{
    private static readonly JsonSerializerOptions SnakeCase = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>Rows of a table, by its columns' names.</summary>
    public static async Task Write<T>(NpgsqlDataSource database, string table, IReadOnlyCollection<T> rows)
    {
        await using var command = database.CreateCommand($"INSERT INTO {table} SELECT * FROM jsonb_populate_recordset(NULL::{table}, $1)");
        command.Parameters.Add(new NpgsqlParameter { Value = JsonSerializer.Serialize(rows, SnakeCase), NpgsqlDbType = NpgsqlDbType.Jsonb });
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>A feed's current build, read to the end.</summary>
    public static async Task Feed(NpgsqlDataSource database, string feed, DateTimeOffset readAt, params string[] counties)
    {
        foreach (var county in counties)
            await Write(database, "feed_build", [new { Feed = feed, County = county, Build = 1, State = "current", Seq = 1L, Idx = 0, ToldSha256 = "\\x", AtSeq = 1L, Behind = 0L, Events = 1L, BegunAt = readAt, CaughtUpAt = readAt, ReadAt = readAt, MovedAt = readAt, AskedBy = "test", Reason = "test", Failure = "" }]);
    }

    /// <summary>Settlements of two years in every kind of care, of poor and other persons, some taken back, in the same month or later. The same seed gives the same.</summary>
    public static (List<ClaimFact> Claims, List<ShareFact> Shares) Generate(string city, string[] counties, int count, int seed)
    {
        var random = new Random(seed);
        var (claims, shares) = (new List<ClaimFact>(), new List<ShareFact>());
        (string MedType, string ClrType, string Disease)[] cares = [("21", "21", ""), ("52", "21", ""), ("14", "11", "chronic_outpatient"), ("14", "11", "special_outpatient"), ("11", "11", ""), ("13", "11", ""), ("41", "41", ""), ("51", "11", ""), ("25", "21", "")];
        string[][] categories = [[], [], [], ["low_income"], ["registered_poor", "severely_disabled"], ["priority_group"], ["low_income", "extreme_hardship"]];
        string[] levels = ["3", "2", "1", "community", "village"];
        for (var i = 0; i < count; i++)
        {
            var (medType, clrType, disease) = cares[random.Next(cares.Length)];
            var (total, isStay) = (random.NextInt64(1_000, 5_000_000), clrType == "21");
            var inScope = total * random.Next(60, 100) / 100;
            var basic = inScope * random.Next(30, 80) / 100;
            var critical = isStay && random.Next(4) == 0 ? (inScope - basic) / 3 : 0;
            var of = categories[random.Next(categories.Length)];
            var assistance = of.Length > 0 ? (inScope - basic - critical) / 2 : 0;
            var other = of.Length > 0 && random.Next(3) == 0 ? (inScope - basic - critical - assistance) / 2 : 0;
            var fund = basic + critical + assistance + other;
            var account = clrType == "41" ? (total - fund) / 2 : 0;
            var county = counties[random.Next(counties.Length)];
            var offSite = medType == "25";
            var day = new DateOnly(2025, 1, 1).AddDays(random.Next(690));
            var claim = new ClaimFact
            {
                County = county, Seq = 10 * (i + 1), SetlId = $"{county}S{i:D9}", RootSetlId = $"{county}S{i:D9}", MdtrtId = $"{county}M{i:D9}", PsnNo = $"{county}{random.Next(60):D12}", FixmedinsCode = $"P{random.Next(9)}",
                ProviderCounty = offSite && random.Next(2) == 0 ? "110101" : counties[random.Next(counties.Length)], ProviderLevel = clrType == "41" ? "pharmacy" : levels[random.Next(levels.Length)], Categories = of, MedType = medType, ClrType = clrType, DiseaseKind = disease,
                FixedKind = medType == "52" ? "delivery" : isStay && random.Next(2) == 0 ? "per_disease" : "", OffSite = offSite, Filed = offSite && random.Next(2) == 0, Paper = random.Next(10) == 0, SettledOn = day, BedDays = isStay ? random.Next(1, 20) : 0,
                TotalFen = total, InScopeFen = inScope, BasicFundFen = basic, CriticalIllnessFen = critical, AssistanceFen = assistance, OtherFundsFen = other, FundTotalFen = fund, PersonShareFen = total - fund, AccountFen = account, CashFen = total - fund - account,
            };
            claims.Add(claim);
            if (other > 0) shares.Add(new ShareFact(county, 1, claim.Seq, 0, 0, 1, day, random.Next(2) == 0 ? "backstop_351" : "supplement_180", "640100", other));
            shares.Add(new ShareFact(county, 1, claim.Seq, 0, 0, 0, day, "basic", "390100", basic));
            if (random.Next(8) != 0) continue;
            claims.Add(claim.Reversed(claim.Seq + 1, day.AddDays(random.Next(40))));
            foreach (var share in shares.Where(s => s.Seq == claim.Seq && s.County == county).ToList()) shares.Add(share with { Seq = claim.Seq + 1, AmountFen = -share.AmountFen });
        }
        return (claims, shares);
    }
}
