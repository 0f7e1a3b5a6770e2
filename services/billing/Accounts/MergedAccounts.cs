using MedInsure.Billing.Payments;
using MedInsure.Events;
using MedInsure.Hosting.Messaging;
using MedInsure.Kernel;
using Npgsql;
using NpgsqlTypes;

namespace MedInsure.Billing.Accounts;

/// <summary>
/// Two records were one person: from now on there is one account. Everything of the retired number's moves by entries on both sides, and what is still booked under that number is the
/// survivor's. Settlement moves what it took by itself (it hears of the merge too), so it is told the new credits alone.
/// </summary>
internal static class MergedAccounts
{
    public static async Task Run(NpgsqlConnection connection, NpgsqlTransaction transaction, IReadOnlyList<PersonMerged> events, ChinaCalendar calendar, CancellationToken cancellation)
    {
        foreach (var merged in events) await Merge(connection, transaction, merged, calendar, cancellation);
    }

    private static async Task Merge(NpgsqlConnection connection, NpgsqlTransaction transaction, PersonMerged merged, ChinaCalendar calendar, CancellationToken cancellation)
    {
        var survivors = await Lock(connection, transaction, [merged.RetiredNo, merged.SurvivingNo], cancellation);
        if (survivors.ContainsKey(merged.RetiredNo)) return;
        // The survivor may have become part of a third record already.
        var survivor = survivors.GetValueOrDefault(merged.SurvivingNo, merged.SurvivingNo);
        await using var batch = new NpgsqlBatch(connection, transaction)
        {
            BatchCommands =
            {
                new("INSERT INTO account_merge (retired_no, surviving_no, merge_no) VALUES ($1, $2, $3)") { Parameters = { new() { Value = merged.RetiredNo }, new() { Value = survivor }, new() { Value = merged.MergeNo } } },
                new("UPDATE account_merge SET surviving_no = $2 WHERE surviving_no = $1") { Parameters = { new() { Value = merged.RetiredNo }, new() { Value = survivor } } },
                new("""
                    INSERT INTO account_entry (psn_no, kind, reference, amount_fen, effective_on, booked_at)
                    SELECT e.psn_no, e.kind, $3, e.amount_fen, $4, $5 FROM account a
                    CROSS JOIN LATERAL (VALUES ($1, 'merge_credits', -a.credited_fen), ($2, 'merge_credits', a.credited_fen), ($1, 'merge_debits', a.debited_fen), ($2, 'merge_debits', -a.debited_fen)) AS e (psn_no, kind, amount_fen)
                    WHERE a.psn_no = $1 AND e.amount_fen <> 0
                    """)
                {
                    Parameters =
                    {
                        new() { Value = merged.RetiredNo }, new() { Value = survivor }, new() { Value = $"{merged.MergeNo} {merged.RetiredNo}" }, new() { Value = DayNumber.ToDate(merged.MergedOn) },
                        new() { Value = calendar.UtcNow.UtcDateTime },
                    },
                },
                new("""
                    UPDATE account a SET credited_fen = CASE WHEN a.psn_no = r.psn_no THEN 0 ELSE a.credited_fen + r.credited_fen END, debited_fen = CASE WHEN a.psn_no = r.psn_no THEN 0 ELSE a.debited_fen + r.debited_fen END,
                        version = a.version + 1
                    FROM (SELECT psn_no, credited_fen, debited_fen FROM account WHERE psn_no = $1) r WHERE a.psn_no IN ($1, $2) RETURNING a.psn_no, a.credited_fen, a.version
                    """) { Parameters = { new() { Value = merged.RetiredNo }, new() { Value = survivor } } },
            },
        };
        var told = new List<OutboxEvent>();
        await using (var reader = await batch.ExecuteReaderAsync(cancellation))
            do
                while (await reader.ReadAsync(cancellation))
                    told.Add(OutboxEvent.Of(reader.GetString(0), new AccountCredited(reader.GetString(0), reader.GetInt64(1), reader.GetInt64(2)), calendar.UtcNow));
            while (await reader.NextResultAsync(cancellation));
        await Outbox.Add(connection, transaction, told, cancellation);
    }

