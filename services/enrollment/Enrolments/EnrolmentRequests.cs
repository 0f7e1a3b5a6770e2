using System.Security.Cryptography;
using System.Text.Json;
using MedInsure.Enrollment.Persons;
using MedInsure.Kernel;
using Npgsql;

namespace MedInsure.Enrollment.Enrolments;

/// <summary>Acts of enrolment, each once by its request key: the same again has the same answer, another one under the key is refused.</summary>
internal static class EnrolmentRequests
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    private const string KnownSql = "SELECT content, answer FROM enrolment_request WHERE request_key = $1";

    public static byte[] Digest(string kind, object content) => SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(new { kind, content }, Json));

    /// <returns>Why the request names too little; null: it does.</returns>
    public static Refusal? Check(string? requestKey, string? by, string? why) =>
        EnrollmentTexts.NoKey(requestKey) ?? TwoPeople.Name(by, "by") ?? (string.IsNullOrEmpty(why) ? null : EnrollmentTexts.NoReason(why));

    /// <returns>The answer of before; null: the key is new.</returns>
    public static async Task<Outcome<T>?> Known<T>(HeldCounty held, string requestKey, byte[] digest, CancellationToken cancellation) => Answer<T>(await held.Rows(KnownSql, Request, cancellation, requestKey), digest);

    /// <summary>The same before anything is held; a request that is under way at the same time is not seen.</summary>
    public static async Task<Outcome<T>?> Known<T>(NpgsqlDataSource database, string requestKey, byte[] digest, CancellationToken cancellation) => Answer<T>(await database.Rows(KnownSql, Request, cancellation, requestKey), digest);

    private static (byte[] Content, string Answer) Request(NpgsqlDataReader reader) => (reader.GetFieldValue<byte[]>(0), reader.GetString(1));

    private static Outcome<T>? Answer<T>(List<(byte[] Content, string Answer)> known, byte[] digest)
    {
        if (known is not [var one]) return null;
        return one.Content.AsSpan().SequenceEqual(digest) ? (Outcome<T>)JsonSerializer.Deserialize<T>(one.Answer, Json)! : Refusals.RequestKeyReused.At("request_key");
    }

    /// <summary>The number of a new one, before its answer is known.</summary>
    public static async Task<long> Next(HeldCounty held, CancellationToken cancellation) =>
        (await held.Rows("SELECT nextval(pg_get_serial_sequence('enrolment_request', 'request_no'))", r => r.GetInt64(0), cancellation))[0];

    /// <summary>Written first, with the number; the answer is stored whole at the end, because nobody changes it.</summary>
    public static Task Write<T>(HeldCounty held, long requestNo, string requestKey, string kind, byte[] digest, T answer, string by, string? why, DateTimeOffset at, CancellationToken cancellation) => held.Run("""
        INSERT INTO enrolment_request (request_no, request_key, kind, content, answer, acted_by, why, at) OVERRIDING SYSTEM VALUE VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        """, cancellation, requestNo, requestKey, kind, digest, JsonSerializer.Serialize(answer, Json), by.Trim(), why ?? "", at.UtcDateTime);
}
