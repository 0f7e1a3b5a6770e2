using MedInsure.Kernel;
using Npgsql;

namespace MedInsure.FraudAudit.Stock;

/// <summary>What providers told of their stock on days, the newest first, with what they took back.</summary>
internal static class ListStockMovements
{
    internal sealed record Filter(string? FixmedinsCode, string? MedListCode, string? Kind, string? TraceCode, string? From, string? To, int? Page, int? PageSize);

    /// <param name="DeletedAt">3507; null: it counts.</param>
    internal sealed record Row(
        long MovementNo, string FixmedinsCode, string Kind, string FixmedinsBchno, string MedListCode, string ProviderListName, string Lot, string Quantity, string UnitPrice, string MovedAt, string ChangeType, string Supplier,
        string SettleKind, string SetlId, string[] TraceCodes, bool Split, string RecordedAt, string? DeletedAt);

    internal sealed record Found(long Count, IReadOnlyList<Row> Rows);

    private const string Chosen = """
        FROM stock_movement m LEFT JOIN stock_deletion d USING (fixmedins_code, kind, fixmedins_bchno, round)
        WHERE m.moved_on BETWEEN $1 AND $2 AND ($3 = '' OR m.fixmedins_code = $3) AND ($4 = '' OR m.med_list_code = $4) AND ($5 = '' OR m.kind = $5) AND ($6 = '' OR (m.trace_codes <> '{}' AND m.trace_codes @> ARRAY[$6]))
        """;

    public static async Task<Outcome<Found>> Query(AuditRequest request, Filter filter, DateOnly today)
    {
        var (page, size) = (filter.Page ?? 1, filter.PageSize ?? 100);
        if (!AuditTexts.IsPage(page, size)) return Refusals.PageInvalid;
        if (filter.Kind is not (null or "" or "count" or "change" or "purchase" or "purchase_return" or "sale" or "sale_return")) return StockRefusals.KindFilterUnknown;
        var (from, to) = (today.AddDays(-30), today);
        if ((filter.From is { } f && !DateOnly.TryParseExact(f, "yyyy-MM-dd", out from)) || (filter.To is { } t && !DateOnly.TryParseExact(t, "yyyy-MM-dd", out to))) return Refusals.DayInvalid;

        await using var batch = request.Database.CreateBatch();
        foreach (var sql in (string[])[$"SELECT count(*) {Chosen}",
            $"""
            SELECT m.movement_no, fixmedins_code, kind, fixmedins_bchno, m.med_list_code, m.provider_list_name, m.lot, m.quantity_e4, m.unit_price_micro_yuan, m.moved_at, m.change_type, m.supplier, m.settle_kind, m.setl_id,
                m.trace_codes, m.split, m.recorded_at, d.deleted_at
            {Chosen} ORDER BY m.moved_on DESC, m.movement_no DESC OFFSET $7 LIMIT $8
            """])
        {
            var command = new NpgsqlBatchCommand(sql) { Parameters = { new() { Value = from }, new() { Value = to } } };
            foreach (var text in (string?[])[filter.FixmedinsCode, filter.MedListCode, filter.Kind, filter.TraceCode]) command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = text ?? "" });
            if (batch.BatchCommands.Count > 0)
            {
                command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = (page - 1L) * size });
                command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = size });
            }
            batch.BatchCommands.Add(command);
        }
        await using var r = await batch.ExecuteReaderAsync(request.Cancellation);
        await r.ReadAsync(request.Cancellation);
        var count = r.GetInt64(0);
        await r.NextResultAsync(request.Cancellation);
        var rows = new List<Row>();
        while (await r.ReadAsync(request.Cancellation))
            rows.Add(new(r.GetInt64(0), r.GetString(1), r.GetString(2), r.GetString(3), r.GetString(4), r.GetString(5), r.GetString(6), new Quantity(r.GetInt64(7)).ToString(), new UnitPrice(r.GetInt64(8)).ToString(), AuditJson.Time(r.GetDateTime(9)),
                r.GetString(10), r.GetString(11), r.GetString(12), r.GetString(13), r.GetFieldValue<string[]>(14), r.GetBoolean(15), AuditJson.Time(r.GetDateTime(16)), r.IsDBNull(17) ? null : AuditJson.Time(r.GetDateTime(17))));
        return new Found(count, rows);
    }
}
