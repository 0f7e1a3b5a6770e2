using System.Buffers.Text;
using System.Security.Cryptography;
using MedInsure.Enrollment.Employments;
using MedInsure.Enrollment.Identity;
using MedInsure.Enrollment.Persons;
using MedInsure.Kernel;
using Npgsql;

namespace MedInsure.Enrollment.Employers;

/// <summary>Tokens that the agency gives to persons of an employer: issued once, kept as a hash, ended by a day or by a revocation that holds at once.</summary>
internal static class EmployerTokens
{
    private const int BytesOfToken = 32, DaysMax = 366;

    /// <param name="Holder">The employer's person, who is named in what the token declares.</param>
    /// <param name="MayDeclare">Null or false: it reads only.</param>
    public sealed record Request(string? Holder, bool? MayDeclare, DateOnly? ValidTo, string? By);
    public sealed record Revocation(string? By, string? Why);
    public sealed record Token(long TokenNo, string EmployerNo, string Holder, bool MayDeclare, string IssuedBy, DateTimeOffset IssuedAt, DateOnly ValidTo, string? RevokedBy, DateTimeOffset? RevokedAt, string? RevokedWhy);

    /// <param name="Secret">The token: said here and never again.</param>
    public sealed record Issued(long TokenNo, string Secret, DateOnly ValidTo);

    /// <summary>Who calls.</summary>
    public sealed record Holder(string EmployerNo, string Name, bool MayDeclare);

    private static readonly Refusal HolderMissing = new(RefusalKind.Invalid, "employer_token.holder_missing", "缺少持有人姓名", "the holder's name is missing or too long", "holder");
    private static readonly Refusal DayInvalid = new(RefusalKind.Invalid, "employer_token.day_invalid", "有效期须在今天之后一年之内", "it ends on no day from today to a year from now", "valid_to");
    private static readonly Refusal Unknown = new(RefusalKind.NotFound, "employer_token.unknown", "没有该令牌", "there is no such token");
    public static readonly Refusal Invalid = new(RefusalKind.Unauthenticated, "employer_token.invalid", "单位令牌无效、已过期或已撤销", "the employer's token is unknown, ended or revoked", "token");
    public static readonly Refusal ReadsOnly = new(RefusalKind.Denied, "employer_token.reads_only", "该令牌只能查询，不能申报", "the token reads only", "token");

    public static async Task<Outcome<Issued>> Issue(NpgsqlDataSource database, string employerNo, Request request, ChinaCalendar calendar, CancellationToken cancellation)
    {
        if (TwoPeople.Name(request.By, "by") is { } nobody) return nobody;
        if (!EnrollmentTexts.IsText(request.Holder, 100)) return HolderMissing;
        if (request.ValidTo is not { } day || day < calendar.Today || day > calendar.Today.AddDays(DaysMax)) return DayInvalid;
        var token = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(BytesOfToken));
        await using var command = database.CreateCommand("""
            INSERT INTO employer_token (employer_no, sha256, holder, may_declare, issued_by, issued_at, valid_to)
            SELECT employer_no, $2, $3, $4, $5, $6, $7 FROM employer WHERE employer_no = $1 AND closed_on IS NULL RETURNING token_no
            """);
        foreach (var value in (object[])[employerNo, OpenPersonSession.Hash(token), request.Holder!.Trim(), request.MayDeclare ?? false, request.By!.Trim(), calendar.UtcNow.UtcDateTime, day]) command.Parameters.Add(new() { Value = value });
        return await command.ExecuteScalarAsync(cancellation) is long number ? new Issued(number, token, day) : EmploymentRefusals.EmployerUnknown;
    }

    /// <summary>From now on the token proves nothing. A second revocation changes nothing.</summary>
    public static async Task<Outcome<long>> Revoke(NpgsqlDataSource database, string employerNo, long number, Revocation revocation, DateTimeOffset at, CancellationToken cancellation)
    {
        if (TwoPeople.Name(revocation.By, "by") is { } nobody) return nobody;
        if (EnrollmentTexts.NoReason(revocation.Why) is { } noReason) return noReason;
        await using var command = database.CreateCommand("""
            UPDATE employer_token SET revoked_by = coalesce(revoked_by, $3), revoked_at = coalesce(revoked_at, $4), revoked_why = coalesce(revoked_why, $5) WHERE token_no = $1 AND employer_no = $2
            """);
        foreach (var value in (object[])[number, employerNo, revocation.By!.Trim(), at.UtcDateTime, revocation.Why!]) command.Parameters.Add(new() { Value = value });
        return await command.ExecuteNonQueryAsync(cancellation) == 1 ? number : Unknown;
    }

    public static async Task<List<Token>> Of(NpgsqlDataSource database, string employerNo, CancellationToken cancellation)
    {
        return await database.Rows("""
            SELECT token_no, employer_no, holder, may_declare, issued_by, issued_at, valid_to, revoked_by, revoked_at, revoked_why FROM employer_token WHERE employer_no = $1 ORDER BY token_no
            """, r => new Token(r.GetInt64(0), r.GetString(1), r.GetString(2), r.GetBoolean(3), r.GetString(4), r.GetFieldValue<DateTimeOffset>(5), r.GetFieldValue<DateOnly>(6),
                r.IsDBNull(7) ? null : r.GetString(7), r.IsDBNull(8) ? null : r.GetFieldValue<DateTimeOffset>(8), r.IsDBNull(9) ? null : r.GetString(9)), cancellation, employerNo);
    }

    /// <returns>Whose token it is, of an employer that is open.</returns>
    public static async Task<Outcome<Holder>> Check(NpgsqlDataSource database, string token, DateOnly today, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand("""
            SELECT t.employer_no, t.holder, t.may_declare FROM employer_token t JOIN employer e USING (employer_no) WHERE t.sha256 = $1 AND t.revoked_at IS NULL AND t.valid_to >= $2 AND e.closed_on IS NULL
            """);
        command.Parameters.Add(new() { Value = OpenPersonSession.Hash(token) });
        command.Parameters.Add(new() { Value = today });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return await reader.ReadAsync(cancellation) ? new Holder(reader.GetString(0), reader.GetString(1), reader.GetBoolean(2)) : Invalid;
    }
}
