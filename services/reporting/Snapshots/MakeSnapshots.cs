using System.Data;
using System.Text.Json;
using MedInsure.Kernel;
using MedInsure.Reporting.Reports;
using Npgsql;

namespace MedInsure.Reporting.Snapshots;

/// <summary>
/// Keeps the next day or month that is over and not kept yet: every report of the city, of a month also each county's, in one transaction over one state of the facts. Months and days follow each other without
/// a gap. What came to earlier months since they were kept is told by the new one; they themselves never change.
/// </summary>
internal static class MakeSnapshots
{
    /// <summary>The ledgers close a day in the night after it; before, a day's settlements are in no voucher.</summary>
    private const int HourAfter = 6;
    private const int DaysBack = 7, MonthsBack = 24, MonthsCompared = 12;

    /// <returns>What was kept; null: nothing is to be kept now.</returns>
    public static async Task<ReportPeriod?> Next(ReportPlace place, ChinaCalendar calendar, CancellationToken cancellation)
    {
        await using var connection = await place.Database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellation);
        // Of several processes one makes it; the others look again later.
        await using (var door = new NpgsqlCommand("SELECT pg_try_advisory_xact_lock(hashtextextended('report_snapshot', 0))", connection, transaction))
            if (await door.ExecuteScalarAsync(cancellation) is not true) return null;
        foreach (var kind in (string[])[ReportPeriod.Month, ReportPeriod.Day])
        {
            if (await Due(connection, kind, calendar, cancellation) is not { } period || !await IsRead(place, connection, period, cancellation)) continue;
            await Keep(place, connection, transaction, period, calendar, cancellation);
            await transaction.CommitAsync(cancellation);
            return period;
        }
        return null;
    }

    private static async Task<ReportPeriod?> Due(NpgsqlConnection connection, string kind, ChinaCalendar calendar, CancellationToken cancellation)
    {
        var isMonth = kind == ReportPeriod.Month;
        await using var last = new NpgsqlCommand("SELECT max(period) FROM report_snapshot WHERE period_kind = $1", connection) { Parameters = { new() { Value = kind } } };
        ReportPeriod? next;
        if (ReportPeriod.Parse(await last.ExecuteScalarAsync(cancellation) as string) is { } kept) next = Of(kept.To.AddDays(1));
        else
        {
            await using var first = new NpgsqlCommand("""
                SELECT min(day) FROM feed f CROSS JOIN LATERAL (
                    SELECT CASE f.feed WHEN 'claims' THEN (SELECT min(settled_on) FROM claim_fact c WHERE (c.county, c.build) = (f.county, f.build))
                        WHEN 'vouchers' THEN (SELECT min(booked_on) FROM entry_fact e WHERE (e.county, e.build) = (f.county, f.build))
                        WHEN 'incomes' THEN (SELECT min(value_on) FROM income_fact i WHERE (i.county, i.build) = (f.county, f.build)) END AS day) AS earliest
                """, connection) { CommandTimeout = 0 };
            if (await first.ExecuteScalarAsync(cancellation) is not DateOnly day) return null;
            var earliest = isMonth ? calendar.Today.AddMonths(-MonthsBack) : calendar.Today.AddDays(-DaysBack);
            next = Of(day > earliest ? day : earliest);
        }
        return calendar.Now.DateTime >= next.To.AddDays(1).ToDateTime(new TimeOnly(HourAfter, 0)) ? next : null;

        ReportPeriod Of(DateOnly day) => isMonth ? ReportPeriod.OfMonth(day) : ReportPeriod.OfDay(day);
    }

    /// <summary>Whether every feed was read past the period's end: nothing that waits is older.</summary>
    private static async Task<bool> IsRead(ReportPlace place, NpgsqlConnection connection, ReportPeriod period, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("""
            SELECT (SELECT count(DISTINCT county) FROM feed WHERE feed = 'claims' AND county = ANY ($2)) = cardinality($2)
              AND NOT EXISTS (SELECT FROM feed WHERE read_at IS NULL OR read_at < $1 OR copied_key IS NOT NULL OR failure <> '' OR behind > 0 AND behind_since < $1)
            """, connection)
        {
            Parameters = { new NpgsqlParameter<DateTime> { TypedValue = ChinaCalendar.StartOf(period.To.AddDays(1)).UtcDateTime }, new NpgsqlParameter<string[]> { TypedValue = [.. place.Counties.Select(c => c.Code)] } },
        };
        return await command.ExecuteScalarAsync(cancellation) is true;
    }

    private static async Task Keep(ReportPlace place, NpgsqlConnection connection, NpgsqlTransaction transaction, ReportPeriod period, ChinaCalendar calendar, CancellationToken cancellation)
    {
        var positions = await Positions(connection, cancellation);
        List<string?> places = period.Kind == ReportPeriod.Month ? [null, .. place.Counties.Select(c => c.Code)] : [null];
        foreach (var report in ReportBook.All.Where(r => r.PeriodKinds.Contains(period.Kind)))
            foreach (var county in places)
            {
                var document = await GetReport.Compute(place, connection, new(report, period, county), calendar, cancellation);
                if (county is null && period.Kind == ReportPeriod.Month) document = document with { ChangesSince = await Late(connection, report, period, cancellation) };
                var bytes = KeptReports.Write(document with { Source = ReportDocument.Kept });
                await using var insert = new NpgsqlCommand("INSERT INTO report_snapshot (report, county, period_kind, period, document, document_sha256, positions, made_at) VALUES ($1, $2, $3, $4, $5, sha256($5), $6, $7)", connection, transaction);
                foreach (var value in (object[])[report.Code, county ?? "", period.Kind, period.Text, bytes, positions, calendar.UtcNow]) insert.Parameters.Add(new NpgsqlParameter { Value = value });
                await insert.ExecuteNonQueryAsync(cancellation);
            }
    }

    private static async Task<string> Positions(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("SELECT feed, county, build, seq, idx, events FROM feed ORDER BY feed, county", connection);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var positions = new List<object>();
        while (await reader.ReadAsync(cancellation))
            positions.Add(new { Feed = reader.GetString(0), County = reader.GetString(1), Build = reader.GetInt32(2), Seq = reader.GetInt64(3), Idx = reader.GetInt32(4), Events = reader.GetInt64(5) });
        return JsonSerializer.Serialize(positions, ReportingJson.Options);
    }

    /// <summary>Totals of the months kept before that are other ones now than was told last.</summary>
    private static async Task<List<LateChange>> Late(NpgsqlConnection connection, ReportDefinition report, ReportPeriod period, CancellationToken cancellation)
    {
        var told = new Dictionary<(string Period, string Column), string>();
        var from = ReportPeriod.OfMonth(period.From.AddMonths(-MonthsCompared)).Text;
        await using (var command = new NpgsqlCommand("SELECT period, document FROM report_snapshot WHERE report = $1 AND county = '' AND period_kind = 'month' AND period >= $2 AND period < $3 ORDER BY period", connection))
        {
            foreach (var value in (string[])[report.Code, from, period.Text]) command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = value });
            await using var reader = await command.ExecuteReaderAsync(cancellation);
            while (await reader.ReadAsync(cancellation))
            {
                var kept = KeptReports.Read(reader.GetFieldValue<byte[]>(1));
                foreach (var measure in Compared(report)) told[(reader.GetString(0), measure.Key)] = kept.Totals[measure.Key] ?? "";
                foreach (var change in kept.ChangesSince) told[(change.Period, change.Column)] = change.Is;
            }
        }
        var changes = new List<LateChange>();
        foreach (var month in told.Keys.Select(k => k.Period).Where(p => string.CompareOrdinal(p, from) >= 0).Distinct().Order(StringComparer.Ordinal))
        {
            var now = (await GetReport.Figures(connection, report, ReportPeriod.Parse(month)!, null, cancellation)).Total.Figures;
            foreach (var measure in Compared(report))
                if (told.TryGetValue((month, measure.Key), out var was) && GetReport.Text(measure.Unit, now[measure.Key]) is { } figure && figure != was) changes.Add(new LateChange(month, measure.Key, was, figure));
        }
        return changes;
    }

    private static IEnumerable<Measure> Compared(ReportDefinition report) => report.Measures.Where(m => m.Span == ReportSpan.Period);
}
