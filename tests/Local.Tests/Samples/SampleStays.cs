using System.Security.Cryptography;
using System.Text;
using Google.Protobuf;
using Grpc.Net.Client;
using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Tool;
using MedInsure.Tool.Imports;
using Client = MedInsure.Protos.Settlement.V1.Settlement.SettlementClient;
using RequestKey = MedInsure.Protos.Settlement.V1.RequestKey;

namespace MedInsure.Local.Tests.Samples;

/// <summary>Stays of residents so dear that the critical-illness layer pays, settled and reversed as the gateway would have them.</summary>
internal sealed class SampleStays(RunFile run, string sampleFolder) : IDisposable
{
    private const long UnitPriceMicroYuan = 10_000_000; // 10 yuan, of a class-A drug without a ceiling
    private static int lastRequest;
    private readonly GrpcChannel channel = GrpcChannel.ForAddress(run.Grpc);

    private Client Services => new(channel);

    /// <returns>Settlement and what critical illness paid of it.</returns>
    public async Task<SettlementReply> Settle(RunPerson person, int units)
    {
        var (hospital, tenant) = (HospitalOf(person.County), ServiceCall.For(run, person.County));
        var begin = TimeProvider.System.GetUtcNow().AddHours(-1).ToUnixTimeMilliseconds();
        var opening = new OpenEncounterRequest { Key = Key("2401"), FixmedinsCode = hospital, PsnNo = person.PsnNo, Insutype = "390", Details = new EncounterDetails { MedType = "21", BeginAtMs = begin, VisitNo = $"V{lastRequest}", DepartmentCode = "01" } };
        var stay = (await Services.OpenEncounterAsync(opening, tenant)).MdtrtId;
        var fees = new AddFeeLinesRequest { Key = Key("2301"), FixmedinsCode = hospital, MdtrtId = stay, PsnNo = person.PsnNo };
        var totalFen = new UnitPrice(UnitPriceMicroYuan).TimesHalfUp(new Quantity(units * 10_000L)).Value;
        fees.Line.Add(new FeeLine { FeedetlSn = "1", MedListCode = Item(person.County), ProviderListCode = "1", QuantityE4 = units * 10_000L, UnitPriceMicroYuan = UnitPriceMicroYuan, AmountFen = totalFen, OccurredAtMs = begin });
        await Services.AddFeeLinesAsync(fees, tenant);
        await Services.DischargeEncounterAsync(new DischargeEncounterRequest { Key = Key("2402"), FixmedinsCode = hospital, MdtrtId = stay, PsnNo = person.PsnNo, EndAtMs = begin + 60_000, Way = "1" }, tenant);
        return await Services.SettleClaimAsync(new SettleClaimRequest { Key = Key("2304"), FixmedinsCode = hospital, MdtrtId = stay, PsnNo = person.PsnNo, Insutype = "390", TotalFen = totalFen }, tenant);
    }

    public async Task<SettlementReply> Reverse(RunPerson person, SettlementReply settled) =>
        await Services.ReverseSettlementAsync(new ReverseSettlementRequest { Key = Key("2305"), FixmedinsCode = HospitalOf(person.County), SetlId = settled.SetlId, MdtrtId = settled.MdtrtId, PsnNo = person.PsnNo }, ServiceCall.For(run, person.County));

    private static RequestKey Key(string transaction)
    {
        var id = $"SAMPLE{Interlocked.Increment(ref lastRequest):D20}";
        return new RequestKey { Sender = "samples", MessageId = id, Transaction = transaction, ContentHash = ByteString.CopyFrom(SHA256.HashData(Encoding.UTF8.GetBytes(id)).AsSpan(0, RequestKeyBytes)) };
    }

    private const int RequestKeyBytes = 16;

    private string HospitalOf(string county) => run.Providers.First(p => p.County == county && p.PolicyLevel == "3").FixmedinsCode;

    /// <summary>A row of the sample's catalog: 甲, in force, no ceiling, no limits.</summary>
    private string Item(string county) =>
        File.ReadLines(Path.Combine(sampleFolder, $"catalog-{run.TenantOf(county).City}.csv")).Skip(1).Select(l => l.Split(','))
            .First(f => f[2] == "101" && f[3] == "01" && f[6..11].All(c => c.Length == 0) && f[12].Length == 0 && f[14..19].All(c => c.Length == 0))[0];

    public void Dispose() => channel.Dispose();
}
