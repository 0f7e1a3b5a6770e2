using MedInsure.Protos.Enrollment.V1;
using Npgsql;

namespace MedInsure.Enrollment.Identity;

/// <summary>Ends a session before its time.</summary>
internal static class ClosePersonSession
{
    public static async Task<ClosePersonSessionReply> Execute(NpgsqlDataSource database, ClosePersonSessionRequest request, DateTimeOffset now, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand("UPDATE person_session SET closed_at = $2 WHERE token_sha256 = $1 AND closed_at IS NULL AND expires_at > $2");
        command.Parameters.Add(new() { Value = OpenPersonSession.Hash(request.Session) });
        command.Parameters.Add(new() { Value = now.UtcDateTime });
        return new ClosePersonSessionReply { Closed = await command.ExecuteNonQueryAsync(cancellation) == 1 };
    }
}
