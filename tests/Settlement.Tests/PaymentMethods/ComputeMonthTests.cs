using MedInsure.Settlement.Encounters;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.PaymentMethods;

namespace MedInsure.Settlement.Tests.PaymentMethods;

/// <summary>Months of providers on real tables: own persons' settlements through the journal, other counties' as they are told.</summary>
[Trait("Category", "Storage")]
[Collection(PostgresCollection.Name)]
public sealed class ComputeMonthTests(SharedPostgres postgres) : IAsyncLifetime
{
    private const string Township = """{"heads": 1000, "per_head": 12, "overspend_borne": 0.2, "surplus_paid": 0.2}""", Outpatient = """{"clearing_types": ["11"]}""", Stays = """{"clearing_types": ["21"]}""";
    private SettlementNode node = null!;
    private MethodDesk desk = null!;

    public async Task InitializeAsync() => desk = new MethodDesk(node = await SettlementNode.Create(postgres.Server));
    public Task DisposeAsync() => node.DisposeAsync().AsTask();

    private async Task<List<string>> Texts(int month, string? provider = null) => (await desk.Month(month, provider)).ConvertAll(MethodDesk.Text);

    [Fact]
    public async Task NothingAgreed_PaysWhatWasSettled_OfOwnAndForeignPersonsAndEveryFund()
    {
        await node.AddPerson("P1");
        var own = (await node.Settled(await node.Visit("P1", 10_000))).Claim().Amounts.BasicFundFen; // settled on 30 June
        await desk.OffCounty(desk.Case(202606, 3, 700), desk.Case(202606, 30, 50) with { Fund2 = "390200", Fund2Fen = 9 }, desk.Case(202605, 31, 3), desk.Case(202607, 1, 5), desk.Case(202606, 9, 11, provider: "H-other"));
        Assert.Equal([$"fee_for_service 390100: 3 {own + 750} -> {own + 750}", "fee_for_service 390200: 1 9 -> 9"], await Texts(202606));
        Assert.Equal(["fee_for_service 390100: 1 3 -> 3"], await Texts(202605));
        Assert.Empty(await Texts(202613));
    }

    /// <summary>Rz: 1,000 × 12 = 12,000.00 a year, 1,000.00 a month.</summary>
    [Fact]
    public async Task Township_ThroughTheYear()
    {
        await desk.Agreed("township_outpatient", Township, scope: Outpatient);
        desk.SetDay(2027, 1, 20);
        await desk.OffCounty([.. Enumerable.Range(1, 12).Select(m => desk.Case(202600 + m, 5, m == 2 ? 150_000 : 70_000))]);
        await desk.OffCounty(desk.Case(202601, 6, 40_000) with { ClearingType = "21", MedType = "21", Days = 3 }); // a stay is not under it
        Assert.Equal(["township_outpatient 390100: 1 70000 -> 70000", "fee_for_service 390100: 1 40000 -> 40000"], (await desk.Stated(202601)).ConvertAll(MethodDesk.Text));
        // 220,000 so far, 200,000 allowed: 130,000 in February, 90,000 in March.
        Assert.Equal(["township_outpatient 390100: 1 150000 -> 130000"], (await desk.Stated(202602)).ConvertAll(MethodDesk.Text));
        Assert.Equal(["township_outpatient 390100: 1 70000 -> 90000"], (await desk.Stated(202603)).ConvertAll(MethodDesk.Text));
        for (var month = 202604; month <= 202612; month++) Assert.Equal(["township_outpatient 390100: 1 70000 -> 70000"], (await desk.Stated(month)).ConvertAll(MethodDesk.Text));
        // 920,000 settled of 1,200,000: 20 % of 280,000 more.
        var settlement = Assert.Single(await desk.Stated(202613));
        Assert.Equal("township_outpatient 390100: 0 0 -> 56000", MethodDesk.Text(settlement));
        Assert.Contains("结余2800.00元，机构留用20%即560.00元", settlement.Explanation, StringComparison.Ordinal);
        Assert.EndsWith("此前各月已计9200.00元，本月560.00元", settlement.Explanation, StringComparison.Ordinal);
        // What comes after the settlement: 100,000 more settled are 80,000 more due, in the next year's month.
        await desk.OffCounty(desk.Case(202612, 31, 100_000));
        Assert.Equal(["township_outpatient 390100: 1 100000 -> 80000"], await Texts(202701));
    }

