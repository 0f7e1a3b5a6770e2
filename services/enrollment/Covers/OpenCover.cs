using MedInsure.Enrollment.Employments;
using MedInsure.Enrollment.Persons;
using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using Npgsql;
using NpgsqlTypes;

namespace MedInsure.Enrollment.Covers;

/// <summary>
/// What paid contributions come to: cover from the day that the pack's window says to the end of the covered year, or a finding why not; what is paid back covers no
/// day from then on. A part of the pending ones at a time, in one transaction with the persons, their events and the findings.
/// </summary>
internal static class OpenCover
{
    internal sealed record Contribution(string PsnNo, string Insutype, int Period, bool IsPaid, DateOnly? PaidOn, string Who, DateOnly? EventOn, DateOnly? RefundedOn, DateOnly? NotBefore)
    {
        public bool IsOfMonth => Period > YearMax;
    }

    /// <summary>A period up to it is a covered year, else a month.</summary>
    private const int YearMax = 9999;

    /// <summary>What became of one.</summary>
    internal sealed record Result(Contribution Of, string State, DatePeriod? Days, Refusal? Refusal);

    /// <summary>The schemes and covered years of those contributions that wait and are looked at next.</summary>
    public static async Task<List<(string Insutype, int Year)>> Pending(NpgsqlDataSource database, int most, CancellationToken cancellation)
    {
        return await database.Rows($"""
            SELECT DISTINCT insutype, period FROM (SELECT insutype, period FROM contribution WHERE state = 'pending' ORDER BY psn_no, insutype, period LIMIT $1) part WHERE period <= {YearMax}
            """, reader => (reader.GetString(0), reader.GetInt32(1)), cancellation, most);
    }

    /// <param name="terms">Of covered years, by scheme; null: the county has none. A pending contribution whose year is not named stays.</param>
    /// <returns>False: none was looked at.</returns>
    public static async Task<bool> Run(NpgsqlDataSource database, IReadOnlyDictionary<(string, int), ContributionTerms?> terms, int most, ChinaCalendar calendar, CancellationToken cancellation)
    {
        await using var held = await HeldCounty.Take(database, cancellation);
        // Billing's events do not wait for the county: their row waits here, so that a refund that comes meanwhile is not overwritten.
        var pending = (await Read(held, "WHERE state = 'pending' ORDER BY psn_no, insutype, period LIMIT $1 FOR UPDATE", cancellation, most)).FindAll(c => c.IsOfMonth || terms.ContainsKey((c.Insutype, c.Period)));
        if (pending.Count == 0) return false;
        await Look(held, pending, terms, calendar, cancellation);
        await held.Transaction.CommitAsync(cancellation);
        return true;
    }

    /// <summary>Some contributions are looked at again, at the worker's next look.</summary>
    /// <param name="which">SQL of a condition on contribution, with parameters $4 …</param>
    public static Task Again(HeldCounty held, string which, string by, string why, DateTimeOffset at, CancellationToken cancellation, params object[] parameters) => held.Run($"""
        WITH again AS (UPDATE contribution SET state = 'pending', refusal = '', changed_at = $3 WHERE {which} RETURNING psn_no, insutype, period)
        INSERT INTO contribution_step (psn_no, insutype, period, state, acted_by, why, at) SELECT psn_no, insutype, period, 'pending', $1, $2, $3 FROM again ORDER BY psn_no, insutype, period
        """, cancellation, [by, why, at.UtcDateTime, .. parameters]);

    /// <summary>Looks at some contributions, within the caller's transaction.</summary>
    private static async Task Look(HeldCounty held, List<Contribution> contributions, IReadOnlyDictionary<(string, int), ContributionTerms?> terms, ChinaCalendar calendar, CancellationToken cancellation)
    {
        var facts = await CoverFacts.Read(held, [.. contributions.Select(c => c.PsnNo).Distinct()], cancellation);
        var results = contributions.ConvertAll(c => Decide(facts, c, c.IsOfMonth ? null : terms[(c.Insutype, c.Period)]));
        await WriteCover.Run(held, facts.Cover, calendar.UtcNow, cancellation);
        await Note(held, results, calendar.UtcNow, cancellation);
        await CoverFindings.Take(held, results, facts, calendar.UtcNow, cancellation);
    }

