using System.Text.Json.Nodes;
using Google.Protobuf;
using MedInsure.Protos.Enrollment.V1;
using MedInsure.Protos.Settlement.V1;

namespace MedInsure.Gateway.Tests.Calls;

[Trait("Category", "Unit")]
public sealed class FindPersonTests(ScriptedHost host) : IClassFixture<ScriptedHost>
{
    private readonly HospitalSystem hospital = host.Hospital();

    private Task<HospitalAnswer> Find(string certno, string certType = "02", string cardSn = "", string? alsoCertno = null, string insuredArea = "")
    {
        host.Script.Clear();
        host.Script.Answer = _ => Task.FromResult<IMessage>(new GetAccountBalanceReply { BalanceFen = 12_345 });
        return hospital.Call("1101", new JsonObject
        {
            ["data"] = new JsonObject { ["mdtrt_cert_type"] = certType, ["mdtrt_cert_no"] = certno, ["card_sn"] = cardSn, ["psn_cert_type"] = "01", ["certno"] = alsoCertno ?? certno, ["psn_name"] = "" },
        }, insuredArea);
    }

    [Fact]
    public async Task PersonOfTheProvidersCounty_IsFoundThereAlone()
    {
        var answer = await Find("23010219800615001x");
        Assert.Equal(["230102", "230102"], host.Script.Asked.Select(a => a.Tenant));
        var output = answer.Output;
        Assert.Equal("PSN230102", output["baseinfo"]!["psn_no"]!.GetValue<string>());
        Assert.Equal(50.0m, output["baseinfo"]!["age"]!.GetValue<decimal>());
        Assert.Equal(["0", "0"], output["insuinfo"]!.AsArray().Select(i => i!["cvlserv_flag"]!.GetValue<string>()));
        Assert.Equal(["1", "4"], output["insuinfo"]!.AsArray().Select(i => i!["psn_insu_stas"]!.GetValue<string>()));
        Assert.Equal([123.45m, 0m], output["insuinfo"]!.AsArray().Select(i => i!["balc"]!.GetValue<decimal>()));
        Assert.Equal(["23", ""], output["idetinfo"]!.AsArray().Select(i => i!["psn_idet_type"]!.GetValue<string>()));
        Assert.Equal("重度残疾人", output["idetinfo"]![1]!["memo"]!.GetValue<string>());
    }

    [Fact]
    public async Task PersonOfAnotherCountyOfTheCity_IsFoundNext()
    {
        var answer = await Find("230103198006150016");
        Assert.Equal("230103", answer.Output["insuinfo"]![0]!["insuplc_admdvs"]!.GetValue<string>());
        Assert.Equal(["1", "0"], answer.Output["insuinfo"]!.AsArray().Select(i => i!["cvlserv_flag"]!.GetValue<string>()));
        // The other city's county is not asked.
        Assert.DoesNotContain(host.Script.Asked, a => a.Tenant == "341702");
    }

    [Fact]
    public async Task PersonOfNoCounty_IsRefused()
    {
        var answer = await Find("659001198006150016");
        Assert.Equal((-2, "person.unknown"), (answer.Infcode, answer.Code));
    }

    [Fact]
    public async Task Certificates_AreCheckedInOrder()
    {
        Assert.Equal("e_credential.malformed", (await Find("token", certType: "01", alsoCertno: "")).Code);
        Assert.Equal("e_credential.foreign", (await Find("341702" + new string('A', 44), certType: "01", alsoCertno: "")).Code);
        Assert.Equal("field.bad_code", (await Find("x", certType: "99")).Code);
        Assert.Equal("card_sn", (await Find("23010219800615001X", certType: "03")).Json["err_field"]!.GetValue<string>());
        Assert.Equal(0, (await Find("23010219800615001X", certType: "03", cardSn: "SN1")).Infcode);
        Assert.Equal("person.certificate_mismatch", (await Find("23010219800615001X", alsoCertno: "230103198006150016")).Code);
    }

    [Fact]
    public async Task ECredential_IsAskedAtTheCountyThatIssuedIt_WithTheKeyOfTheMessage()
    {
        var answer = await Find("230103" + new string('A', 44), certType: "01", alsoCertno: "");
        Assert.Equal("PSN230103", answer.Output["baseinfo"]!["psn_no"]!.GetValue<string>());
        var (tenant, _, asked) = host.Script.Asked.First();
        var request = Assert.IsType<IdentifyPersonRequest>(asked);
        Assert.Equal("230103", tenant);
        Assert.Equal(hospital.FixmedinsCode, request.Sender);
        Assert.StartsWith(hospital.FixmedinsCode, request.MessageId, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SearchCarriesTheCertificateType()
    {
        await Find("23010219800615001X");
        var request = Assert.IsType<FindPersonByCertificateRequest>(host.Script.Asked.First().Request);
        Assert.Equal(("01", "23010219800615001X"), (request.PsnCertType, request.Certno));
    }
}
