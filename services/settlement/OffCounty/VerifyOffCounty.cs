using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Ledger;
using Npgsql;

namespace MedInsure.Settlement.OffCounty;

/// <summary>
/// Whether what was counted for other counties, and what other counties told, still is what the digests were made of, what the tables say and what the ledger booked. Part of the nightly
/// verification, in its snapshot; whether both counties of a pair hold the same is for the city's clearing to see.
/// </summary>
internal static class VerifyOffCounty
{
    private const int FindingsMax = 100;

    /// <param name="projected">Up to here the tables are compared.</param>
    public static async Task<List<string>> Run(NpgsqlConnection connection, string county, long projected, CancellationToken cancellation)
    {
        var findings = new List<string>();
        await CheckCounted(connection, county, projected, findings, cancellation);
        await CheckLeftOut(connection, projected, findings, cancellation);
        var booked = await CheckTaken(connection, county, findings, cancellation);
        await CheckVouchers(connection, booked, findings, cancellation);
        return findings;
    }

    private static async Task CheckCounted(NpgsqlConnection connection, string county, long projected, List<string> findings, CancellationToken cancellation)
    {
        var chain = new Chain(providerCounty => OffCountyDigest.Start(county, providerCounty));
        await using var command = new NpgsqlCommand("""
            SELECT s.provider_county, s.pair_no, s.setl_id, s.document, s.digest, s.seq <= $1, CASE s.seq WHEN 0 THEN EXISTS (SELECT FROM audit_remittance r WHERE r.home_county = s.provider_county AND r.pair_no = s.pair_no)
                ELSE c.setl_id IS NOT NULL AND c.provider_county = s.provider_county AND (c.seq, c.idx) = (s.seq, s.idx) END, e.owed
            FROM off_county_settlement s LEFT JOIN claim c USING (setl_id)
            LEFT JOIN LATERAL (
                SELECT string_agg(o.fund || ' ' || o.fen, ',' ORDER BY o.fund COLLATE "C") AS owed FROM off_county_owed o WHERE o.provider_county = s.provider_county AND o.pair_no = s.pair_no) e ON true
            ORDER BY s.provider_county, s.pair_no
            """, connection) { CommandTimeout = 0, Parameters = { new NpgsqlParameter<long> { TypedValue = projected } } };
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (findings.Count < FindingsMax && await reader.ReadAsync(cancellation))
        {
            var (other, no, setlId, document) = (reader.GetString(0), reader.GetInt64(1), reader.GetString(2), reader.GetFieldValue<byte[]>(3));
            var what = $"off-county settlement {no} with {other}, {setlId}";
            if (!chain.Take(other, no, document, reader.GetFieldValue<byte[]>(4)))
            {
                findings.Add($"{what}: the chain of digests is broken");
                continue;
            }
            var told = OffCountyClaim.Parser.ParseFrom(document);
            if (told.SetlId != setlId) findings.Add($"{what}: its document is of {told.SetlId}");
            if (!reader.GetBoolean(5)) continue;
            if (!reader.GetBoolean(6)) findings.Add($"{what}: the settlements say otherwise");
            else if (Funds(told) != (reader.IsDBNull(7) ? "" : reader.GetString(7))) findings.Add($"{what}: the ledger owes {other} something else for it");
        }
    }

