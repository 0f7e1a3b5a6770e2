using System.Collections.Concurrent;
using Google.Protobuf;
using Grpc.Core;
using MedInsure.Hosting.Rpc;
using MedInsure.Protos.Billing.V1;
using MedInsure.Protos.Enrollment.V1;
using MedInsure.Protos.FraudAudit.V1;
using MedInsure.Protos.Settlement.V1;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using BillingBase = MedInsure.Protos.Billing.V1.ReportFeed.ReportFeedBase;
using EnrollmentBase = MedInsure.Protos.Enrollment.V1.ReportFeed.ReportFeedBase;
using FraudAuditBase = MedInsure.Protos.FraudAudit.V1.ReportFeed.ReportFeedBase;
using SettlementBase = MedInsure.Protos.Settlement.V1.ReportFeed.ReportFeedBase;

namespace MedInsure.Reporting.Tests.Facts;

/// <summary>The services' feeds on the wire, with counties that a test writes: for faults and for a million events at once. Each real feed has tests of its own beside its service.</summary>
internal sealed class FeedSources : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly ConcurrentDictionary<string, SourceCounty> counties = new();

    private FeedSources(WebApplication app) => this.app = app;

    public string Address => app.Urls.First();

    /// <summary>Pages are no larger, whatever is asked for.</summary>
    public int PageMax { get; set; } = int.MaxValue;

    /// <summary>Every call fails so; null: none.</summary>
    public RpcException? Away { get; set; }

    public SourceCounty this[string county] => counties.GetOrAdd(county, c => new SourceCounty(c));

    public static async Task<FeedSources> Start()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0").ConfigureKestrel(o => o.ConfigureEndpointDefaults(e => e.Protocols = HttpProtocols.Http2));
        builder.Logging.ClearProviders();
        builder.Services.AddGrpc();
        FeedSources? self = null;
        builder.Services.AddSingleton(_ => self!).AddSingleton<Settlement>().AddSingleton<Enrollment>().AddSingleton<Billing>().AddSingleton<FraudAudit>();
        var app = builder.Build();
        self = new FeedSources(app);
        app.MapGrpcService<Settlement>();
        app.MapGrpcService<Enrollment>();
        app.MapGrpcService<Billing>();
        app.MapGrpcService<FraudAudit>();
        await app.StartAsync();
        return self;
    }

    public async ValueTask DisposeAsync() => await app.DisposeAsync();

    private Task<T> Answer<T>(ServerCallContext context, int max, Func<SourceCounty, int, T> answer)
    {
        if (Away is { } away) throw away;
        var county = this[CallTenant.Require(context)];
        lock (county) return Task.FromResult(answer(county, Math.Min(max, PageMax)));
    }

    private sealed class Settlement(FeedSources here) : SettlementBase
    {
        public override Task<ReadReportClaimsReply> ReadReportClaims(ReadReportClaimsRequest request, ServerCallContext context) => here.Answer(context, request.Max, (county, max) => county.Claims(request, max));
        public override Task<ReadReportVouchersReply> ReadReportVouchers(ReadReportVouchersRequest request, ServerCallContext context) => here.Answer(context, request.Max, (county, max) =>
        {
            var reply = new ReadReportVouchersReply { AtVoucherNo = county.Vouchers.Count, Voucher = { county.Vouchers.Skip((int)request.AfterVoucherNo).Take(max) } };
            reply.BehindSinceMs = request.AfterVoucherNo + reply.Voucher.Count < reply.AtVoucherNo ? SourceCounty.StartMs : 0;
            return reply;
        });
    }

    private sealed class Enrollment(FeedSources here) : EnrollmentBase
    {
        public override Task<ReadReportPersonsReply> ReadReportPersons(ReadReportPersonsRequest request, ServerCallContext context) => here.Answer(context, request.Max, (county, max) => county.Persons(request, max));
    }

    private sealed class Billing(FeedSources here) : BillingBase
    {
        public override Task<ReadReportIncomesReply> ReadReportIncomes(ReadReportIncomesRequest request, ServerCallContext context) => here.Answer(context, request.Max, (county, max) =>
            new ReadReportIncomesReply { AtIncomeNo = county.Incomes.Count, Income = { county.Incomes.Skip((int)request.AfterIncomeNo).Take(max) } });

        public override Task<ReadReportPlacesReply> ReadReportPlaces(ReadReportPlacesRequest request, ServerCallContext context) => here.Answer(context, request.Max, (county, max) => county.PlacePage(request, max));

        public override Task<ReadReportCollectionReply> ReadReportCollection(ReadReportCollectionRequest request, ServerCallContext context) => here.Answer(context, 1, (county, _) =>
            request.KnownSha256 == county.Collection.Sha256 ? new ReadReportCollectionReply { Sha256 = request.KnownSha256, Unchanged = true } : county.Collection);
    }

    private sealed class FraudAudit(FeedSources here) : FraudAuditBase
    {
        public override Task<ReadReportCasesReply> ReadReportCases(ReadReportCasesRequest request, ServerCallContext context) => here.Answer(context, request.Max, (county, max) => county.CasePage(request, max));

        public override Task<ReadReportSupervisionReply> ReadReportSupervision(ReadReportSupervisionRequest request, ServerCallContext context) => here.Answer(context, 1, (county, _) =>
            request.KnownSha256 == county.Supervision.Sha256 ? new ReadReportSupervisionReply { Sha256 = request.KnownSha256, Unchanged = true } : county.Supervision);
    }
}

