using System.Text.Json;
using MedInsure.Settlement.PaymentTerms;
using MedInsure.Settlement.Tests.PaymentMethods;

namespace MedInsure.Settlement.Tests.PaymentTerms;

/// <summary>What is written down as agreed is read strictly: every fault by its name and place.</summary>
[Trait("Category", "Storage")]
[Collection(PostgresCollection.Name)]
public sealed class DraftTermsTests(SharedPostgres postgres) : IAsyncLifetime
{
    private SettlementNode node = null!;
    private MethodDesk desk = null!;

    public async Task InitializeAsync() => desk = new MethodDesk(node = await SettlementNode.Create(postgres.Server));
    public Task DisposeAsync() => node.DisposeAsync().AsTask();

    [Fact]
    public async Task SameRequestAgain_IsTheSameDraft_AndAnotherContentIsRefused()
    {
        var order = desk.Order("global_prepayment", """{"budget": 12000.50}""", [desk.Hospital("2"), desk.Hospital()], """{"clearing_types": ["21"]}""");
        var drafts = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => desk.Draft(order)));
        Assert.Single(drafts.Select(d => MethodDesk.Value(d).ScopeNo).Distinct());
        var draft = drafts[0].Value;
        Assert.Equal(("drafted", 1_200_050L, $"{desk.County}V000000000001"), (draft.Life.State, draft.Method.YearlyFen, draft.ScopeNo));
        Assert.Equal("request.number_reused", (await desk.Draft(order with { ToMonth = 202611 })).Refusal?.Code);
        Assert.Equal("request.number_reused", (await desk.Draft(order with { Terms = JsonElement.Parse("""{"budget": 12000.51}""") })).Refusal?.Code);
        Assert.Equal(draft.Number, PaymentTerm.Parse(desk.County, draft.ScopeNo));
        Assert.Empty(await desk.Month(202606)); // a draft pays nothing
    }

    [Fact]
    public async Task MalformedOrder_IsRefusedInOrder()
    {
        var good = desk.Order("global_prepayment", """{"budget": 1}""");
        foreach (var (order, code) in ((DraftTerms.Order, string)[])
            [(good with { DraftedBy = "" }, "approval.person_missing"), (good with { RequestNo = null }, "request.number_invalid"), (good with { Method = "lump" }, "payment_terms.method_unknown"),
             (good with { Insutype = "39" }, "payment_terms.fund_invalid"), (good with { Fund = "310100" }, "payment_terms.fund_invalid"), (good with { Fund = "39010x" }, "payment_terms.fund_invalid"),
             (good with { Insutype = "310", Fund = "310200" }, "payment_terms.account_fund"), (good with { FromMonth = 202600 }, "payment_terms.months_invalid"), (good with { ToMonth = 202701 }, "payment_terms.months_invalid"),
             (good with { FromMonth = 202609, ToMonth = 202608 }, "payment_terms.months_invalid"), (good with { Providers = [] }, "payment_terms.providers_invalid"), (good with { Providers = [desk.Hospital(), desk.Hospital()] }, "payment_terms.providers_invalid"),
             (good with { Providers = ["H-other"] }, "payment_terms.provider_unknown"), (good with { AgreementNo = " " }, "payment_terms.agreement_missing"), (good with { Terms = null }, "payment_terms.terms_missing")])
            Assert.Equal(code, (await desk.Draft(order)).Refusal?.Code);
    }

    private static readonly (string Method, string Terms, string? Scope, string Field)[] Faulty =
    [
        ("global_prepayment", "[]", null, "terms"),
        ("global_prepayment", "{}", null, "terms.budget"),
        ("global_prepayment", """{"budget": 1.001}""", null, "terms.budget"),
        ("global_prepayment", """{"budget": -1}""", null, "terms.budget"),
        ("global_prepayment", """{"budget": "1"}""", null, "terms.budget"),
        ("global_prepayment", """{"budget": 1, "buget": 2}""", null, "terms.buget"),
        ("global_prepayment", """{"budget": 1, "lead": "H-other"}""", null, "terms.lead"),
        ("capitation", """{"heads": 0, "per_head": 1}""", null, "terms.heads"),
        ("capitation", """{"heads": 1.5, "per_head": 1}""", null, "terms.heads"),
        ("global_budget", """{"year_before_last": 1, "last_year": 1, "growth": -1, "surplus_share": 0, "overspend_share": 0}""", null, "terms.growth"),
        ("global_budget", """{"year_before_last": 1, "last_year": 1, "growth": 0.12345, "surplus_share": 0, "overspend_share": 0}""", null, "terms.growth"),
        ("township_outpatient", """{"heads": 1, "per_head": 50, "overspend_borne": 1.2, "surplus_paid": 0.2}""", null, "terms.overspend_borne"),
        ("service_unit", """{"covers": "patient", "unit": "case", "price": 1}""", null, "terms.covers"),
        ("service_unit", """{"covers": "fund", "unit": "day", "price": 1}""", null, "scope.clearing_types"),
        ("per_disease", """{"covers": "fund", "prices": []}""", null, "terms.prices"),
        ("per_disease", """{"covers": "fund", "prices": [{"disease": "A", "name": "甲", "price": 1}, {"disease": "A", "name": "乙", "price": 2}]}""", null, "terms.prices"),
        ("per_disease", """{"covers": "fund", "prices": [{"disease": "A", "name": "甲", "price": 1, "x": 1}]}""", null, "terms.prices[0].x"),
        ("per_disease", """{"covers": "fund", "prices": [{"disease": "A", "name": "甲", "price": 1}]}""", """{"diseases": ["B"]}""", "scope.diseases"),
        ("bed_day", """{"covers": "fund", "classes": [{"name": "一般", "diseases": ["A"], "stages": [{"price": 1}]}]}""", """{"clearing_types": ["21"]}""", "terms.classes"),
        ("bed_day", """{"covers": "fund", "classes": [{"name": "一般", "stages": [{"to_day": 3, "price": 1}]}]}""", """{"clearing_types": ["21"]}""", "terms.classes"),
        ("bed_day", """{"covers": "fund", "classes": [{"name": "一般", "stages": [{"to_day": 3, "price": 1}, {"to_day": 3, "price": 1}, {"price": 1}]}]}""", """{"clearing_types": ["21"]}""", "terms.classes"),
        ("bed_day", """{"covers": "fund", "classes": [{"name": "一般", "stages": [{"price": 1}]}]}""", """{"clearing_types": ["11"]}""", "scope.clearing_types"),
        ("consultation_fee", """{"heads": 1, "visit_rate": 1.85, "last_year_visits": -1, "fee": 4.5}""", null, "terms.last_year_visits"),
        ("drg", """{"group_table": "T", "budget": 1, "reserve": 2}""", """{"clearing_types": ["21"]}""", "terms.reserve"),
        ("drg", """{"group_table": "T", "budget": 1, "reserve": 0, "coefficients": {"H-other": 1}}""", """{"clearing_types": ["21"]}""", "terms.coefficients"),
        ("drg", """{"group_table": "T", "budget": 1, "reserve": 0, "coefficients": {"H-other": 0}}""", """{"clearing_types": ["21"]}""", "terms.coefficients.H-other"),
        ("fee_for_service", """{"price": 1}""", null, "terms.price"),
        ("fee_for_service", "{}", """{"clearing_types": ["12"]}""", "scope.clearing_types"),
        ("fee_for_service", "{}", """{"med_types": ["11", "11"]}""", "scope.med_types"),
        ("fee_for_service", "{}", """{"med_type": ["11"]}""", "scope.med_type"),
    ];

    [Fact]
    public async Task FaultyFigure_IsNamed()
    {
        foreach (var (method, terms, scope, field) in Faulty)
        {
            var refusal = (await desk.Draft(desk.Order(method, terms, scope: scope))).Refusal;
            Assert.Equal(("payment_terms.figure_invalid", field), (refusal?.Code, refusal?.Field));
            Assert.StartsWith(field, refusal!.Chinese, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task PointMethod_NeedsAWholeTable()
    {
        var order = desk.Order("drg", """{"group_table": "T", "budget": 1, "reserve": 0}""", scope: """{"clearing_types": ["21"]}""");
        Assert.Equal("payment_terms.group_table_unknown", (await desk.Draft(order)).Refusal?.Code);
        await desk.Tamper("INSERT INTO payment_group VALUES ('T', 'A', 'A', 'K80', '', 1)");
        Assert.Equal("payment_terms.group_table_incomplete", (await desk.Draft(order)).Refusal?.Code);
        await desk.Tamper("INSERT INTO payment_group VALUES ('T', 'Z', 'Z', '', '', 1)");
        MethodDesk.Value(await desk.Draft(order));
    }
}
