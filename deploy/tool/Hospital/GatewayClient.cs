using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using MedInsure.Kernel;

namespace MedInsure.Tool.Hospital;

/// <summary>A hospital system's side of the national interface: envelope, signature, message ids, sign-in (national-interface.md section 1).</summary>
public sealed class GatewayClient : IDisposable
{
    private const string Operator = "SIM01";
    private static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly HttpClient http;
    private readonly Uri address;
    private readonly TimeProvider time;
    private readonly ChinaCalendar calendar;
    private readonly ConcurrentDictionary<string, string> signNumbers = new();
    private readonly Action<string, TimeSpan> measured;
    // Two runs within one second must not give the same msgid.
    private int sequence = RandomNumberGenerator.GetInt32(10_000);

    /// <param name="measured">Told of every answered call: transaction number and how long it took.</param>
    public GatewayClient(string gateway, TimeProvider time, Action<string, TimeSpan> measured)
    {
        (this.time, this.measured) = (time, measured);
        calendar = new ChinaCalendar(time);
        address = new Uri(new Uri(gateway), "/fsi/api/callService");
        http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 256, PooledConnectionIdleTimeout = TimeSpan.FromMinutes(2) }) { Timeout = TimeSpan.FromSeconds(60) };
    }

    public DateOnly Today => calendar.Today;
    public long SecondsSince2020 => (long)(calendar.UtcNow - new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero)).TotalSeconds;

    public void Dispose() => http.Dispose();

    /// <summary>fixmedins_code, time, four digits: unique per provider.</summary>
    public string NewMessageId(RunProvider provider) =>
        string.Create(CultureInfo.InvariantCulture, $"{provider.FixmedinsCode}{calendar.Now:yyyyMMddHHmmss}{Interlocked.Increment(ref sequence) % 10_000:D4}");

    public async Task SignIn(RunProvider provider)
    {
        var answer = await Call(provider, "9001", new { signIn = new { opter_no = Operator, mac = "02-00-00-00-00-01", ip = "127.0.0.1" } });
        if (!answer.Accepted) throw new ToolException($"9001 {provider.FixmedinsCode}: {answer.Message}");
        signNumbers[provider.FixmedinsCode] = answer.Output.GetProperty("signinoutb").GetProperty("sign_no").GetString()!;
    }

    /// <summary>Sends one transaction and waits for its answer, however it turns out.</summary>
    /// <exception cref="HttpRequestException">No answer in the interface's form came back.</exception>
    /// <exception cref="OperationCanceledException">The caller gave up: the outcome is unknown.</exception>
    public Task<GatewayAnswer> Call(RunProvider provider, string infno, object input, string insuredArea = "", string? messageId = null, string? wrongToken = null, CancellationToken cancellation = default) =>
        Send(provider, infno, Body(provider, infno, input, insuredArea, messageId ?? NewMessageId(provider)), wrongToken, cancellation);

    public async Task<GatewayAnswer> Send(RunProvider provider, string infno, byte[] body, string? wrongToken = null, CancellationToken cancellation = default)
    {
        var stamp = time.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var nonce = RandomNumberGenerator.GetHexString(20, lowercase: true);
        var signature = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(stamp + (wrongToken ?? provider.Token) + nonce + stamp)));
        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json", "utf-8");
        request.Headers.Add("x-tif-paasid", provider.Paasid);
        request.Headers.Add("x-tif-timestamp", stamp);
        request.Headers.Add("x-tif-nonce", nonce);
        request.Headers.Add("x-tif-signature", signature);
        var watch = Stopwatch.StartNew();
        using var response = await http.SendAsync(request, cancellation);
        var answer = GatewayAnswer.Read(infno, await response.Content.ReadAsByteArrayAsync(cancellation));
        measured(infno, watch.Elapsed);
        return answer;
    }

    public byte[] Body(RunProvider provider, string infno, object input, string insuredArea, string messageId) =>
        JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, object>
        {
            ["infno"] = infno,
            ["msgid"] = messageId,
            ["mdtrtarea_admvs"] = provider.County,
            ["insuplc_admdvs"] = insuredArea,
            ["recer_sys_code"] = "MI",
            ["dev_no"] = "",
            ["dev_safe_info"] = "",
            ["cainfo"] = "",
            ["signtype"] = "",
            ["infver"] = "V1.0",
            ["opter_type"] = "1",
            ["opter"] = Operator,
            ["opter_name"] = "收费员",
            ["inf_time"] = calendar.Now.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
            ["fixmedins_code"] = provider.FixmedinsCode,
            ["fixmedins_name"] = provider.FixmedinsName,
            ["sign_no"] = signNumbers.GetValueOrDefault(provider.FixmedinsCode, ""),
            ["input"] = input,
        }, Json);
}
