using MedInsure.Console.Access;
using MedInsure.Hosting.Tenancy;
using Npgsql;

namespace MedInsure.Console.Audit;

/// <summary>Who read a person's data and who changed what, in the city's database. What cannot be written down does not happen.</summary>
public sealed class AuditLog(TenantDatabases databases, TimeProvider time)
{
    public sealed record Entry(long Number, DateTimeOffset At, string UserName, string Role, string Place, string Action, string Subject, string Detail, string Reason, string Outcome);

    /// <param name="action">read, or what was done: the method and path of the call.</param>
    /// <param name="subject">The person's or document's number; no name, no certificate.</param>
    /// <param name="outcome">ok, a refusal's code, or empty while it is not known.</param>
    public async Task Write(Session user, string place, string action, string subject, string detail = "", string reason = "", string outcome = "", CancellationToken cancellation = default)
    {
        await using var command = databases.For(user.City, ConsoleModule.Service).CreateCommand("""
            INSERT INTO audit_log (at, user_name, role, place, action, subject, detail, reason, outcome) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
            """);
        foreach (var value in (object[])[time.GetUtcNow(), user.Name, user.Role, place, action, Storable(subject), Storable(detail), Storable(reason), outcome]) command.Parameters.Add(new() { Value = value });
        await command.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>Newest first, below a number; of a county's user its own county only.</summary>
    public async Task<List<Entry>> Read(Session user, string userName, string subject, long below, int size, CancellationToken cancellation = default)
    {
        await using var command = databases.For(user.City, ConsoleModule.Service).CreateCommand("""
            SELECT number, at, user_name, role, place, action, subject, detail, reason, outcome FROM audit_log
            WHERE number < $1 AND ($2 = '' OR user_name = $2) AND ($3 = '' OR subject = $3) AND ($4 = '' OR place = $4) ORDER BY number DESC LIMIT $5
            """);
        foreach (var value in (object[])[below, Storable(userName), Storable(subject), user.Home == user.City ? "" : user.Home, size]) command.Parameters.Add(new() { Value = value });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        List<Entry> rows = [];
        while (await reader.ReadAsync(cancellation))
            rows.Add(new(reader.GetInt64(0), reader.GetFieldValue<DateTimeOffset>(1), reader.GetString(2), reader.GetString(3), reader.GetString(4), reader.GetString(5), reader.GetString(6), reader.GetString(7), reader.GetString(8), reader.GetString(9)));
        return rows;
    }

    // A text column cannot hold U+0000, and an attempt with it is still an attempt.
    private static string Storable(string text) => text.Replace("\0", "\uFFFD", StringComparison.Ordinal);
}