    /// <summary>Gc: 100 × 1,200.00 for two hospitals, 10,000.00 a month, whatever they settled; the lead has the rest.</summary>
    [Fact]
    public async Task Alliance_IsPaidItsHeadsAcrossItsHospitals()
    {
        string lead = desk.Hospital(), other = desk.Hospital("2");
        await desk.Agreed("capitation", $$"""{"heads": 100, "per_head": 1200, "lead": "{{lead}}"}""", [other, lead]);
        desk.SetDay(2027, 1, 20);
        await desk.OffCounty(desk.Case(202601, 5, 300_000), desk.Case(202601, 6, 200_000, provider: other), desk.Case(202602, 7, 900_000, provider: other));
        Assert.Equal(["capitation 390100: 1 300000 -> 800000"], (await desk.Stated(202601)).ConvertAll(MethodDesk.Text));
        Assert.Equal(["capitation 390100: 1 200000 -> 200000"], (await desk.Stated(202601, other)).ConvertAll(MethodDesk.Text));
        // 1,400,000 settled, 2,000,000 due: 300,000 + 600,000 less 800,000; 1,100,000 less 200,000.
        Assert.Equal(["capitation 390100: 0 0 -> 100000"], await Texts(202602));
        Assert.Equal(["capitation 390100: 1 900000 -> 900000"], await Texts(202602, other));
        await desk.Stated(202613);
        Assert.Equal(["12000000"], await desk.Rows("SELECT sum(payable_fen)::text FROM payment_result"));
        Assert.Equal(0, (await desk.Month(202613, other)).Sum(r => r.SettledFen));
    }

    /// <summary>Gc: 12,000.00 paid ahead; the surplus goes back, an overspend is the hospital's.</summary>
    [Theory]
    [InlineData(1_000_000, 1_000_000)]
    [InlineData(1_300_000, 1_200_000)]
    public async Task CityHospital_KeepsNoSurplusAndBearsTheOverspend(long settled, long paid)
    {
        await desk.Agreed("global_prepayment", """{"budget": 12000}""");
        desk.SetDay(2027, 1, 20);
        await desk.OffCounty(desk.Case(202601, 5, settled - 700_000), desk.Case(202611, 5, 700_000));
        await desk.Stated(202613);
        Assert.Equal([paid.ToString()], await desk.Rows("SELECT sum(payable_fen)::text FROM payment_result"));
        Assert.Equal(["100000"], await desk.Rows("SELECT payable_fen::text FROM payment_result WHERE month = 202601"));
    }

