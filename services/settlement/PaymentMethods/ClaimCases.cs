using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Journal;
using MedInsure.Settlement.Projections;
using Npgsql;
using NpgsqlTypes;

namespace MedInsure.Settlement.PaymentMethods;

/// <summary>
/// Reads what methods and indicators ask of this county's own claims beside their amounts (days, disease, diagnosis, operation, charged days, consultation fees) from the settlements' and encounters' records into
/// <c>claim_case</c>: each claim once, from where the last reading ended. Nothing of it touches the way of a settlement. Off-county claims come with theirs.
/// </summary>
internal static class ClaimCases
{
    private const int BatchMax = 2_000;

    /// <summary>med_chrgitm_type of the general consultation fee (一般诊疗费; national-interface.md section 3).</summary>
    private const string ConsultationFee = "12";

    private sealed record Row(string SetlId, string RootId, string MdtrtId, bool IsStay, int Sign, int Cases, DateOnly BeginOn, DateOnly EndOn, string Disease)
    {
        public int ChargedDays { get; set; }
        public int Consultations { get; set; }
        public string Diagnosis { get; set; } = "";
        public string Operation { get; set; } = "";
        public bool IsAsked => IsStay || Disease.Length > 0 || Consultations != 0;
    }

    public static async Task Read(NpgsqlConnection connection, NpgsqlTransaction transaction, string county, CancellationToken cancellation)
    {
        // One reader at a time; who waits goes on where the other ended.
        var at = await Scalar(connection, transaction, "SELECT setl_id FROM claim_case_checkpoint FOR UPDATE", cancellation);
        var begin = at;
        while (true)
        {
            var (rows, last) = await Claims(connection, transaction, county, at, cancellation);
            if (last is null) break;
            at = last;
            await Write(connection, transaction, rows, cancellation);
        }
        if (at == begin) return;
        await using var update = new NpgsqlCommand("UPDATE claim_case_checkpoint SET setl_id = $1", connection, transaction) { Parameters = { new() { Value = at } } };
        await update.ExecuteNonQueryAsync(cancellation);
    }

    private static async Task<(List<Row> Rows, string? Last)> Claims(NpgsqlConnection connection, NpgsqlTransaction transaction, string county, string after, CancellationToken cancellation)
    {
        var rows = new List<Row>();
        string? last = null;
        await using var command = new NpgsqlCommand("SELECT setl_id, mdtrt_id, is_stay, CASE WHEN provider_county = $2 THEN doc END FROM claim WHERE setl_id > $1 ORDER BY setl_id LIMIT $3", connection, transaction)
        {
            Parameters = { new() { Value = after }, new() { Value = county }, new() { Value = BatchMax } },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            last = reader.GetString(0);
            // The patient went to another county, whose claim it is.
            if (await reader.IsDBNullAsync(3, cancellation)) continue;
            if (Of(last, reader.GetString(1), reader.GetBoolean(2), JournalRecord.Parser.ParseFrom(reader.GetFieldValue<byte[]>(3))) is { } row) rows.Add(row);
        }
        return (rows, last);
    }

    private static Row? Of(string setlId, string mdtrtId, bool isStay, JournalRecord record)
    {
        var (claim, root, sign) = record.BodyCase switch
        {
            JournalRecord.BodyOneofCase.SettledClaim => (record.SettledClaim, setlId, 1),
            JournalRecord.BodyOneofCase.ReversedClaim => (record.ReversedClaim.Negated, record.ReversedClaim.RootSetlId, record.ReversedClaim.Restores ? 1 : -1),
            _ => throw new InvalidOperationException($"{setlId} is neither a settlement nor a reversal"),
        };
        var begin = DayNumber.ToDate(claim.BeginOn);
        var end = DayNumber.ToDate(Math.Max(claim.BeginOn, claim.EndOn));
        var row = new Row(setlId, root, mdtrtId, isStay, sign, claim.Interim ? 0 : sign, begin, end, claim.DiseaseCode);
        if (root != setlId) return row; // a reversal has no lines: its settlement's count
        // The day of leaving is no bed-day, unless it is the day of coming.
        row.ChargedDays = isStay ? claim.Line.Select(l => l.On).Where(on => on == claim.BeginOn || on > claim.BeginOn && on < DayNumber.Of(end)).Distinct().Count() : 0;
        row.Consultations = claim.Line.Count(l => l.Terms?.MedChrgitmType == ConsultationFee && l.QuantityE4 > 0);
        if (claim.InlineEncounter is not { } encounter) return row;
        (row.Diagnosis, row.Operation) = (MainOf(encounter.Diagnosis), encounter.Details?.OperationCode ?? "");
        return row;
    }

    public static string MainOf(IEnumerable<Diagnosis> diagnoses) => diagnoses.OrderByDescending(d => d.Main).ThenBy(d => d.Order).FirstOrDefault()?.Code ?? "";

