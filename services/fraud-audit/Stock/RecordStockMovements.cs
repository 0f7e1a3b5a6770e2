using System.Security.Cryptography;
using Google.Protobuf;
using MedInsure.Kernel;
using MedInsure.Protos.FraudAudit.V1;
using Npgsql;
using NpgsqlTypes;

namespace MedInsure.FraudAudit.Stock;

/// <summary>3501 to 3506: movements of a provider's stock, kept once per provider, kind and number. All rows of a message or none.</summary>
internal sealed class RecordStockMovements(AuditedCounties counties, TimeProvider time)
{
    private const int TextMax = 500;
    private static readonly TimeSpan ClocksDiffer = TimeSpan.FromMinutes(10);

    // inv_chg_type: what takes out of the stock; everything else is taken to bring in, which can only excuse. Codes by own knowledge: 102 moved out, 104 missing at a count, 105 destroyed, 107 other.
    private static readonly string[] ChangesOut = ["102", "104", "105", "107"];

    /// <summary>In order: number of rows; row by row kind, key, texts, quantity, days, future; keys that came with other content.</summary>
    public async Task<Outcome<RecordStockMovementsReply>> Run(string county, RecordStockMovementsRequest request, CancellationToken cancellation)
    {
        if (request.Movement.Count == 0 || request.FixmedinsCode.Length == 0) return StockRefusals.Missing;
        if (request.Movement.Count > StockRefusals.MovementsMax) return StockRefusals.TooMany;
        var now = time.GetUtcNow();
        var rows = new List<(StockMovement Movement, byte[] Hash)>(request.Movement.Count);
        for (var i = 0; i < request.Movement.Count; i++)
        {
            var movement = request.Movement[i];
            if (Fault(movement, now) is { } fault) return At(fault, i);
            rows.Add((movement, SHA256.HashData(movement.ToByteArray())));
        }
        var distinct = rows.DistinctBy(r => (r.Movement.Kind, r.Movement.FixmedinsBchno, Convert.ToHexString(r.Hash))).ToList();
        for (var i = 0; i < rows.Count; i++)
            if (distinct.Any(d => Same(d.Movement, rows[i].Movement) && !d.Hash.AsSpan().SequenceEqual(rows[i].Hash))) return At(StockRefusals.KeyTaken, i);

        try
        {
            await using var connection = await counties.Database(county).OpenConnectionAsync(cancellation);
            await using var transaction = await connection.BeginTransactionAsync(cancellation);
            // A provider's messages one after another: of two with the same number the second sees the first.
            await using (var turn = new NpgsqlCommand("SELECT pg_advisory_xact_lock(hashtextextended('stock ' || $1, 0))", connection, transaction) { Parameters = { new() { Value = request.FixmedinsCode } } })
                await turn.ExecuteNonQueryAsync(cancellation);
            var known = await Known(connection, transaction, request.FixmedinsCode, distinct.ConvertAll(d => d.Movement), cancellation);
            for (var i = 0; i < rows.Count; i++)
                if (known.TryGetValue(Key(rows[i].Movement), out var before) && before.Stands && !before.Hash.AsSpan().SequenceEqual(rows[i].Hash)) return At(StockRefusals.KeyTaken, i);
            distinct.RemoveAll(d => known.TryGetValue(Key(d.Movement), out var before) && before.Stands);
            if (distinct.Count > 0)
            {
                await using var insert = Insert(connection, transaction, request, distinct, d => known.TryGetValue(Key(d), out var before) ? before.Round + 1 : 0, now.UtcDateTime);
                await insert.ExecuteNonQueryAsync(cancellation);
            }
            await transaction.CommitAsync(cancellation);
            return new RecordStockMovementsReply { Recorded = distinct.Count };
        }
        catch (NpgsqlException e) when (e.IsTransient && !cancellation.IsCancellationRequested) { return Hosting.Rpc.RefusalStatus.Unavailable; }
    }

