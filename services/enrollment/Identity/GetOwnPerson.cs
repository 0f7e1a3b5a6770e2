using MedInsure.Enrollment.Persons;
using MedInsure.Kernel;
using MedInsure.Protos.Enrollment.V1;
using Npgsql;

namespace MedInsure.Enrollment.Identity;

/// <summary>The person whose session it is, under the number that leads on.</summary>
internal static class GetOwnPerson
{
    public static async Task<Outcome<OwnPerson>> Read(NpgsqlDataSource database, GetOwnPersonRequest request, DateTimeOffset now, CancellationToken cancellation)
    {
        if (request.Session.Length == 0) return IdentityRefusals.SessionUnknown;
        await using var connection = await database.OpenConnectionAsync(cancellation);
        string psnNo;
        DateTimeOffset expiresAt;
        await using (var command = new NpgsqlCommand("""
            SELECT coalesce(p.merged_into, p.psn_no), coalesce(s.closed_at, s.expires_at) FROM person_session s JOIN person p USING (psn_no) WHERE s.token_sha256 = $1
            """, connection) { Parameters = { new() { Value = OpenPersonSession.Hash(request.Session) } } })
        await using (var reader = await command.ExecuteReaderAsync(cancellation))
        {
            if (!await reader.ReadAsync(cancellation)) return IdentityRefusals.SessionUnknown;
            (psnNo, expiresAt) = (reader.GetString(0), reader.GetFieldValue<DateTimeOffset>(1));
        }
        if (now >= expiresAt) return IdentityRefusals.SessionExpired;
        var own = new OwnPerson { Person = (await PersonReader.Read(connection, [psnNo], cancellation))[0], PsnNo = { psnNo }, ExpiresAtMs = expiresAt.ToUnixTimeMilliseconds() };
        await using var retired = new NpgsqlCommand("SELECT psn_no FROM person WHERE merged_into = $1 ORDER BY psn_no", connection) { Parameters = { new() { Value = psnNo } } };
        await using var numbers = await retired.ExecuteReaderAsync(cancellation);
        while (await numbers.ReadAsync(cancellation)) own.PsnNo.Add(numbers.GetString(0));
        return own;
    }
}
