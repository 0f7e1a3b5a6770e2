using System.Text.Json.Nodes;
using Google.Protobuf;
using MedInsure.Protos.Settlement.V1;

namespace MedInsure.Gateway.Tests.Calls;

/// <summary>What the settlement service is asked for: the fields whose meaning the gateway translates.</summary>
[Trait("Category", "Unit")]
public sealed class CommandContentTests(ScriptedHost host) : IClassFixture<ScriptedHost>
{
    private readonly HospitalSystem hospital = host.Hospital();

    private async Task<T> Asked<T>(string infno, string input, IMessage reply) where T : IMessage
    {
        host.Script.Clear();
        host.Script.Answer = _ => Task.FromResult(reply);
        var answer = await hospital.Call(infno, JsonNode.Parse(input)!);
        Assert.True(answer.Infcode == 0, answer.Text);
        return (T)Assert.Single(host.Script.Asked).Request;
    }

    private async Task<string> Refused(string infno, string input)
    {
        host.Script.Clear();
        var answer = await hospital.Call(infno, JsonNode.Parse(input)!);
        Assert.Equal(-2, answer.Infcode);
        Assert.Empty(host.Script.Asked);
        return answer.Message;
    }

    private const string Stay = """
        "psn_no":"P","insutype":"390","begntime":"2030-06-10 08:00:00","mdtrt_cert_type":"02","mdtrt_cert_no":"1","med_type":"22","ipt_no":"I1","atddr_no":"D1","chfpdr_name":"医生",
        "adm_diag_dscr":"诊断","adm_dept_codg":"01","adm_dept_name":"内科","adm_bed":"1","dscg_maindiag_code":"K35.900","dscg_maindiag_name":"急性阑尾炎"
        """;
    private const string Diagnosis = """{"diag_type":"1","maindiag_flag":"1","diag_srt_no":"1","diag_code":"K35.900","diag_name":"急性阑尾炎","diag_time":"2030-06-10 08:00:00"}""";
    private const string Line = """ "mdtrt_id":"M1","psn_no":"P","chrg_bchno":"B1","fee_ocur_time":"2030-06-15 10:00:00","med_list_codg":"X1","medins_list_codg":"Y1" """;

