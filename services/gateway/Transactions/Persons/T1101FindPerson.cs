using System.Text.Json;
using Grpc.Core;
using MedInsure.Gateway.Calls;
using MedInsure.Gateway.Fields;
using MedInsure.Gateway.Transactions.Shapes;
using MedInsure.Kernel;
using MedInsure.Protos.Enrollment.V1;
using MedInsure.Protos.Settlement.V1;
using static MedInsure.Gateway.Fields.FieldNotation;

namespace MedInsure.Gateway.Transactions.Persons;

/// <summary>A person with all insurance and categories, by e-credential, id or card: in the county asked for, then in the other counties of the provider's city.</summary>
public sealed class T1101FindPerson : Transaction
{
    private static readonly Node Data = Node.One("data", "人员查询条件",
        C("mdtrt_cert_type", "就诊凭证类型", 3, Codes.Visit).Y,
        C("mdtrt_cert_no", "就诊凭证编号", 50).Y,
        C("card_sn", "卡识别码", 32),
        Time("begntime", "开始时间"),
        C("psn_cert_type", "人员证件类型", 6, Codes.PersonCertificate).Y,
        C("certno", "证件号码", 50),
        C("psn_name", "人员姓名", 50));

    // Where a category of ours has a national psn_idet_type (national-interface.md section 3); the name goes into memo for all.
    private static readonly Dictionary<string, (string Code, string Name)> Identities = new()
    {
        ["priority_group"] = ("01", "重点优抚对象"),
        ["extreme_hardship"] = ("02", "特困人员"),
        ["registered_poor"] = ("03", "建档立卡贫困人口"),
        ["low_income"] = ("23", "低保对象"),
        ["severely_disabled"] = ("", "重度残疾人"),
        ["family_planning_aided"] = ("", "计划生育特殊家庭"),
        ["retired_veteran"] = ("", "离休人员"),
        ["low_income_elderly"] = ("", "低收入家庭老年人"),
    };

    public override IReadOnlyList<string> Numbers => ["1101"];
    public override string Title => "人员信息获取";
    public override string Service => "fsiPsnInfoService";
    public override IReadOnlyList<Node> Nodes => [Data];
    public override string OutputNodes => "baseinfo{…}, insuinfo[], idetinfo[]";

    public override async Task<Refusal?> Answer(Call call)
    {
        var data = call.Input.One(Data);
        var kind = data.Text("mdtrt_cert_type");
        if (kind == "03" && !data.Has("card_sn")) return GatewayRefusals.CardSerialMissing;
        var certno = data.Text("mdtrt_cert_no");
        if (kind == "02" && data.Has("certno") && !data.Text("certno").Equals(certno, StringComparison.OrdinalIgnoreCase)) return GatewayRefusals.CertificatesDisagree;

        var certType = data.Text("psn_cert_type") is "90" ? "01" : data.Text("psn_cert_type");
        Person? person;
        if (kind == "02")
        {
            var query = new FindPersonByCertificateRequest { PsnCertType = certType, Certno = certno.ToUpperInvariant(), PsnName = data.Text("psn_name") };
            person = await FindAnywhere(call, o => call.Backends.Enrollment.FindPersonByCertificateAsync(query, o));
        }
        else
        {
            var query = new IdentifyPersonRequest
            {
                MdtrtCertType = kind, MdtrtCertNo = certno, CardSn = data.Text("card_sn"), PsnCertType = certType, Certno = data.Text("certno"), PsnName = data.Text("psn_name"),
                Sender = call.Envelope.FixmedinsCode, MessageId = call.Envelope.Msgid,
            };
            if (kind == "03") person = await FindAnywhere(call, o => call.Backends.Enrollment.IdentifyPersonAsync(query, o));
            else
            {
                // An e-credential begins with the county that issued it, the only one that can end it.
                if (certno.Length < 6 || certno.AsSpan(0, 6).ContainsAnyExceptInRange('0', '9')) return GatewayRefusals.ECredentialMalformed;
                if (!call.Tenants.Counties.Any(t => t.Code == certno[..6] && t.CityCode == call.City)) return GatewayRefusals.ECredentialForeign;
                person = await call.Ask(certno[..6], o => call.Backends.Enrollment.IdentifyPersonAsync(query, o));
            }
        }
        if (person is null) return GatewayRefusals.PersonUnknown;

        var asked = data.DayNumberOf("begntime");
        var day = asked != 0 ? asked : DayNumber.Of(call.Calendar.Today);
        long balanceFen = 0;
        if (person.Coverage.Any(c => c.Insutype == "310"))
            balanceFen = (await call.Ask(person.County, o => call.Backends.Settlement.GetAccountBalanceAsync(new GetAccountBalanceRequest { PsnNo = person.PsnNo }, o))).BalanceFen;
        Write(call.Output, person, balanceFen, day);
        return null;
    }

