using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Journal;
using Npgsql;

namespace MedInsure.Settlement.Queries;

/// <summary>The platform's side of a provider's reconciliation (3201): sums over settlements and reversals booked in a period.</summary>
public static class SumSettlements
{
    public static async Task<Outcome<SumSettlementsReply>> Query(TenantJournal journal, NpgsqlDataSource database, SumSettlementsRequest request, CancellationToken cancellation)
    {
        if (request.FixmedinsCode.Length == 0) return Refusals.QueryTooWide.At("fixmedins_code");
        if (SettlementRows.Days(request.FromOn, request.ToOn) is { } badDay) return badDay;
        if (await SettlementRows.Current(journal, cancellation) is { } lag) return lag;
        var filter = new RowFilter().Equal("fixmedins_code", request.FixmedinsCode).Equal("insutype", request.Insutype).Equal("clearing_type", request.ClearingType)
            .Days("settled_at", request.FromOn, request.ToOn);
        if (request.RefdSetlFlag.Length > 0) filter.Add("(reverses_setl_id IS NOT NULL) = ", request.RefdSetlFlag == "1");
        await using var command = filter.Command(database, "SELECT coalesce(sum(total_fen), 0)::bigint, coalesce(sum(fund_total_fen), 0)::bigint, coalesce(sum(account_fen), 0)::bigint,"
            + $" coalesce(sum(cash_fen), 0)::bigint, count(*)::int, coalesce(sum(family_account_fen), 0)::bigint FROM claim{filter.Where}");
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        await reader.ReadAsync(cancellation);
        return new SumSettlementsReply { TotalFen = reader.GetInt64(0), FundTotalFen = reader.GetInt64(1), AccountFen = reader.GetInt64(2), CashFen = reader.GetInt64(3), RowCount = reader.GetInt32(4), FamilyAccountFen = reader.GetInt64(5) };
    }
}
