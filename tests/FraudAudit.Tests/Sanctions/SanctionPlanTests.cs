using MedInsure.FraudAudit.Sanctions;

namespace MedInsure.FraudAudit.Tests.Sanctions;

/// <summary>What decisions may impose and what it comes to, with the sources' figures.</summary>
[Trait("Category", "Golden")]
public sealed class SanctionPlanTests
{
    private static readonly SanctionLadder Ladder = SanctionLadder.LoadEmbedded();

    private static MedInsure.Kernel.Outcome<SanctionPlan> Of(long evidenceFen, params SanctionOrder[] orders) => SanctionPlan.Of(Ladder, "provider", evidenceFen, orders);

    [Theory]
    [InlineData("damages_record_review", 27_388_00, 27_388_00)] // 1 × 27,388 (Sz, seed-facts.md 6.2)
    [InlineData("damages_impersonation", 2_453_20, 24_532_00)] // 10 × 2,453.20 (Sz)
    public void Damages_AreAMultipleOfTheWrongMoney(string step, long principalFen, long damagesFen)
    {
        var plan = Of(principalFen, new(step), new("recover")).Value;
        Assert.Equal((principalFen, damagesFen, principalFen + damagesFen), (plan.PrincipalFen, plan.DamagesFen, plan.MoneyFen));
        Assert.Equal(["recover", step], plan.Sanctions.Select(s => s.Step)); // in the ladder's order
    }

    [Fact]
    public void BothMultiples_ShareTheRecoveredMoney()
    {
        // 3,453.20 recovered: 2,453.20 × 10 + the other 1,000.00 × 1.
        var plan = Of(345_320, new("recover"), new("damages_impersonation", 2_453.20m), new("damages_record_review")).Value;
        Assert.Equal(2_453_200 + 100_000, plan.DamagesFen);
        Assert.Equal("sanction.base_beyond_principal", Of(345_320, new("recover"), new("damages_impersonation", 2_453.20m), new("damages_record_review", 1_000.01m)).Refusal?.Code);
    }

    [Fact]
    public void WhatOthersTake_IsRecordedOnly()
    {
        var plan = Of(0, new("fine", 14_000m, Text: "卫健局〔2026〕7号"), new("damages_flat", 27_800m, Text: "协议第31条"), new("suspend_settlement", Months: 3), new("correction")).Value;
        Assert.Equal((0L, 2_780_000L, 3, 30), (plan.PrincipalFen, plan.DamagesFen, plan.SuspendedMonths(Ladder), plan.CorrectionDays));
        Assert.Equal(plan.Sanctions, SanctionPlan.Read(plan.ToJson()));
    }

    [Fact]
    public void EveryStep_HasItsSource_AndAFitWayToAsk() => Assert.All(Ladder.Steps, step =>
    {
        Assert.Matches(@"\d{3}_[0-9a-f]{16}\.txt", step.Source.StartsWith("all;", StringComparison.Ordinal) ? step.Source[5..] : step.Source);
        var order = new SanctionOrder(step.Step, step.Amount is "agreed" or "recorded" ? 1m : null, step.Effect == "suspend" ? 1 : null, null, "依据");
        SanctionOrder[] orders = step.Amount == "multiple" ? [new("recover"), order] : [order];
        Assert.False(SanctionPlan.Of(Ladder, step.Subjects[0], 100, orders).IsRefused, step.Step);
    });

    [Fact]
    public void EachRefusal()
    {
        Refused("sanction.missing");
        Refused("sanction.step_unknown", new SanctionOrder("hang"));
        Refused("sanction.step_unknown", new SanctionOrder(null));
        Refused("sanction.step_of_others", new SanctionOrder("penalty", 1m, Text: "x"));
        Refused("sanction.step_twice", new("criticism"), new("criticism"));
        Refused("sanction.text_invalid", new SanctionOrder("criticism", Text: new string('a', 501)));
        foreach (var order in (SanctionOrder[])[new("criticism", 1m), new("recover", 0.001m), new("recover", -1m), new("fine", Text: "x")]) Refused("sanction.amount_invalid", order);
        Refused("sanction.clause_missing", new SanctionOrder("damages_flat", 1m));
        Refused("sanction.more_than_evidence", new SanctionOrder("recover", 1.01m));
        Refused("sanction.base_beyond_principal", new SanctionOrder("damages_record_review"));
        Refused("sanction.base_beyond_principal", new("recover"), new("damages_record_review", 1.01m));
        foreach (var order in (SanctionOrder[])[new("suspend_agreement"), new("suspend_agreement", Months: 13), new("criticism", Months: 1)]) Refused("sanction.months_invalid", order);
        foreach (var order in (SanctionOrder[])[new("criticism", Days: 1), new("correction", Days: 366)]) Refused("sanction.days_invalid", order);
        Refused("sanction.suspended_and_terminated", new("suspend_agreement", Months: 1), new("terminate_agreement"));

        static void Refused(string code, params SanctionOrder[] orders) => Assert.Equal(code, Of(100, orders).Refusal?.Code);
    }

    [Theory]
    [InlineData(100, "A")]
    [InlineData(95, "A")]
    [InlineData(94, "B")]
    [InlineData(60, "C")]
    [InlineData(0, "D")]
    public void Grade_IsThatOfItsPoints(int points, string grade) => Assert.Equal(grade, Ladder.Credit.GradeOf(points).Grade);
}
