using System.Security.Cryptography;
using System.Text;
using Google.Protobuf;
using Grpc.Core;
using MedInsure.Embedded;
using MedInsure.Hosting.Tenancy;
using MedInsure.Kernel;
using MedInsure.Protos.Enrollment.V1;
using MedInsure.Protos.ProviderRegistry.V1;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Reference;
using MedInsure.Settlement.Encounters;
using MedInsure.Settlement.Insurers;
using MedInsure.Settlement.Journal;
using MedInsure.Settlement.Persons;
using MedInsure.Settlement.Policies;
using MedInsure.Settlement.Projections;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using RequestKey = MedInsure.Protos.Settlement.V1.RequestKey;

namespace MedInsure.Settlement.Tests;

/// <summary>A clock that stands until it is set.</summary>
public sealed class SetTime(DateTimeOffset now) : TimeProvider
{
    public DateTimeOffset Now { get; set; } = now;
    public override DateTimeOffset GetUtcNow() => Now.ToUniversalTime();
}

/// <summary>
/// One county's settlement on a real PostgreSQL, without the processes around it: its persons are put into its own table, its catalog is made here.
/// Enrollment is out of reach, so that a miss shows.
/// </summary>
public sealed class SettlementNode : IAsyncDisposable
{
    private static readonly string[] Schemes = ["390", "310", "380"], Levels = ["3", "2", "1", "community", "village", "pharmacy"];
    private static readonly Dictionary<string, string> LastCounties = [];
    // Read once: hundreds of nodes are made, and few tests add to them.
    private static readonly Lazy<PolicyLibrary> AllPolicies = new(PolicyLibrary.LoadEmbedded);
    private static readonly Lazy<ContractLibrary> AllContracts = new(ContractLibrary.LoadEmbedded);
    private readonly ILoggerFactory logs;
    private int lastRequest;

    public static readonly DateTimeOffset Start = new(2026, 6, 30, 12, 0, 0, TimeSpan.FromHours(8));

    private const string Password = "test-only-password";

    public Tenant Tenant { get; private set; }
    public TenantDatabases Databases { get; }
    public NpgsqlDataSource Database { get; }
    public PostgresServer Server { get; }
    public TimeProvider Time { get; }
    public PolicyLibrary Policies { get; }
    public ContractLibrary Contracts { get; }
    public CityReference Reference { get; set; }
    public TenantJournal Journal { get; private set; } = null!;

    private SettlementNode(PostgresServer server, Tenant tenant, TenantDatabases databases, TimeProvider time, ILoggerFactory logs, ContractLibrary contracts, PolicyLibrary policies)
    {
        (Server, Tenant, Databases, Time, this.logs, Contracts, Policies) = (server, tenant, databases, time, logs, contracts, policies);
        Database = databases.For(tenant.Code, SettlementModule.Service);
        Reference = Catalog(tenant);
    }

    /// <summary>A fresh county with its own database. <paramref name="city"/>: 3417 has Guichi's packs, 4308 Yongding's, 5205 Bijie's, any other Harbin's.</summary>
    /// <param name="policies">The county's own, for a test that publishes more; null: those that all counties share.</param>
    public static async Task<SettlementNode> Create(PostgresServer server, string city = "2301", TimeProvider? time = null, ILoggerFactory? logs = null, ContractLibrary? contracts = null, PolicyLibrary? policies = null)
    {
        var packs = city switch
        {
            "3417" => new Dictionary<string, string> { ["390"] = "guichi/resident" },
            "4308" => new Dictionary<string, string> { ["380"] = "yongding/ncms" },
            "5205" => new Dictionary<string, string> { ["390"] = "bijie/resident" },
            _ => new Dictionary<string, string> { ["390"] = "harbin/resident", ["310"] = "harbin/employee" },
        };
        var code = FreeCounty(city);
        var tenant = new Tenant(code, "测试县", code[..4] + "00", packs);
        await FreshTenant.Make(server, tenant, SettlementModule.Service, Password, typeof(SettlementModule).Assembly);
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(Settings(server, tenant)).Build();
        var node = new SettlementNode(server, tenant, new TenantDatabases(configuration, new TenantDirectory([tenant])), time ?? new SetTime(Start), logs ?? NullLoggerFactory.Instance, contracts ?? AllContracts.Value, policies ?? AllPolicies.Value);
        await node.Open();
        return node;
    }

