using MedInsure.FraudAudit.Cases;
using MedInsure.FraudAudit.FieldWork;
using MedInsure.Kernel;
using Npgsql;

namespace MedInsure.FraudAudit.WardChecks;

/// <summary>Two inspectors went through a ward, bed by bed: who lay there, who did not, who was somebody else. Of it comes the in-bed rate (在院率).</summary>
internal static class RecordWardCheck
{
    private const int BedsMax = 500, WardMax = 40, BedMax = 30, PersonMax = 30, TextMax = 200, ExpectedMax = 5_000, RoundMax = 9;
    private static readonly string[] States = ["present", "elsewhere", "absent", "other_person"];

    /// <param name="State">present; elsewhere: in theatre or at a test, and seen there; absent; other_person.</param>
    /// <param name="PsnNo">Whose bed it is; null: nobody could say.</param>
    internal sealed record Bed(string? Number, string? PsnNo, string? State, string? Text);

    /// <param name="Expected">In-patients that the ward's own list has; null: as many as beds are listed.</param>
    internal sealed record Order(string? RequestKey, string? By, string? Reason, string? FixmedinsCode, string? CheckedOn, string? Ward, int? Round, int? Expected, string? Companion, IReadOnlyList<Bed>? Beds) : CaseOrder(RequestKey, By, Reason);

    internal sealed record Withdrawal(string? RequestKey, string? By, string? Reason) : CaseOrder(RequestKey, By, Reason);

    /// <summary>In order: key, who, why; the same request before; the companion; day, ward, beds, expected; the provider; the round not recorded yet.</summary>
    public static async Task<Outcome<object>> Execute(AuditRequest request, CaseOffice office, FieldTerms terms, Order order)
    {
        var begun = await FieldAct.Begin(request, order, "ward_check", 0, "recorded", office.Calendar.UtcNow);
        if (begun.Refusal is { } refusal) return refusal;
        await using var act = begun.Value;
        if (act.Before is { } before) return await ShowWardCheck.Of(act.Connection, before, act.Cancellation);
        if (TwoPeople.Check(order.By, "by", order.Companion, "companion") is { } people) return people;
        if (!FieldText.TryDay(order.CheckedOn, out var on)) return Refusals.DayInvalid.At("checked_on");
        if (on > office.Today) return FieldRefusals.DayInFuture.At("checked_on");
        if (!AuditTexts.IsText(order.Ward, WardMax) || order.Round is < 1 or > RoundMax) return FieldRefusals.WardInvalid;
        if (order.Beds is not { Count: > 0 and <= BedsMax } beds || beds.Any(b => !AuditTexts.IsText(b.Number, BedMax) || !States.Contains(b.State) || (b.PsnNo is not null && !AuditTexts.IsText(b.PsnNo, PersonMax)))
            || beds.Select(b => b.Number!.Trim()).Distinct(StringComparer.Ordinal).Count() != beds.Count) return FieldRefusals.BedsInvalid;
        foreach (var bed in beds)
            if (FieldText.Unfit(bed.Text, TextMax, needed: false) is { } unfit) return unfit.At("beds");
        var expected = order.Expected ?? beds.Count;
        if (expected < beds.Count || expected > ExpectedMax) return FieldRefusals.ExpectedInvalid;
        var provider = office.Provider(request.County.CityCode, order.FixmedinsCode ?? "");
        if (provider.Refusal is { } away) return away;
        if (provider.Value is null) return CaseRefusals.ProviderUnknown.At("fixmedins_code");

        var inBed = beds.Count(b => b.State is "present" or "elsewhere");
        long number;
        try
        {
            number = await act.One<long>("""
                INSERT INTO ward_check (fixmedins_code, checked_on, ward, round, expected, in_bed, rate_bp, rate_min_bp, checked_by, companion, recorded_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) RETURNING check_no
                """, order.FixmedinsCode, on, order.Ward!.Trim(), order.Round ?? 1, expected, inBed, inBed * 10_000 / expected, terms.InBedMinBp, act.By, order.Companion!.Trim(), act.Now.UtcDateTime);
        }
        catch (PostgresException e) when (e.ConstraintName == "a_ward_is_checked_once_a_round") { return FieldRefusals.WardChecked; }
        await using (var insert = new NpgsqlCommand("INSERT INTO ward_check_bed (check_no, bed, psn_no, state, text) SELECT $1, * FROM unnest($2, $3, $4, $5)", act.Connection))
        {
            insert.Parameters.Add(new NpgsqlParameter { Value = number });
            foreach (var text in (Func<Bed, string>[])[b => b.Number!.Trim(), b => b.PsnNo ?? "", b => b.State!, b => b.Text ?? ""]) insert.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. beds.Select(text)] });
            await insert.ExecuteNonQueryAsync(act.Cancellation);
        }
        var shown = await ShowWardCheck.Of(act.Connection, number, act.Cancellation);
        await act.Done(number);
        return shown;
    }

    /// <summary>What was recorded wrongly counts no more, and the round can be recorded again. In order: key, who, why; the same request before; the check.</summary>
    public static async Task<Outcome<object>> Withdraw(AuditRequest request, ChinaCalendar calendar, long checkNo, Withdrawal order)
    {
        var begun = await FieldAct.Begin(request, order, "ward_check", checkNo, "withdrawn", calendar.UtcNow);
        if (begun.Refusal is { } refusal) return refusal;
        await using var act = begun.Value;
        if (act.Before is null)
        {
            if (await act.Run("UPDATE ward_check SET withdrawn_by = $2 WHERE check_no = $1 AND withdrawn_by = ''", checkNo, act.By) == 0) return FieldRefusals.WardCheckUnknown;
            await act.Done(checkNo);
        }
        return await ShowWardCheck.Of(act.Connection, checkNo, act.Cancellation);
    }
}
