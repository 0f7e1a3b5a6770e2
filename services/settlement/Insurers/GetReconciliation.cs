using MedInsure.Kernel;
using MedInsure.Protos.Insurer.V1;
using Npgsql;

namespace MedInsure.Settlement.Insurers;

/// <summary>A contract's year at actual cost: as it was closed last, or as it stands now.</summary>
internal static class GetReconciliation
{
    // Up to one cursor, so that sums and counts speak of the same events.
    private const string Claims = """
        SELECT county, sum(insurer_fen)::bigint, count(*) FILTER (WHERE kind = 1), count(*) FILTER (WHERE kind = 2)
        FROM insurer_feed WHERE contract_no = $1 AND policy_on BETWEEN $2 AND $3 AND cursor <= $4 AND kind IN (1, 2, 3, 5)
        GROUP BY county ORDER BY county COLLATE "C"
        """;

    // An adjustment counts as long as its claim does: taken back it falls with it, restored it is back.
    private const string Adjusted = """
        WITH RECURSIVE decided AS (
          SELECT cursor, insurer_fen, setl_id, 0 AS depth FROM insurer_feed WHERE contract_no = $1 AND policy_on BETWEEN $2 AND $3 AND cursor <= $4 AND kind = 4 AND insurer_fen <> 0
          UNION ALL
          SELECT d.cursor, d.insurer_fen, f.setl_id, d.depth + 1 FROM decided d JOIN insurer_feed f ON f.contract_no = $1 AND f.reverses_setl_id = d.setl_id AND f.cursor <= $4
        )
        SELECT coalesce(-sum(insurer_fen), 0)::bigint FROM (SELECT insurer_fen, max(depth) AS depth FROM decided GROUP BY cursor, insurer_fen) AS last WHERE depth % 2 = 0
        """;

    public static async Task<Outcome<Reconciliation>> Query(NpgsqlDataSource city, HeadCounts heads, InsurerContract contract, GetReconciliationRequest request, CancellationToken cancellation)
    {
        if (ContractYears.Check(contract, request.Year) is { } refusal) return refusal;
        await using var connection = await city.OpenConnectionAsync(cancellation);
        if (await ReconciliationRow.Latest(connection, contract.Number, request.Year, cancellation) is { } closed) return closed;
        var count = await heads.Of(connection, contract, request.Year, cancellation);
        return count.Refusal is { } away ? away : await Compute(connection, contract, request.Year, count.Value, cancellation);
    }

    /// <summary>The numbers as of now, as a preview.</summary>
    public static async Task<Reconciliation> Compute(NpgsqlConnection connection, InsurerContract contract, int year, HeadCounts.HeadCount heads, CancellationToken cancellation)
    {
        var (from, to) = (new DateOnly(year, 1, 1), new DateOnly(year, 12, 31));
        var premium = contract.Premium!.PerHead.Times(heads.Sum);
        var now = new Reconciliation { ContractNo = contract.Number, Year = year, State = ReconciliationState.Preview, Heads = heads.Sum, PremiumDueFen = premium.Value };
        now.LastCursor = await Number("SELECT coalesce(max(last_cursor), 0) FROM insurer_stream WHERE contract_no = $1");
        now.PremiumPaidFen = await Number("SELECT coalesce(sum(amount_fen), 0)::bigint FROM insurer_premium_payment WHERE contract_no = $1 AND year = extract(year FROM $2)");
        now.OpenDisputeCount = await Number("SELECT count(*) FROM insurer_dispute WHERE contract_no = $1 AND policy_on BETWEEN $2 AND $3 AND state = 'open'");
        now.AdjustedFen = await Number(Adjusted);
        await using (var command = Command(Claims))
        await using (var reader = await command.ExecuteReaderAsync(cancellation))
            while (await reader.ReadAsync(cancellation))
                now.County.Add(new CountyClaims { County = reader.GetString(0), ClaimsFen = reader.GetInt64(1), SettlementCount = reader.GetInt64(2), ReversalCount = reader.GetInt64(3) });
        now.ClaimsFen = now.County.Sum(c => c.ClaimsFen);
        now.SettlementCount = now.County.Sum(c => c.SettlementCount);
        now.ReversalCount = now.County.Sum(c => c.ReversalCount);

        var shared = RiskSharing.Of(contract.Sharing!, premium, new Fen(now.ClaimsFen), new Fen(now.AdjustedFen));
        (now.OperatingCostFen, now.BalanceFen, now.ToFundFen, now.InsurerResultFen) = (shared.OperatingCost.Value, shared.Balance.Value, shared.ToFund.Value, shared.InsurerResult.Value);
        now.Band.AddRange(shared.Bands.Select(b => new SharingBand { Gain = b.Gain, AboveBp = b.Above.Value, UpToBp = b.UpTo?.Value ?? 0, FundShareBp = b.FundShare.Value, PartFen = b.Part.Value, FundFen = b.Fund.Value }));
        return now;

        NpgsqlCommand Command(string sql) => new(sql, connection)
        {
            Parameters =
            {
                new NpgsqlParameter<string> { TypedValue = contract.Number },
                new NpgsqlParameter<DateOnly> { TypedValue = from },
                new NpgsqlParameter<DateOnly> { TypedValue = to },
                new NpgsqlParameter<long> { TypedValue = now.LastCursor },
            },
        };

        async Task<long> Number(string sql)
        {
            await using var command = Command(sql);
            return (long)(await command.ExecuteScalarAsync(cancellation))!;
        }
    }
}