/// <summary>What one county's services tell, growing by <see cref="Live"/>; always the same for the same seed.</summary>
internal sealed class SourceCounty(string code)
{
    /// <summary>2026-11-01 08:00 in China.</summary>
    public const long StartMs = 1_793_491_200_000;

    private readonly Random random = new(int.Parse(code));
    private readonly List<(long Seq, int Idx, ReportClaim? Claim, ReportMerge? Merge)> journal = [];
    private readonly SortedDictionary<string, ReportPerson> persons = new(StringComparer.Ordinal);
    private readonly List<string> personLog = [];
    private readonly SortedDictionary<string, ReportPlace> places = new(StringComparer.Ordinal);
    private readonly List<string> placeLog = [];
    private readonly SortedDictionary<long, ReportCase> cases = [];
    private readonly List<long> caseLog = [];

    public List<ReportVoucher> Vouchers { get; } = [];
    public List<ReportIncome> Incomes { get; } = [];
    public ReadReportCollectionReply Collection { get; private set; } = new() { Sha256 = ByteString.CopyFromUtf8("0") };
    public ReadReportSupervisionReply Supervision { get; private set; } = new() { Sha256 = ByteString.CopyFromUtf8("0") };
    public int ClaimCount => journal.Count(j => j.Claim is not null);

    /// <summary>Something happens, so many times.</summary>
    public void Live(int times)
    {
        lock (this)
            for (var i = 0; i < times; i++)
            {
                Settle();
                Book();
                if (i % 3 == 0) Change();
            }
    }

    private void Settle()
    {
        var (seq, idx) = journal.Count == 0 ? (1L, 0) : random.Next(4) > 0 ? (journal[^1].Seq, journal[^1].Idx + 1) : (journal[^1].Seq + 1, 0);
        if (random.Next(25) == 0)
        {
            journal.Add((seq, idx, null, new ReportMerge { RetiredNo = $"P{random.Next(40)}", SurvivingNo = $"P{100 + random.Next(10)}", Seq = seq, Idx = idx }));
            return;
        }
        var back = random.Next(8) == 0 ? journal.LastOrDefault(j => j.Claim is { Kind: "settled" }).Claim : null;
        var fen = back is not null ? -back.Amounts.TotalFen : random.Next(1, 1_000_000);
        var claim = new ReportClaim
        {
            Seq = seq, Idx = idx, Kind = back is null ? "settled" : "reversed", SetlId = $"{code}S{journal.Count:D6}", RootSetlId = back?.SetlId ?? $"{code}S{journal.Count:D6}", MdtrtId = $"M{journal.Count}", PsnNo = $"P{random.Next(40)}",
            FixmedinsCode = "H1", ProviderCounty = code, HospLv = "5", ProviderLevel = "2", Insutype = "390", PsnType = "1501", MedType = "21", ClrType = "21", BeginOn = 20261101, EndOn = 20261101 + random.Next(28), PolicyOn = 20261128,
            AtMs = StartMs + journal.Count * 1_000L, Amounts = new ReportAmounts { TotalFen = fen, InScopeFen = fen, BasicFundFen = fen / 2, FundTotalFen = fen / 2, PersonShareFen = fen - fen / 2, CashFen = fen - fen / 2 },
            Share = { new ReportShare { RuleId = "basic", FundPayType = "390100", AmountFen = fen / 2 } }, Category = { random.Next(2) == 0 ? (string[])["registered_poor"] : [] },
        };
        journal.Add((seq, idx, claim, null));
    }