    /// <summary>Where an act is to be booked, of accounts that the caller holds. What both records booked under one reference stays two acts: the retired number is added to the survivor's.</summary>
    /// <param name="survivors">As <see cref="Lock"/> returned them.</param>
    /// <returns>By place; null: it was booked before the merge.</returns>
    public static async Task<(string PsnNo, string Reference)?[]> Redirect(
        NpgsqlConnection connection, NpgsqlTransaction transaction, Dictionary<string, string> survivors, IReadOnlyList<(string PsnNo, string Kind, string Reference)> acts, CancellationToken cancellation)
    {
        var places = new (string PsnNo, string Reference)?[acts.Count];
        for (var i = 0; i < places.Length; i++) places[i] = survivors.TryGetValue(acts[i].PsnNo, out var survivor) ? (survivor, $"{acts[i].Reference} {acts[i].PsnNo}") : (acts[i].PsnNo, acts[i].Reference);
        var moved = Enumerable.Range(0, places.Length).Where(i => survivors.ContainsKey(acts[i].PsnNo)).ToList();
        if (moved.Count == 0) return places;
        await using var command = new NpgsqlCommand("""
            SELECT place FROM unnest($1, $2, $3, $4, $5) AS a (place, psn_no, kind, reference, survivor)
            WHERE EXISTS (SELECT FROM account_entry e WHERE e.psn_no = a.psn_no AND e.kind = a.kind AND e.reference = a.reference)
               OR EXISTS (SELECT FROM account_merge m JOIN account_entry e ON e.psn_no = m.retired_no WHERE m.surviving_no = a.survivor AND e.kind = a.kind AND e.reference = a.reference || ' ' || a.psn_no)
            """, connection, transaction)
        {
            Parameters =
            {
                ReceivePayments.Column(NpgsqlDbType.Integer, moved, i => i), ReceivePayments.Column(NpgsqlDbType.Text, moved, i => acts[i].PsnNo), ReceivePayments.Column(NpgsqlDbType.Text, moved, i => acts[i].Kind),
                ReceivePayments.Column(NpgsqlDbType.Text, moved, i => acts[i].Reference), ReceivePayments.Column(NpgsqlDbType.Text, moved, i => survivors[acts[i].PsnNo]),
            },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation)) places[reader.GetInt32(0)] = null;
        return places;
    }

    /// <summary>The accounts' rows, made where there are none, in one order for everybody: their entries and events come one transaction after the other.</summary>
    /// <returns>The survivor of each number that became part of another one; it is held too.</returns>
    public static async Task<Dictionary<string, string>> Lock(NpgsqlConnection connection, NpgsqlTransaction transaction, IEnumerable<string> psnNos, CancellationToken cancellation)
    {
        string[] asked = [.. psnNos.Distinct().Order(StringComparer.Ordinal)];
        var survivors = await Survivors(connection, transaction, asked, cancellation);
        await Hold(connection, transaction, [.. asked.Concat(survivors.Values).Distinct().Order(StringComparer.Ordinal)], cancellation);
        // A merge may have come before the rows were ours; none can come now.
        var held = await Survivors(connection, transaction, asked, cancellation);
        string[] missing = [.. held.Values.Except(survivors.Values).Except(asked).Order(StringComparer.Ordinal)];
        if (missing.Length > 0) await Hold(connection, transaction, missing, cancellation);
        return held;
    }

    private static async Task<Dictionary<string, string>> Survivors(NpgsqlConnection connection, NpgsqlTransaction transaction, string[] numbers, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("SELECT retired_no, surviving_no FROM account_merge WHERE retired_no = ANY ($1)", connection, transaction) { Parameters = { new() { Value = numbers } } };
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var survivors = new Dictionary<string, string>(StringComparer.Ordinal);
        while (await reader.ReadAsync(cancellation)) survivors[reader.GetString(0)] = reader.GetString(1);
        return survivors;
    }

    private static async Task Hold(NpgsqlConnection connection, NpgsqlTransaction transaction, string[] numbers, CancellationToken cancellation)
    {
        await using var batch = new NpgsqlBatch(connection, transaction)
        {
            BatchCommands =
            {
                new("INSERT INTO account (psn_no, credited_fen, debited_fen, version) SELECT psn_no, 0, 0, 0 FROM unnest($1) WITH ORDINALITY AS p (psn_no, n) ORDER BY n ON CONFLICT (psn_no) DO NOTHING") { Parameters = { new() { Value = numbers } } },
                new("SELECT FROM account WHERE psn_no = ANY ($1) ORDER BY psn_no FOR UPDATE") { Parameters = { new() { Value = numbers } } },
            },
        };
        await batch.ExecuteNonQueryAsync(cancellation);
    }
}