    private static Refusal? Fault(StockMovement m, DateTimeOffset now)
    {
        if (m.Kind is not ("count" or "change" or "purchase" or "purchase_return" or "sale" or "sale_return")) return StockRefusals.KindUnknown;
        if (m.FixmedinsBchno.Length is 0 or > 50 || m.MedListCode.Length is 0 or > 50) return StockRefusals.KeyMissing;
        foreach (var text in (string[])[m.ProviderListId, m.ProviderListName, m.Lot, m.ChangeType, m.Supplier, m.Producer, m.ApprovalNo, m.SettleKind, m.SetlId, m.VisitNo, m.PsnNo, m.RetailNo, m.DoctorCode, m.Memo])
            if (text.Length > TextMax || text.Contains('\0')) return StockRefusals.TextTooLong;
        if (m.TraceCode.Count > StockRefusals.TraceCodesMax || m.TraceCode.Any(c => c.Length is 0 or > 50 || c.Contains('\0')) || m.FixmedinsBchno.Contains('\0') || m.MedListCode.Contains('\0')) return StockRefusals.TextTooLong;
        if (m.QuantityE4 < 0 || (m.QuantityE4 == 0 && m.Kind != "count") || m.UnitPriceMicroYuan < 0) return StockRefusals.QuantityInvalid with { Field = m.Kind switch { "count" => "inv_cnt", "change" => "cnt", "purchase" or "purchase_return" => "purc_retn_cnt", _ => "sel_retn_cnt" } };
        if (!IsDay(m.ManufacturedOn)) return StockRefusals.DayInvalid;
        if (!IsDay(m.ExpiresOn)) return StockRefusals.DayInvalid with { Field = "expy_end" };
        if (m.MovedAtMs <= 0 || m.MovedAtMs > (now + ClocksDiffer).ToUnixTimeMilliseconds()) return StockRefusals.InFuture with { Field = m.Kind switch { "count" => "invdate", "change" => "inv_chg_time", "purchase" or "purchase_return" => "purc_retn_stoin_time", _ => "sel_retn_time" } };
        return null;
    }

    private static bool IsDay(int day) => day == 0 || (day is >= 1900_01_01 and <= 9999_12_31 && day / 100 % 100 is >= 1 and <= 12 && day % 100 >= 1 && day % 100 <= DateTime.DaysInMonth(day / 10_000, day / 100 % 100));

    private static bool Same(StockMovement a, StockMovement b) => a.Kind == b.Kind && a.FixmedinsBchno == b.FixmedinsBchno;
    private static (string, string) Key(StockMovement m) => (m.Kind, m.FixmedinsBchno);
    private static Refusal At(Refusal refusal, int row) => refusal.At($"movement[{row}].{refusal.Field}");

