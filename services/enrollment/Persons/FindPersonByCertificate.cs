using MedInsure.Kernel;
using MedInsure.Protos.Enrollment.V1;
using Npgsql;

namespace MedInsure.Enrollment.Persons;

internal static class FindPersonByCertificate
{
    private const string ResidentIdentity = "01";

    public static async Task<Outcome<Person>> Read(NpgsqlDataSource database, FindPersonByCertificateRequest request, CancellationToken cancellation)
    {
        if (request.Certno.Length == 0) return Refusals.CertificateMissing;
        var type = request.PsnCertType.Length == 0 ? ResidentIdentity : request.PsnCertType;
        // Stored with a capital X (PersonRow); readers of cards send either.
        var number = type == ResidentIdentity ? request.Certno.ToUpperInvariant() : request.Certno;

        // Where one person stands under two numbers, the one enrolled or changed last is the one in use.
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var command = new NpgsqlCommand("SELECT coalesce(merged_into, psn_no) FROM person WHERE psn_cert_type = $1 AND hashtext(certno) = hashtext($2) AND certno = $2 ORDER BY merged_into IS NULL DESC, changed_at DESC, psn_no DESC LIMIT 1", connection) { Parameters = { new() { Value = type }, new() { Value = number } } };
        if (await command.ExecuteScalarAsync(cancellation) is not string psnNo) return Refusals.PersonUnknown.At("certno");
        if (await PersonReader.Read(connection, [psnNo], cancellation) is not [var person]) return Refusals.PersonUnknown.At("certno");
        return request.PsnName.Length > 0 && request.PsnName != person.PsnName ? Refusals.NameMismatch : person;
    }
}
