using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Ledger;
using MedInsure.Settlement.ProviderStatements;
using Npgsql;

namespace MedInsure.Settlement.AuditNotices;

/// <summary>
/// What a statement takes for another county's notice is that county's: booked with the approval, a voucher a notice, debit the deduction income that the statement booked, credit county_payable.
/// It is told to that county as a bill among the others (<see cref="OffCounty.CountOffCountyClaims"/>), mirrored there as its fund's deduction income, and cleared with them.
/// </summary>
internal static class RemitAuditNotices
{
    /// <param name="Funds">With what is owed of each; negative: the statement gave back.</param>
    internal sealed record Remittance(long Number, string HomeCounty, string NoticeNo, string FixmedinsCode, DateOnly EffectiveOn, IReadOnlyList<(string Fund, long Fen)> Funds)
    {
        public Voucher Voucher(string county, int month, IReadOnlyList<string> people) => new(BookAuditRecovery.Kind, CountyNumber.Of(county, CountyNumber.AuditRemittance, Number), EffectiveOn, month, NoticeNo, people,
        [
            .. Funds.Select(f => new LedgerEntry(new(LedgerPurposes.DeductionIncome, f.Fund, county, FixmedinsCode), f.Fen)),
            .. Funds.Select(f => new LedgerEntry(new(SettlementEntries.CountyPayable, f.Fund, county, HomeCounty), -f.Fen)),
        ]);
    }

    /// <summary>The remittances of a statement's lines, numbered; none, where it has no other county's notice.</summary>
    public static async Task<List<Remittance>> Of(NpgsqlConnection connection, NpgsqlTransaction transaction, StatementRow statement, IReadOnlyList<StatementLine> lines, DateOnly effectiveOn, CancellationToken cancellation)
    {
        var remittances = new List<Remittance>();
        var notices = await Notices(connection, transaction, statement.Number, cancellation);
        foreach (var notice in notices.GroupBy(n => (n.NoticeNo, n.HomeCounty)).OrderBy(n => n.Key.NoticeNo, StringComparer.Ordinal))
        {
            var references = notice.Select(n => n.Reference).ToHashSet(StringComparer.Ordinal);
            var funds = lines.Where(l => l.Kind is "deduction" or "restitution" && references.Contains(l.Reference)).GroupBy(l => l.Fund).Select(f => (Fund: f.Key, Fen: -f.Sum(l => l.AmountFen))).Where(f => f.Fen != 0)
                .OrderBy(f => f.Fund, StringComparer.Ordinal).ToList();
            if (funds.Count == 0) continue;
            await using var number = new NpgsqlCommand("SELECT nextval(pg_get_serial_sequence('audit_remittance', 'number'))", connection, transaction);
            remittances.Add(new Remittance((long)(await number.ExecuteScalarAsync(cancellation))!, notice.Key.HomeCounty, notice.Key.NoticeNo, statement.FixmedinsCode, effectiveOn, funds));
        }
        return remittances;
    }

    /// <summary>As the lines name them: a deduction by its number, what is given back by its notice.</summary>
    private static async Task<List<(string Reference, string NoticeNo, string HomeCounty)>> Notices(NpgsqlConnection connection, NpgsqlTransaction transaction, long statement, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("""
            SELECT CASE d.kind WHEN 'restitution' THEN d.notice_no ELSE d.number::text END, d.notice_no, n.home_county FROM statement_deduction d JOIN audit_notice n USING (notice_no)
            WHERE d.statement = $1 AND d.withdrawn_by = '' AND n.home_county <> ''
            """, connection, transaction) { Parameters = { new() { Value = statement } } };
        var notices = new List<(string, string, string)>();
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation)) notices.Add((reader.GetString(0), reader.GetString(1), reader.GetString(2)));
        return notices;
    }

    public static async Task Keep(NpgsqlConnection connection, NpgsqlTransaction transaction, long statement, Remittance remittance, long voucherNo, DateTimeOffset now, CancellationToken cancellation)
    {
        await using var insert = new NpgsqlCommand("""
            INSERT INTO audit_remittance (number, home_county, notice_no, fixmedins_code, statement, effective_on, fund, fund_fen, voucher_no, booked_at) OVERRIDING SYSTEM VALUE VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
            """, connection, transaction);
        foreach (var value in (object[])[remittance.Number, remittance.HomeCounty, remittance.NoticeNo, remittance.FixmedinsCode, statement, remittance.EffectiveOn, remittance.Funds.Select(f => f.Fund).ToArray(),
            remittance.Funds.Select(f => f.Fen).ToArray(), voucherNo, now.UtcDateTime])
            insert.Parameters.Add(new NpgsqlParameter { Value = value });
        await insert.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>What has a place in the count for its county, but is not counted (again) there yet, and what has none yet: those with a place first, in its order.</summary>
    public static async Task<List<(long? PairNo, DateTimeOffset BookedAt, Remittance Of)>> Uncounted(NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("""
            SELECT r.pair_no, r.booked_at, r.number, r.home_county, r.notice_no, r.fixmedins_code, r.effective_on, r.fund, r.fund_fen
            FROM (SELECT DISTINCT home_county FROM audit_remittance) c
            CROSS JOIN LATERAL (SELECT coalesce(max(pair_no), 0) AS last_no FROM off_county_settlement WHERE provider_county = c.home_county) s
            CROSS JOIN LATERAL (
                SELECT * FROM audit_remittance r WHERE r.home_county = c.home_county AND r.pair_no > s.last_no
                UNION ALL (SELECT * FROM audit_remittance r WHERE r.home_county = c.home_county AND r.pair_no IS NULL ORDER BY r.number LIMIT 500)) r
            ORDER BY r.pair_no NULLS LAST, r.number
            """, connection, transaction);
        var found = new List<(long?, DateTimeOffset, Remittance)>();
        await using var r = await command.ExecuteReaderAsync(cancellation);
        while (await r.ReadAsync(cancellation))
            found.Add((r.IsDBNull(0) ? null : r.GetInt64(0), r.GetFieldValue<DateTimeOffset>(1), new Remittance(r.GetInt64(2), r.GetString(3), r.GetString(4), r.GetString(5), r.GetFieldValue<DateOnly>(6),
                [.. r.GetFieldValue<string[]>(7).Zip(r.GetFieldValue<long[]>(8))])));
        return found;
    }

    /// <summary>Told as a bill of this county's: from the row alone, so that it is the same whenever it is made.</summary>
    public static OffCountyClaim Document(Remittance remittance, DateTimeOffset bookedAt, string county)
    {
        var day = Kernel.DayNumber.Of(remittance.EffectiveOn);
        var told = new OffCountyClaim
        {
            SetlId = CountyNumber.Of(county, CountyNumber.AuditRemittance, remittance.Number), FixmedinsCode = remittance.FixmedinsCode, NoticeNo = remittance.NoticeNo, SettledAtMs = bookedAt.ToUnixTimeMilliseconds(),
            BeginOn = day, EndOn = day, EffectiveOn = day,
        };
        told.Fund.AddRange(remittance.Funds.Select(f => new FundAmount { Fund = f.Fund, AmountFen = f.Fen }));
        return told;
    }
}
