using System.Net;
using System.Text.Json;
using MedInsure.Kernel;
using MedInsure.Settlement.Indicators;
using MedInsure.Settlement.Journal;
using MedInsure.Settlement.PaymentTerms;
using MedInsure.Settlement.Tests.PaymentMethods;

namespace MedInsure.Settlement.Tests.PaymentTerms;

/// <summary>Terms, groups, months, forecasts and indicators as an operator handles them over HTTP; and who may not.</summary>
[Trait("Category", "Authorization")]
[Collection(PostgresCollection.Name)]
public sealed class PaymentTermEndpointsTests(SharedPostgres postgres) : IAsyncLifetime
{
    private SettlementNode node = null!;
    private MethodDesk desk = null!;
    private OperatorDesk http = null!;

    public async Task InitializeAsync()
    {
        desk = new MethodDesk(node = await SettlementNode.Create(postgres.Server));
        http = await OperatorDesk.Start(node, PaymentTermEndpoints.Map, IndicatorEndpoints.Map);
    }

    public async Task DisposeAsync()
    {
        await http.DisposeAsync();
        await node.DisposeAsync();
    }

    /// <summary>1,200.00 less 200.00 for the year, 500.00 to June: 1 case of 1.5 against 2 of 0.5 with the coefficient 0.5: 1.5 : 0.5.</summary>
    [Fact]
    public async Task Points_FromTheTableToTheMonth()
    {
        const string Csv = "group_code,group_name,diagnosis,operation,points\nA,胆囊切除,K80,51.2,1.5\nZ,其他,,,0.5\n";
        string first = desk.Hospital(), second = desk.Hospital("2");
        Assert.Contains("import.repeated_key", await Import("DRG-2026", Csv + "B,又一,,,1\n"), StringComparison.Ordinal);
        Assert.Contains("\"changed\":2", await Import("DRG-2026", Csv), StringComparison.Ordinal);
        Assert.Contains("\"changed\":0", await Import("DRG-2026", Csv), StringComparison.Ordinal);
        Assert.Contains("payment_terms.group_table_exists", await Import("DRG-2026", Csv + "B,又一,J,,1\n"), StringComparison.Ordinal);
        Assert.Contains("payment_terms.table_invalid", await Import("DRG%202026", Csv), StringComparison.Ordinal);

        var draft = await Post("/payment-terms", "", new
        {
            request_no = "T1", method = "drg", insutype = "390", fund = "390100", providers = (string[])[first, second], from_month = 202601, to_month = 202612, agreement_no = "XY-1", drafted_by = MethodDesk.First,
            scope = new { clearing_types = (string[])["21"] },
            terms = new { group_table = "DRG-2026", budget = 1_200, reserve = 200, coefficients = new Dictionary<string, decimal> { [second] = 0.5m } },
        });
        var termNo = draft.GetProperty("term_no").GetString()!;
        Assert.Equal(("drafted", 0.5m), (draft.GetProperty("state").GetString(), draft.GetProperty("terms").GetProperty("coefficients").GetProperty(second).GetDecimal()));
        Assert.Equal("approved", (await Post("/payment-terms", $"/{termNo}/approval", new { approver = MethodDesk.Second })).GetProperty("state").GetString());
        var stay = desk.Case(202606, 10, 30_000, 50_000) with { ClearingType = "21", MedType = "21", Days = 4, Diagnosis = "K80.1", Operation = "51.23" };
        await desk.OffCounty(stay, stay with { Provider = second, Diagnosis = "J18", Operation = "" }, stay with { Provider = second, Operation = "47.0" });

        var month = await Get("/payment-terms", $"/months/202606/{first}");
        Assert.Equal((300m, 375m, termNo), (month.GetProperty("settled").GetDecimal(), month.GetProperty("payable").GetDecimal(), month.GetProperty("results")[0].GetProperty("term_no").GetString()));
        Assert.Equal(125m, (await Get("/payment-terms", $"/months/202606/{second}")).GetProperty("payable").GetDecimal());
        var county = await Post("/payment-terms", "/months/202606", new { });
        Assert.Equal((2, 900m, 500m), (county.GetProperty("providers").GetInt32(), county.GetProperty("settled").GetDecimal(), county.GetProperty("payable").GetDecimal()));
        Assert.Equal(termNo, (await Get("/payment-terms", "?method=drg&month=202606&provider=" + first)).GetProperty("terms")[0].GetProperty("term_no").GetString());
        Assert.Equal("XY-1", (await Get("/payment-terms", "/" + termNo)).GetProperty("agreement_no").GetString());
        Assert.Equal("payment_terms.month_invalid", await Refused(HttpMethod.Get, "/payment-terms", $"/months/202607/{first}", null, HttpStatusCode.BadRequest));
        Assert.Equal("payment_terms.unknown", await Refused(HttpMethod.Get, "/payment-terms", "/x", null, HttpStatusCode.NotFound));
        Assert.Equal("payment_terms.overlaps", await Refused(HttpMethod.Post, "/payment-terms", $"/{(await Post("/payment-terms", "", new { request_no = "T2", method = "fee_for_service", insutype = "390", fund = "390100",
            providers = (string[])[first], from_month = 202601, to_month = 202601, agreement_no = "XY-1", drafted_by = MethodDesk.First, terms = new { } })).GetProperty("term_no").GetString()}/approval", new { approver = MethodDesk.Second }, HttpStatusCode.Conflict));
        Assert.Equal(202603, (await Post("/payment-terms", $"/{termNo}/ending", new { last_month = 202603, reason = "调整", ended_by = MethodDesk.First, approver = MethodDesk.Second })).GetProperty("ended_month").GetInt32());
        Assert.Equal("payment_terms.not_drafted", await Refused(HttpMethod.Post, "/payment-terms", $"/{termNo}/withdrawal", new { withdrawn_by = MethodDesk.First, reason = "x" }, HttpStatusCode.UnprocessableEntity));
    }

    /// <summary>Last year 100.00 a month and in December 200.00; this year 120.00 to June: 720 × 1,300 / 600 = 1,560.00; of visits alone a budget of 1,000.00 is used to 36 %.</summary>
    [Fact]
    public async Task Forecast_OfAProviderAndOfAnAgreedAmount()
    {
        await desk.Agreed("global_prepayment", """{"budget": 1000}""", scope: """{"clearing_types": ["11"]}""");
        await desk.OffCounty([.. Enumerable.Range(1, 12).SelectMany(m => (MethodDesk.Other[])[desk.Case(202500 + m, 4, m == 12 ? 10_000 : 5_000), desk.Case(202500 + m, 4, m == 12 ? 10_000 : 5_000) with { ClearingType = "21", MedType = "21", Days = 1 }])]);
        await desk.OffCounty([.. Enumerable.Range(1, 6).SelectMany(m => (MethodDesk.Other[])[desk.Case(202600 + m, 4, 6_000), desk.Case(202600 + m, 9, 6_000) with { ClearingType = "41", MedType = "41" }])]);
        var forecast = (await Get("/payment-terms", "/forecasts?month=202606")).GetProperty("forecasts")[0];
        Assert.Equal((720m, 1_560m, "season"), (forecast.GetProperty("settled").GetDecimal(), forecast.GetProperty("expected").GetDecimal(), forecast.GetProperty("basis").GetString()));
        var term = (await Get("/payment-terms", "/forecasts/terms?month=202606")).GetProperty("forecasts")[0];
        Assert.Equal((360m, 780m, 0.36m, 0.78m), (term.GetProperty("settled").GetDecimal(), term.GetProperty("expected").GetDecimal(), term.GetProperty("used").GetDecimal(), term.GetProperty("expected_share").GetDecimal()));
        Assert.Equal(780m, term.GetProperty("providers")[0].GetProperty("expected").GetDecimal());
        Assert.Equal("payment_terms.month_invalid", await Refused(HttpMethod.Get, "/payment-terms", "/forecasts", null, HttpStatusCode.BadRequest));
    }

    [Fact]
    public async Task Indicators_AgainstTheirLimits()
    {
        var limit = await Post("/indicators", "/limits", new { request_no = "L1", provider = desk.Hospital(), indicator = "cost_per_visit", from_month = 202601, to_month = 202612, limit = 45, deduction = 0.5, agreement_no = "XY-1", drafted_by = MethodDesk.First });
        var limitNo = limit.GetProperty("limit_no").GetString();
        Assert.Equal("approved", (await Post("/indicators", $"/limits/{limitNo}/approval", new { approver = MethodDesk.Second })).GetProperty("state").GetString());
        await desk.OffCounty(desk.Case(202606, 1, 3_000, 5_000));
        var shown = await Get("/indicators", $"/202606/{desk.Hospital()}");
        Assert.Equal((2.5m, 50m, 45m), (shown.GetProperty("deduction").GetDecimal(), shown.GetProperty("indicators")[0].GetProperty("value").GetDecimal(), shown.GetProperty("indicators")[0].GetProperty("limit").GetDecimal()));
        Assert.Equal("门诊次均费用：50.00元÷1人次＝50.00元，限值不高于45.00元，超限金额5.00元×50%＝扣减2.50元", shown.GetProperty("indicators")[0].GetProperty("explanation").GetString());
        Assert.Equal(desk.Hospital(), (await Get("/indicators", "/202606?over=true&indicator=cost_per_visit")).GetProperty("indicators")[0].GetProperty("fixmedins_code").GetString());
        Assert.Equal(limitNo, (await Get("/indicators", "/limits?state=approved&month=202606")).GetProperty("limits")[0].GetProperty("limit_no").GetString());
        Assert.Equal("indicators.limit_not_drafted", await Refused(HttpMethod.Post, "/indicators", $"/limits/{limitNo}/withdrawal", new { withdrawn_by = MethodDesk.First, reason = "x" }, HttpStatusCode.UnprocessableEntity));
        Assert.Equal("indicators.limit_unknown", await Refused(HttpMethod.Post, "/indicators", "/limits/x/approval", new { approver = MethodDesk.Second }, HttpStatusCode.NotFound));
    }

    [Fact]
    public async Task OnlyOperators_AreLetIn()
    {
        foreach (var (method, root, path) in ((HttpMethod, string, string)[])
            [(HttpMethod.Get, "/payment-terms", ""), (HttpMethod.Post, "/payment-terms", ""), (HttpMethod.Get, "/payment-terms", "/1"), (HttpMethod.Post, "/payment-terms", "/1/approval"), (HttpMethod.Post, "/payment-terms", "/1/withdrawal"),
             (HttpMethod.Post, "/payment-terms", "/1/ending"), (HttpMethod.Get, "/payment-terms", "/months/202606/H"), (HttpMethod.Post, "/payment-terms", "/months/202606"), (HttpMethod.Get, "/payment-terms", "/forecasts"),
             (HttpMethod.Get, "/payment-terms", "/forecasts/terms"), (HttpMethod.Get, "/indicators", "/202606"), (HttpMethod.Get, "/indicators", "/202606/H"), (HttpMethod.Post, "/indicators", "/limits"), (HttpMethod.Get, "/indicators", "/limits"),
             (HttpMethod.Post, "/indicators", "/limits/1/approval"), (HttpMethod.Post, "/indicators", "/limits/1/withdrawal")])
            await http.LetsInNobodyElse(method, $"{root}/{desk.County}{path}");
        // As every import, also from our services.
        using var import = await http.Send(HttpMethod.Post, $"/payment-terms/{desk.County}/groups/T", "", "x");
        Assert.Equal(HttpStatusCode.Unauthorized, import.StatusCode);
    }

    private async Task<string> Import(string table, string csv)
    {
        using var answer = await http.Send(HttpMethod.Post, $"/payment-terms/{desk.County}/groups/{table}", csv);
        return await answer.Content.ReadAsStringAsync();
    }

    private Task<JsonElement> Get(string root, string path) => http.Get($"{root}/{desk.County}{path}");
    private Task<JsonElement> Post(string root, string path, object body) => http.Post($"{root}/{desk.County}{path}", body);
    private Task<string?> Refused(HttpMethod method, string root, string path, object? body, HttpStatusCode status) => http.Refused(method, $"{root}/{desk.County}{path}", body, status);
}
