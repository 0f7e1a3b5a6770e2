using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Google.Protobuf;
using MedInsure.Gateway.Tests.Golden;
using MedInsure.Protos.FraudAudit.V1;
using MedInsure.Protos.Settlement.V1;

namespace MedInsure.Gateway.Tests.Calls;

/// <summary>The golden requests, damaged at random: every one gets a well-formed answer, and none reaches an exception.</summary>
[Trait("Category", "Fuzz")]
public sealed partial class DamagedRequestTests(DamagedRequestTests.PatientHost host) : IClassFixture<DamagedRequestTests.PatientHost>
{
    /// <summary>Whether a call is in time is not the question here: a busy machine is no failure.</summary>
    public sealed class PatientHost : ScriptedHost
    {
        protected override IReadOnlyDictionary<string, string?> Settings => new Dictionary<string, string?> { ["Gateway:DeadlineSeconds"] = "30" };
    }

    private const int PerSeed = 1_000;
    private static readonly string[] Infcodes = ["0", "-2", "9"];
    private static readonly string[] Pieces = ["\"", "{", "}", "[", "]", ",", ":", "null", "-", "1e9", "\\u0000", "\\ud800", "中", "0", "99999999999999999999", "true", "\u0001", "\"a\":"];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task DamagedRequest_IsAnsweredInForm(int seed)
    {
        host.Script.Answer = request => Task.FromResult(ReplyTo(request));
        var random = new Random(seed);
        var requests = Directory.GetFiles(GoldenScript.Folder, "*.request.json", SearchOption.AllDirectories).Order(StringComparer.Ordinal).ToArray();
        var hospital = host.Hospital();
        for (var i = 0; i < PerSeed; i++)
        {
            var path = requests[random.Next(requests.Length)];
            var infno = Path.GetFileName(Path.GetDirectoryName(path))!;
            var input = JsonNode.Parse(Placeholder().Replace(await File.ReadAllTextAsync(path), "2030-06-15"))!["input"]!.DeepClone();
            var body = Damage(hospital.Envelope(infno, input).ToJsonString(), random);
            using var request = hospital.Sign(new ByteArrayContent(body) { Headers = { ContentType = new("application/json") } });
            using var response = await host.Http.SendAsync(request);
            if (response.Content.Headers.ContentType?.MediaType == "application/octet-stream") continue; // a file that was asked for
            var text = await response.Content.ReadAsStringAsync();
            var answer = JsonNode.Parse(text)!;
            Assert.True(Infcodes.Contains(answer["infcode"]!.ToJsonString()), $"seed {seed}, request {i} {infno}: {text}\n{Encoding.UTF8.GetString(body)}");
        }
    }

    private static byte[] Damage(string body, Random random)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        for (var n = random.Next(0, 4); n > 0; n--)
        {
            var at = random.Next(bytes.Length);
            bytes = random.Next(5) switch
            {
                0 => [.. bytes[..at], .. Encoding.UTF8.GetBytes(Pieces[random.Next(Pieces.Length)]), .. bytes[at..]],
                1 => [.. bytes[..at], .. bytes[Math.Min(bytes.Length, at + random.Next(1, 40))..]],
                2 => bytes[..at] is { Length: > 0 } shorter ? shorter : bytes,
                3 => [.. bytes[..at], (byte)random.Next(256), .. bytes[Math.Min(bytes.Length, at + 1)..]],
                _ => [.. bytes[..at], .. bytes[at..Math.Min(bytes.Length, at + random.Next(1, 60))], .. bytes[at..]],
            };
        }
        return bytes;
    }

    private static IMessage ReplyTo(IMessage request) => request switch
    {
        AddFeeLinesRequest => new FeeLinesReply(),
        SettleClaimRequest or ReverseSettlementRequest => new SettlementReply(),
        CheckClaimRequest => new CheckClaimReply(),
        RecordFeedbackRequest => new RecordFeedbackReply(),
        RecordStockMovementsRequest => new RecordStockMovementsReply(),
        DeleteStockMovementRequest => new DeleteStockMovementReply(),
        ReverseRequestRequest => new ReverseRequestReply(),
        FileTreatmentRequest or WithdrawFilingRequest => new Filing(),
        CheckEntitlementRequest => new CheckEntitlementReply(),
        ListEncountersRequest => new ListEncountersReply(),
        ListSettlementsRequest => new ListSettlementsReply(),
        ListFeeLinesRequest => new ListFeeLinesReply(),
        GetAccumulatorsRequest => new GetAccumulatorsReply(),
        ListFilingsRequest => new ListFilingsReply(),
        GetAccountBalanceRequest => new GetAccountBalanceReply(),
        CompareTotalsRequest => new CompareTotalsReply { Result = ComparisonResult.Equal },
        CompareDetailsRequest => new CompareDetailsReply { Result = ComparisonResult.Equal, ResultFile = new ProviderFile() },
        ListDailyResultsRequest => new ListDailyResultsReply(),
        StoreProviderFileRequest => new ProviderFile(),
        ReadProviderFileRequest => new ReadProviderFileReply { File = new ProviderFile() },
        ApplyForStatementRequest or WithdrawStatementApplicationRequest or GetStatementApplicationRequest => new StatementApplication(),
        _ => new EncounterReply(),
    };

    [GeneratedRegex(@"\$\{[A-Za-z0-9_.+-]+\}")]
    private static partial Regex Placeholder();
}
