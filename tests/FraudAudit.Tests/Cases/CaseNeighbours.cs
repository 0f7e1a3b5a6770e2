using System.Collections.Concurrent;
using Grpc.Core;
using MedInsure.Kernel;
using MedInsure.Hosting.Rpc;
using MedInsure.Protos.ProviderRegistry.V1;
using MedInsure.Protos.Settlement.V1;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using RegistryBase = MedInsure.Protos.ProviderRegistry.V1.ProviderRegistry.ProviderRegistryBase;

namespace MedInsure.FraudAudit.Tests.Cases;

/// <summary>A settlement and a registry on the wire that answer what the test wants: for what happens when they refuse, or are away. With the real ones: tests/Local.Tests/AuditCase.</summary>
internal sealed class CaseNeighbours : IAsyncDisposable
{
    public const string Hospital = "H64030000001", Elsewhere = "H99999900001";

    private readonly WebApplication app;

    private CaseNeighbours(WebApplication app) => this.app = app;

    public string Address => app.Urls.First();
    /// <summary>Numbers of calls that came, in order.</summary>
    public ConcurrentQueue<string> Calls { get; } = new();
    /// <summary>What the next calls are answered with; none: done.</summary>
    public ConcurrentQueue<Refusal> Answers { get; } = new();
    /// <summary>Waited for before a call is answered.</summary>
    public Func<Task>? Hold { get; set; }
    /// <summary>What settlement says of every notice's money.</summary>
    public AuditNotice Money { get; set; } = new();
    public string County { get; set; } = "";

    public static async Task<CaseNeighbours> Start()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0").ConfigureKestrel(o => o.ConfigureEndpointDefaults(e => e.Protocols = HttpProtocols.Http2));
        builder.Logging.ClearProviders();
        builder.Services.AddGrpc();
        CaseNeighbours? self = null;
        builder.Services.AddSingleton(_ => self!).AddSingleton<Registry>().AddSingleton<Books>();
        var app = builder.Build();
        self = new CaseNeighbours(app);
        app.MapGrpcService<Registry>();
        app.MapGrpcService<Books>();
        await app.StartAsync();
        return self;
    }

    private async Task Answer(string call)
    {
        Calls.Enqueue(call);
        if (Hold is { } hold) await hold();
        if (Answers.TryDequeue(out var refusal)) throw refusal.ToRpcException();
    }

    private sealed class Registry(CaseNeighbours here) : RegistryBase
    {
        public override Task<Versions> GetVersions(GetVersionsRequest request, ServerCallContext context) => Task.FromResult(new Versions { ProviderVersion = here.County.Length > 0 ? 1 : 0, DoctorVersion = 1 });
        public override Task<ListCatalogItemsReply> ListCatalogItems(ListRowsRequest request, ServerCallContext context) => Task.FromResult(new ListCatalogItemsReply());
        public override Task<ListDoctorsReply> ListDoctors(ListRowsRequest request, ServerCallContext context) =>
            Task.FromResult(new ListDoctorsReply { UpToVersion = 1, Doctor = { new Doctor { DoctorCode = "D1" }, new Doctor { DoctorCode = "D2" } } });

        public override Task<ListDiseasesReply> ListDiseases(ListRowsRequest request, ServerCallContext context) => Task.FromResult(new ListDiseasesReply());

        public override Task<ListProvidersReply> ListProviders(ListRowsRequest request, ServerCallContext context)
        {
            var reply = new ListProvidersReply { UpToVersion = 1 };
            foreach (var (code, county) in ((string, string)[])[(Hospital, here.County), (Elsewhere, "999999")])
                reply.Provider.Add(new Provider { FixmedinsCode = code, FixmedinsName = "测试医院<1>", FixmedinsType = "1", HospLv = "02", PolicyLevel = "3", County = county, Agreement = new Agreement { AgreementNo = "X", FromOn = 20200101, Status = AgreementStatus.Active } });
            return Task.FromResult(reply);
        }

        public override async Task<Provider> SetAgreementStatus(SetAgreementStatusRequest request, ServerCallContext context)
        {
            await here.Answer($"{request.Status} {request.FixmedinsCode} {request.FromOn}");
            return new Provider();
        }
    }

    private sealed class Books(CaseNeighbours here) : AuditMoney.AuditMoneyBase
    {
        public override Task<AuditNotice> BookAuditNotice(BookAuditNoticeRequest request, ServerCallContext context) => Say($"book {request.NoticeNo} {request.AmountFen}{At(request.ProviderCounty)}");
        public override Task<AuditNotice> ReverseAuditNotice(ReverseAuditNoticeRequest request, ServerCallContext context) => Say($"reverse {request.NoticeNo} {request.AmountFen}{At(request.ProviderCounty)}");
        public override Task<AuditNotice> BookAuditRecovery(BookAuditRecoveryRequest request, ServerCallContext context) => Say($"recovery {request.RecoveryNo} {request.AmountFen}");
        public override Task<AuditNotice> GetAuditNotice(GetAuditNoticeRequest request, ServerCallContext context) => Task.FromResult(new AuditNotice(here.Money) { NoticeNo = here.Money.NoticeNo + At(request.ProviderCounty) });

        public override async Task<DepositRate> SetDepositRate(SetDepositRateRequest request, ServerCallContext context)
        {
            await here.Answer($"deposit {request.RequestNo[6..]} {request.FixmedinsCode} {request.FromOn} {request.RatioBp} {request.PreparedBy} {request.Approver}");
            return new DepositRate { FromMonth = 202612, RatioBp = request.RatioBp };
        }

        private static string At(string providerCounty) => providerCounty.Length > 0 ? $" at {providerCounty}" : "";

        private async Task<AuditNotice> Say(string call)
        {
            await here.Answer(call);
            return new AuditNotice();
        }
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();
}
