using MedInsure.Settlement.Calculation;
using MedInsure.Settlement.Policies;
using MedInsure.Settlement.Projections;
using Npgsql;

namespace MedInsure.Settlement.Journal;

/// <summary>What a verification knows of corrections as it walks: each must follow from its settlement, the ones before it and what is stored with it.</summary>
internal sealed class CorrectionCheck
{
    private readonly Dictionary<string, StandingCorrection> standing = new(StringComparer.Ordinal);
    public long Count { get; private set; }
    /// <summary>Rows that claim_correction must hold: corrections, and what reversals and restorations did to them.</summary>
    public long Rows { get; private set; }
    /// <summary>Those of them that person_benefit must hold as well.</summary>
    public long Owed { get; private set; }

    public StandingCorrection? Of(string rootId) => standing.GetValueOrDefault(rootId);

    /// <summary>What the table holds of a row.</summary>
    public sealed record StoredRow(string Kind, string RootSetlId, string PsnNo, string RunNo, Amounts Amounts, byte[] Document);

    /// <returns>What is wrong, in one text each.</returns>
    public IEnumerable<string> Check(Correction correction, SettledClaim? root, Func<byte[], BenefitPolicy?> policyOf)
    {
        Count++;
        if (root is null)
        {
            yield return $"{correction.SetlId} corrects {correction.RootSetlId}, which is no settlement";
            yield break;
        }
        var booked = Differences.Sum(Differences.Of(root), Of(correction.RootSetlId)?.Difference, 1);
        if (!booked.Amounts.Equals(correction.Booked)) yield return $"{correction.SetlId} says that something else was booked than was";
        if (!RestsOn(correction.Facts, root.Facts)) yield return $"{correction.SetlId} rests on facts that are not those of {root.SetlId}";
        if (policyOf(correction.PolicyHash.ToByteArray()) is not { } policy) yield return $"{correction.SetlId}: policy {correction.PolicyPack} {correction.PolicyVersion} with its content is not known here";
        else if (!Recomputed(correction, root, policy, booked).Equals(correction.Difference)) yield return $"{correction.SetlId}: recomputing from what is stored gives other numbers";
        standing[correction.RootSetlId] = StandingCorrection.Of(Of(correction.RootSetlId), correction);
    }

    private static Difference Recomputed(Correction correction, SettledClaim root, BenefitPolicy policy, Difference booked) =>
        Differences.Sum(Differences.Of(Recompute(correction, root, policy)), booked, -1);

    /// <summary>The settlement under the correction's facts, sums and policy.</summary>
    internal static ClaimResult Recompute(Correction correction, SettledClaim root, BenefitPolicy policy, Trace? trace = null) =>
        Adjudication.Settle(policy, JournalDocuments.FactsOf(correction.Facts, Lines.Sum(root.Line.Select(JournalDocuments.ClaimLineOf).ToArray())),
            Accumulators.Of(correction.Before.Select(b => b.Key), correction.Before.Select(b => b.Value)), trace);

    /// <summary>The same bill, but for categories, what derives from the person's history and the account, which offers what it paid.</summary>
    private static bool RestsOn(Facts facts, Facts root)
    {
        var same = facts.Clone();
        same.Category.Clear();
        same.Category.AddRange(root.Category);
        (same.StayOrdinal, same.FirstOfStay, same.DeductibleTakenInStayFen, same.DeductibleOfReferringStayFen, same.BasicFundPaidInStayFen) =
            (root.StayOrdinal, root.FirstOfStay, root.DeductibleTakenInStayFen, root.DeductibleOfReferringStayFen, root.BasicFundPaidInStayFen);
        (same.AccountBalanceFen, same.UseAccount, same.Family) = (root.AccountBalanceFen, root.UseAccount, root.Family);
        return same.Equals(root);
    }

    /// <param name="means">The number under which a number's rows stand.</param>
    public IEnumerable<string> CheckRows(JournalRecord record, long seq, IReadOnlyDictionary<string, StoredRow> stored, IReadOnlyDictionary<string, PersonBenefit> owed, Func<string, string> means)
    {
        foreach (var row in CorrectionRow.Of(record, seq, 0))
        {
            Rows++;
            if (!stored.TryGetValue(row.SetlId, out var found) || found.Kind != row.Kind || found.RootSetlId != row.RootSetlId || found.PsnNo != means(record.PsnNo)
                || found.RunNo != (record.ClaimsCorrected?.RunNo ?? "") || !found.Amounts.Equals(MoneyOf(row.Amounts)) || !Correction.Parser.ParseFrom(found.Document).Equals(row.Document))
                yield return $"{row.SetlId} is otherwise in claim_correction";
            var expected = CorrectionRows.OwedBy(row) is { } owing ? owing with { PsnNo = means(record.PsnNo) } : null;
            if (expected is not null) Owed++;
            if (owed.GetValueOrDefault(row.SetlId) != expected) yield return $"{row.SetlId} is otherwise in person_benefit";
        }
    }

    private static Amounts MoneyOf(Amounts amounts)
    {
        amounts = amounts.Clone();
        (amounts.PoolRatioBp, amounts.TotalFen, amounts.FullSelfPayFen, amounts.OverLimitFen, amounts.FirstPayFen, amounts.InScopeFen, amounts.HospitalShareFen) = (0, 0, 0, 0, 0, 0, 0);
        return amounts;
    }

    public static async Task<Dictionary<string, StoredRow>> Read(NpgsqlConnection connection, string[] setlIds, CancellationToken cancellation)
    {
        var rows = new Dictionary<string, StoredRow>(StringComparer.Ordinal);
        if (setlIds.Length == 0) return rows;
        await using var command = new NpgsqlCommand("""
            SELECT setl_id, kind, root_setl_id, psn_no, run_no, doc, deductible_fen, basic_fund_fen, civil_servant_fen, enterprise_fen, critical_illness_fen, large_sum_fen, assistance_fen,
                other_funds_fen, supplement_fen, fund_total_fen, person_share_fen, account_fen, cash_fen, family_account_fen
            FROM claim_correction WHERE setl_id = ANY($1)
            """, connection);
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = setlIds });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
            rows.Add(reader.GetString(0), new StoredRow(reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.GetString(4), new Amounts
            {
                DeductibleFen = reader.GetInt64(6),
                BasicFundFen = reader.GetInt64(7),
                CivilServantFen = reader.GetInt64(8),
                EnterpriseFen = reader.GetInt64(9),
                CriticalIllnessFen = reader.GetInt64(10),
                LargeSumFen = reader.GetInt64(11),
                AssistanceFen = reader.GetInt64(12),
                OtherFundsFen = reader.GetInt64(13),
                SupplementFen = reader.GetInt64(14),
                FundTotalFen = reader.GetInt64(15),
                PersonShareFen = reader.GetInt64(16),
                AccountFen = reader.GetInt64(17),
                CashFen = reader.GetInt64(18),
                FamilyAccountFen = reader.GetInt64(19),
            }, reader.GetFieldValue<byte[]>(5)));
        return rows;
    }
}