    /// <summary>Settlements before the last one counted, and not counted.</summary>
    private static async Task CheckLeftOut(NpgsqlConnection connection, long projected, List<string> findings, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("""
            SELECT c.setl_id FROM claim c WHERE c.provider_county <> left(c.setl_id, 6) AND c.seq <= $1 AND (c.seq, c.idx) <= (SELECT seq, idx FROM off_county_settlement ORDER BY seq DESC, idx DESC LIMIT 1)
              AND NOT EXISTS (SELECT FROM off_county_settlement s WHERE s.setl_id = c.setl_id) LIMIT 10
            """, connection) { CommandTimeout = 0, Parameters = { new NpgsqlParameter<long> { TypedValue = projected } } };
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation)) findings.Add($"{reader.GetString(0)} is not counted among the off-county settlements");
    }

    /// <returns>What the claims of each voucher come to, by home county and fund.</returns>
    private static async Task<Dictionary<(long VoucherNo, string Home, string Fund), long>> CheckTaken(NpgsqlConnection connection, string county, List<string> findings, CancellationToken cancellation)
    {
        var chain = new Chain(homeCounty => OffCountyDigest.Start(homeCounty, county));
        var booked = new Dictionary<(long, string, string), long>();
        await using var command = new NpgsqlCommand("""
            SELECT home_county, pair_no, setl_id, document, digest, fund, fund_fen, voucher_no, fixmedins_code, total_fen, fund_total_fen, account_fen + family_account_fen FROM off_county_claim ORDER BY home_county, pair_no
            """, connection) { CommandTimeout = 0 };
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (findings.Count < FindingsMax && await reader.ReadAsync(cancellation))
        {
            var (home, no, setlId, document) = (reader.GetString(0), reader.GetInt64(1), reader.GetString(2), reader.GetFieldValue<byte[]>(3));
            var (funds, amounts) = (reader.GetFieldValue<string[]>(5), reader.GetFieldValue<long[]>(6));
            if (!chain.Take(home, no, document, reader.GetFieldValue<byte[]>(4)))
            {
                findings.Add($"off-county claim {no} of {home}, {setlId}: the chain of digests is broken");
                continue;
            }
            var told = OffCountyClaim.Parser.ParseFrom(document);
            if ((told.SetlId, told.FixmedinsCode, told.TotalFen, told.FundTotalFen, told.AccountFen + told.FamilyAccountFen) != (setlId, reader.GetString(8), reader.GetInt64(9), reader.GetInt64(10), reader.GetInt64(11))
                || !told.Fund.Select(f => (f.Fund, f.AmountFen)).SequenceEqual(funds.Zip(amounts))) findings.Add($"off-county claim {no} of {home}, {setlId}: its columns are not what was told");
            for (var i = 0; i < funds.Length; i++)
            {
                var key = (reader.IsDBNull(7) ? 0 : reader.GetInt64(7), home, funds[i]);
                booked[key] = booked.GetValueOrDefault(key) + amounts[i];
            }
        }
        return booked;
    }

    private static async Task CheckVouchers(NpgsqlConnection connection, Dictionary<(long VoucherNo, string Home, string Fund), long> booked, List<string> findings, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("""
            SELECT e.voucher_no, a.counterparty, a.fund, sum(e.amount_fen)::bigint FROM voucher v JOIN voucher_entry e USING (voucher_no) JOIN ledger_account a USING (account_id)
            WHERE v.kind = $1 AND a.purpose = $2 GROUP BY e.voucher_no, a.counterparty, a.fund
            """, connection) { CommandTimeout = 0, Parameters = { new NpgsqlParameter<string> { TypedValue = TakeOffCountyClaims.Kind }, new NpgsqlParameter<string> { TypedValue = LedgerPurposes.CountyReceivable } } };
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            var key = (reader.GetInt64(0), reader.GetString(1), reader.GetString(2));
            if (booked.GetValueOrDefault(key) != reader.GetInt64(3)) findings.Add($"voucher {key.Item1} mirrors {reader.GetInt64(3)} fen of {key.Item2}, fund {key.Item3}; its claims come to {booked.GetValueOrDefault(key)}");
            booked.Remove(key);
        }
        findings.AddRange(booked.Where(b => b.Value != 0).Take(10).Select(b => $"off-county claims of {b.Key.Home} over {b.Value} fen, fund {b.Key.Fund}, are in no voucher"));
    }

    private static string Funds(OffCountyClaim claim) => string.Join(',', claim.Fund.OrderBy(f => f.Fund, StringComparer.Ordinal).Select(f => $"{f.Fund} {f.AmountFen}"));

    /// <summary>Documents of several pairs in order.</summary>
    private sealed class Chain(Func<string, byte[]> start)
    {
        private string other = "";
        private long last;
        private byte[] digest = [];

        public bool Take(string county, long no, byte[] document, byte[] expected)
        {
            if (county != other) (other, last, digest) = (county, 0, start(county));
            var holds = no == last + 1 && OffCountyDigest.After(digest, document).AsSpan().SequenceEqual(expected);
            (last, digest) = (no, expected);
            return holds;
        }
    }
}
