using MedInsure.Enrollment.Persons;
using MedInsure.Kernel;
using Npgsql;

namespace MedInsure.Enrollment.Identity;

/// <summary>Who may act for whom: recorded with period and evidence, revoked with a reason, never changed otherwise.</summary>
internal static class AgentAuthorities
{
    public sealed record NewAuthority(string? PsnNo, string? AgentCertType, string? AgentCertno, string? AgentName, DateOnly? FromOn, DateOnly? ToOn, string? Evidence, string? By);
    public sealed record Revocation(string? By, string? Why);
    public sealed record Authority(
        long AuthorityNo, string PsnNo, string AgentCertType, string AgentCertno, string AgentName, DateOnly FromOn, DateOnly ToOn, string Evidence, string RecordedBy, DateTimeOffset RecordedAt,
        string? RevokedBy, DateTimeOffset? RevokedAt, string? RevokedWhy);

    /// <returns>The authority's number.</returns>
    public static async Task<Outcome<long>> Record(NpgsqlDataSource database, NewAuthority authority, DateTimeOffset at, CancellationToken cancellation)
    {
        if (string.IsNullOrEmpty(authority.PsnNo)) return Refusals.NumberMissing;
        if ((EnrollmentTexts.Check(authority.AgentCertType, 6, "agent_cert_type") ?? EnrollmentTexts.Check(authority.AgentCertno, 50, "agent_certno") ?? EnrollmentTexts.Check(authority.AgentName, 50, "agent_name")
            ?? EnrollmentTexts.Check(authority.Evidence, 500, "evidence") ?? TwoPeople.Name(authority.By, "by")) is { } bad) return bad;
        if (authority.FromOn is not { } from || authority.ToOn is not { } to || to < from) return IdentityRefusals.AgentPeriodInvalid;
        var certno = authority.AgentCertno!.ToUpperInvariant();
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using (var person = new NpgsqlCommand("SELECT psn_cert_type = $2 AND certno = $3 FROM person WHERE psn_no = $1", connection) { Parameters = { new() { Value = authority.PsnNo }, new() { Value = authority.AgentCertType! }, new() { Value = certno } } })
            switch (await person.ExecuteScalarAsync(cancellation))
            {
                case null: return Refusals.PersonUnknown.At("psn_no");
                case true: return IdentityRefusals.AgentIsPerson;
            }
        await using var insert = new NpgsqlCommand("""
            INSERT INTO agent_authority (psn_no, agent_cert_type, agent_certno, agent_name, from_on, to_on, evidence, recorded_by, recorded_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING authority_no
            """, connection);
        foreach (var value in (object[])[authority.PsnNo, authority.AgentCertType!, certno, authority.AgentName!, from, to, authority.Evidence!, authority.By!.Trim(), at.UtcDateTime]) insert.Parameters.Add(new NpgsqlParameter { Value = value });
        return (long)(await insert.ExecuteScalarAsync(cancellation))!;
    }

    /// <summary>Ends an authority now, for e-credentials not issued yet. A second revocation changes nothing.</summary>
    public static async Task<Outcome<long>> Revoke(NpgsqlDataSource database, long number, Revocation revocation, DateTimeOffset at, CancellationToken cancellation)
    {
        if (TwoPeople.Name(revocation.By, "by") is { } nobody) return nobody;
        if (EnrollmentTexts.NoReason(revocation.Why) is { } noReason) return noReason;
        await using var command = database.CreateCommand("UPDATE agent_authority SET revoked_by = coalesce(revoked_by, $2), revoked_at = coalesce(revoked_at, $3), revoked_why = coalesce(revoked_why, $4) WHERE authority_no = $1");
        foreach (var value in (object[])[number, revocation.By!.Trim(), at.UtcDateTime, revocation.Why!]) command.Parameters.Add(new NpgsqlParameter { Value = value });
        return await command.ExecuteNonQueryAsync(cancellation) == 1 ? number : IdentityRefusals.AgentUnknown;
    }

    /// <returns>The authority that lets the agent act for the person on this day; null: none does.</returns>
    public static async Task<long?> InForce(NpgsqlDataSource database, string psnNo, string? certType, string certno, DateOnly on, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand($"""
            SELECT authority_no FROM agent_authority
            WHERE psn_no IN {IdentityRefusals.NumbersSql} AND agent_cert_type = $2 AND agent_certno = $3 AND from_on <= $4 AND to_on >= $4 AND revoked_at IS NULL ORDER BY authority_no LIMIT 1
            """);
        foreach (var value in (object[])[psnNo, string.IsNullOrEmpty(certType) ? "01" : certType, certno.ToUpperInvariant(), on]) command.Parameters.Add(new NpgsqlParameter { Value = value });
        return (long?)await command.ExecuteScalarAsync(cancellation);
    }

    public static async Task<List<Authority>> Of(NpgsqlDataSource database, string psnNo, CancellationToken cancellation)
    {
        return await database.Rows($"""
            SELECT authority_no, psn_no, agent_cert_type, agent_certno, agent_name, from_on, to_on, evidence, recorded_by, recorded_at, revoked_by, revoked_at, revoked_why
            FROM agent_authority WHERE psn_no IN {IdentityRefusals.NumbersSql} ORDER BY authority_no
            """, r => new Authority(r.GetInt64(0), r.GetString(1), r.GetString(2), r.GetString(3), r.GetString(4), r.GetFieldValue<DateOnly>(5), r.GetFieldValue<DateOnly>(6), r.GetString(7), r.GetString(8),
                r.GetFieldValue<DateTimeOffset>(9), r.IsDBNull(10) ? null : r.GetString(10), r.IsDBNull(11) ? null : r.GetFieldValue<DateTimeOffset>(11), r.IsDBNull(12) ? null : r.GetString(12)), cancellation, psnNo);
    }
}