    private void Book()
    {
        var fen = random.Next(1, 1_000_000);
        Vouchers.Add(new ReportVoucher
        {
            VoucherNo = Vouchers.Count + 1, Kind = "income", Number = $"{Vouchers.Count + 1}", EffectiveOn = 20261101, BookedOn = 20261102, Period = 2026,
            Entry = { new ReportEntry { EntryNo = 1, Purpose = "fiscal_account", Fund = "390100", County = code, AmountFen = fen }, new ReportEntry { EntryNo = 2, Purpose = "revenue_personal", Fund = "390100", County = code, AmountFen = -fen } },
        });
        Incomes.Add(new ReportIncome { IncomeNo = Incomes.Count + 1, Source = "personal", Insutype = "390", Period = 2027, Channel = "counter", AmountFen = fen, ValueOn = 20261101, PostedAtMs = StartMs });
    }

    private void Change()
    {
        var person = $"P{random.Next(200):D4}";
        persons[person] = new ReportPerson
        {
            PsnNo = person, Gend = "1", BirthOn = 19800101, HouseholdNo = $"F{random.Next(50)}", Cover = { new ReportCover { Insutype = "390", PsnType = "1501", FromOn = 20260101, ToOn = random.Next(2) == 0 ? 0 : 20261231 } },
            Category = { random.Next(3) == 0 ? (ReportCategory[])[new ReportCategory { Name = "low_income", FromOn = 20260101 }] : [] },
        };
        personLog.Add(person);
        var place = new ReportPlace { HouseholdNo = $"F{random.Next(50)}", Township = $"{code}101", Village = $"{random.Next(9)}" };
        places[place.HouseholdNo] = place;
        placeLog.Add(place.HouseholdNo);
        var number = random.Next(1, 30);
        cases[number] = new ReportCase { CaseNo = number, SubjectKind = "provider", Subject = "H1", SubjectCounty = code, State = "in_force", OpenedOn = 20261101, PrincipalFen = random.Next(1_000), Sanction = { new ReportSanction { Step = "recover", Name = "追回", AmountFen = 5 } } };
        caseLog.Add(number);
        Collection = new ReadReportCollectionReply
        {
            Sha256 = ByteString.CopyFromUtf8($"{personLog.Count}"), Assessed = { new ReportAssessed { Insutype = "390", Year = 2027, PersonClass = "adult", PsnType = "1501", Persons = personLog.Count } },
            Collected = { new ReportCollected { Insutype = "390", Period = 2027, Channel = "counter", Cause = "payment", Month = 202611, Persons = personLog.Count, AmountFen = 1 } },
            Billed = { new ReportBilled { Insutype = "310", Month = 202611, Kind = "month", Bills = personLog.Count } },
        };
        Supervision = new ReadReportSupervisionReply
        {
            Sha256 = ByteString.CopyFromUtf8($"{personLog.Count}"), Findings = { new ReportFindings { Month = 202611, Rule = "R01", FixmedinsCode = "H1", State = "open", Severity = 1, Findings = personLog.Count } },
            FieldWork = { new ReportFieldWork { Month = 202611, Kind = "tip", Outcome = "registered", Count = personLog.Count } },
        };
    }

