using MedInsure.Kernel;
using Microsoft.AspNetCore.Identity;
using Npgsql;

namespace MedInsure.Console.Access;

/// <summary>Checks a name and a password. After five failures in a row the user is locked for a quarter of an hour, whoever tries.</summary>
internal sealed class SignInUser(TimeProvider time)
{
    /// <summary>GB/T 22239-2019 (等保 2.0) 8.1.4.1 asks for a limit of failed sign-ins and leaves number and time to the operator: assumed.</summary>
    private const int FailuresMax = 5;
    private static readonly TimeSpan Lock = TimeSpan.FromMinutes(15);

    public static readonly Refusal Failed = new(RefusalKind.Unauthenticated, "sign_in.failed", "用户名或密码不正确", "The user name or the password is not right");
    public static readonly Refusal Locked = new(RefusalKind.Denied, "sign_in.locked", "连续失败次数过多,请 15 分钟后再试", "Too many failures; try again in 15 minutes");

    private static readonly PasswordHasher<string> Hasher = new();
    // A name that nobody has costs as much time as one that somebody has.
    private static readonly string Nobody = Hasher.HashPassword("", Guid.NewGuid().ToString());

    public async Task<Outcome<ConsoleUser>> Execute(NpgsqlDataSource database, string name, string password, CancellationToken cancellation)
    {
        // One query for all of it would hash inside a transaction; two at once may both count, and each counts.
        var user = name.Length is > 0 and <= 60 && !name.Contains('\0', StringComparison.Ordinal) ? await ConsoleUser.Find(database, name, cancellation) : null;
        var verdict = Hasher.VerifyHashedPassword("", user?.PasswordHash ?? Nobody, password.Length <= 200 ? password : "");
        if (user is null || !user.IsActive) return Failed;
        if (user.LockedUntil > time.GetUtcNow()) return Locked;
        if (verdict == PasswordVerificationResult.Failed)
        {
            await using var count = database.CreateCommand("""
                UPDATE console_user SET failures = CASE WHEN failures + 1 >= $2 THEN 0 ELSE failures + 1 END, locked_until = CASE WHEN failures + 1 >= $2 THEN $3 ELSE locked_until END WHERE id = $1
                """);
            count.Parameters.Add(new() { Value = user.Id });
            count.Parameters.Add(new() { Value = FailuresMax });
            count.Parameters.Add(new() { Value = time.GetUtcNow() + Lock });
            await count.ExecuteNonQueryAsync(cancellation);
            return Failed;
        }
        // A password that was replaced since it was read is none any more.
        await using var reset = database.CreateCommand("UPDATE console_user SET failures = 0, locked_until = NULL, password_hash = $2 WHERE id = $1 AND password_hash = $3");
        reset.Parameters.Add(new() { Value = user.Id });
        reset.Parameters.Add(new() { Value = verdict == PasswordVerificationResult.SuccessRehashNeeded ? Hasher.HashPassword("", password) : user.PasswordHash });
        reset.Parameters.Add(new() { Value = user.PasswordHash });
        return await reset.ExecuteNonQueryAsync(cancellation) == 1 ? user : Failed;
    }
}
