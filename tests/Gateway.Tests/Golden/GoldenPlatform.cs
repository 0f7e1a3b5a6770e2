using Grpc.Net.Client;
using MedInsure.Kernel;
using MedInsure.Local;
using MedInsure.Protos.ProviderRegistry.V1;
using MedInsure.Tool;
using MedInsure.Tool.Imports;
using Microsoft.Extensions.DependencyInjection;
using RegistryClient = MedInsure.Protos.ProviderRegistry.V1.ProviderRegistry.ProviderRegistryClient;

namespace MedInsure.Gateway.Tests.Golden;

/// <summary>
/// The whole platform with its real services and a real PostgreSQL, holding only the rows given here, so that every amount of an answer
/// can be worked out by hand from them and the packs.
/// </summary>
#pragma warning disable CA1001 // DisposeAsync disposes it.
public sealed class GoldenPlatform : IAsyncLifetime
#pragma warning restore CA1001
{
    public const string Hospital3 = "H23010200901", Suspended = "H23010200902", Other3 = "H23010300901", Pharmacy = "P23010200901", Guichi2 = "H34170200901";

    private readonly string folder = Directory.CreateTempSubdirectory("medinsure-golden-").FullName;
    private readonly Dictionary<string, HospitalSystem> systems = [];
    private LocalPlatform platform = null!;
    private HttpClient http = null!;

    public DateOnly Today { get; private set; }

    /// <summary>Born on this day of the month, so many years ago: the ages in the answers do not change with the years.</summary>
    public IReadOnlyDictionary<string, GoldenPerson> Persons { get; private set; } = null!;

    public RunFile Run => platform.Run;

    public HospitalSystem System(string fixmedinsCode) => systems[fixmedinsCode];

    /// <summary>An operator's desk at the agency.</summary>
    public HttpClient Operator() => new() { BaseAddress = new Uri(platform.Run.Desks), DefaultRequestHeaders = { Authorization = new("Bearer", platform.Run.OperatorToken) } };

    public async Task InitializeAsync()
    {
        platform = await LocalPlatform.Start(new LocalOptions { Folder = folder, Port = 0, Durable = false, Sample = null, Settings = new Dictionary<string, string?> { ["Logging:LogLevel:Default"] = "Warning", ["Logging:LogLevel:Microsoft.Hosting.Lifetime"] = "Warning" } });
        Today = new ChinaCalendar(TimeProvider.System).Today;
        var run = platform.Run;
        Persons = new[]
        {
            new GoldenPerson("GR1", 101, "王一", "1", Today.AddYears(-45), "230102", "390", "15", ""),
            new GoldenPerson("GR2", 102, "王二", "2", Today.AddYears(-50), "230102", "390", "15", ""),
            new GoldenPerson("GE1", 103, "李一", "1", Today.AddYears(-40), "230102", "310", "11", "100.00"),
            new GoldenPerson("GE2", 104, "李二", "2", Today.AddYears(-66), "230102", "310", "12", "20.00"),
            new GoldenPerson("GN1", 105, "赵一", "1", Today.AddYears(-30), "230103", "390", "15", ""),
            new GoldenPerson("GZ1", 106, "钱一", "2", Today.AddYears(-35), "230102", "390", "15", "") { CoverTo = "2021-12-31" },
            new GoldenPerson("GF1", 109, "周一", "1", Today.AddYears(-45), "230102", "310", "11", "50.00"),
            new GoldenPerson("GF2", 110, "周二", "2", Today.AddYears(-70), "230102", "390", "15", ""),
            new GoldenPerson("GM1", 111, "吴一", "1", Today.AddYears(-50), "230102", "310", "11", "40.00"),
            new GoldenPerson("GM2", 0, "吴一", "1", Today.AddYears(-50), "230102", "310", "11", "20.00") { Passport = "EG0000001" },
            new GoldenPerson("GC1", 107, "孙一", "1", Today.AddYears(-60), "341702", "390", "15", "") { Categories = "registered_poor;severely_disabled" },
            new GoldenPerson("GC2", 108, "孙二", "2", Today.AddYears(-28), "341702", "390", "15", ""),
        }.ToDictionary(p => p.PsnNo);

        await Import("providers", """
            fixmedins_code,fixmedins_name,fixmedins_type,hosp_lv,policy_level,county,agreement_no,agreement_from,agreement_to,ownership
            H23010200901,道里三级医院,1,02,3,230102,A901,2020-01-01,,public
            H23010200902,道里二级医院,1,05,2,230102,A902,2020-01-01,,public
            H23010300901,南岗三级医院,1,02,3,230103,A903,2020-01-01,,public
            P23010200901,道里药店,2,11,pharmacy,230102,A904,2020-01-01,,private
            P23010200906,道里夜间药店,2,11,pharmacy,230102,A906,2020-01-01,,private
            H34170200901,贵池二级医院,1,05,2,341702,A905,2020-01-01,,public
            """);
        await Import("catalog", """
            hilist_code,hilist_name,list_type,chrgitm_lv,med_chrgitm_type,selfpay_prop,limit_price_3,limit_price_2,limit_price_1,limit_price_community,min_level,begndate,enddate,outpatient_pool,gend_limit,age_min,age_max,max_qty_per_day,max_days
            G001,甲类药品,101,01,09,0,,,,,village,2020-01-01,,1,,,,,
            G002,乙类药品,101,02,09,0.05,,,,,village,2020-01-01,,1,,,,,
            G003,丙类药品,101,03,09,1,,,,,village,2020-01-01,,0,,,,,
            G004,限价耗材,301,02,08,0.1,80.00,70.00,60.00,50.00,1,2020-01-01,,0,,,,,
            """);
        await Import("diseases", """
            code,name,kind,insutype,begndate,enddate,amount,unit
            GCH1,高血压,chronic_outpatient,390,2020-01-01,,,
            GSP1,恶性肿瘤放化疗,special_outpatient,390,2020-01-01,,,
            GSP1,恶性肿瘤放化疗,special_outpatient,310,2020-01-01,,,
            """);
        await Import("employers", """
            employer_no,employer_name,uscc,county,kind,headcount
            GEM1,测试单位,,230102,enterprise,10
            """);
        await Import("persons", "psn_no,psn_cert_type,certno,psn_name,gend,brdy,county,household_no,insutype,psn_type,categories,cover_from,cover_to,employer_no,account_balance\n" +
            string.Join('\n', Persons.Values.Select(p => p.ToCsv())));
        await InForce.Wait(run, ["230100", "341700"], TimeSpan.FromSeconds(60), CancellationToken.None);

        using var channel = GrpcChannel.ForAddress(run.Grpc);
        var registry = new RegistryClient(channel);
        await registry.SetAgreementStatusAsync(new SetAgreementStatusRequest { FixmedinsCode = Suspended, Status = AgreementStatus.Suspended, FromOn = DayNumber.Of(Today), Reason = "golden" }, ServiceCall.For(run, "230100"));
        await platform.Services.GetRequiredService<Reference.ReferenceData>().Refresh("230100");

        http = new HttpClient { BaseAddress = new Uri(run.Gateway), Timeout = TimeSpan.FromSeconds(60) };
        foreach (var city in (string[])["230100", "341700"])
        {
            var credentials = await registry.ListCredentialsAsync(new ListCredentialsRequest { PageSize = 100 }, ServiceCall.For(run, city));
            foreach (var c in credentials.Credential)
                systems[c.FixmedinsCode] = new HospitalSystem(http, TimeProvider.System, c.Paasid, c.Token, c.FixmedinsCode, c.FixmedinsCode.Substring(1, 6));
        }

        async Task Import(string kind, string csv)
        {
            var path = Path.Combine(folder, $"{kind}.csv");
            await File.WriteAllTextAsync(path, csv.TrimEnd() + "\n");
            var outcome = await ImportFile.Send(run.Desks, run.OperatorToken, kind, path, acceptPartial: false, city: "", _ => { }, CancellationToken.None);
            if (!outcome.IsStored || outcome.Errors.Count > 0)
                throw new InvalidOperationException($"{kind}: {outcome.Refusal} {string.Join("; ", outcome.Errors.Select(e => $"line {e.Line} {e.Column} {e.Code}"))}");
        }
    }

    public async Task DisposeAsync()
    {
        http?.Dispose();
        if (platform is not null) await platform.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }
}

/// <param name="Order">Of the id number: odd for men, even for women.</param>
public sealed record GoldenPerson(string PsnNo, int Order, string Name, string Gender, DateOnly Birth, string County, string Insutype, string PsnType, string Balance)
{
    public string Categories { get; init; } = "";
    public string CoverTo { get; init; } = "";
    /// <summary>Instead of an id number.</summary>
    public string Passport { get; init; } = "";

    public string Certno => Passport.Length > 0 ? Passport : $"659004{Birth:yyyyMMdd}{Order}" is var first17 ? first17 + ResidentIdNumber.CheckDigit(first17) : "";

    public string ToCsv() => string.Join(',', PsnNo, Passport.Length > 0 ? "03" : "01", Certno, Name, Gender, $"{Birth:yyyy-MM-dd}", County, $"GH{PsnNo}", Insutype, PsnType, Categories, "2020-01-01", CoverTo, Insutype == "310" ? "GEM1" : "", Balance);
}

[CollectionDefinition(Name)]
public sealed class GoldenCollection : ICollectionFixture<GoldenPlatform>
{
    public const string Name = "golden platform";
}