    /// <summary>Sz: an own stay of 9 days with stages to day 3 (100.00) and beyond (50.00) and a foreign one of 2 days: 3 × 100 + 6 × 50, 2 × 100; reversed in July it takes its days back.</summary>
    [Fact]
    public async Task BedDays_OfOwnAndForeignStays_AndOfAReversal()
    {
        await node.AddPerson("P1");
        await desk.Agreed("bed_day", """{"covers": "fund", "classes": [{"name": "重", "diseases": ["I21"], "stages": [{"to_day": 3, "price": 100}, {"price": 50}]}, {"name": "轻", "stages": [{"price": 10}]}]}""", scope: Stays);
        var opening = node.Opening("P1", "21", SettlementNode.At(2026, 6, 1));
        opening.Diagnosis.Add(new Diagnosis { Code = "I21.4", Main = true });
        var mdtrt = (await node.Accepted(OpenEncounter.Command(opening))).Record.MdtrtId;
        await node.Charged(mdtrt, "P1", "3", SettlementNode.Line("1", "A1", 10_000, 900_000 * 10_000L, SettlementNode.At(2026, 6, 2)));
        await node.Discharged(mdtrt, "P1", "3", SettlementNode.At(2026, 6, 10));
        var stay = await node.Settled(node.Settling(mdtrt, "P1", 900_000));
        var fund = stay.Claim().Amounts.BasicFundFen;
        Assert.True(fund > 0);
        await desk.OffCounty(desk.Case(202606, 20, 5_000) with { ClearingType = "21", MedType = "21", Days = 2, Diagnosis = "I21.1" });
        var month = Assert.Single(await desk.Month(202606));
        Assert.Equal($"bed_day 390100: 2 {fund + 5_000} -> 80000", MethodDesk.Text(month));
        Assert.Contains("重第1至3日 5床日×100.00元＝500.00元；重第4日起 6床日×50.00元＝300.00元", month.Explanation, StringComparison.Ordinal);
        await desk.Stated(202606);
        desk.SetDay(2026, 7, 3);
        await node.Reversed(stay);
        Assert.Equal([$"bed_day 390100: 1 {-fund} -> -60000"], await Texts(202607));
        Assert.Equal(["1 2026-06-01 2026-06-10 I21.4 1", "-1 2026-06-01 2026-06-10 I21.4 -1"], await desk.Rows("SELECT cases || ' ' || begin_on || ' ' || end_on || ' ' || diagnosis_code || ' ' || charged_days FROM claim_case ORDER BY setl_id"));
    }

    /// <summary>A mixture: listed diseases, other stays by bed-days, visits by the township rule, a fund without terms. Every claim's every fund is under exactly one.</summary>
    [Fact]
    public async Task Mixture_HasEveryFundOfEveryClaimOnce()
    {
        await desk.Agreed("per_disease", """{"covers": "fund", "prices": [{"disease": "K80", "name": "胆石", "price": 50}, {"disease": "H25", "name": "白内障", "price": 8}]}""");
        await desk.Agreed("bed_day", """{"covers": "whole", "classes": [{"name": "一般", "stages": [{"price": 74}]}]}""", scope: """{"clearing_types": ["21"], "except_diseases": ["K80", "H25"]}""");
        await desk.Agreed("township_outpatient", Township, scope: """{"clearing_types": ["11"], "except_diseases": ["K80", "H25"], "except_med_types": ["14"]}""");
        desk.SetDay(2027, 1, 20);
        var random = new Random(7);
        await desk.OffCounty([.. Enumerable.Range(0, 300).Select(i =>
        {
            var stay = random.Next(3) == 0;
            var fen = random.Next(1, 9_000);
            return desk.Case(202601 + random.Next(12), 1 + random.Next(28), fen, fen + random.Next(5_000)) with
            {
                ClearingType = stay ? "21" : random.Next(4) == 0 ? "41" : "11", MedType = stay ? "21" : random.Next(3) == 0 ? "14" : "11", Disease = (string[])["", "K80", "H25", "CH1"] is var d ? d[random.Next(4)] : "", Diagnosis = "J18",
                Days = stay ? random.Next(20) : 0, Fund2 = random.Next(3) == 0 ? "390200" : null, Fund2Fen = 77,
            };
        })]);
        var settled = 0L;
        for (var month = 202601; month <= 202613; month++)
        {
            var results = await desk.Stated(month);
            settled += results.Sum(r => r.SettledFen);
            Assert.Equal(results.Count, results.Select(r => (r.Method, r.TermNo, r.Fund)).Distinct().Count());
            if (month < 202613) Assert.Equal([results.Sum(r => r.SettledFen).ToString()], await desk.Rows($"SELECT sum(amount_fen)::text FROM provider_claim_fund WHERE fixmedins_code = '{desk.Hospital()}' AND to_char(settled_at + interval '8 hours', 'YYYYMM') = '{month}'"));
        }
        Assert.Equal([settled.ToString()], await desk.Rows("SELECT sum(amount_fen)::text FROM provider_claim_fund"));
        // The prices' results counted again, one claim after the other.
        Assert.Equal(await desk.Rows("SELECT (sum(CASE disease WHEN 'K80' THEN 5000 WHEN 'H25' THEN 800 END))::text FROM provider_case WHERE disease IN ('K80', 'H25')"),
            await desk.Rows("SELECT sum(payable_fen)::text FROM payment_result WHERE method = 'per_disease'"));
        Assert.Equal(await desk.Rows("SELECT (sum(7400 * days) - sum(total_fen - f.fen))::text FROM provider_case c JOIN (SELECT setl_id, sum(amount_fen) AS fen FROM provider_claim_fund WHERE fund = '390100' GROUP BY setl_id) f USING (setl_id) WHERE clearing_type = '21' AND disease NOT IN ('K80', 'H25')"),
            await desk.Rows("SELECT sum(payable_fen)::text FROM payment_result WHERE method = 'bed_day'"));
    }

