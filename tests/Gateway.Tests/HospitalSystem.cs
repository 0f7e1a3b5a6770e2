using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using MedInsure.Gateway.Signature;
using MedInsure.Kernel;

namespace MedInsure.Gateway.Tests;

/// <summary>An answer as it came.</summary>
public sealed record HospitalAnswer(HttpStatusCode Status, string Text)
{
    public JsonNode Json { get; } = JsonNode.Parse(Text)!;
    public int Infcode => Json["infcode"]!.GetValue<int>();
    public string Code => Json["err_code"]!.GetValue<string>();
    public string Message => Json["err_msg"]!.GetValue<string>();
    public JsonNode Output => Json["output"] ?? throw new InvalidOperationException(Text);
}

/// <summary>The other side of the interface: makes envelopes, signs and sends them.</summary>
public sealed class HospitalSystem(HttpClient http, TimeProvider clock, string paasid, string token, string fixmedinsCode, string county)
{
    private static int sequence;

    public string FixmedinsCode => fixmedinsCode;
    public string County => county;
    public string SignNo { get; set; } = "";

    private DateTimeOffset China => ChinaCalendar.ToLocal(clock.GetUtcNow());

    public string NextMsgid() => $"{fixmedinsCode}{China:yyyyMMddHHmmss}{Interlocked.Increment(ref sequence) % 10_000:D4}";

    public JsonObject Envelope(string infno, JsonNode input, string insuredArea = "", string? msgid = null) => new()
    {
        ["infno"] = infno,
        ["msgid"] = msgid ?? NextMsgid(),
        ["mdtrtarea_admvs"] = county,
        ["insuplc_admdvs"] = insuredArea,
        ["recer_sys_code"] = "T",
        ["dev_no"] = "",
        ["dev_safe_info"] = "",
        ["cainfo"] = "",
        ["signtype"] = "",
        ["infver"] = "V1.0",
        ["opter_type"] = "1",
        ["opter"] = "op1",
        ["opter_name"] = "收费员",
        ["inf_time"] = $"{China:yyyy-MM-dd HH:mm:ss}",
        ["fixmedins_code"] = fixmedinsCode,
        ["fixmedins_name"] = "测试医院",
        ["sign_no"] = SignNo,
        ["input"] = input,
    };

    public Task<HospitalAnswer> Call(string infno, JsonNode input, string insuredArea = "", string? msgid = null) => Send(Envelope(infno, input, insuredArea, msgid).ToJsonString());

    /// <summary>Sends any body, signed unless <paramref name="change"/> spoils it.</summary>
    public async Task<HospitalAnswer> Send(string body, Action<HttpRequestMessage>? change = null, string address = GatewayModule.CommonAddress)
    {
        using var request = Sign(new StringContent(body, Encoding.UTF8, "application/json"), address);
        change?.Invoke(request);
        using var response = await http.SendAsync(request);
        return new HospitalAnswer(response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    public HttpRequestMessage Sign(HttpContent content, string address = GatewayModule.CommonAddress)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = content };
        string timestamp = clock.GetUtcNow().ToUnixTimeSeconds().ToString(), nonce = Guid.NewGuid().ToString("N");
        request.Headers.Add(SignatureCheck.PaasidHeader, paasid);
        request.Headers.Add(SignatureCheck.TimestampHeader, timestamp);
        request.Headers.Add(SignatureCheck.NonceHeader, nonce);
        request.Headers.Add(SignatureCheck.SignatureHeader, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(timestamp + token + nonce + timestamp))));
        return request;
    }
}