    /// <summary>Pure but for the periods in <paramref name="facts"/>, which it changes.</summary>
    private static Result Decide(CoverFacts facts, Contribution c, ContributionTerms? terms)
    {
        if (facts.Survivor(c.PsnNo) is not { } person) return c.IsPaid ? new Result(c, "refused", null, CoverRefusals.PersonUnknown) : new Result(c, "closed", null, null);
        var isMonth = c.IsOfMonth;
        if (isMonth && !MonthlyCover.IsMonth(c.Period)) return new Result(c, "refused", null, CoverRefusals.MonthInvalid);
        var all = isMonth ? MonthlyCover.Days(c.Period) : new DatePeriod(new DateOnly(c.Period, 1, 1), new DateOnly(c.Period, 12, 31));
        if (!c.IsPaid)
        {
            if (facts.IsPaidOtherwise(person.PsnNo, c)) return new Result(c, "kept", null, null);
            // What the cover gave until now stays given.
            var gone = new DatePeriod(c.RefundedOn > all.From ? c.RefundedOn.Value : all.From, all.To);
            if (gone.From <= gone.To) facts.Cover.Remove(person.PsnNo, c.Insutype, gone);
            return new Result(c, "closed", null, null);
        }

        var eventOn = c.EventOn;
        var bornOn = (DateOnly?)null;
        if (facts.Foetus(c.PsnNo) is { } foetus)
        {
            if (foetus.BornOn is null) return new Result(c, "waiting", null, null);
            bornOn = foetus.BornOn;
            if (c.Who == EnrolmentWindows.Foetus) eventOn = bornOn;
        }
        DatePeriod days;
        if (isMonth)
        {
            var month = MonthlyCover.Of(c.Period, c.PaidOn!.Value, facts.IsFlexibleWorker(person.PsnNo, c.Insutype, c.Period));
            if (month.Refusal is { } uncovered) return new Result(c, "refused", null, uncovered);
            days = month.Value;
        }
        else
        {
            if (terms?.Resident is not { } resident) return new Result(c, "refused", null, CoverRefusals.SchemeWithoutTerms);
            var period = EnrolmentWindows.Period(resident, c.Period, c.Who, eventOn, c.PaidOn!.Value);
            if (period.Refusal is { } refusal) return new Result(c, "refused", null, refusal);
            days = period.Value;
        }
        // By whatever window it was paid: nobody is covered before the birth.
        if (bornOn > days.To) return new Result(c, "refused", null, CoverRefusals.NoDayLeft);
        if (bornOn > days.From) days = new DatePeriod(bornOn.Value, days.To);
        if (c.NotBefore > days.From && c.NotBefore <= days.To) days = new DatePeriod(c.NotBefore.Value, days.To);
        if (person.DiedOn != 0)
        {
            var died = DayNumber.ToDate(person.DiedOn);
            if (died < days.From) return new Result(c, "refused", null, CoverRefusals.PersonDead);
            if (died < days.To) days = new DatePeriod(days.From, died);
        }
        // Employees' insurance goes before residents', as with an employer: the fee paid for the year is billing's to refund.
        if (!isMonth && facts.Cover.IsCoveredElsewhere(person.PsnNo, c.Insutype, days)) return new Result(c, "refused", days, CoverRefusals.OtherScheme);
        if ((isMonth ? MonthlyCover.FlexibleWorker : facts.EnrolledAs(c) ?? facts.Cover.Last(person.PsnNo, c.Insutype, days.To!.Value)?.PsnType) is not { } psnType) return new Result(c, "refused", days, CoverRefusals.NotEnrolled);
        return new Result(c, facts.Cover.Add(person.PsnNo, c.Insutype, days, psnType) ? "opened" : "covered", days, null);
    }

    private static Task<List<Contribution>> Read(HeldCounty held, string where, CancellationToken cancellation, params object[] parameters) =>
        held.Rows($"SELECT psn_no, insutype, period, is_paid, paid_on, who, event_on, refunded_on, not_before FROM contribution {where}",
            r => new Contribution(r.GetString(0), r.GetString(1), r.GetInt32(2), r.GetBoolean(3), Day(r, 4), r.GetString(5), Day(r, 6), Day(r, 7), Day(r, 8)), cancellation, parameters);

    private static DateOnly? Day(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetFieldValue<DateOnly>(column);

    private static async Task Note(HeldCounty held, List<Result> results, DateTimeOffset at, CancellationToken cancellation)
    {
        await using var command = held.Command("""
            WITH done AS (
                UPDATE contribution c SET state = d.state, from_on = d.from_on, to_on = d.to_on, refusal = d.refusal, changed_at = $8
                FROM unnest($1, $2, $3, $4, $5, $6, $7) AS d (psn_no, insutype, period, state, from_on, to_on, refusal)
                WHERE c.psn_no = d.psn_no AND c.insutype = d.insutype AND c.period = d.period
                RETURNING c.psn_no, c.insutype, c.period, c.state, c.from_on, c.to_on, c.refusal
            )
            INSERT INTO contribution_step (psn_no, insutype, period, state, from_on, to_on, acted_by, why, at)
            SELECT psn_no, insutype, period, state, from_on, to_on, 'enrollment', refusal, $8 FROM done ORDER BY psn_no, insutype, period
            """);
        Add<string>(NpgsqlDbType.Text, r => r.Of.PsnNo);
        Add<string>(NpgsqlDbType.Text, r => r.Of.Insutype);
        Add(NpgsqlDbType.Integer, r => r.Of.Period);
        Add<string>(NpgsqlDbType.Text, r => r.State);
        Add(NpgsqlDbType.Date, r => r.Days?.From);
        Add(NpgsqlDbType.Date, r => r.Days?.To);
        Add<string>(NpgsqlDbType.Text, r => r.Refusal?.Code ?? "");
        command.Parameters.Add(new() { Value = at.UtcDateTime });
        await command.ExecuteNonQueryAsync(cancellation);

        void Add<T>(NpgsqlDbType type, Func<Result, T> column) => command.Parameters.Add(new NpgsqlParameter<T[]> { NpgsqlDbType = NpgsqlDbType.Array | type, TypedValue = [.. results.Select(column)] });
    }
}
