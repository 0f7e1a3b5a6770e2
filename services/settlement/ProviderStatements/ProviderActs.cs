using Npgsql;

namespace MedInsure.Settlement.ProviderStatements;

/// <summary>Who did what to an application, statement, payment or prepayment, when and why: written with the act itself, never changed.</summary>
internal static class ProviderActs
{
    internal sealed record Act(string Subject, string Name, string By, DateTimeOffset At, string Note);

    public static async Task Write(NpgsqlConnection connection, NpgsqlTransaction transaction, IReadOnlyCollection<Act> acts, CancellationToken cancellation)
    {
        if (acts.Count == 0) return;
        await using var command = new NpgsqlCommand("INSERT INTO provider_act (subject, act, acted_by, acted_at, note) SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[], $5::text[])", connection, transaction)
        {
            Parameters =
            {
                new() { Value = acts.Select(a => a.Subject).ToArray() }, new() { Value = acts.Select(a => a.Name).ToArray() }, new() { Value = acts.Select(a => a.By).ToArray() },
                new() { Value = acts.Select(a => a.At.UtcDateTime).ToArray() }, new() { Value = acts.Select(a => a.Note).ToArray() },
            },
        };
        await command.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>In the order in which they were done.</summary>
    public static async Task<IReadOnlyList<Act>> Of(NpgsqlConnection connection, NpgsqlTransaction transaction, string subject, CancellationToken cancellation)
    {
        var acts = new List<Act>();
        await using var command = new NpgsqlCommand("SELECT subject, act, acted_by, acted_at, note FROM provider_act WHERE subject = $1 ORDER BY act_no", connection, transaction) { Parameters = { new() { Value = subject } } };
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation)) acts.Add(new Act(reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetFieldValue<DateTimeOffset>(3), reader.GetString(4)));
        return acts;
    }

    public static object Shown(Act act) => new { Act = act.Name, By = act.By, At = CountyDesk.Time(act.At), Note = act.Note.Length > 0 ? act.Note : null };
}
