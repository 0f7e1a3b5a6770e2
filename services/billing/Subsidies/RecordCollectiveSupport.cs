using System.Security.Cryptography;
using System.Text;
using MedInsure.Billing.Assessments;
using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using Npgsql;

namespace MedInsure.Billing.Subsidies;

/// <summary>A village collective or unit pays a part of the personal part of persons it names, at most what aid leaves of it. Their assessments change at once.</summary>
internal static class RecordCollectiveSupport
{
    internal sealed record Order(string? RequestKey, string? Insutype, int Year, string? Supporter, string? Amount, IReadOnlyList<string>? Persons, string? Reason, string? RecordedBy, string? Approver);

    internal sealed record Support(long SupportNo, string Insutype, int Year, string Supporter, string Amount, long Persons, string Reason, string RecordedBy, string Approver, string RecordedAt);

    private const int SupporterMax = 200;

    public static async Task<Outcome<Support>> Execute(NpgsqlDataSource database, Order order, ChinaCalendar calendar, CancellationToken cancellation)
    {
        if (RequestTexts.NoKey(order.RequestKey) is { } noKey) return noKey;
        if (string.IsNullOrWhiteSpace(order.Insutype)) return Refusals.SchemeMissing;
        if (string.IsNullOrWhiteSpace(order.Supporter) || order.Supporter.Length > SupporterMax) return Refusals.SupporterMissing;
        if (!RequestTexts.IsAmount(order.Amount, out var amount) || amount.IsNegative) return Refusals.AmountInvalid;
        if (order.Persons is not { Count: > 0 and <= Refusals.SupportedMax } persons || persons.Distinct().Count() != persons.Count) return Refusals.SupportedInvalid;
        if (RequestTexts.NoReason(order.Reason) is { } noReason) return noReason;
        if (TwoPeople.Check(order.RecordedBy, "recorded_by", order.Approver) is { } unfit) return unfit;
        string[] numbers = [.. persons.Order(StringComparer.Ordinal)];
        var content = SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', [order.Insutype, $"{order.Year}", order.Supporter, $"{amount}", order.Reason!, order.RecordedBy!, order.Approver!, .. numbers])));

        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await AssessPersons.Lock(connection, transaction, order.Insutype, order.Year, cancellation);
        if (await Known(connection, transaction, order.RequestKey!, cancellation) is { } known) return known.Content.AsSpan().SequenceEqual(content) ? known.Support : Refusals.RequestKeyReused;
        if (await Terms(connection, transaction, order.Insutype, order.Year, cancellation) is not { } terms) return Refusals.YearNotAssessed;
        if (!terms.Resident.CollectiveSupport) return Refusals.SupportNotAllowed;
        if (await Count(connection, transaction, "SELECT count(*) FROM assessment WHERE psn_no = ANY ($1) AND insutype = $2 AND year = $3 AND NOT withdrawn", numbers, order, cancellation) != numbers.Length) return Refusals.SupportedUnknown;
        if (await Count(connection, transaction, "SELECT count(*) FROM collective_support_person WHERE psn_no = ANY ($1) AND insutype = $2 AND year = $3", numbers, order, cancellation) != 0) return Refusals.SupportedTwice;

        await using (var insert = new NpgsqlCommand("""
            WITH support AS (
                INSERT INTO collective_support (request_key, insutype, year, supporter, amount_fen, persons, content, reason, recorded_by, approver, recorded_at)
                VALUES ($1, $2, $3, $4, $5, cardinality($6), $7, $8, $9, $10, $11) RETURNING support_no)
            INSERT INTO collective_support_person (insutype, year, psn_no, support_no, amount_fen) SELECT $2, $3, psn_no, support_no, $5 FROM support, unnest($6) AS p (psn_no)
            """, connection, transaction)
        {
            Parameters =
            {
                new() { Value = order.RequestKey }, new() { Value = order.Insutype }, new() { Value = order.Year }, new() { Value = order.Supporter }, new() { Value = amount.Value }, new() { Value = numbers },
                new() { Value = content }, new() { Value = order.Reason }, new() { Value = order.RecordedBy }, new() { Value = order.Approver }, new() { Value = calendar.UtcNow.UtcDateTime },
            },
        })
            await insert.ExecuteNonQueryAsync(cancellation);
        await AssessPersons.Run(connection, transaction, new AssessmentTerms(order.Year, terms), numbers, null, "collective_support", calendar.UtcNow, cancellation);
        var recorded = (await Known(connection, transaction, order.RequestKey!, cancellation))!.Value.Support;
        await transaction.CommitAsync(cancellation);
        return recorded;
    }

    /// <summary>The newest first.</summary>
    public static async Task<List<Support>> List(NpgsqlDataSource database, string? insutype, int? year, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand($"SELECT {Columns} FROM collective_support WHERE ($1 = '' OR insutype = $1) AND ($2 = 0 OR year = $2) ORDER BY support_no DESC LIMIT {Refusals.PageMax}");
        command.Parameters.Add(new() { Value = insutype ?? "" });
        command.Parameters.Add(new() { Value = year ?? 0 });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var supports = new List<Support>();
        while (await reader.ReadAsync(cancellation)) supports.Add(Row(reader));
        return supports;
    }

    private const string Columns = "support_no, insutype, year, supporter, amount_fen, persons, reason, recorded_by, approver, recorded_at, content";

    private static Support Row(NpgsqlDataReader reader) => new(
        reader.GetInt64(0), reader.GetString(1), reader.GetInt32(2), reader.GetString(3), BillingJson.Yuan(reader.GetInt64(4)), reader.GetInt64(5), reader.GetString(6), reader.GetString(7), reader.GetString(8),
        BillingJson.Time(reader.GetDateTime(9)));

    private static async Task<(Support Support, byte[] Content)?> Known(NpgsqlConnection connection, NpgsqlTransaction transaction, string requestKey, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand($"SELECT {Columns} FROM collective_support WHERE request_key = $1", connection, transaction) { Parameters = { new() { Value = requestKey } } };
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return await reader.ReadAsync(cancellation) ? (Row(reader), reader.GetFieldValue<byte[]>(10)) : null;
    }

    private static async Task<ContributionTerms?> Terms(NpgsqlConnection connection, NpgsqlTransaction transaction, string insutype, int year, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("SELECT terms FROM assessment_year WHERE insutype = $1 AND year = $2", connection, transaction) { Parameters = { new() { Value = insutype }, new() { Value = year } } };
        return await command.ExecuteScalarAsync(cancellation) is byte[] terms ? ContributionTerms.Parser.ParseFrom(terms) : null;
    }

    private static async Task<long> Count(NpgsqlConnection connection, NpgsqlTransaction transaction, string sql, string[] numbers, Order order, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(sql, connection, transaction) { Parameters = { new() { Value = numbers }, new() { Value = order.Insutype }, new() { Value = order.Year } } };
        return (long)(await command.ExecuteScalarAsync(cancellation))!;
    }
}
