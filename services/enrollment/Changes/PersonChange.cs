using System.Text.Json;
using MedInsure.Enrollment.Persons;
using Npgsql;

namespace MedInsure.Enrollment.Changes;

/// <summary>A change of what a record says of the person, asked for, granted or refused.</summary>
/// <param name="Before">Of the fields that change, by name.</param>
/// <param name="SameCertificate">Other records with the certificate that is asked for: then one person may be enrolled twice, and the records are to be merged after the change.</param>
internal sealed record PersonChange(
    long ChangeNo, string PsnNo, string Kind, SortedDictionary<string, string> Before, SortedDictionary<string, string> After, string Why, string Evidence, string State,
    string ProposedBy, DateTimeOffset ProposedAt, string? DecidedBy, DateTimeOffset? DecidedAt, string? DecidedWhy, string[] SameCertificate)
{
    public const string Columns = """
        change_no, psn_no, kind, before::text, after::text, why, evidence, state, proposed_by, proposed_at, decided_by, decided_at, decided_why,
        ARRAY(SELECT o.psn_no FROM person o WHERE hashtext(o.certno) = hashtext(person_change.after->>'certno') AND o.certno = person_change.after->>'certno' AND o.psn_no <> person_change.psn_no AND o.merged_into IS NULL ORDER BY 1)
        """;

    public static Task<List<PersonChange>> Find(HeldCounty held, string where, object value, CancellationToken cancellation) =>
        held.Rows($"SELECT {Columns} FROM person_change WHERE {where}", Of, cancellation, value);

    /// <param name="requestKey">Null: of an act that has its own.</param>
    /// <param name="approver">Null: it waits for one. Who may change it alone approves it too.</param>
    public static Task Add(
        HeldCounty held, string? requestKey, string psnNo, string kind, IReadOnlyDictionary<string, string> before, IReadOnlyDictionary<string, string> after, string why, string evidence, string by, string? approver, DateTimeOffset at,
        CancellationToken cancellation) => held.Run("""
        INSERT INTO person_change (request_key, psn_no, kind, before, after, why, evidence, state, proposed_by, proposed_at, decided_by, decided_at)
        VALUES ($1::text, $2, $3, $4::text::jsonb, $5::text::jsonb, $6, $7, CASE WHEN $9::text IS NULL THEN 'proposed' ELSE 'approved' END, $8, $10, $9::text, CASE WHEN $9::text IS NOT NULL THEN $10 END)
        """, cancellation, requestKey, psnNo, kind, JsonSerializer.Serialize(before), JsonSerializer.Serialize(after), why, evidence, by.Trim(), approver?.Trim(), at.UtcDateTime);

    public static Task WriteKeyData(HeldCounty held, string psnNo, KeyData data, CancellationToken cancellation) => held.Run(
        "UPDATE person SET psn_cert_type = $2, certno = $3, psn_name = $4, gend = $5, birth_on = $6 WHERE psn_no = $1", cancellation, psnNo, data.PsnCertType, data.Certno, data.PsnName, data.Gend, data.BirthOn);

    public static PersonChange Of(NpgsqlDataReader r) => new(
        r.GetInt64(0), r.GetString(1), r.GetString(2), Fields(r.GetString(3)), Fields(r.GetString(4)), r.GetString(5), r.GetString(6), r.GetString(7), r.GetString(8), r.GetFieldValue<DateTimeOffset>(9),
        r.IsDBNull(10) ? null : r.GetString(10), r.IsDBNull(11) ? null : r.GetFieldValue<DateTimeOffset>(11), r.IsDBNull(12) ? null : r.GetString(12), r.GetFieldValue<string[]>(13));

    public static bool AreSame(SortedDictionary<string, string> a, SortedDictionary<string, string> b) => a.SequenceEqual(b);

    private static SortedDictionary<string, string> Fields(string json) => new(JsonSerializer.Deserialize<Dictionary<string, string>>(json)!, StringComparer.Ordinal);
}