    private static async Task Write(NpgsqlConnection connection, NpgsqlTransaction transaction, List<Row> rows, CancellationToken cancellation)
    {
        await FromSettlements(connection, transaction, rows, cancellation);
        await FromEncounters(connection, transaction, rows, cancellation);
        var asked = rows.FindAll(r => r.IsAsked);
        if (asked.Count == 0) return;
        await using var batch = new NpgsqlBatch(connection, transaction);
        batch.BatchCommands.Add(new SetInsert().Text(asked, r => r.SetlId).Column(asked, NpgsqlDbType.Smallint, r => (short)r.Cases).Date(asked, r => r.BeginOn).Date(asked, r => r.EndOn).Text(asked, r => r.Disease)
            .Text(asked, r => r.Diagnosis).Text(asked, r => r.Operation).Int(asked, r => r.ChargedDays).Int(asked, r => r.Consultations)
            .Command("INSERT INTO claim_case (setl_id, cases, begin_on, end_on, disease_code, diagnosis_code, operation_code, charged_days, consultations) SELECT * FROM {unnest} ON CONFLICT DO NOTHING"));
        await batch.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>What a reversal takes back, or brings back, is its settlement's.</summary>
    private static async Task FromSettlements(NpgsqlConnection connection, NpgsqlTransaction transaction, List<Row> rows, CancellationToken cancellation)
    {
        var reversals = rows.FindAll(r => r.RootId != r.SetlId);
        if (reversals.Count == 0) return;
        var known = rows.ToDictionary(r => r.SetlId, r => (r.ChargedDays, r.Consultations, r.Diagnosis, r.Operation), StringComparer.Ordinal);
        await using (var command = new NpgsqlCommand("SELECT setl_id, charged_days, consultations, diagnosis_code, operation_code FROM claim_case WHERE setl_id = ANY($1)", connection, transaction)
        {
            Parameters = { new() { Value = reversals.Select(r => r.RootId).ToArray() } },
        })
        await using (var reader = await command.ExecuteReaderAsync(cancellation))
            while (await reader.ReadAsync(cancellation)) known[reader.GetString(0)] = (reader.GetInt32(1), reader.GetInt32(2), reader.GetString(3), reader.GetString(4));
        foreach (var reversal in reversals)
            if (known.TryGetValue(reversal.RootId, out var root))
                (reversal.ChargedDays, reversal.Consultations, reversal.Diagnosis, reversal.Operation) = (reversal.Sign * root.ChargedDays, reversal.Sign * root.Consultations, root.Diagnosis, root.Operation);
    }

    /// <summary>Diagnoses and operation as the encounter has them once it is settled.</summary>
    private static async Task FromEncounters(NpgsqlConnection connection, NpgsqlTransaction transaction, List<Row> rows, CancellationToken cancellation)
    {
        var visits = rows.Where(r => r.IsStay || r.Disease.Length > 0).Select(r => r.MdtrtId).Distinct().ToArray();
        if (visits.Length == 0) return;
        var found = new Dictionary<string, (string Diagnosis, string Operation)>(StringComparer.Ordinal);
        await using (var command = new NpgsqlCommand("SELECT mdtrt_id, record FROM encounter_record WHERE mdtrt_id = ANY($1) ORDER BY mdtrt_id, seq, idx", connection, transaction) { Parameters = { new() { Value = visits } } })
        await using (var reader = await command.ExecuteReaderAsync(cancellation))
            while (await reader.ReadAsync(cancellation))
            {
                var record = JournalRecord.Parser.ParseFrom(reader.GetFieldValue<byte[]>(1));
                var (details, diagnoses) = record.BodyCase switch
                {
                    JournalRecord.BodyOneofCase.EncounterOpened => (record.EncounterOpened.Details, record.EncounterOpened.Diagnosis),
                    JournalRecord.BodyOneofCase.EncounterChanged => (record.EncounterChanged.Details, record.EncounterChanged.Diagnosis),
                    JournalRecord.BodyOneofCase.EncounterDischarged => (record.EncounterDischarged.Details, record.EncounterDischarged.Diagnosis),
                    _ => (null, null),
                };
                var (diagnosis, operation) = found.GetValueOrDefault(reader.GetString(0), ("", ""));
                if (diagnoses is { Count: > 0 }) diagnosis = MainOf(diagnoses);
                if (details is { OperationCode.Length: > 0 }) operation = details.OperationCode;
                found[reader.GetString(0)] = (diagnosis, operation);
            }
        foreach (var row in rows)
            if (found.TryGetValue(row.MdtrtId, out var encounter))
                (row.Diagnosis, row.Operation) = (encounter.Diagnosis.Length > 0 ? encounter.Diagnosis : row.Diagnosis, encounter.Operation.Length > 0 ? encounter.Operation : row.Operation);
    }

    private static async Task<string> Scalar(NpgsqlConnection connection, NpgsqlTransaction transaction, string sql, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(sql, connection, transaction);
        return (string)(await command.ExecuteScalarAsync(cancellation))!;
    }
}
