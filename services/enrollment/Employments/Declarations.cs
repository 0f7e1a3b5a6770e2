using MedInsure.Enrollment.Persons;
using MedInsure.Hosting.Imports;
using MedInsure.Kernel;
using Npgsql;

namespace MedInsure.Enrollment.Employments;

/// <summary>What was declared of staff and employers, each once by its request key, in the transaction that makes it true.</summary>
internal static class Declarations
{
    public sealed record Known(byte[] Digest, long EmploymentNo);
    public sealed record Declaration(long DeclarationNo, string Act, string EmployerNo, long? EmploymentNo, long Rows, long Changed, string By, DateTimeOffset At);

    public static async Task<Known?> Find(StagedTenant staged, string requestKey, CancellationToken cancellation)
    {
        await using var command = staged.Command("SELECT digest, coalesce(employment_no, 0) FROM declaration WHERE request_key = $1", requestKey);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return await reader.ReadAsync(cancellation) ? new Known(reader.GetFieldValue<byte[]>(0), reader.GetInt64(1)) : null;
    }

    public static Task<long> Open(StagedTenant staged, string requestKey, byte[] digest, string act, string employerNo, long rows, string by, DateTimeOffset at, CancellationToken cancellation) => staged.Scalar("""
        INSERT INTO declaration (request_key, digest, act, employer_no, row_count, changed_count, declared_by, declared_at) VALUES ($1, $2, $3, $4, $5, 0, $6, $7) RETURNING declaration_no
        """, cancellation, requestKey, digest, act, employerNo, rows, by.Trim(), at.UtcDateTime);

    /// <param name="employment">Its employer is the declaration's. 0: it speaks of several, or of none.</param>
    public static Task Close(StagedTenant staged, long declaration, long changed, long employment, CancellationToken cancellation) => staged.Run("""
        UPDATE declaration SET changed_count = $2, employment_no = nullif($3, 0), employer_no = coalesce((SELECT e.employer_no FROM employment e WHERE e.employment_no = $3), employer_no) WHERE declaration_no = $1
        """, cancellation, declaration, changed, employment);

    public static async Task<Outcome<List<Declaration>>> List(NpgsqlDataSource database, string employerNo, long after, int limit, CancellationToken cancellation)
    {
        if (limit is < 1 or > Refusals.BatchMax) return Refusals.TooMany.At("limit");
        return await database.Rows("""
            SELECT declaration_no, act, employer_no, employment_no, row_count, changed_count, declared_by, declared_at FROM declaration WHERE ($1 = '' OR employer_no = $1) AND declaration_no > $2 ORDER BY declaration_no LIMIT $3
            """, r => new Declaration(r.GetInt64(0), r.GetString(1), r.GetString(2), r.IsDBNull(3) ? null : r.GetInt64(3), r.GetInt64(4), r.GetInt64(5), r.GetString(6), r.GetFieldValue<DateTimeOffset>(7)), cancellation, employerNo, after, limit);
    }
}