    /// <summary>A division code that no test shares: the city's four digits, then a number. After the 99th county of the city that most tests take comes the first of another.</summary>
    private static string FreeCounty(string city)
    {
        lock (LastCounties)
        {
            var last = LastCounties.GetValueOrDefault(city, city + "00");
            if (last.EndsWith("99", StringComparison.Ordinal)) last = city == "2301" ? FreshTenant.City() + "00" : throw new InvalidOperationException($"city {city} has no county left for a test");
            return LastCounties[city] = $"{int.Parse(last) + 1}";
        }
    }

    /// <summary>What a process of the service is configured with that serves this county.</summary>
    public Dictionary<string, string?> Settings() => Settings(Server, Tenant);

    private static Dictionary<string, string?> Settings(PostgresServer server, Tenant tenant) => new()
    {
        [$"Tenants:{tenant.Code}:Database"] = server.Address,
        [$"Secrets:Database:{tenant.Code}:{SettlementModule.Service}"] = Password,
    };

    /// <summary>Starts the writer and waits for its lease.</summary>
    public async Task Open()
    {
        Journal = NewJournal();
        await Leased(Journal);
    }

    public TenantJournal NewJournal()
    {
        var projector = new Projector(Tenant, Database, () => { }, TimeProvider.System, logs.CreateLogger<Projector>());
        return new TenantJournal(Tenant, Database, new InsuredPersons(Tenant, Database, EnrollmentClient), () => Reference, code => Reference.FindProvider(code), Policies, Contracts, projector, Time, logs.CreateLogger<TenantJournal>());
    }