    private static async Task<Dictionary<(string, string), (int Round, bool Stands, byte[] Hash)>> Known(NpgsqlConnection connection, NpgsqlTransaction transaction, string provider, List<StockMovement> movements, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("""
            SELECT DISTINCT ON (m.kind, m.fixmedins_bchno) m.kind, m.fixmedins_bchno, m.round, d.round IS NULL, m.content_hash
            FROM unnest($2, $3) AS k (kind, fixmedins_bchno) JOIN stock_movement m USING (kind, fixmedins_bchno) LEFT JOIN stock_deletion d USING (fixmedins_code, kind, fixmedins_bchno, round)
            WHERE m.fixmedins_code = $1 ORDER BY m.kind, m.fixmedins_bchno, m.round DESC
            """, connection, transaction)
        {
            Parameters = { new() { Value = provider }, new() { Value = movements.Select(m => m.Kind).ToArray() }, new() { Value = movements.Select(m => m.FixmedinsBchno).ToArray() } },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var known = new Dictionary<(string, string), (int, bool, byte[])>();
        while (await reader.ReadAsync(cancellation)) known[(reader.GetString(0), reader.GetString(1))] = (reader.GetInt32(2), reader.GetBoolean(3), reader.GetFieldValue<byte[]>(4));
        return known;
    }

    private static long Signed(StockMovement m) => m.Kind switch
    {
        "count" => 0,
        "purchase" or "sale_return" => m.QuantityE4,
        "change" => ChangesOut.Contains(m.ChangeType) ? -m.QuantityE4 : m.QuantityE4,
        _ => -m.QuantityE4,
    };

    private static NpgsqlCommand Insert(NpgsqlConnection connection, NpgsqlTransaction transaction, RecordStockMovementsRequest request, List<(StockMovement Movement, byte[] Hash)> rows, Func<StockMovement, int> round, DateTime now)
    {
        var command = new NpgsqlCommand("""
            INSERT INTO stock_movement (fixmedins_code, operator, recorded_at, kind, fixmedins_bchno, round, med_list_code, provider_list_id, provider_list_name, lot, manufactured_on, expires_on, prescription, quantity_e4, signed_e4,
                unit_price_micro_yuan, moved_at, moved_on, change_type, supplier, producer, approval_no, settle_kind, setl_id, visit_no, psn_no, retail_no, trace_codes, split, doctor_code, memo, content_hash)
            SELECT $1, $2, $3, kind, fixmedins_bchno, round, med_list_code, provider_list_id, provider_list_name, lot, manufactured_on, expires_on, prescription, quantity_e4, signed_e4,
                unit_price_micro_yuan, moved_at, moved_on, change_type, supplier, producer, approval_no, settle_kind, setl_id, visit_no, psn_no, retail_no, string_to_array(trace_codes, chr(10)), split, doctor_code, memo, content_hash
            FROM unnest($4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32) AS s (kind, fixmedins_bchno, round, med_list_code, provider_list_id,
                provider_list_name, lot, manufactured_on, expires_on, prescription, quantity_e4, signed_e4, unit_price_micro_yuan, moved_at, moved_on, change_type, supplier, producer, approval_no, settle_kind, setl_id, visit_no, psn_no,
                retail_no, trace_codes, split, doctor_code, memo, content_hash)
            """, connection, transaction) { Parameters = { new() { Value = request.FixmedinsCode }, new() { Value = request.Operator }, new() { Value = now } } };
        Texts(m => m.Kind, m => m.FixmedinsBchno);
        Add(NpgsqlDbType.Integer, round);
        Texts(m => m.MedListCode, m => m.ProviderListId, m => m.ProviderListName, m => m.Lot);
        Add(NpgsqlDbType.Date, m => DayOrNone(m.ManufacturedOn));
        Add(NpgsqlDbType.Date, m => DayOrNone(m.ExpiresOn));
        Add(NpgsqlDbType.Boolean, m => m.Prescription);
        Add(NpgsqlDbType.Bigint, m => m.QuantityE4);
        Add(NpgsqlDbType.Bigint, Signed);
        Add(NpgsqlDbType.Bigint, m => m.UnitPriceMicroYuan);
        Add(NpgsqlDbType.TimestampTz, m => DateTimeOffset.FromUnixTimeMilliseconds(m.MovedAtMs).UtcDateTime);
        Add(NpgsqlDbType.Date, m => ChinaCalendar.DayOf(m.MovedAtMs));
        Texts(m => m.ChangeType, m => m.Supplier, m => m.Producer, m => m.ApprovalNo, m => m.SettleKind, m => m.SetlId, m => m.VisitNo, m => m.PsnNo, m => m.RetailNo, m => string.Join('\n', m.TraceCode));
        Add(NpgsqlDbType.Boolean, m => m.Split);
        Texts(m => m.DoctorCode, m => m.Memo);
        command.Parameters.Add(new NpgsqlParameter<byte[][]> { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea, TypedValue = [.. rows.Select(r => r.Hash)] });
        return command;

        void Texts(params ReadOnlySpan<Func<StockMovement, string>> values) { foreach (var value in values) Add(NpgsqlDbType.Text, value); }
        void Add<T>(NpgsqlDbType type, Func<StockMovement, T> value) => command.Parameters.Add(new NpgsqlParameter<T[]> { NpgsqlDbType = NpgsqlDbType.Array | type, TypedValue = [.. rows.Select(r => value(r.Movement))] });
        static DateOnly? DayOrNone(int day) => day == 0 ? null : DayNumber.ToDate(day);
    }
}
