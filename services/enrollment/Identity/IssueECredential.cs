using System.Security.Cryptography;
using MedInsure.Kernel;
using MedInsure.Protos.Enrollment.V1;
using Npgsql;

namespace MedInsure.Enrollment.Identity;

/// <summary>An e-credential for a person whose id or card was checked, handed to the person or to an agent with authority.</summary>
internal static class IssueECredential
{
    public sealed record Request(string? MdtrtCertType, string? MdtrtCertNo, string? CardSn, string? PsnCertType, string? PsnName, string? AgentCertType, string? AgentCertno, string? By);

    public sealed record Issued(string Token, string PsnNo, DateTimeOffset ExpiresAt);

    public static async Task<Outcome<Issued>> Execute(NpgsqlDataSource database, IConfiguration configuration, string county, Request request, ChinaCalendar calendar, CancellationToken cancellation)
    {
        if (TwoPeople.Name(request.By, "by") is { } nobody) return nobody;
        var tokens = ECredentialToken.Of(configuration);
        if (tokens.Refusal is { } unavailable) return unavailable;
        if (request.MdtrtCertType is not ("02" or "03")) return IdentityRefusals.CheckNeeded;
        foreach (var (text, field) in (ReadOnlySpan<(string?, string)>)[(request.MdtrtCertNo, "mdtrt_cert_no"), (request.CardSn, "card_sn"), (request.PsnCertType, "psn_cert_type"), (request.PsnName, "psn_name"), (request.AgentCertType, "agent_cert_type"), (request.AgentCertno, "agent_certno")])
            if (!string.IsNullOrEmpty(text) && EnrollmentTexts.Check(text, 50, field) is { } bad) return bad;
        var check = new IdentifyPersonRequest
        {
            MdtrtCertType = request.MdtrtCertType, MdtrtCertNo = request.MdtrtCertNo ?? "", CardSn = request.CardSn ?? "", PsnCertType = request.PsnCertType ?? "", PsnName = request.PsnName ?? "",
        };
        var now = calendar.UtcNow;
        var found = await IdentifyPerson.Execute(database, configuration, county, check, now, cancellation);
        if (found.Refusal is { } refusal) return refusal;
        // Bills of the last stay are settled by the id number: a code is for who can show it.
        if (found.Value.DiedOn != 0) return IdentityRefusals.PersonDead;
        var psnNo = found.Value.PsnNo;

        long? authority = null;
        if (!string.IsNullOrEmpty(request.AgentCertno))
        {
            authority = await AgentAuthorities.InForce(database, psnNo, request.AgentCertType, request.AgentCertno, calendar.Today, cancellation);
            if (authority is null) return IdentityRefusals.AgentNotAuthorised;
        }

        var jti = RandomNumberGenerator.GetBytes(ECredentialToken.JtiBytes);
        // Whole seconds, as the token says it.
        var expiresAt = DateTimeOffset.FromUnixTimeSeconds((now + ECredentialToken.Lifetime).ToUnixTimeSeconds());
        await using var command = database.CreateCommand("INSERT INTO e_credential (jti, psn_no, checked, authority_no, issued_by, issued_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7)");
        foreach (var value in (object[])[jti, psnNo, request.MdtrtCertType, (object?)authority ?? DBNull.Value, request.By!.Trim(), now.UtcDateTime, expiresAt.UtcDateTime]) command.Parameters.Add(new NpgsqlParameter { Value = value });
        await command.ExecuteNonQueryAsync(cancellation);
        return new Issued(tokens.Value.Issue(county, jti, expiresAt), psnNo, expiresAt);
    }
}
