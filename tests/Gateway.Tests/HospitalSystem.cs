using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using MedInsure.Gateway.Signature;
using MedInsure.Kernel;

namespace MedInsure.Gateway.Tests;

/// <summary>An answer as it came. Of a file, <see cref="File"/> holds the bytes, and the text is made here: its name, and the lines of the text in it.</summary>
public sealed record HospitalAnswer(HttpStatusCode Status, string Text)
{
    public byte[]? File { get; init; }

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
        return response.Content.Headers.ContentType?.MediaType == "application/octet-stream" ? await FileOf(response) : new HospitalAnswer(response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    private static async Task<HospitalAnswer> FileOf(HttpResponseMessage response)
    {
        var content = await response.Content.ReadAsByteArrayAsync();
        Assert.Equal($"sha-256=:{Convert.ToBase64String(SHA256.HashData(content))}:", response.Headers.GetValues("Repr-Digest").Single());
        using var archive = new ZipArchive(new MemoryStream(content));
        using var text = new StreamReader(archive.Entries.Single().Open(), Encoding.UTF8);
        var lines = (await text.ReadToEndAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => (JsonNode?)l).ToArray();
        var shown = new JsonObject
        {
            ["infcode"] = 0, ["inf_refmsgid"] = "", ["refmsg_time"] = "", ["respond_time"] = "", ["err_msg"] = "", ["err_code"] = "",
            ["output"] = new JsonObject { ["filename"] = response.Content.Headers.ContentDisposition?.FileNameStar, ["lines"] = new JsonArray(lines) },
        };
        return new HospitalAnswer(response.StatusCode, shown.ToJsonString()) { File = content };
    }

    /// <summary>The lines as a detail file in base64, as 9101 takes it.</summary>
    public static string Zip(params IEnumerable<string> lines)
    {
        using var zip = new MemoryStream();
        using (var archive = new ZipArchive(zip, ZipArchiveMode.Create, leaveOpen: true))
        {
            var entry = archive.CreateEntry("detail.txt");
            entry.LastWriteTime = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero); // the same lines, the same file
            using var text = entry.Open();
            foreach (var line in lines) text.Write(Encoding.UTF8.GetBytes(line + "\n"));
        }
        return Convert.ToBase64String(zip.ToArray());
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
