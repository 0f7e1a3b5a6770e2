using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace MedInsure.Gateway.Tests.Golden;

/// <summary>E-credentials and cards from the agency's counter to 1101, through the real services.</summary>
[Trait("Category", "Golden")]
[Collection(GoldenCollection.Name)]
public sealed class IdentityTests(GoldenPlatform platform)
{
    private async Task<JsonElement> Counter(string county, string path, object body)
    {
        using var http = platform.Operator();
        using var answer = await http.PostAsJsonAsync($"/enrolment/{county}/{path}", body);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    private async Task<string> Token(string psnNo)
    {
        var person = platform.Persons[psnNo];
        return (await Counter(person.County, "e-credentials", new { mdtrt_cert_type = "02", mdtrt_cert_no = person.Certno, by = "窗口甲" })).GetProperty("token").GetString()!;
    }

    private Task<HospitalAnswer> Find(string kind, string number, string cardSn = "", string hospital = GoldenPlatform.Hospital3, string? msgid = null) => platform.System(hospital).Call("1101", new JsonObject
    {
        ["data"] = new JsonObject { ["mdtrt_cert_type"] = kind, ["mdtrt_cert_no"] = number, ["card_sn"] = cardSn, ["psn_cert_type"] = "01", ["certno"] = "", ["psn_name"] = "" },
    }, msgid: msgid);

    private static string Told(HospitalAnswer answer) => answer.Infcode == 0 ? answer.Output["baseinfo"]!["psn_no"]!.GetValue<string>() : $"{answer.Code} {answer.Json["err_field"]}";

    [Fact]
    public async Task ECredential_FindsThePersonOnce_InWhicheverCountyOfTheCity()
    {
        foreach (var psnNo in (string[])["GR1", "GN1"])
        {
            var token = await Token(psnNo);
            var msgid = platform.System(GoldenPlatform.Hospital3).NextMsgid();
            Assert.Equal(psnNo, Told(await Find("01", token, msgid: msgid)));
            Assert.Equal(psnNo, Told(await Find("01", token, msgid: msgid)));
            Assert.Equal("e_credential.used mdtrt_cert_no", Told(await Find("01", token)));
            Assert.Equal("e_credential.used mdtrt_cert_no", Told(await Find("01", token, hospital: GoldenPlatform.Other3, msgid: platform.System(GoldenPlatform.Other3).NextMsgid())));
        }
    }

    [Fact]
    public async Task ECredentialOfAnotherCity_IsRefused_AndNotUsedUp()
    {
        var token = await Token("GC1");
        Assert.Equal("e_credential.foreign mdtrt_cert_no", Told(await Find("01", token)));
        Assert.Equal("GC1", Told(await Find("01", token, hospital: GoldenPlatform.Guichi2)));
    }

    [Fact]
    public async Task TwoHospitalsAtOnce_OneFindsThePerson()
    {
        var token = await Token("GR2");
        var answers = await Task.WhenAll(((string[])[GoldenPlatform.Hospital3, GoldenPlatform.Other3, GoldenPlatform.Pharmacy]).SelectMany(h => (string[])[h, h]).Select(h => Find("01", token, hospital: h)));
        Assert.Equal("GR2", Assert.Single(answers.Select(Told), a => a != "e_credential.used mdtrt_cert_no"));
    }

    [Fact]
    public async Task CardReportedLost_IsRefusedFromThenOn_AndItsSuccessorIsNot()
    {
        var person = platform.Persons["GN1"];
        object Card(string sn) => new { card_no = person.Certno, card_sn = sn, psn_no = person.PsnNo, issued_on = "2024-01-05", by = "窗口甲", why = "制卡" };
        await Counter(person.County, "cards", Card("SN1"));
        Assert.Equal("GN1", Told(await Find("03", person.Certno, "SN1")));
        await Counter(person.County, "cards/state", new { card_no = person.Certno, card_sn = "SN1", state = "lost", by = "窗口乙", why = "电话挂失" });
        Assert.Equal("card.lost mdtrt_cert_no", Told(await Find("03", person.Certno, "SN1")));
        await Counter(person.County, "cards", Card("SN2"));
        Assert.Equal("card.replaced mdtrt_cert_no", Told(await Find("03", person.Certno, "SN1")));
        Assert.Equal("card.serial_unknown card_sn", Told(await Find("03", person.Certno, "SN3")));
        Assert.Equal("GN1", Told(await Find("03", person.Certno, "SN2")));
    }
}
