using Google.Protobuf;
using MedInsure.FraudAudit.Rules;
using MedInsure.Kernel;
using MedInsure.Protos.FraudAudit.V1;
using Npgsql;
using NpgsqlTypes;

namespace MedInsure.FraudAudit.Intake;

/// <summary>The county's settlements as settlement told them: written in the journal's order, read by person.</summary>
internal static class ClaimStore
{
    /// <summary>Keeps settlements and lets reversals take effect, in the order given; what is there already stays.</summary>
    public static async Task Keep(NpgsqlConnection connection, NpgsqlTransaction transaction, IReadOnlyList<AuditClaim> told, CancellationToken cancellation)
    {
        var claims = told.Where(c => c.ReversesSetlId.Length == 0).ToList();
        var reversals = told.Where(c => c.ReversesSetlId.Length > 0).ToList();
        await using var batch = new NpgsqlBatch(connection, transaction);
        if (claims.Count > 0) batch.BatchCommands.Add(Insert([.. claims.Select(c => (c, BillSummary.Of(c)))]));
        if (reversals.Count > 0)
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand("INSERT INTO claim_reversal (setl_id, root_setl_id, restores, journal_seq, idx, psn_no, settled_at) SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING")
            {
                Parameters =
                {
                    Of(reversals, NpgsqlDbType.Text, c => c.SetlId), Of(reversals, NpgsqlDbType.Text, c => c.RootSetlId), Of(reversals, NpgsqlDbType.Boolean, c => c.Restores), Of(reversals, NpgsqlDbType.Bigint, c => c.JournalSeq),
                    Of(reversals, NpgsqlDbType.Integer, c => c.Idx), Of(reversals, NpgsqlDbType.Text, c => c.PsnNo), Of(reversals, NpgsqlDbType.TimestampTz, SettledAt),
                },
            });
            // Of a settlement's chain the newest row decides.
            var last = reversals.GroupBy(r => r.RootSetlId).Select(g => g.Last()).ToList();
            batch.BatchCommands.Add(new NpgsqlBatchCommand("UPDATE audit_claim AS c SET reversed_by = u.by FROM unnest($1, $2) AS u (setl_id, by) WHERE c.setl_id = u.setl_id")
            {
                Parameters = { Of(last, NpgsqlDbType.Text, r => r.RootSetlId), Of(last, NpgsqlDbType.Text, r => r.Restores ? null : r.SetlId) },
            });
        }
        if (batch.BatchCommands.Count > 0) await batch.ExecuteNonQueryAsync(cancellation);
    }

    private static NpgsqlBatchCommand Insert(List<(AuditClaim Claim, BillSummary Summary)> rows)
    {
        var command = new NpgsqlBatchCommand("""
            INSERT INTO audit_claim (setl_id, journal_seq, idx, psn_no, fixmedins_code, provider_county, med_type, begin_on, end_on, policy_on, settled_at, is_stay, in_scope_fen, total_fen, fund_fen, doc,
                mdtrt_id, policy_level, insutype, main_diagnosis, department_code, doctor_code, is_poor, deductible_fen, drug_fen, exam_fen, material_fen, treatment_fen, pool_left_fen)
            SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29) ON CONFLICT DO NOTHING
            """);
        Claims(NpgsqlDbType.Text, c => c.SetlId);
        Claims(NpgsqlDbType.Bigint, c => c.JournalSeq);
        Claims(NpgsqlDbType.Integer, c => c.Idx);
        foreach (var text in (Func<BillSummary, string>[])[s => s.PsnNo, s => s.FixmedinsCode, s => s.ProviderCounty, s => s.MedType]) Summaries(NpgsqlDbType.Text, text);
        Claims(NpgsqlDbType.Date, c => DayNumber.ToDate(c.BeginOn));
        Claims(NpgsqlDbType.Date, c => c.EndOn == 0 ? (DateOnly?)null : DayNumber.ToDate(c.EndOn));
        Claims(NpgsqlDbType.Date, c => DayNumber.ToDate(c.PolicyOn));
        Claims(NpgsqlDbType.TimestampTz, SettledAt);
        Summaries(NpgsqlDbType.Boolean, s => s.IsStay);
        foreach (var sum in (Func<BillSummary, long>[])[s => s.InScopeFen, s => s.TotalFen, s => s.FundFen]) Summaries(NpgsqlDbType.Bigint, sum);
        Claims(NpgsqlDbType.Bytea, c => c.ToByteArray());
        foreach (var text in (Func<BillSummary, string>[])[s => s.MdtrtId, s => s.PolicyLevel, s => s.Insutype, s => s.MainDiagnosis, s => s.DepartmentCode, s => s.DoctorCode]) Summaries(NpgsqlDbType.Text, text);
        Summaries(NpgsqlDbType.Boolean, s => s.IsPoor);
        foreach (var sum in (Func<BillSummary, long>[])[s => s.DeductibleFen, s => s.DrugFen, s => s.ExamFen, s => s.MaterialFen, s => s.TreatmentFen, s => s.PoolLeftFen]) Summaries(NpgsqlDbType.Bigint, sum);
        return command;

        void Claims<T>(NpgsqlDbType type, Func<AuditClaim, T> value) => command.Parameters.Add(new NpgsqlParameter<T[]> { NpgsqlDbType = NpgsqlDbType.Array | type, TypedValue = [.. rows.Select(r => value(r.Claim))] });
        void Summaries<T>(NpgsqlDbType type, Func<BillSummary, T> value) => command.Parameters.Add(new NpgsqlParameter<T[]> { NpgsqlDbType = NpgsqlDbType.Array | type, TypedValue = [.. rows.Select(r => value(r.Summary))] });
    }

    /// <summary>The person's standing bills settled before an instant, at most <see cref="BillUnderAudit.HistoryDays"/> back, the oldest first.</summary>
    public static async Task<IReadOnlyList<AuditClaim>> ReadHistory(NpgsqlConnection connection, string psnNo, long beforeMs, CancellationToken cancellation)
    {
        var before = DateTimeOffset.FromUnixTimeMilliseconds(beforeMs).UtcDateTime;
        return (await ReadPersons(connection, null, [psnNo], before.AddDays(-BillUnderAudit.HistoryDays), before, cancellation)).GetValueOrDefault(psnNo) ?? [];
    }

    /// <summary>Standing bills of persons settled in [from, to), each person's the oldest first; persons without any are left out.</summary>
    public static async Task<Dictionary<string, List<AuditClaim>>> ReadPersons(NpgsqlConnection connection, NpgsqlTransaction? transaction, IReadOnlyCollection<string> persons, DateTime from, DateTime to, CancellationToken cancellation)
    {
        var found = new Dictionary<string, List<AuditClaim>>(persons.Count, StringComparer.Ordinal);
        await using var command = new NpgsqlCommand("""
            SELECT psn_no, doc FROM audit_claim WHERE psn_no = ANY($1) AND settled_at >= $2 AND settled_at < $3 AND reversed_by IS NULL ORDER BY psn_no, settled_at, journal_seq, idx
            """, connection, transaction)
        {
            Parameters = { new NpgsqlParameter<string[]> { TypedValue = [.. persons] }, new NpgsqlParameter<DateTime> { TypedValue = from }, new NpgsqlParameter<DateTime> { TypedValue = to } },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            var claim = Read(reader, 0);
            if (!found.TryGetValue(claim.PsnNo, out var of)) found.Add(claim.PsnNo, of = []);
            of.Add(claim);
        }
        return found;
    }

    /// <summary>Standing bills settled in [from, to), by the time of settlement, without their lines: what rules over many bills and statistics look at.</summary>
    /// <param name="county">The home county.</param>
    /// <param name="upTo">Only those that the journal had up to there; null: all.</param>
    public static async Task<List<BillSummary>> ReadSummaries(NpgsqlConnection connection, string county, DateTime from, DateTime to, (long Seq, int Index)? upTo, CancellationToken cancellation)
    {
        var (seq, index) = upTo ?? (long.MaxValue, int.MaxValue);
        var found = new List<BillSummary>();
        await using var command = new NpgsqlCommand("""
            SELECT setl_id, mdtrt_id, psn_no, fixmedins_code, provider_county, policy_level, insutype, med_type, main_diagnosis, department_code, doctor_code, begin_on, end_on, settled_at, is_poor,
                total_fen, in_scope_fen, fund_fen, deductible_fen, drug_fen, exam_fen, material_fen, treatment_fen, pool_left_fen
            FROM audit_claim WHERE settled_at >= $1 AND settled_at < $2 AND reversed_by IS NULL AND (journal_seq, idx) <= ($3, $4) ORDER BY settled_at, journal_seq, idx
            """, connection) { CommandTimeout = 0, Parameters = { new NpgsqlParameter<DateTime> { TypedValue = from }, new NpgsqlParameter<DateTime> { TypedValue = to }, new NpgsqlParameter<long> { TypedValue = seq }, new NpgsqlParameter<int> { TypedValue = index } } };
        await using var r = await command.ExecuteReaderAsync(cancellation);
        while (await r.ReadAsync(cancellation))
            found.Add(new BillSummary(
                r.GetString(0), r.GetString(1), r.GetString(2), county, r.GetString(3), r.GetString(4), r.GetString(5), r.GetString(6), r.GetString(7), r.GetString(8), r.GetString(9), r.GetString(10),
                DayNumber.Of(r.GetFieldValue<DateOnly>(11)), r.IsDBNull(12) ? 0 : DayNumber.Of(r.GetFieldValue<DateOnly>(12)), new DateTimeOffset(r.GetDateTime(13)).ToUnixTimeMilliseconds(), r.GetBoolean(14),
                r.GetInt64(15), r.GetInt64(16), r.GetInt64(17), r.GetInt64(18), r.GetInt64(19), r.GetInt64(20), r.GetInt64(21), r.GetInt64(22), r.GetInt64(23)));
        return found;
    }

    /// <param name="at">Column of psn_no; the next one is doc.</param>
    public static AuditClaim Read(NpgsqlDataReader reader, int at)
    {
        var claim = AuditClaim.Parser.ParseFrom(reader.GetFieldValue<byte[]>(at + 1));
        claim.PsnNo = reader.GetString(at);
        return claim;
    }

    public static DateTime SettledAt(AuditClaim claim) => DateTimeOffset.FromUnixTimeMilliseconds(claim.SettledAtMs).UtcDateTime;

    /// <summary>The China day of settlement.</summary>
    public static DateOnly SettledOn(AuditClaim claim) => ChinaCalendar.DayOf(claim.SettledAtMs);

    private static NpgsqlParameter<T[]> Of<T>(List<AuditClaim> claims, NpgsqlDbType type, Func<AuditClaim, T> value) => new() { NpgsqlDbType = NpgsqlDbType.Array | type, TypedValue = [.. claims.Select(value)] };
}
