using MedInsure.FraudAudit.Findings;
using MedInsure.FraudAudit.Intake;
using MedInsure.FraudAudit.Rules;
using MedInsure.Hosting.Imports;
using MedInsure.Kernel;
using MedInsure.Protos.FraudAudit.V1;
using MedInsure.Reference;
using Npgsql;

namespace MedInsure.FraudAudit.PostAudit;

/// <summary>A slice of a run: its bills are streamed by person through the rules, what they find is copied with the slice's end in one transaction. A crash leaves the slice to be done.</summary>
internal static class AuditSlice
{
    private const string Copy = $"COPY run_finding (run_no, slice_no, {FindingRow.Columns}) FROM STDIN (FORMAT BINARY)";
    private const int Columns = 19;

    private sealed record Slice(int No, string? FromPsn, string? ToPsn, DateOnly? MonthOn);

    /// <summary>What works at the slices of a run.</summary>
    /// <param name="Failed">A rule threw at a settlement, or at a month (null).</param>
    internal sealed record Work(NpgsqlDataSource Database, string County, AuditRun Run, RunRules Rules, CityReference Reference, Action<string?, Exception> Failed);

    /// <summary>The first slice that nobody works at. False: there is none.</summary>
    public static async Task<bool> Next(Work work, DateTime now, CancellationToken cancellation)
    {
        var (database, run) = (work.Database, work.Run);
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        if (await Take(connection, transaction, run, cancellation) is not { } slice) return false;
        var rows = new BinaryRows(Copy, Columns);
        var found = 0L;
        var (claims, failed) = slice.MonthOn is { } month ? await Month(connection, work, month, Keep, cancellation) : await Persons(connection, transaction, work, slice, Keep, cancellation);
        await rows.Send(connection, cancellation);
        await using (var done = new NpgsqlCommand("UPDATE audit_slice SET done_at = $3, claims = $4, failed = $5, found = $6 WHERE run_no = $1 AND slice_no = $2", connection, transaction)
        {
            Parameters =
            {
                new NpgsqlParameter<long> { TypedValue = run.RunNo }, new NpgsqlParameter<int> { TypedValue = slice.No }, new NpgsqlParameter<DateTime> { TypedValue = now }, new NpgsqlParameter<long> { TypedValue = claims },
                new NpgsqlParameter<long> { TypedValue = failed }, new NpgsqlParameter<long> { TypedValue = found },
            },
        })
            await done.ExecuteNonQueryAsync(cancellation);
        await transaction.CommitAsync(cancellation);
        return true;

        void Keep(FindingRow row)
        {
            found++;
            Write(rows, run, slice, row);
        }
    }

    /// <summary>Locked while it is worked at, by whichever process; planned anew meanwhile, it is another run's version and not taken.</summary>
    private static async Task<Slice?> Take(NpgsqlConnection connection, NpgsqlTransaction transaction, AuditRun run, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("""
            SELECT slice_no, from_psn, to_psn, month_on FROM audit_slice JOIN audit_run USING (run_no)
            WHERE run_no = $1 AND done_at IS NULL AND state = 'running' AND rules_version = $2 ORDER BY slice_no LIMIT 1 FOR UPDATE OF audit_slice SKIP LOCKED
            """, connection, transaction) { Parameters = { new NpgsqlParameter<long> { TypedValue = run.RunNo }, new NpgsqlParameter<string> { TypedValue = run.RulesVersion! } } };
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return !await reader.ReadAsync(cancellation) ? null
            : new Slice(reader.GetInt32(0), reader.IsDBNull(1) ? null : reader.GetString(1), reader.IsDBNull(2) ? null : reader.GetString(2), reader.IsDBNull(3) ? null : reader.GetFieldValue<DateOnly>(3));
    }

