using MedInsure.Enrollment.Persons;
using MedInsure.Kernel;
using MedInsure.Protos.Enrollment.V1;
using Npgsql;

namespace MedInsure.Enrollment.Identity;

/// <summary>Whose an e-credential (01), an id number (02) or a social-security card (03) is. An e-credential is used up by it.</summary>
internal static class IdentifyPerson
{
    public static async Task<Outcome<Person>> Execute(NpgsqlDataSource database, IConfiguration configuration, string county, IdentifyPersonRequest request, DateTimeOffset now, CancellationToken cancellation)
    {
        if (request.MdtrtCertNo.Length == 0) return IdentityRefusals.NumberMissing;
        return request.MdtrtCertType switch
        {
            "01" => await ByECredential(database, configuration, county, request, now, cancellation),
            "02" => await FindPersonByCertificate.Read(database, Certificate(request), cancellation),
            "03" => await ByCard(database, request, cancellation),
            _ => IdentityRefusals.KindUnknown,
        };
    }

    private static async Task<Outcome<Person>> ByECredential(NpgsqlDataSource database, IConfiguration configuration, string county, IdentifyPersonRequest request, DateTimeOffset now, CancellationToken cancellation)
    {
        if (request.Sender.Length == 0 || request.MessageId.Length == 0) return IdentityRefusals.RequestKeyMissing;
        var tokens = ECredentialToken.Of(configuration);
        if (tokens.Refusal is { } unavailable) return unavailable;
        var verified = tokens.Value.Verify(request.MdtrtCertNo, county, now);
        if (verified.Refusal is { } refusal) return refusal;

        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var issued = new NpgsqlCommand("SELECT coalesce(p.merged_into, p.psn_no) FROM e_credential e JOIN person p USING (psn_no) WHERE e.jti = $1", connection) { Parameters = { new() { Value = verified.Value } } };
        // Signed with our key and not on file: given out before the database was set back. What cannot be ended once is not accepted.
        if (await issued.ExecuteScalarAsync(cancellation) is not string psnNo) return IdentityRefusals.Altered;
        var found = Checked(await PersonReader.Read(connection, [psnNo], cancellation), request);
        if (found.IsRefused) return found;

        await using var use = new NpgsqlCommand("INSERT INTO e_credential_end (jti, kind, ended_by, message_id, why, ended_at) VALUES ($1, 'used', $2, $3, '', $4) ON CONFLICT (jti) DO NOTHING", connection)
        {
            Parameters = { new() { Value = verified.Value }, new() { Value = request.Sender }, new() { Value = request.MessageId }, new() { Value = now.UtcDateTime } },
        };
        if (await use.ExecuteNonQueryAsync(cancellation) == 1) return found;

        // The same message again, whose answer was lost, is answered again; any other came second.
        await using var ended = new NpgsqlCommand("SELECT CASE WHEN kind = 'revoked' THEN 'revoked' WHEN ended_by = $2 AND message_id = $3 THEN 'same' ELSE 'used' END FROM e_credential_end WHERE jti = $1", connection)
        {
            Parameters = { new() { Value = verified.Value }, new() { Value = request.Sender }, new() { Value = request.MessageId } },
        };
        return (string)(await ended.ExecuteScalarAsync(cancellation))! switch { "same" => found, "revoked" => IdentityRefusals.Revoked, _ => IdentityRefusals.Used };
    }

    private static async Task<Outcome<Person>> ByCard(NpgsqlDataSource database, IdentifyPersonRequest request, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        var cards = new List<(string Sn, string State, string PsnNo)>();
        await using (var command = new NpgsqlCommand("SELECT c.card_sn, c.state, coalesce(p.merged_into, p.psn_no) FROM card c JOIN person p USING (psn_no) WHERE c.card_no = $1", connection) { Parameters = { new() { Value = request.MdtrtCertNo.ToUpperInvariant() } } })
        await using (var reader = await command.ExecuteReaderAsync(cancellation))
            while (await reader.ReadAsync(cancellation)) cards.Add((reader.GetString(0), reader.GetString(1), reader.GetString(2)));
        if (cards.Count > 0)
        {
            var card = cards.FirstOrDefault(c => c.Sn == request.CardSn);
            return card.State switch
            {
                null => IdentityRefusals.CardSerialUnknown,
                "active" => Checked(await PersonReader.Read(connection, [card.PsnNo], cancellation), request),
                "lost" => IdentityRefusals.CardLost,
                _ => IdentityRefusals.CardReplaced,
            };
        }

        // A county that has not registered a person's card yet: the card's number is its holder's id number.
        var query = Certificate(request);
        query.Certno = request.MdtrtCertNo;
        var person = await FindPersonByCertificate.Read(database, query, cancellation);
        if (person.IsRefused) return person;
        await using var others = new NpgsqlCommand($"SELECT EXISTS (SELECT FROM card WHERE psn_no IN {IdentityRefusals.NumbersSql})", connection) { Parameters = { new() { Value = person.Value.PsnNo } } };
        return (bool)(await others.ExecuteScalarAsync(cancellation))! ? IdentityRefusals.CardNotRegistered : Checked([person.Value], request);
    }

    private static FindPersonByCertificateRequest Certificate(IdentifyPersonRequest request) => new() { PsnCertType = request.PsnCertType, Certno = request.MdtrtCertNo, PsnName = request.PsnName };

    private static Outcome<Person> Checked(List<Person> found, IdentifyPersonRequest request)
    {
        if (found is not [var person]) return Refusals.PersonUnknown.At("mdtrt_cert_no");
        if (request.Certno.Length > 0 && !request.Certno.Equals(person.Certno, StringComparison.OrdinalIgnoreCase)) return IdentityRefusals.CertificateMismatch;
        return request.PsnName.Length > 0 && request.PsnName != person.PsnName ? Refusals.NameMismatch : person;
    }
}
