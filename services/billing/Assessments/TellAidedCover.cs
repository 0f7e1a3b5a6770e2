using MedInsure.Billing.Payments;
using MedInsure.Events;
using MedInsure.Hosting.Messaging;
using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using Npgsql;
using NpgsqlTypes;

namespace MedInsure.Billing.Assessments;

/// <summary>
/// Who owes nothing because aid or a collective pays everything makes no payment, and is covered all the same: enrollment is told once, when it is assessed and a window is open, for
/// who is recognised in a category also that of the newly recognised (recognised = entitled at once, 000_55dbde39a5535a1d.txt). When the assessment rises, or is withdrawn, it is taken back.
/// </summary>
internal static class TellAidedCover
{
    private const string TakeBackSql = """
        UPDATE aided_cover t SET is_told = false, changed_at = $4 FROM assessment a
        WHERE t.insutype = $1 AND t.year = $2 AND t.psn_no = ANY ($3) AND t.is_told AND a.psn_no = t.psn_no AND a.insutype = t.insutype AND a.year = t.year AND (a.withdrawn OR a.due_fen > a.paid_fen)
        RETURNING t.psn_no
        """;

    private const string WaitingSql = """
        SELECT a.psn_no, r.who, r.event_on, (SELECT min(c.from_on) FROM insured_category c WHERE c.psn_no = a.psn_no AND c.name = ANY (a.categories) AND c.from_on <= $4 AND (c.to_on IS NULL OR c.to_on >= make_date($2, 1, 1)))
        FROM assessment a JOIN insured_person p USING (psn_no) LEFT JOIN cover_request r ON r.psn_no = a.psn_no AND r.insutype = a.insutype AND r.year = a.year AND NOT r.withdrawn
        WHERE a.insutype = $1 AND a.year = $2 AND a.psn_no = ANY ($3) AND a.due_fen = 0 AND NOT a.withdrawn AND a.paid_fen = 0
            AND (p.died_on IS NULL OR (p.died_on > $4 AND p.died_on >= make_date($2, 1, 1)))
            AND NOT EXISTS (SELECT FROM aided_cover t WHERE t.psn_no = a.psn_no AND t.insutype = a.insutype AND t.year = a.year AND t.is_told)
        ORDER BY a.psn_no
        """;

    private const string TellSql = """
        INSERT INTO aided_cover (psn_no, insutype, year, is_told, changed_at) SELECT psn_no, $1, $2, true, $4 FROM unnest($3) AS n (psn_no)
        ON CONFLICT (psn_no, insutype, year) DO UPDATE SET is_told = true, changed_at = excluded.changed_at
        """;

    /// <summary>Within the caller's transaction, which holds the year (<see cref="AssessPersons.Lock"/>).</summary>
    public static async Task Run(NpgsqlConnection connection, NpgsqlTransaction transaction, string insutype, int year, ResidentTerms terms, string[] psnNos, DateTimeOffset at, CancellationToken cancellation)
    {
        var today = DateOnly.FromDateTime(ChinaCalendar.ToLocal(at).DateTime);
        var events = new List<OutboxEvent>();
        await using (var command = Command(TakeBackSql, at.UtcDateTime))
        await using (var reader = await command.ExecuteReaderAsync(cancellation))
            while (await reader.ReadAsync(cancellation))
                events.Add(OutboxEvent.Of(reader.GetString(0), new ContributionRefunded(reader.GetString(0), insutype, year, DayNumber.Of(today), "withdrawn", StillPaid: false), at));

        var told = new List<(string PsnNo, string Who, DateOnly? EventOn)>();
        await using (var command = Command(WaitingSql, today))
        await using (var reader = await command.ExecuteReaderAsync(cancellation))
            while (await reader.ReadAsync(cancellation))
            {
                var kinds = new List<(string Who, DateOnly? EventOn)>();
                if (!reader.IsDBNull(1)) kinds.Add((reader.GetString(1), Day(reader, 2)));
                if (Day(reader, 3) is { } recognised) kinds.Add(("recognised", recognised));
                if (PaymentWindow.Find(terms, year, kinds, today) is { } window) told.Add((reader.GetString(0), window.Who, window.EventOn));
            }
        if (told.Count > 0)
        {
            await using var command = new NpgsqlCommand(TellSql, connection, transaction)
            {
                Parameters = { new() { Value = insutype }, new() { Value = year }, ReceivePayments.Column(NpgsqlDbType.Text, told, t => t.PsnNo), new() { Value = at.UtcDateTime } },
            };
            await command.ExecuteNonQueryAsync(cancellation);
            events.AddRange(told.Select(t => OutboxEvent.Of(t.PsnNo, new ContributionPaid(t.PsnNo, insutype, year, DayNumber.Of(today), t.Who, DayNumber.Of(t.EventOn)), at)));
        }
        await Outbox.Add(connection, transaction, events, cancellation);

        NpgsqlCommand Command(string sql, object last) => new(sql, connection, transaction)
        {
            CommandTimeout = 600, Parameters = { new() { Value = insutype }, new() { Value = year }, new() { Value = psnNos }, new() { Value = last } },
        };
        static DateOnly? Day(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetFieldValue<DateOnly>(column);
    }

    /// <summary>Those who were assessed before their window opened, in every year that has not ended; part by part.</summary>
    public static async Task Sweep(NpgsqlDataSource database, ChinaCalendar calendar, CancellationToken cancellation)
    {
        var years = new List<(string Insutype, int Year, ResidentTerms Terms)>();
        await using (var command = database.CreateCommand("SELECT insutype, year, terms FROM assessment_year WHERE year BETWEEN $1 AND 9999 ORDER BY insutype, year"))
        {
            command.Parameters.Add(new() { Value = calendar.Today.Year });
            await using var reader = await command.ExecuteReaderAsync(cancellation);
            while (await reader.ReadAsync(cancellation))
                if (ContributionTerms.Parser.ParseFrom(reader.GetFieldValue<byte[]>(2)).Resident is { } resident) years.Add((reader.GetString(0), reader.GetInt32(1), resident));
        }
        foreach (var (insutype, year, terms) in years)
            for (var after = ""; ;)
            {
                var numbers = new List<string>();
                await using var connection = await database.OpenConnectionAsync(cancellation);
                await using var transaction = await connection.BeginTransactionAsync(cancellation);
                await using (var page = new NpgsqlCommand("""
                    SELECT psn_no FROM assessment a WHERE insutype = $1 AND year = $2 AND due_fen = 0 AND NOT withdrawn AND psn_no > $3
                        AND NOT EXISTS (SELECT FROM aided_cover t WHERE t.psn_no = a.psn_no AND t.insutype = a.insutype AND t.year = a.year AND t.is_told) ORDER BY psn_no LIMIT 20000
                    """, connection, transaction) { Parameters = { new() { Value = insutype }, new() { Value = year }, new() { Value = after } } })
                await using (var reader = await page.ExecuteReaderAsync(cancellation))
                    while (await reader.ReadAsync(cancellation)) numbers.Add(reader.GetString(0));
                if (numbers.Count == 0) break;
                await AssessPersons.Lock(connection, transaction, insutype, year, cancellation);
                await Run(connection, transaction, insutype, year, terms, [.. numbers], calendar.UtcNow, cancellation);
                await transaction.CommitAsync(cancellation);
                after = numbers[^1];
            }
    }
}