    [Fact]
    public async Task StatedMonth_Stands_AndWhatComesLateIsInTheNextOne()
    {
        await desk.OffCounty(desk.Case(202603, 5, 100), desk.Case(202604, 5, 1_000));
        Assert.Equal(["fee_for_service 390100: 1 100 -> 100"], (await desk.Stated(202603)).ConvertAll(MethodDesk.Text));
        await desk.OffCounty(desk.Case(202603, 31, 7), desk.Case(202602, 1, 3));
        Assert.Equal(["fee_for_service 390100: 1 100 -> 100"], await Texts(202603));
        // A month of which no statement was made keeps its own.
        Assert.Equal(["fee_for_service 390100: 1 3 -> 3"], await Texts(202602));
        Assert.Equal(["fee_for_service 390100: 2 1007 -> 1007"], (await desk.Stated(202604)).ConvertAll(MethodDesk.Text));
        // Stated after April, February has no part in what April took up.
        Assert.Equal(["fee_for_service 390100: 1 3 -> 3"], (await desk.Stated(202602)).ConvertAll(MethodDesk.Text));
        await desk.OffCounty(desk.Case(202602, 9, 20));
        Assert.Equal(["fee_for_service 390100: 1 20 -> 20"], await Texts(202605));
        Assert.Equal(["fee_for_service 390100: 1 20 -> 20"], (await desk.Stated(202613)).ConvertAll(MethodDesk.Text));
        Assert.Empty(await Texts(202701));
        Assert.Equal(await desk.Rows("SELECT sum(amount_fen)::text FROM provider_claim_fund"), await desk.Rows("SELECT sum(settled_fen)::text FROM payment_result WHERE month IN (SELECT month FROM payment_month WHERE fixed_by <> '')"));
    }

