using MedInsure.Protos.Settlement.V1;
using Npgsql;
using NpgsqlTypes;

namespace MedInsure.Billing.Payments;

/// <summary>What persons owe, held until the transaction ends: who else pays for them waits.</summary>
internal static class OwedYears
{
    /// <summary>Payments go beside each other, but not beside an assessment of the year: that one locks its persons in an order of its own.</summary>
    public static async Task LockYears(NpgsqlConnection connection, NpgsqlTransaction transaction, IEnumerable<(string Insutype, int Year)> years, CancellationToken cancellation)
    {
        foreach (var (insutype, year) in years.Distinct().OrderBy(y => y.Insutype, StringComparer.Ordinal).ThenBy(y => y.Year))
        {
            // The key is that of AssessPersons.Lock.
            await using var command = new NpgsqlCommand("SELECT pg_advisory_xact_lock_shared(hashtextextended('assess ' || $1, $2))", connection, transaction) { Parameters = { new() { Value = insutype }, new() { Value = (long)year } } };
            await command.ExecuteNonQueryAsync(cancellation);
        }
    }

    /// <returns>Every one that was asked for, also those that are unknown here.</returns>
    public static async Task<Dictionary<(string PsnNo, string Insutype, int Year), OwedYear>> Lock(
        NpgsqlConnection connection, NpgsqlTransaction transaction, IEnumerable<(string PsnNo, string Insutype, int Year)> asked, CancellationToken cancellation)
    {
        var keys = asked.Distinct().ToList();
        if (keys.Count == 0) return [];
        NpgsqlParameter[] parameters() =>
            [ReceivePayments.Column(NpgsqlDbType.Text, keys, k => k.PsnNo), ReceivePayments.Column(NpgsqlDbType.Text, keys, k => k.Insutype), ReceivePayments.Column(NpgsqlDbType.Integer, keys, k => k.Year)];

        var amounts = new Dictionary<(string, string, int), (long Due, long Paid)>();
        // In one order, so that two households wait for each other in one direction only.
        await using (var command = new NpgsqlCommand("""
            SELECT a.psn_no, a.insutype, a.year, a.due_fen, a.paid_fen, a.withdrawn
            FROM unnest($1, $2, $3) AS k (psn_no, insutype, year) JOIN assessment a USING (psn_no, insutype, year) ORDER BY a.psn_no, a.insutype, a.year FOR UPDATE OF a
            """, connection, transaction))
        {
            command.Parameters.AddRange(parameters());
            await using var reader = await command.ExecuteReaderAsync(cancellation);
            while (await reader.ReadAsync(cancellation))
                if (!reader.GetBoolean(5)) amounts[(reader.GetString(0), reader.GetString(1), reader.GetInt32(2))] = (reader.GetInt64(3), reader.GetInt64(4));
        }
        var persons = new Dictionary<string, DateOnly?>();
        await using (var command = new NpgsqlCommand("SELECT psn_no, died_on FROM insured_person WHERE psn_no = ANY ($1)", connection, transaction) { Parameters = { new() { Value = keys.Select(k => k.PsnNo).Distinct().ToArray() } } })
        await using (var reader = await command.ExecuteReaderAsync(cancellation))
            while (await reader.ReadAsync(cancellation)) persons[reader.GetString(0)] = reader.IsDBNull(1) ? null : reader.GetFieldValue<DateOnly>(1);
        var enrolled = new Dictionary<(string, string, int), (string, DateOnly?)>();
        await using (var command = new NpgsqlCommand("SELECT r.psn_no, r.insutype, r.year, r.who, r.event_on FROM unnest($1, $2, $3) AS k (psn_no, insutype, year) JOIN cover_request r USING (psn_no, insutype, year) WHERE NOT r.withdrawn", connection, transaction))
        {
            command.Parameters.AddRange(parameters());
            await using var reader = await command.ExecuteReaderAsync(cancellation);
            while (await reader.ReadAsync(cancellation)) enrolled[(reader.GetString(0), reader.GetString(1), reader.GetInt32(2))] = (reader.GetString(3), reader.IsDBNull(4) ? null : reader.GetFieldValue<DateOnly>(4));
        }
        var terms = new Dictionary<(string, int), ResidentTerms?>();
        await using (var command = new NpgsqlCommand("SELECT y.insutype, y.year, y.terms FROM assessment_year y WHERE (y.insutype, y.year) IN (SELECT * FROM unnest($1, $2))", connection, transaction))
        {
            command.Parameters.AddRange(parameters()[1..]);
            await using var reader = await command.ExecuteReaderAsync(cancellation);
            while (await reader.ReadAsync(cancellation)) terms[(reader.GetString(0), reader.GetInt32(1))] = ContributionTerms.Parser.ParseFrom(reader.GetFieldValue<byte[]>(2)).Resident;
        }
        return keys.ToDictionary(k => k, k => new OwedYear
        {
            Year = k.Year, IsKnown = persons.ContainsKey(k.PsnNo), DiedOn = persons.GetValueOrDefault(k.PsnNo), IsAssessed = amounts.ContainsKey(k),
            DueFen = amounts.GetValueOrDefault(k).Due, PaidFen = amounts.GetValueOrDefault(k).Paid, Terms = terms.GetValueOrDefault((k.Insutype, k.Year)), Enrolled = enrolled.TryGetValue(k, out var who) ? who : null,
        });
    }
}