    public static async Task Leased(TenantJournal journal)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!journal.HoldsLease) await Task.Delay(10, patience.Token); // the journal has no event for it; bounded by the patience
    }

    public async Task Close()
    {
        await Journal.DisposeAsync();
        await Journal.Projector.DisposeAsync();
    }

    /// <summary>Ends the writer and starts another one on the same database.</summary>
    public async Task Restart()
    {
        await Close();
        await Open();
    }

    /// <summary>Another version of a pack, as a newer program brings it; for a node with policies of its own.</summary>
    public BenefitPolicy AddPolicy(string file, string text)
    {
        Assert.NotSame(AllPolicies.Value, Policies);
        return Policies.Add(file, text);
    }

    /// <summary>As after a change of the configuration, which is read at the start.</summary>
    public async Task Suspend(bool suspended = true)
    {
        Tenant = Tenant with { IsSuspended = suspended };
        await Restart();
    }

    /// <summary>As after a change of the configuration, which is read at the start.</summary>
    public async Task Check(AuditChoice audit)
    {
        if (Tenant.Audit == audit) return;
        Tenant = Tenant with { Audit = audit };
        await Restart();
    }

    /// <summary>Everything committed is in the tables.</summary>
    public async Task Projected() => Assert.True(await Journal.Projector.WaitFor(Journal.CommittedSeq, TimeSpan.FromSeconds(60), CancellationToken.None), Journal.Projector.Failure ?? "projection lags");

    // ---- persons and catalog

    public string Hospital(string level) => $"H{Tenant.Code}{level switch { "community" => "4", "village" => "5", "pharmacy" => "6", _ => level },5}".Replace(' ', '0');

    private CityReference Catalog(Tenant tenant)
    {
        static CatalogItem Item(string code, string lv, int selfPay, bool pool = false, string minLevel = "", long? ceiling = null)
        {
            var item = new CatalogItem { HilistCode = code, HilistName = "项目" + code, ListType = "101", ChrgitmLv = lv, MedChrgitmType = "09", SelfpayBp = selfPay, FromOn = 20200101, OutpatientPool = pool, MinLevel = minLevel, AgeMin = -1, AgeMax = -1, MaxQuantityPerDayE4 = -1, MaxDays = -1 };
            if (ceiling is { } c) (item.Ceiling3MicroYuan, item.Ceiling2MicroYuan, item.Ceiling1MicroYuan, item.CeilingCommunityMicroYuan) = (c, c, c, c);
            return item;
        }
        CatalogItem[] items = [Item("A1", "01", 0, pool: true), Item("A2", "01", 0), Item("B10", "02", 1000), Item("B5", "02", 500), Item("C1", "03", 10000), Item("CAP", "02", 1000, ceiling: 10_000_000), Item("L3", "01", 0, minLevel: "3")];
        Disease[] diseases =
        [
            .. Schemes.SelectMany(scheme => new[]
            {
                new Disease { Code = "SP1", Name = "恶性肿瘤放化疗", Kind = "special_outpatient", Insutype = scheme, FromOn = 20200101 },
                new Disease { Code = "CH1", Name = "高血压", Kind = "chronic_outpatient", Insutype = scheme, FromOn = 20200101 },
            }),
        ];
        var providers = Levels.Select(level => new Provider
        {
            FixmedinsCode = Hospital(level), FixmedinsName = "测试医院" + level, FixmedinsType = level == "pharmacy" ? "2" : "1", HospLv = "02", PolicyLevel = level, County = tenant.Code,
            Agreement = new Agreement { AgreementNo = "X1", FromOn = 20200101, Status = AgreementStatus.Active },
        }).ToList();
        return CityReference.Empty(tenant.CityCode).With(new Versions { CatalogVersion = 1, DiseaseVersion = 1, ProviderVersion = 1 }, items, diseases, providers);
    }

    public async Task<Person> AddPerson(string psnNo, string insutype = "390", string psnType = "1501", long accountCreditFen = 0, params string[] categories)
    {
        var person = new Person { PsnNo = psnNo, PsnCertType = "01", Certno = "230102198001010010", PsnName = "王测试", Gend = "1", BirthOn = 19800101, County = Tenant.Code, Version = 1 };
        person.Coverage.Add(new Coverage { Insutype = insutype, PsnType = psnType, FromOn = 20200101, AccountCreditFen = accountCreditFen });
        foreach (var category in categories) person.Category.Add(new Category { Name = category, FromOn = 20200101 });
        await AddPersons([person]);
        return person;
    }

    public async Task AddPersons(IReadOnlyList<Person> persons)
    {
        await using var connection = await Database.OpenConnectionAsync();
        await InsuredPersons.Keep(connection, null, persons, CancellationToken.None);
    }

    // ---- requests

    public RequestKey Key(string transaction = "2207A", string? messageId = null, string content = "")
    {
        var id = messageId ?? $"M{Interlocked.Increment(ref lastRequest):D12}{Tenant.Code}";
        return new RequestKey { Sender = Hospital("3"), MessageId = id, Transaction = transaction, ContentHash = ByteString.CopyFrom(SHA256.HashData(Encoding.UTF8.GetBytes(content.Length == 0 ? id : content)).AsSpan(0, 16)) };
    }

    public static long At(int year, int month, int day, int hour = 9) => new DateTimeOffset(year, month, day, hour, 0, 0, ChinaCalendar.Offset).ToUnixTimeMilliseconds();

    public static FeeLine Line(string number, string code, long quantityE4, long priceMicroYuan, long atMs, string batch = "", string original = "") => new()
    {
        FeedetlSn = number, MedListCode = code, ProviderListCode = code, QuantityE4 = quantityE4, UnitPriceMicroYuan = priceMicroYuan, OccurredAtMs = atMs, ChargeBatch = batch, OriginalFeedetlSn = original,
        AmountFen = new UnitPrice(priceMicroYuan).TimesHalfUp(new Quantity(quantityE4)).Value,
    };

    public Task<Outcome<Committed>> Submit(JournalCommand command) => Journal.Submit(command);

    public async Task<Committed> Accepted(JournalCommand command)
    {
        var outcome = await Journal.Submit(command);
        Assert.Null(outcome.Refusal);
        return outcome.Value;
    }

    /// <summary>The refusal's code, and nothing written.</summary>
    public async Task<string> Refused(JournalCommand command)
    {
        var before = Journal.CommittedSeq;
        var outcome = await Journal.Submit(command);
        Assert.NotNull(outcome.Refusal);
        Assert.Equal(before, Journal.CommittedSeq);
        return outcome.Refusal.Code;
    }

    public OpenEncounterRequest Opening(string psnNo, string medType, long beginMs, string level = "3", string insutype = "390", string? visitNo = null) => new()
    {
        Key = Key(medType[0] == '2' ? "2401" : "2201"), FixmedinsCode = Hospital(level), PsnNo = psnNo, Insutype = insutype,
        Details = new EncounterDetails { MedType = medType, BeginAtMs = beginMs, VisitNo = visitNo ?? $"V{Interlocked.Increment(ref lastRequest)}", DepartmentCode = "01" },
    };

    public async Task<string> Opened(string psnNo, string medType, long beginMs, string level = "3", string insutype = "390") =>
        (await Accepted(OpenEncounter.Command(Opening(psnNo, medType, beginMs, level, insutype)))).Record.MdtrtId;

    public AddFeeLinesRequest Fees(string mdtrtId, string psnNo, string level, params FeeLine[] lines)
    {
        var request = new AddFeeLinesRequest { Key = Key("2204"), FixmedinsCode = Hospital(level), MdtrtId = mdtrtId, PsnNo = psnNo };
        request.Line.AddRange(lines);
        return request;
    }

    public async Task Charged(string mdtrtId, string psnNo, string level, params FeeLine[] lines) => await Accepted(AddFeeLines.Command(Fees(mdtrtId, psnNo, level, lines)));

    public async Task Discharged(string mdtrtId, string psnNo, string level, long endMs) =>
        await Accepted(DischargeEncounter.Command(new DischargeEncounterRequest { Key = Key("2402"), FixmedinsCode = Hospital(level), MdtrtId = mdtrtId, PsnNo = psnNo, EndAtMs = endMs, Way = "1" }));

    public SettleClaimRequest Settling(string mdtrtId, string psnNo, long totalFen, string level = "3", string insutype = "390", bool useAccount = false) =>
        new() { Key = Key(), FixmedinsCode = Hospital(level), MdtrtId = mdtrtId, PsnNo = psnNo, Insutype = insutype, TotalFen = totalFen, UseAccount = useAccount };

    /// <summary>A whole visit with one line of item A1 at a price in fen, ready to be settled.</summary>
    public async Task<SettleClaimRequest> Visit(string psnNo, long fen, string medType = "11", string level = "3", string insutype = "390", string item = "A1", bool useAccount = false)
    {
        var at = At(2026, 6, 1);
        var mdtrtId = await Opened(psnNo, medType, at, level, insutype);
        await Charged(mdtrtId, psnNo, level, Line("1", item, 10_000, fen * 10_000, at));
        if (medType[0] == '2') await Discharged(mdtrtId, psnNo, level, At(2026, 6, 10));
        return Settling(mdtrtId, psnNo, fen, level, insutype, useAccount);
    }

    /// <summary>Settles a claim that brings its own line: one command, as a pharmacy or another county sends it.</summary>
    public SettleClaimRequest Inline(string psnNo, long fen, string medType = "11", string level = "3", string insutype = "390", string item = "A1", RequestKey? key = null)
    {
        var at = At(2026, 6, 1);
        var request = new SettleClaimRequest { Key = key ?? Key("2102"), FixmedinsCode = Hospital(level), PsnNo = psnNo, Insutype = insutype, TotalFen = fen, InlineEncounter = new EncounterDetails { MedType = medType, BeginAtMs = at } };
        request.InlineLine.Add(Line("1", item, 10_000, fen * 10_000, at));
        return request;
    }

    public async ValueTask DisposeAsync()
    {
        await Close();
        await Databases.DisposeAsync();
    }

    /// <summary>What enrollment answers when it is asked for persons; null: it is out of reach.</summary>
    public Func<BatchGetPersonsRequest, BatchGetPersonsReply>? Enrollment { get; set; }

    /// <summary>What enrollment answers when it is asked for a person by certificate; null: it is out of reach.</summary>
    public Func<FindPersonByCertificateRequest, Person>? FindPerson { get; set; }

    /// <summary>What it answers when it is asked for a person by e-credential, id or card; null: it is out of reach.</summary>
    public Func<IdentifyPersonRequest, Person>? IdentifyPerson { get; set; }

    public Protos.Enrollment.V1.Enrollment.EnrollmentClient EnrollmentClient => new(new EnrollmentStandIn(this));

    private sealed class EnrollmentStandIn(SettlementNode node) : CallInvoker
    {
        private static RpcException No => new(new Status(StatusCode.Unavailable, "enrollment is out of reach here"));

        public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request) =>
            (request switch
            {
                BatchGetPersonsRequest asked => (object?)node.Enrollment?.Invoke(asked),
                FindPersonByCertificateRequest asked => node.FindPerson?.Invoke(asked),
                IdentifyPersonRequest asked => node.IdentifyPerson?.Invoke(asked),
                _ => null,
            }) is TResponse answer ? new AsyncUnaryCall<TResponse>(Task.FromResult(answer), Task.FromResult(new Metadata()), () => Status.DefaultSuccess, () => [], () => { }) : throw No;

        public override TResponse BlockingUnaryCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request) => throw No;
        public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request) => throw No;
        public override AsyncClientStreamingCall<TRequest, TResponse> AsyncClientStreamingCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options) => throw No;
        public override AsyncDuplexStreamingCall<TRequest, TResponse> AsyncDuplexStreamingCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options) => throw No;
    }
}
