using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using Npgsql;

namespace MedInsure.Settlement.ProviderReconciliation;

/// <summary>A group of rows as a provider names it, checked, and our rows of it in SQL.</summary>
internal static class ComparedGroup
{
    /// <summary>Longer periods hold more rows than one comparison takes.</summary>
    private const int PeriodDaysMax = 366;

    /// <summary>
    /// Our rows of the group. A row is void when 2601 took it back, or it is such a taking back; partner is the other row of the two. Of other counties' rows that is not known
    /// here.
    /// </summary>
    public const string Ours = """
        ours AS MATERIALIZED (
            SELECT c.setl_id, c.mdtrt_id, c.psn_no, c.message_id, c.clearing_type, c.home_county, (c.settled_at AT TIME ZONE interval '8 hours')::date AS on_day, c.reverses_setl_id IS NOT NULL AS is_refund,
                c.total_fen, c.fund_total_fen AS fund_fen, c.account_fen + CASE WHEN $8 THEN c.family_account_fen ELSE 0 END AS account_fen, c.cash_fen,
                own.message_id IS NOT NULL OR taken.message_id IS NOT NULL AS is_void, CASE WHEN own.message_id IS NOT NULL THEN c.reverses_setl_id ELSE r.setl_id END AS partner
            FROM reconciled_claim c
            LEFT JOIN request_key own ON c.reverses_setl_id IS NOT NULL AND own.sender = c.fixmedins_code AND own.message_id = c.message_id AND own.transaction = '2601'
            LEFT JOIN claim r ON r.reverses_setl_id = c.setl_id
            LEFT JOIN request_key taken ON taken.sender = r.fixmedins_code AND taken.message_id = r.message_id AND taken.transaction = '2601'
            WHERE c.fixmedins_code = $1 AND c.settled_at >= $2 AND c.settled_at < $3 AND ($4 = '' OR c.insutype = $4) AND ($5 = '' OR c.clearing_type = $5)
              AND ($6 = '' OR (c.reverses_setl_id IS NOT NULL) = ($6 = '1')) AND ($7 OR NOT c.elsewhere))
        """;

    /// <summary>What had come when the statement ran: its one snapshot holds these and the rows.</summary>
    public const string Arrived = "(SELECT seq FROM projection_checkpoint) AS up_to_seq, (SELECT voucher_no FROM ledger_head) AS up_to_voucher";

    /// <summary>In order: the provider, the days, their order and number, the flag, the provider's own sums.</summary>
    public static Refusal? Check(RowGroup? group, DeclaredTotals? declared)
    {
        if (group is null || group.FixmedinsCode.Length == 0) return Refusals.QueryTooWide.At("fixmedins_code");
        if (CheckPeriod(group.FromOn, group.ToOn, PeriodDaysMax) is { } badPeriod) return badPeriod;
        if (group.RefdSetlFlag is not ("" or "0" or "1")) return ReconciliationRefusals.FlagUnknown;
        return declared is null ? ReconciliationRefusals.DeclaredMissing : null;
    }

    public static Refusal? CheckPeriod(int fromOn, int toOn, int daysMax)
    {
        if (!DayNumber.IsDay(fromOn)) return Refusals.DayInvalid.At("stmt_begndate");
        if (!DayNumber.IsDay(toOn)) return Refusals.DayInvalid.At("stmt_enddate");
        if (toOn < fromOn) return ReconciliationRefusals.DaysReversed;
        return DayNumber.ToDate(toOn).DayNumber - DayNumber.ToDate(fromOn).DayNumber >= daysMax ? ReconciliationRefusals.PeriodTooLong(daysMax) : null;
    }

    public static NpgsqlParameter[] Parameters(RowGroup group) =>
    [
        new NpgsqlParameter<string> { TypedValue = group.FixmedinsCode },
        new NpgsqlParameter<DateTime> { TypedValue = ChinaCalendar.StartOf(DayNumber.ToDate(group.FromOn)).UtcDateTime },
        new NpgsqlParameter<DateTime> { TypedValue = ChinaCalendar.StartOf(DayNumber.ToDate(group.ToOn).AddDays(1)).UtcDateTime },
        new NpgsqlParameter<string> { TypedValue = group.Insutype },
        new NpgsqlParameter<string> { TypedValue = group.ClearingType },
        new NpgsqlParameter<string> { TypedValue = group.RefdSetlFlag },
        new NpgsqlParameter<bool> { TypedValue = group.Everywhere },
        new NpgsqlParameter<bool> { TypedValue = group.FamilyInsideAccount },
    ];
}

/// <summary>Sums of rows.</summary>
internal readonly record struct RowSums(long Count, long TotalFen, long FundFen, long AccountFen, long CashFen)
{
    /// <summary>Null: no difference. What was not declared is not compared.</summary>
    public string? DifferenceFrom(DeclaredTotals declared)
    {
        var differences = new List<string>(4);
        Differ("医疗费总额", TotalFen, declared.TotalFen);
        Differ("基金支付总额", FundFen, declared.FundTotalFen);
        if (declared.HasAccountFen) Differ("个人账户支付", AccountFen, declared.AccountFen);
        if (declared.HasCashFen) Differ("现金支付", CashFen, declared.CashFen);
        return differences.Count == 0 ? null : $"金额不符：{string.Join("；", differences)}";

        void Differ(string name, long centreFen, long providerFen)
        {
            if (centreFen != providerFen) differences.Add($"{name}中心{new Fen(centreFen)}，机构{new Fen(providerFen)}");
        }
    }
}
