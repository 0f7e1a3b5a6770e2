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
        if (claims.Count > 0)
            batch.BatchCommands.Add(new NpgsqlBatchCommand("""
                INSERT INTO audit_claim (setl_id, journal_seq, idx, psn_no, fixmedins_code, provider_county, med_type, begin_on, end_on, policy_on, settled_at, is_stay, in_scope_fen, total_fen, fund_fen, doc)
                SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) ON CONFLICT DO NOTHING
                """)
            {
                Parameters =
                {
                    Of(claims, NpgsqlDbType.Text, c => c.SetlId), Of(claims, NpgsqlDbType.Bigint, c => c.JournalSeq), Of(claims, NpgsqlDbType.Integer, c => c.Idx), Of(claims, NpgsqlDbType.Text, c => c.PsnNo),
                    Of(claims, NpgsqlDbType.Text, c => c.FixmedinsCode), Of(claims, NpgsqlDbType.Text, c => c.ProviderCounty), Of(claims, NpgsqlDbType.Text, c => c.MedType), Of(claims, NpgsqlDbType.Date, c => DayNumber.ToDate(c.BeginOn)),
                    Of(claims, NpgsqlDbType.Date, c => c.EndOn == 0 ? (DateOnly?)null : DayNumber.ToDate(c.EndOn)), Of(claims, NpgsqlDbType.Date, c => DayNumber.ToDate(c.PolicyOn)), Of(claims, NpgsqlDbType.TimestampTz, SettledAt),
                    Of(claims, NpgsqlDbType.Boolean, BillUnderAudit.IsStayOf), Of(claims, NpgsqlDbType.Bigint, c => c.InScopeFen), Of(claims, NpgsqlDbType.Bigint, c => c.TotalFen), Of(claims, NpgsqlDbType.Bigint, c => c.FundTotalFen),
                    Of(claims, NpgsqlDbType.Bytea, c => c.ToByteArray()),
                },
            });
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