    /// <summary>Asked for at once by several, and a second time: the same rows, once each.</summary>
    [Fact]
    public async Task Month_IsTheSameHoweverOftenAndByHowManyItIsAskedFor()
    {
        await desk.Agreed("capitation", """{"heads": 100, "per_head": 1200}""", [desk.Hospital(), desk.Hospital("2")]);
        await desk.OffCounty(desk.Case(202601, 5, 300_001), desk.Case(202602, 6, 200_000, provider: desk.Hospital("2")));
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => desk.Month(202602, desk.Hospital(i % 2 == 0 ? "3" : "2"))));
        Assert.Single(answers.Where((_, i) => i % 2 == 0).Select(a => string.Join(",", a)).Distinct());
        Assert.Equal(["2000000"], await desk.Rows("SELECT sum(payable_fen)::text FROM payment_result"));
    }

    /// <summary>Visits with a general consultation fee among their lines: 2 × 1.5 = 3 in the year, 0.50 of each the fund's; the fourth one's is not paid, until one of the four is reversed.</summary>
    [Fact]
    public async Task ConsultationFees_AreCountedInTheLinesOfOwnVisits()
    {
        await node.AddPerson("P1");
        var fee = Catalogs.Item("GCF", "01", 0, pool: true);
        fee.MedChrgitmType = "12";
        node.Reference = node.Reference.WithItems(fee);
        await desk.Agreed("consultation_fee", """{"heads": 2, "visit_rate": 1.5, "fee": 0.5}""", scope: Outpatient);
        var visits = new List<Settlement.Journal.Committed>();
        for (var i = 0; i < 5; i++) visits.Add(await node.Settled(await node.Visit("P1", 10_000, item: i == 2 ? "A1" : "GCF")));
        var sum = visits.Sum(v => v.Claim().Amounts.BasicFundFen);
        Assert.True(sum > 100);
        var month = Assert.Single(await desk.Stated(202606));
        Assert.Equal($"consultation_fee 390100: 5 {sum} -> {sum - 50}", MethodDesk.Text(month));
        Assert.Contains("限额1.50元；累计发生2.00元，超限额0.50元不予支付", month.Explanation, StringComparison.Ordinal);
        desk.SetDay(2026, 7, 3);
        await node.Reversed(visits[4]);
        var taken = visits[4].Claim().Amounts.BasicFundFen;
        Assert.Equal([$"consultation_fee 390100: 1 {-taken} -> {-taken + 50}"], await Texts(202607));
    }

    /// <summary>The whole county's month, begun again after it was broken off: every provider once, the sum of all claims.</summary>
    [Fact]
    public async Task CountyMonth_OfManyClaims_IsTheSumOfThemAll_HoweverOftenItIsBegun()
    {
        await desk.Agreed("service_unit", """{"covers": "fund", "unit": "case", "price": 1}""", [desk.Hospital(), desk.Hospital("2"), desk.Hospital("1")], Outpatient, from: 202606);
        await desk.Tamper($"""
            INSERT INTO off_county_claim (home_county, pair_no, setl_id, mdtrt_id, psn_no, fixmedins_code, insutype, med_type, clearing_type, settled_at, is_stay, begin_on, end_on, message_id, total_fen, full_self_pay_fen, in_scope_fen,
                fund_total_fen, hospital_share_fen, person_share_fen, account_fen, family_account_fen, cash_fen, disease_code, diagnosis_code, operation_code, fund, fund_fen)
            SELECT '999901', i, '999901S' || lpad(i::text, 12, '0'), 'E' || i, 'P' || i % 700, (ARRAY['{desk.Hospital()}', '{desk.Hospital("2")}', '{desk.Hospital("1")}'])[1 + i % 3], '390', '11', CASE WHEN i % 20 = 0 THEN '21' ELSE '11' END,
                timestamptz '2026-06-01 00:00+08' + i * interval '2 minutes', i % 20 = 0, '2026-06-01', '2026-06-03', 'x', 100 + i % 7, 0, 100 + i % 7, 60 + i % 7, 0, 40, 0, 0, 40, '', 'D' || i % 9, '', ARRAY['390100'], ARRAY[60 + i % 7]
            FROM generate_series(1, 20000) AS i
            """);
        using var broken = new CancellationTokenSource();
        var first = Settlement.PaymentTerms.ShowMonth.County(desk.Place, 202606, desk.Calendar, broken.Token);
        await broken.CancelAsync();
        try { await first; }
        catch (OperationCanceledException) { /* somewhere on its way, or done */ }
        for (var i = 0; i < 2; i++)
        {
            var county = MethodDesk.Value(await Settlement.PaymentTerms.ShowMonth.County(desk.Place, 202606, desk.Calendar, default));
            Assert.Equal(await desk.Rows("SELECT 3 || ' ' || sum(fen)::text || ' ' || sum(CASE WHEN is_stay THEN fen ELSE 100 END)::text FROM (SELECT fund_fen[1] AS fen, is_stay FROM off_county_claim WHERE settled_at < '2026-07-01 00:00+08') c"),
                [$"{county.Providers} {county.SettledFen} {county.PayableFen}"]);
        }
    }
}