    private delegate AsyncUnaryCall<Person> Sending(CallOptions options);

    /// <summary>In the county asked for, then in the other counties of the provider's city.</summary>
    private static async Task<Person?> FindAnywhere(Call call, Sending send)
    {
        if (await Find(call, call.HomeCounty, send) is { } home) return home;
        var others = call.Tenants.Counties.Where(t => t.CityCode == call.City && t.Code != call.HomeCounty);
        var found = await Task.WhenAll(others.Select(t => Find(call, t.Code, send)));
        // Somebody who moved may be on file twice: the county where cover holds comes first.
        return found.OfType<Person>().OrderByDescending(p => p.Coverage.Any(c => c.ToOn == 0)).FirstOrDefault();
    }

    private static async Task<Person?> Find(Call call, string county, Sending send)
    {
        try { return await call.Ask(county, o => send(o)); }
        catch (RpcException e) when (e.StatusCode == StatusCode.NotFound) { return null; }
    }

    private static void Write(Utf8JsonWriter json, Person person, long balanceFen, int day)
    {
        json.WriteStartObject("baseinfo");
        json.WriteString("psn_no", person.PsnNo);
        json.WriteString("psn_cert_type", person.PsnCertType);
        json.WriteString("certno", person.Certno);
        json.WriteString("psn_name", person.PsnName);
        json.WriteString("gend", person.Gend);
        json.WriteString("naty", "");
        json.Day("brdy", person.BirthOn);
        json.Age("age", person.BirthOn, day);
        json.WriteEndObject();

        // The civil servants' supplement says it too, of whoever is typed by the old two digits.
        var isCivilServant = person.Coverage.Any(c => c.Insutype == "320" && c.FromOn <= day && (c.ToOn == 0 || c.ToOn >= day));
        json.WriteStartArray("insuinfo");
        foreach (var cover in person.Coverage)
        {
            var ended = cover.ToOn != 0 && cover.ToOn < day;
            json.WriteStartObject();
            json.Fen("balc", cover.Insutype == "310" ? balanceFen : 0);
            json.WriteString("insutype", cover.Insutype);
            json.WriteString("psn_type", cover.PsnType);
            json.WriteString("psn_insu_stas", day < cover.FromOn ? "0" : ended ? "4" : "1");
            json.Day("psn_insu_date", cover.FromOn);
            json.Day("paus_insu_date", ended ? cover.ToOn : 0);
            json.Flag("cvlserv_flag", SettlementShape.IsCivilServant(cover.PsnType) || isCivilServant);
            json.WriteString("insuplc_admdvs", person.County);
            json.WriteString("emp_name", cover.EmployerName);
            json.WriteEndObject();
        }
        json.WriteEndArray();

        json.WriteStartArray("idetinfo");
        foreach (var category in person.Category)
        {
            var (code, name) = Identities.GetValueOrDefault(category.Name, ("", category.Name));
            json.WriteStartObject();
            json.WriteString("psn_idet_type", code);
            json.WriteString("psn_type_lv", "");
            json.WriteString("memo", name);
            json.Day("begntime", category.FromOn);
            json.Day("endtime", category.ToOn);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }
}
