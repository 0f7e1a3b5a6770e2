using MedInsure.Kernel;
using Microsoft.AspNetCore.Http;
using Npgsql;

namespace MedInsure.Hosting.Web;

/// <summary>What a plain HTTP edge answers when PostgreSQL does not take what it was asked.</summary>
public static class DatabaseFaults
{
    private static readonly Refusal TextInvalid = new(RefusalKind.Invalid, "request.text_invalid", "文本含有不允许的字符(U+0000)", "A text holds the character U+0000, which cannot be stored or looked for");

    /// <summary>The answer; request.text_invalid where somebody sent the character U+0000, <paramref name="unavailable"/> where the database is away. Any other failure is our own fault and thrown.</summary>
    public static async Task<IResult> Answer(HttpContext http, Refusal unavailable, Func<Task<IResult>> answer)
    {
        try { return await answer(); }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.CharacterNotInRepertoire) { return TextInvalid.ToProblem(); }
        catch (NpgsqlException e) when (e.IsTransient && !http.RequestAborted.IsCancellationRequested) { return unavailable.ToProblem(); }
    }
}
