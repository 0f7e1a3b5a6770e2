using MedInsure.Kernel;
using Npgsql;

namespace MedInsure.Enrollment.Identity;

/// <summary>Ends all e-credentials of a person that could still be used: a phone was stolen.</summary>
internal static class RevokeECredentials
{
    public sealed record Request(string? PsnNo, string? By, string? Why);

    /// <returns>How many there were.</returns>
    public static async Task<Outcome<int>> Execute(NpgsqlDataSource database, Request request, DateTimeOffset now, CancellationToken cancellation)
    {
        if (string.IsNullOrEmpty(request.PsnNo)) return Refusals.NumberMissing;
        if (TwoPeople.Name(request.By, "by") is { } nobody) return nobody;
        if (EnrollmentTexts.NoReason(request.Why) is { } noReason) return noReason;
        await using var command = database.CreateCommand($"""
            INSERT INTO e_credential_end (jti, kind, ended_by, message_id, why, ended_at)
            SELECT jti, 'revoked', $2, '', $3, $4 FROM e_credential WHERE psn_no IN {IdentityRefusals.NumbersSql} AND expires_at > $4 ON CONFLICT (jti) DO NOTHING
            """);
        foreach (var value in (object[])[request.PsnNo, request.By!.Trim(), request.Why!, now.UtcDateTime]) command.Parameters.Add(new NpgsqlParameter { Value = value });
        return await command.ExecuteNonQueryAsync(cancellation);
    }
}