    private static async Task<(long Claims, long Failed)> Persons(NpgsqlConnection connection, NpgsqlTransaction transaction, Work work, Slice slice, Action<FindingRow> keep, CancellationToken cancellation)
    {
        var (run, rules) = (work.Run, work.Rules);
        var (from, to) = run.Instants;
        var fromMs = new DateTimeOffset(from).ToUnixTimeMilliseconds();
        var (claims, failed) = (0L, 0L);
        var (bills, found) = (new List<AuditClaim>(), new List<Violation>());
        await using var command = new NpgsqlCommand("""
            SELECT psn_no, doc FROM audit_claim WHERE ($1::text IS NULL OR psn_no > $1) AND ($2::text IS NULL OR psn_no <= $2) AND settled_at >= $3 AND settled_at < $4 AND reversed_by IS NULL AND (journal_seq, idx) <= ($5, $6)
                AND psn_no IN (SELECT psn_no FROM audit_claim WHERE ($1::text IS NULL OR psn_no > $1) AND ($2::text IS NULL OR psn_no <= $2) AND settled_at >= $7 AND settled_at < $4)
            ORDER BY psn_no, settled_at, journal_seq, idx
            """, connection, transaction) { CommandTimeout = 0 };
        foreach (var bound in (string?[])[slice.FromPsn, slice.ToPsn]) command.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text, Value = (object?)bound ?? DBNull.Value });
        foreach (var at in (DateTime[])[from.AddDays(-BillUnderAudit.HistoryDays), to]) command.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = at });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = run.At.Seq });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = run.At.Index });
        command.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = from });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            if (bills.Count > 0 && reader.GetString(0) != bills[0].PsnNo) Audit();
            bills.Add(ClaimStore.Read(reader, 0));
        }
        if (bills.Count > 0) Audit();
        return (claims, failed);

        void Audit()
        {
            PersonAudit.Run(rules.Set, [.. bills], bill =>
            {
                if (bill.SettledAtMs < fromMs) return false;
                claims++;
                return true;
            }, work.Reference, rules.Only, found, (bill, failure) =>
            {
                failed++;
                work.Failed(bill.SetlId, failure);
            });
            foreach (var row in FindingRow.Of(found, rules.Book)) keep(row);
            bills.Clear();
            found.Clear();
        }
    }

    private static async Task<(long Claims, long Failed)> Month(NpgsqlConnection connection, Work work, DateOnly month, Action<FindingRow> keep, CancellationToken cancellation)
    {
        var (next, failed) = (month.AddMonths(1), 0);
        var bills = await ClaimStore.ReadSummaries(connection, work.County, AuditRun.StartOf(month), AuditRun.StartOf(next), work.Run.At, cancellation);
        var period = new PeriodUnderAudit(DayNumber.Of(month), DayNumber.Of(next.AddDays(-1)), bills, work.Reference);
        foreach (var rule in work.Rules.Book.PeriodRules.Where(r => work.Rules.Only is null || work.Rules.Only.Contains(r.Number)))
        {
            var before = period.Found.Count;
            try { work.Rules.Set.Audit(period, new HashSet<string> { rule.Number }); }
            // As at a bill: one rule's mistake keeps no other from looking.
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                period.Found.RemoveRange(before, period.Found.Count - before);
                failed++;
                work.Failed(null, e);
            }
        }
        foreach (var row in FindingRow.Of(period.Found, work.Rules.Book)) keep(row);
        return (bills.Count, failed);
    }

    private static void Write(BinaryRows rows, AuditRun run, Slice slice, FindingRow found)
    {
        rows.BeginRow();
        rows.Number(run.RunNo);
        rows.Whole(slice.No);
        foreach (var text in (ReadOnlySpan<string>)[found.Rule, found.SetlId, found.Subject, found.PsnNo, found.FixmedinsCode, found.ProviderCounty, found.DoctorCode, found.DepartmentCode]) rows.Text(text);
        rows.Date(found.OccurredOn);
        rows.Date(found.SettledOn);
        rows.Number(found.InScopeFen);
        rows.Flag(found.Certain);
        rows.Whole(found.Severity);
        rows.Text(found.Text);
        rows.Text(found.TextEn);
        rows.Texts(found.Lines);
        rows.Texts(found.EarlierSetlIds);
    }
}
