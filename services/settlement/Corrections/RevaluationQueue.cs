using MedInsure.Kernel;
using MedInsure.Protos.Enrollment.V1;
using Npgsql;
using NpgsqlTypes;

namespace MedInsure.Settlement.Corrections;

/// <summary>
/// Persons who were recognised for days gone by (认定即享受): whoever takes enrollment's word of it queues them in the same transaction, so that neither is ever without the other.
/// A recognition that ends earlier queues nobody: what it gave stays.
/// </summary>
internal static class RevaluationQueue
{
    /// <summary>Compares what is coming with what is kept; before it is kept.</summary>
    /// <param name="today">Bills of this day may have been settled before enrollment told.</param>
    public static async Task Note(NpgsqlConnection connection, NpgsqlTransaction transaction, IReadOnlyList<Person> persons, DateOnly today, DateTimeOffset now, CancellationToken cancellation)
    {
        var newest = persons.GroupBy(p => p.PsnNo).Select(g => g.MaxBy(p => p.Version)!).ToDictionary(p => p.PsnNo, StringComparer.Ordinal);
        var gained = new List<(Person Person, DateOnly From, string[] Categories)>();
        await using (var command = new NpgsqlCommand("SELECT psn_no, version, doc FROM insured WHERE psn_no = ANY($1) ORDER BY psn_no FOR UPDATE", connection, transaction))
        {
            command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. newest.Keys] });
            await using var reader = await command.ExecuteReaderAsync(cancellation);
            while (await reader.ReadAsync(cancellation))
            {
                var person = newest[reader.GetString(0)];
                // A person who was not known here has settled nothing here.
                if (reader.GetInt64(1) >= person.Version) continue;
                var found = Gained(Person.Parser.ParseFrom(reader.GetFieldValue<byte[]>(2)), person, today).ToList();
                if (found.Count > 0) gained.Add((person, found.Min(g => g.From), [.. found.Select(g => g.Name).Distinct().Order(StringComparer.Ordinal)]));
            }
        }
        if (gained.Count == 0) return;
        await using var insert = new NpgsqlCommand("""
            INSERT INTO revaluation (psn_no, from_on, categories, version, queued_at, next_try_at)
            SELECT psn_no, from_on, string_to_array(categories, ' '), version, $5, $5 FROM unnest($1, $2, $3, $4) AS u (psn_no, from_on, categories, version)
            ON CONFLICT ON CONSTRAINT a_recognition_is_queued_once DO NOTHING
            """, connection, transaction)
        {
            Parameters =
            {
                new NpgsqlParameter<string[]> { TypedValue = [.. gained.Select(g => g.Person.PsnNo)] },
                new NpgsqlParameter<DateOnly[]> { TypedValue = [.. gained.Select(g => g.From)] },
                new NpgsqlParameter<string[]> { TypedValue = [.. gained.Select(g => string.Join(' ', g.Categories))] },
                new NpgsqlParameter<long[]> { TypedValue = [.. gained.Select(g => g.Person.Version)] },
                new NpgsqlParameter<DateTime> { TypedValue = now.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz },
            },
        };
        await insert.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>Categories that a person has on days up to today on which he did not have them before, each with the first such day.</summary>
    internal static IEnumerable<(string Name, DateOnly From)> Gained(Person before, Person after, DateOnly today)
    {
        foreach (var category in after.Category)
        {
            var day = DayNumber.ToDate(category.FromOn);
            var covered = false;
            foreach (var had in before.Category.Where(c => c.Name == category.Name).OrderBy(c => c.FromOn))
            {
                if (DayNumber.ToDate(had.FromOn) > day) break;
                covered = had.ToOn == 0;
                if (covered) break;
                if (DayNumber.ToDate(had.ToOn) >= day) day = DayNumber.ToDate(had.ToOn).AddDays(1);
            }
            if (!covered && day <= today && (category.ToOn == 0 || day <= DayNumber.ToDate(category.ToOn))) yield return (category.Name, day);
        }
    }
}
