using System.Security.Cryptography;
using MedInsure.Kernel;
using Npgsql;
using NpgsqlTypes;

namespace MedInsure.FraudAudit.Samples;

/// <summary>Draws a sample of the stays settled in a period: in strata by provider, by policy level, or by cost within the provider (quarters of the money).</summary>
internal static class DrawSample
{
    /// <param name="Share">0.1 unless said (seed-facts.md 5.2: 10 % of patients, Yd).</param>
    /// <param name="Seed">Null: made here.</param>
    internal sealed record Order(string? RequestKey, string? FromOn, string? ToOn, string? FixmedinsCode, string? Strata, decimal? Share, string? Seed, string? Reason, string? DrawnBy);

    private const decimal ShareDefault = 0.1m;
    private const int SeedMax = 64, DaysMax = 366;

    public static async Task<Outcome<SampleRow>> Execute(AuditRequest request, Order order, ChinaCalendar calendar)
    {
        if (!AuditTexts.IsKey(order.RequestKey)) return Refusals.RequestKeyMissing;
        if (!DateOnly.TryParseExact(order.FromOn, "yyyy-MM-dd", out var from) || !DateOnly.TryParseExact(order.ToOn, "yyyy-MM-dd", out var to) || to < from || to >= calendar.Today || to.DayNumber - from.DayNumber >= DaysMax) return SampleRefusals.PeriodInvalid;
        if (order.Strata is not (null or "provider" or "level" or "cost")) return SampleRefusals.StrataUnknown;
        if (order.Share is < 0.01m or > 1) return SampleRefusals.ShareInvalid;
        if (order.Seed is { } given && (given.Length is 0 or > SeedMax || !given.All(char.IsAsciiLetterOrDigit))) return SampleRefusals.SeedInvalid;
        if (!AuditTexts.IsReason(order.Reason)) return Refusals.ReasonMissing;
        if (TwoPeople.Name(order.DrawnBy, "drawn_by") is { } nobody) return nobody;

        var (strata, provider, shareBp) = (order.Strata ?? "provider", order.FixmedinsCode ?? "", (int)((order.Share ?? ShareDefault) * 10_000));
        await using var connection = await request.Database.OpenConnectionAsync(request.Cancellation);
        await using var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, request.Cancellation);
        if (await SampleRow.Find(connection, "request_key = $1", order.RequestKey, request.Cancellation) is { } known)
            return (known.FromOn, known.ToOn, known.FixmedinsCode, known.Strata, known.Share, known.Reason, known.DrawnBy) == (AuditJson.Day(from), AuditJson.Day(to), provider, strata, shareBp / 10_000m, order.Reason.Trim(), order.DrawnBy!.Trim())
                && (order.Seed is null || order.Seed == known.Seed) ? known : Refusals.RequestKeyReused;

        var frame = await Frame(connection, from, to, provider, strata, request.Cancellation);
        if (frame.Count == 0) return SampleRefusals.NothingToDraw;
        var seed = order.Seed ?? Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        var drawn = SampleDraw.Draw(frame, seed, shareBp);
        long number;
        await using (var insert = new NpgsqlCommand("""
            INSERT INTO audit_sample (request_key, from_on, to_on, fixmedins_code, strata, share_bp, seed, frame_bills, frame_sha256, drawn_by, reason, drawn_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
            ON CONFLICT ON CONSTRAINT a_request_draws_one_sample DO NOTHING RETURNING sample_no
            """, connection, transaction))
        {
            foreach (var value in (object[])[order.RequestKey, from, to, provider, strata, shareBp, seed, frame.Count, SampleDraw.FrameHash(frame), order.DrawnBy!.Trim(), order.Reason.Trim(), calendar.UtcNow.UtcDateTime])
                insert.Parameters.Add(new NpgsqlParameter { Value = value });
            try
            {
                // Another call of the same key is drawing: it answers this one too, asked again.
                if (await insert.ExecuteScalarAsync(request.Cancellation) is not long inserted) return Hosting.Rpc.RefusalStatus.Unavailable;
                number = inserted;
            }
            catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.SerializationFailure) { return Hosting.Rpc.RefusalStatus.Unavailable; }
        }
        await using (var rows = new NpgsqlBatch(connection, transaction)
        {
            BatchCommands =
            {
                new("INSERT INTO sample_stratum (sample_no, stratum, bills, in_scope_fen) SELECT $1, * FROM unnest($2, $3, $4)")
                {
                    Parameters = { new() { Value = number }, Of(drawn, s => s.Stratum, NpgsqlDbType.Text), Of(drawn, s => s.Bills, NpgsqlDbType.Integer), Of(drawn, s => s.InScopeFen, NpgsqlDbType.Bigint) },
                },
                new("INSERT INTO sample_item (sample_no, setl_id, stratum, in_scope_fen) SELECT $1, * FROM unnest($2, $3, $4)")
                {
                    Parameters =
                    {
                        new() { Value = number }, Of([.. drawn.SelectMany(s => s.Drawn)], b => b.Key, NpgsqlDbType.Text), Of([.. drawn.SelectMany(s => s.Drawn)], b => b.Stratum, NpgsqlDbType.Text),
                        Of([.. drawn.SelectMany(s => s.Drawn)], b => b.InScopeFen, NpgsqlDbType.Bigint),
                    },
                },
            },
        })
            await rows.ExecuteNonQueryAsync(request.Cancellation);
        var row = (await SampleRow.Find(connection, "sample_no = $1", number, request.Cancellation))!;
        await transaction.CommitAsync(request.Cancellation);
        return row;
    }

    private static async Task<List<Drawable>> Frame(NpgsqlConnection connection, DateOnly from, DateOnly to, string provider, string strata, CancellationToken cancellation)
    {
        var stratum = strata switch { "level" => "policy_level", "cost" => "fixmedins_code || '/' || ntile(4) OVER (PARTITION BY fixmedins_code ORDER BY in_scope_fen, setl_id)", _ => "fixmedins_code" };
        var frame = new List<Drawable>();
        await using var command = new NpgsqlCommand($"""
            SELECT setl_id, {stratum}, in_scope_fen FROM audit_claim
            WHERE is_stay AND reversed_by IS NULL AND in_scope_fen > 0 AND settled_at >= $1 AND settled_at < $2 AND ($3 = '' OR fixmedins_code = $3)
            """, connection) { Parameters = { new() { Value = ChinaCalendar.StartOf(from).UtcDateTime }, new() { Value = ChinaCalendar.StartOf(to.AddDays(1)).UtcDateTime }, new() { Value = provider } } };
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation)) frame.Add(new Drawable(reader.GetString(0), reader.GetString(1), reader.GetInt64(2)));
        return frame;
    }

    private static NpgsqlParameter<TValue[]> Of<T, TValue>(IReadOnlyList<T> rows, Func<T, TValue> value, NpgsqlDbType type) => new() { TypedValue = [.. rows.Select(value)], NpgsqlDbType = NpgsqlDbType.Array | type };
}