    public ReadReportClaimsReply Claims(ReadReportClaimsRequest request, int max)
    {
        var reply = new ReadReportClaimsReply { ReadSeq = request.AfterSeq, ReadIdx = request.AfterIdx, AtSeq = journal.Count == 0 ? 0 : journal[^1].Seq };
        var rest = journal.SkipWhile(j => (j.Seq, j.Idx).CompareTo((request.AfterSeq, request.AfterIdx)) <= 0).ToList();
        foreach (var (seq, idx, claim, merge) in rest.Take(max))
        {
            if (claim is not null) reply.Claim.Add(claim);
            else reply.Merge.Add(merge);
            (reply.ReadSeq, reply.ReadIdx) = (seq, idx);
        }
        reply.Behind = Math.Max(0, rest.Count - max);
        (reply.More, reply.BehindSinceMs) = (reply.Behind > 0, reply.Behind > 0 ? StartMs : 0);
        return reply;
    }

    public ReadReportPersonsReply Persons(ReadReportPersonsRequest request, int max)
    {
        var reply = new ReadReportPersonsReply { AtNo = personLog.Count, ReadNo = request.AfterNo, ReadIdx = request.AfterIdx };
        if (request.Copy)
        {
            var rest = persons.Values.SkipWhile(p => string.CompareOrdinal(p.PsnNo, request.AfterPsnNo) <= 0).ToList();
            reply.Person.AddRange(rest.Take(max));
            reply.Behind = rest.Count - reply.Person.Count;
        }
        else
        {
            // One person a change.
            var changed = personLog.Skip((int)request.AfterNo).Take(max).ToList();
            reply.Person.AddRange(changed.Distinct().Order(StringComparer.Ordinal).Select(p => persons[p]));
            if (changed.Count > 0) (reply.ReadNo, reply.ReadIdx) = (request.AfterNo + changed.Count, 0);
            reply.Behind = personLog.Count - reply.ReadNo;
            reply.BehindSinceMs = reply.Behind > 0 ? StartMs : 0;
        }
        reply.Events = reply.Person.Count;
        reply.More = reply.Behind > 0;
        return reply;
    }

    public ReadReportPlacesReply PlacePage(ReadReportPlacesRequest request, int max)
    {
        var reply = new ReadReportPlacesReply { AtNo = placeLog.Count, ReadNo = request.AfterNo };
        if (request.Copy)
        {
            var rest = places.Values.SkipWhile(p => string.CompareOrdinal(p.HouseholdNo, request.AfterHouseholdNo) <= 0).ToList();
            reply.Place.AddRange(rest.Take(max));
            reply.Behind = rest.Count - reply.Place.Count;
        }
        else
        {
            var changed = placeLog.Skip((int)request.AfterNo).Take(max).ToList();
            reply.Place.AddRange(changed.Distinct().Select(p => places[p]));
            reply.ReadNo += changed.Count;
            reply.Behind = placeLog.Count - reply.ReadNo;
        }
        reply.More = reply.Behind > 0;
        return reply;
    }

    public ReadReportCasesReply CasePage(ReadReportCasesRequest request, int max)
    {
        var reply = new ReadReportCasesReply { AtNo = caseLog.Count };
        if (request.Copy)
        {
            var rest = cases.Values.Where(c => c.CaseNo > request.After).ToList();
            reply.Case.AddRange(rest.Take(max));
            (reply.ReadNo, reply.Behind) = (reply.Case.LastOrDefault()?.CaseNo ?? request.After, rest.Count - reply.Case.Count);
        }
        else
        {
            var changed = caseLog.Skip((int)request.After).Take(max).ToList();
            reply.Case.AddRange(changed.Distinct().Select(c => cases[c]));
            reply.ReadNo = request.After + changed.Count;
            reply.Behind = caseLog.Count - reply.ReadNo;
        }
        reply.More = reply.Behind > 0;
        return reply;
    }
}
