using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using MedInsure.Gateway.Signature;
using MedInsure.Protos.Settlement.V1;

namespace MedInsure.Gateway.Tests.Calls;

/// <summary>Every refusal of the gateway itself, in the order in which they are checked: each request here has that fault and later ones.</summary>
[Trait("Category", "Unit")]
public sealed class PrecedenceTests(ScriptedHost host) : IClassFixture<ScriptedHost>
{
    private readonly HospitalSystem hospital = host.Hospital();

    private static JsonObject SignIn(string? opter = "op1") => new() { ["signIn"] = new JsonObject { ["opter_no"] = opter, ["mac"] = "", ["ip"] = "" } };

    private static JsonObject Registration(string? begntime = "2030-06-15 08:00:00") => new()
    {
        ["data"] = new JsonObject
        {
            ["psn_no"] = "PSN1", ["insutype"] = "310", ["begntime"] = begntime, ["mdtrt_cert_type"] = "02", ["mdtrt_cert_no"] = "23010219800615001X", ["ipt_otp_no"] = "V1",
        },
    };

    private static void Expect(HospitalAnswer answer, HttpStatusCode status, int infcode, string code)
    {
        Assert.Equal((status, infcode, code), (answer.Status, answer.Infcode, answer.Code));
        Assert.NotEmpty(answer.Message);
        Assert.Null(answer.Json["output"]);
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/json; charset=gbk")]
    [InlineData("application/x-www-form-urlencoded")]
    public async Task ContentType_ComesFirst(string type) =>
        Expect(await hospital.Send("{", r => { r.Content!.Headers.ContentType = System.Net.Http.Headers.MediaTypeHeaderValue.Parse(type); r.Headers.Remove(SignatureCheck.SignatureHeader); }), HttpStatusCode.UnsupportedMediaType, -2, "request.content_type");

    [Fact]
    public async Task BodyOverTheLimit_IsRefusedByItsAnnouncedLength() =>
        Expect(await hospital.Send(new string(' ', ScriptedHost.BodyBytesMax + 1), r => r.Headers.Remove(SignatureCheck.SignatureHeader)), HttpStatusCode.RequestEntityTooLarge, -2, "request.body_too_large");

    [Fact]
    public async Task BodyOverTheLimitWithoutLength_IsRefusedAsItComes()
    {
        using var request = hospital.Sign(new StreamContent(new MemoryStream(Encoding.UTF8.GetBytes(new string(' ', ScriptedHost.BodyBytesMax + 1)))) { Headers = { ContentType = new("application/json") } });
        request.Headers.TransferEncodingChunked = true;
        using var response = await host.Http.SendAsync(request);
        Expect(new HospitalAnswer(response.StatusCode, await response.Content.ReadAsStringAsync()), HttpStatusCode.RequestEntityTooLarge, -2, "request.body_too_large");
    }

    [Theory]
    [InlineData(SignatureCheck.SignatureHeader, "", "signature.missing")]
    [InlineData(SignatureCheck.PaasidHeader, "P9", "signature.unknown_paasid")]
    [InlineData(SignatureCheck.TimestampHeader, "1", "signature.clock")]
    [InlineData(SignatureCheck.NonceHeader, "other", "signature.wrong")]
    public async Task Signature_ComesBeforeTheBody(string header, string value, string code) =>
        Expect(await hospital.Send("{", r => { r.Headers.Remove(header); if (value.Length > 0) r.Headers.Add(header, value); }), HttpStatusCode.Unauthorized, -2, code);

    [Fact]
    public async Task RepeatedNonce_IsRefused()
    {
        using var first = hospital.Sign(new StringContent("{}", Encoding.UTF8, "application/json"));
        using var again = new HttpRequestMessage(HttpMethod.Post, first.RequestUri) { Content = new StringContent("{}", Encoding.UTF8, "application/json") };
        foreach (var header in first.Headers) again.Headers.Add(header.Key, header.Value);
        using var one = await host.Http.SendAsync(first);
        using var two = await host.Http.SendAsync(again);
        Expect(new HospitalAnswer(two.StatusCode, await two.Content.ReadAsStringAsync()), HttpStatusCode.Unauthorized, -2, "signature.nonce_used");
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("{\"infno\":\"9001\",}")]
    [InlineData("{\"infno\":\"9001\"} x")]
    [InlineData("{\"infno\":\"9001\",\"infno\":\"2207A\"}")]
    [InlineData("{\"a\":[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]}")]
    [InlineData("infno=9001")]
    [InlineData("{\"in\\ud800fno\":\"9001\"}")]
    public async Task MalformedJson_IsRefused(string body) => Expect(await hospital.Send(body), HttpStatusCode.BadRequest, -2, "request.malformed_json");

    [Theory]
    [InlineData("[]")]
    [InlineData("\"9001\"")]
    public async Task BodyThatIsNoObject_IsRefused(string body) => Expect(await hospital.Send(body), HttpStatusCode.BadRequest, -2, "request.not_object");

    [Fact]
    public async Task HalfASurrogateInTheInput_IsRefused() =>
        Expect(await hospital.Send(hospital.Envelope("9001", SignIn("X")).ToJsonString().Replace("\"X\"", "\"\\ud800\"", StringComparison.Ordinal)), HttpStatusCode.BadRequest, -2, "request.malformed_json");

    [Theory]
    [InlineData("infno", "交易编号(infno)不能为空")]
    [InlineData("msgid", "发送方报文ID(msgid)不能为空")]
    [InlineData("mdtrtarea_admvs", "就医地医保区划(mdtrtarea_admvs)不能为空")]
    [InlineData("recer_sys_code", "接收方系统代码(recer_sys_code)不能为空")]
    [InlineData("infver", "接口版本号(infver)不能为空")]
    [InlineData("opter_type", "经办人类别(opter_type)不能为空")]
    [InlineData("opter", "经办人(opter)不能为空")]
    [InlineData("opter_name", "经办人姓名(opter_name)不能为空")]
    [InlineData("inf_time", "交易时间(inf_time)不能为空")]
    [InlineData("fixmedins_code", "定点医药机构编号(fixmedins_code)不能为空")]
    [InlineData("fixmedins_name", "定点医药机构名称(fixmedins_name)不能为空")]
    [InlineData("input", "交易输入(input)不能为空，且应为JSON对象")]
    public async Task EnvelopeFieldMissing_IsNamed(string field, string text)
    {
        var envelope = hospital.Envelope("9001", SignIn());
        envelope.Remove(field);
        var answer = await hospital.Send(envelope.ToJsonString());
        Expect(answer, HttpStatusCode.OK, -2, "field.missing");
        Assert.Equal((text, field), (answer.Message, answer.Json["err_field"]!.GetValue<string>()));
    }

    [Theory]
    [InlineData("msgid", "1234567890123456789012345678901", "field.too_long")]
    [InlineData("opter_type", "7", "field.bad_code")]
    [InlineData("inf_time", "20261121", "field.bad_time")]
    [InlineData("sign_no", "1234567890123456789012345678901", "field.too_long")]
    public async Task EnvelopeFieldWrong_IsRefused(string field, string value, string code)
    {
        var envelope = hospital.Envelope("9001", SignIn());
        envelope[field] = value;
        Expect(await hospital.Send(envelope.ToJsonString()), HttpStatusCode.OK, -2, code);
    }

    [Fact]
    public async Task UnknownTransaction_IsRefused() => Expect(await hospital.Call("9999", new JsonObject()), HttpStatusCode.OK, -2, "transaction.unknown");

    [Fact]
    public async Task AddressOfAnotherTransaction_IsRefused()
    {
        Expect(await hospital.Send(hospital.Envelope("9001", SignIn()).ToJsonString(), address: "/fsi/api/outpatientSettleService/2207A"), HttpStatusCode.OK, -2, "transaction.address_mismatch");
        Assert.Equal(0, (await hospital.Send(hospital.Envelope("9001", SignIn()).ToJsonString(), address: "/fsi/api/signInSignOutService/9001")).Infcode);
    }

    [Fact]
    public async Task AnotherProvidersCode_IsRefused()
    {
        var envelope = hospital.Envelope("9001", SignIn());
        envelope["fixmedins_code"] = "H00000000002";
        Expect(await hospital.Send(envelope.ToJsonString()), HttpStatusCode.Unauthorized, -2, "signature.other_provider");
    }

    [Fact]
    public async Task ProviderInNoRegistry_IsRefused() => Expect(await host.Hospital(5).Call("9001", SignIn()), HttpStatusCode.OK, -2, "provider.unknown");

    [Fact]
    public async Task AnotherCountysTreatmentArea_IsRefused() => Expect(await host.Hospital(1, county: "230103").Call("9001", SignIn()), HttpStatusCode.OK, -2, "request.wrong_area");

    [Fact]
    public async Task SignNo_IsVerifiedWhenGiven()
    {
        var signedIn = host.Hospital();
        signedIn.SignNo = "2030061500000000000000000000";
        Expect(await signedIn.Call("2201", new JsonObject()), HttpStatusCode.OK, -2, "sign_in.invalid");
        signedIn.SignNo = (await hospital.Call("9001", SignIn())).Output["signinoutb"]!["sign_no"]!.GetValue<string>();
        Expect(await signedIn.Call("2201", new JsonObject()), HttpStatusCode.OK, -2, "field.missing");
        // The serial of one operator is not another's.
        signedIn.SignNo = (await hospital.Call("9001", SignIn("op2"))).Output["signinoutb"]!["sign_no"]!.GetValue<string>();
        Expect(await signedIn.Call("2201", new JsonObject()), HttpStatusCode.OK, -2, "sign_in.invalid");
    }

    [Theory]
    [InlineData(2, "provider.suspended")]
    [InlineData(3, "provider.terminated")]
    [InlineData(4, "provider.no_agreement")]
    public async Task ProviderWithoutStanding_CreatesNoCostButMayAsk(int number, string code)
    {
        var provider = host.Hospital(number);
        foreach (var infno in new[] { "2201", "2203A", "2204", "2206A", "2207A", "2401", "2301", "2303", "2304", "2101", "2102", "2501", "2503" })
            Expect(await provider.Call(infno, new JsonObject()), HttpStatusCode.OK, -2, code);
        foreach (var infno in new[] { "1101", "2208", "2305", "2601", "2402", "5201", "5203", "3201" })
            Expect(await provider.Call(infno, new JsonObject()), HttpStatusCode.OK, -2, "field.missing");
        var signIn = await provider.Call("9001", SignIn());
        Assert.Equal(9, signIn.Infcode);
        Assert.NotEmpty(signIn.Json["warn_msg"]!.GetValue<string>());
        Assert.NotNull(signIn.Output["signinoutb"]);
    }

    [Fact]
    public async Task Fields_ComeBeforeTheRoute() => Expect(await hospital.Call("2201", Registration(begntime: "today"), insuredArea: "999999"), HttpStatusCode.OK, -2, "field.bad_time");

    [Theory]
    [InlineData("999999")]
    [InlineData("230100")] // a city insures nobody
    public async Task UnknownInsuredArea_IsRefused(string area) => Expect(await hospital.Call("2201", Registration(), insuredArea: area), HttpStatusCode.OK, -2, "tenant.unknown");

    [Fact]
    public async Task GoodRequest_Passes()
    {
        host.Script.Answer = _ => Task.FromResult<Google.Protobuf.IMessage>(new EncounterReply { MdtrtId = "2301020001", PsnNo = "PSN1", VisitNo = "V1" });
        var answer = await hospital.Call("2201", Registration());
        Assert.Equal(0, answer.Infcode);
        Assert.Equal("""{"data":{"mdtrt_id":"2301020001","psn_no":"PSN1","ipt_otp_no":"V1"}}""", answer.Output.ToJsonString());
        Assert.StartsWith("23010220300615100000", answer.Json["inf_refmsgid"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal("20300615100000000", answer.Json["refmsg_time"]!.GetValue<string>());
    }

    [Fact]
    public async Task OtherMethod_IsNotServed() => Assert.Equal(HttpStatusCode.MethodNotAllowed, (await host.Http.GetAsync(GatewayModule.CommonAddress)).StatusCode);
}