    [Fact]
    public async Task Admission_KeepsWhatNoRuleReadsForDocuments()
    {
        var request = await Asked<OpenEncounterRequest>("2401", $$"""
            {"mdtrtinfo":{ {{Stay}},"tel":"13800000000","oprn_eye_cnt":2,"geso_val":"39" },"diseinfo":[{{Diagnosis}},{"diag_type":"1","diag_srt_no":2,"diag_code":"A","diag_name":"B","vali_flag":"0"}],
             "agnterinfo":{"agnter_name":"李四"} }
            """, new EncounterReply { MdtrtId = "M1" });
        var details = request.Details;
        Assert.Equal(("22", "I1", "D1", "医生", "01", "内科", "1", 2, true, false), (details.MedType, details.VisitNo, details.DoctorCode, details.DoctorName, details.DepartmentCode, details.DepartmentName, details.Bed, details.OperatedEyes, details.Injury, details.ThirdPartyLiable));
        Assert.Equal(("13800000000", "39", "李四", "急性阑尾炎"), (details.Particulars["tel"], details.Particulars["geso_val"], details.Particulars["agnter_name"], details.Particulars["dscg_maindiag_name"]));
        Assert.True(Assert.Single(request.Diagnosis).Main); // the withdrawn one is left out
        Assert.Equal(new DateTimeOffset(2030, 6, 10, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds(), details.BeginAtMs);
    }

    [Fact]
    public async Task Admission_NeedsADiagnosis() => Assert.Equal("诊断信息(diseinfo)不能为空", await Refused("2401", $$"""{"mdtrtinfo":{ {{Stay}} } }"""));

    [Fact]
    public async Task ChangeOfAdmission_NeedsOnlyItsNumbers()
    {
        var request = await Asked<ChangeEncounterRequest>("2403", """{"mdtrtinfo":{"mdtrt_id":"M1","psn_no":"P","adm_bed":"7","ttp_resp":"1"}}""", new EncounterReply());
        Assert.Equal(("M1", "7", "", true), (request.MdtrtId, request.Details.Bed, request.Details.DoctorCode, request.Details.ThirdPartyLiable));
    }

    [Fact]
    public async Task ChronicVisit_NeedsItsDisease()
    {
        Assert.Equal("病种编码(dise_codg)不能为空", await Refused("2203A", $$"""{"mdtrtinfo":{"mdtrt_id":"M1","psn_no":"P","med_type":"14"},"diseinfo":[{{Diagnosis}}]}"""));
        var request = await Asked<ChangeEncounterRequest>("2203", $$"""{"mdtrtinfo":{"mdtrt_id":"M1","psn_no":"P","med_type":"140104","dise_codg":"M03900"},"diseinfo":[{{Diagnosis}}]}""", new EncounterReply());
        Assert.Equal(("140104", "M03900", "2203"), (request.Details.MedType, request.Details.DiseaseCode, request.Key.Transaction));
    }

    [Fact]
    public async Task FeeLines_AreExact()
    {
        var request = await Asked<AddFeeLinesRequest>("2204", $$"""
            {"feedetail":[{ {{Line}},"feedetl_sn":"1","det_item_fee_sumamt":4.52,"cnt":1,"pric":"4.520000","hosp_appr_flag":"2","rxno":"R1","used_frqu_dscr":"tid" },
                          { {{Line}},"feedetl_sn":"2","det_item_fee_sumamt":"-0.01","cnt":"-0.0001","pric":123.456789 }]}
            """, new FeeLinesReply());
        Assert.Equal(("M1", "P"), (request.MdtrtId, request.PsnNo));
        Assert.Equal((452, 10_000, 4_520_000, true, "R1", "B1"), (request.Line[0].AmountFen, request.Line[0].QuantityE4, request.Line[0].UnitPriceMicroYuan, request.Line[0].NotApproved, request.Line[0].PrescriptionNo, request.Line[0].ChargeBatch));
        Assert.Equal("tid", request.Line[0].Particulars["used_frqu_dscr"]);
        Assert.Equal((-1, -1, 123_456_789, false), (request.Line[1].AmountFen, request.Line[1].QuantityE4, request.Line[1].UnitPriceMicroYuan, request.Line[1].NotApproved));
    }

    [Fact]
    public async Task LinesOfTwoVisits_AreRefusedTogether() => Assert.Equal("费用明细(feedetail)第2条：就诊ID(mdtrt_id)与第1条不一致", await Refused("2204", $$"""
        {"feedetail":[{ {{Line}},"feedetl_sn":"1","det_item_fee_sumamt":1,"cnt":1,"pric":1 },{ {{Line.Replace("M1", "M2")}},"feedetl_sn":"2","det_item_fee_sumamt":1,"cnt":1,"pric":1 }]}
        """));

    [Theory]
    [InlineData("99999999999999.99", "999999999999.9999", "9999999999.999999", "费用明细(feedetail)第1条：明细项目费用总额(det_item_fee_sumamt)超出数值范围N16.2")]
    [InlineData("60000000000000", "1", "1", "费用明细(feedetail)的明细项目费用总额(det_item_fee_sumamt)合计超出数值范围N16.2")]
    public async Task AmountsThatNoBillHolds_AreRefused(string amount, string cnt, string pric, string text)
    {
        var row = $$"""{ {{Line}},"feedetl_sn":"1","det_item_fee_sumamt":"{{amount}}","cnt":"{{cnt}}","pric":"{{pric}}" }""";
        Assert.Equal(text, await Refused("2204", $$"""{"feedetail":[{{row}},{{row}}]}"""));
    }

    [Fact]
    public async Task CorrectionOfAStay_NamesItsOriginal()
    {
        var request = await Asked<AddFeeLinesRequest>("2301", $$"""{"feedetail":[{ {{Line}},"feedetl_sn":"2","init_feedetl_sn":"1","det_item_fee_sumamt":-1,"cnt":-1,"pric":1 }]}""", new FeeLinesReply());
        Assert.Equal("1", request.Line[0].OriginalFeedetlSn);
        Assert.Equal("", request.Line[0].ChargeBatch);
    }

    [Fact]
    public async Task CancelledLines_OfAStayComeAsListOrAlone()
    {
        var many = await Asked<CancelFeeLinesRequest>("2302", """{"data":[{"feedetl_sn":"1","mdtrt_id":"M1","psn_no":"P"},{"feedetl_sn":"2","mdtrt_id":"M1","psn_no":"P"}]}""", new EncounterReply());
        Assert.Equal(["1", "2"], many.FeedetlSn);
        var all = await Asked<CancelFeeLinesRequest>("2302", """{"data":{"feedetl_sn":"0000","mdtrt_id":"M1","psn_no":"P"}}""", new EncounterReply());
        Assert.Equal(["0000"], all.FeedetlSn);
    }

    [Fact]
    public async Task Settlement_CarriesTheProvidersSums()
    {
        var request = await Asked<SettleClaimRequest>("2207", """
            {"data":{"psn_no":"P","mdtrt_cert_type":"03","med_type":"11","medfee_sumamt":"4.52","mdtrt_id":"M1","chrg_bchno":"B1","acct_used_flag":"1","insutype":"310","invono":"F1",
                     "fulamt_ownpay_amt":0,"overlmt_selfpay":"0.00","preselfpay_amt":"0.23","inscp_scp_amt":4.29},
             "drug_trac_info":[{"feedetl_sn":"1","drug_trac_codg":"81","trdn_flag":"0"}]}
            """, new SettlementReply());
        Assert.Equal((452, 0, 0, 23, 429, true, "F1", "B1", "03"), (request.TotalFen, request.FullSelfPayFen, request.OverLimitFen, request.FirstPayFen, request.InScopeFen, request.UseAccount, request.InvoiceNo, request.ChargeBatch, request.CertificateType));
    }

    [Fact]
    public async Task InterimSettlement_EndsOnItsDay()
    {
        const string Data = """ "psn_no":"P","medfee_sumamt":"4.52","mdtrt_id":"M1","insutype":"390","dscgTime":"2030-06-14 12:00:00" """;
        var interim = await Asked<SettleClaimRequest>("2304", $$"""{"data":{ {{Data}},"mid_setl_flag":"1" } }""", new SettlementReply());
        Assert.Equal((true, 20300614), (interim.Interim, interim.InterimUntilOn));
        var final = await Asked<SettleClaimRequest>("2304", $$"""{"data":{ {{Data}},"mid_setl_flag":"0" } }""", new SettlementReply());
        Assert.Equal((false, 0), (final.Interim, final.InterimUntilOn));
    }

    [Fact]
    public async Task NegativeTotal_IsRefused() => Assert.Equal("医疗费总额(medfee_sumamt)不能为负数", await Refused("2207A", """{"data":{"psn_no":"P","medfee_sumamt":"-1","mdtrt_id":"M1","insutype":"310"}}"""));

    [Fact]
    public async Task PharmacySale_BringsItsVisitAndLines()
    {
        var request = await Asked<SettleClaimRequest>("2102", """
            {"druginfo":{"psn_no":"P","mdtrt_cert_type":"02","mdtrt_cert_no":"1","begntime":"2030-06-15 09:00:00","medfee_sumamt":"12.00","insutype":"310","acct_used_flag":"1","med_type":"41"},
             "drugdetail":[{"feedetl_sn":"1","fee_ocur_time":"2030-06-15 09:00:00","med_list_codg":"X1","det_item_fee_sumamt":12,"cnt":2,"pric":6}]}
            """, new SettlementReply());
        Assert.Equal(("", "41", 1, 1200), (request.MdtrtId, request.InlineEncounter.MedType, request.InlineLine.Count, request.InlineLine[0].AmountFen));
    }

    [Fact]
    public async Task Referral_BeginsWithItsDateWhenNoBeginIsGiven()
    {
        const string Data = """
            "psn_no":"P","insutype":"390","diag_code":"K35","diag_name":"阑尾炎","reflin_medins_no":"H00000000009","reflin_medins_name":"上级医院","mdtrtarea_admdvs":"230103",
            "refl_type":"1","refl_date":"2030-06-10","refl_rea":"病情需要","refl_opnn":"同意"
            """;
        var request = await Asked<FileTreatmentRequest>("2501", $$"""{"refmedin":{ {{Data}} } }""", new Filing { FilingId = "F1" });
        Assert.Equal((FilingKind.Referral, 20300610, 0, "H00000000009", "230103", "病情需要"), (request.Kind, request.FromOn, request.ToOn, request.OtherFixmedinsCode, request.OtherArea, request.Particulars["refl_rea"]));
        Assert.Equal("结束日期不能早于开始日期", await Refused("2501", $$"""{"refmedin":{ {{Data}},"enddate":"2030-06-09" } }"""));
    }

    [Fact]
    public async Task Queries_AskForThePersonAtThisProvider()
    {
        var request = await Asked<ListEncountersRequest>("5201", """{"data":{"psn_no":"P","begntime":"2030-06-01","endtime":"2030-06-15 23:59:59","page_num":2,"page_size":5000}}""", new ListEncountersReply());
        Assert.Equal(("P", "H00000000001", 20300601, 20300615, 2, 1000), (request.PsnNo, request.FixmedinsCode, request.BeginFromOn, request.BeginToOn, request.PageNumber, request.PageSize));
    }

    [Fact]
    public async Task Accumulations_AreNamedAndFilteredByMonth()
    {
        host.Script.Answer = _ => Task.FromResult<IMessage>(new GetAccumulatorsReply
        {
            Accumulator =
            {
                new Accumulator { Insutype = "390", Year = 2030, Key = "stays", Value = 2 },
                new Accumulator { Insutype = "390", Year = 2030, Key = "basic.paid", Value = 123_45 },
                new Accumulator { Insutype = "390", Year = 2030, Key = "pool.paid.m05", Value = 10_00 },
                new Accumulator { Insutype = "390", Year = 2030, Key = "pool.paid.m06", Value = 20_00 },
            },
        });
        var rows = (await hospital.Call("5206", JsonNode.Parse("""{"data":{"psn_no":"P","cum_ym":"203006"}}""")!)).Output["cuminfo"]!.AsArray();
        Assert.Equal([("C0000", "2030", "2"), ("D390101", "2030", "123.45"), ("", "203006", "20.00")], rows.Select(r => (r!["cum_type_code"]!.GetValue<string>(), r["cum_ym"]!.GetValue<string>(), r["cum"]!.ToJsonString())));
        Assert.Equal("field.bad_date", (await hospital.Call("5206", JsonNode.Parse("""{"data":{"psn_no":"P","cum_ym":"203013"}}""")!)).Code);
    }
}
