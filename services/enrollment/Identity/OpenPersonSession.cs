using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using MedInsure.Kernel;
using MedInsure.Protos.Enrollment.V1;
using Npgsql;

namespace MedInsure.Enrollment.Identity;

/// <summary>A person's session at the own desk, opened by an e-credential, which is used up by it. Its token is random; the database holds the token's hash alone.</summary>
internal static class OpenPersonSession
{
    /// <summary>Assumed: long enough to look things up, short enough to be left behind at a public screen.</summary>
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(15);
    private const int TokenBytes = 32, RequestNoMax = 30;
    private const string Sender = "person-desk";

    public static async Task<Outcome<PersonSession>> Execute(NpgsqlDataSource database, IConfiguration configuration, string county, OpenPersonSessionRequest request, DateTimeOffset now, CancellationToken cancellation)
    {
        if (EnrollmentTexts.Check(request.RequestNo, RequestNoMax, "request_no") is not null) return Refusals.RequestKeyMissing.At("request_no");
        var found = await IdentifyPerson.Execute(database, configuration, county,
            new IdentifyPersonRequest { MdtrtCertType = "01", MdtrtCertNo = request.ECredential, Sender = Sender, MessageId = request.RequestNo }, now, cancellation);
        if (found.Refusal is { } refusal) return refusal.At("e_credential");
        var (token, expiresAt) = (Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(TokenBytes)), now + Lifetime);
        await using var command = database.CreateCommand("INSERT INTO person_session (token_sha256, psn_no, request_no, opened_at, expires_at) VALUES ($1, $2, $3, $4, $5)");
        foreach (var value in (object[])[Hash(token), found.Value.PsnNo, request.RequestNo, now.UtcDateTime, expiresAt.UtcDateTime]) command.Parameters.Add(new NpgsqlParameter { Value = value });
        await command.ExecuteNonQueryAsync(cancellation);
        return new PersonSession { Session = token, PsnNo = found.Value.PsnNo, ExpiresAtMs = expiresAt.ToUnixTimeMilliseconds() };
    }

    /// <summary>256 random bits need no slow hash.</summary>
    internal static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}
