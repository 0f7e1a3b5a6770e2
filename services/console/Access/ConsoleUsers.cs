using System.Security.Cryptography;
using MedInsure.Console.Audit;
using MedInsure.Hosting.Tenancy;
using MedInsure.Kernel;
using Microsoft.AspNetCore.Identity;
using Npgsql;

namespace MedInsure.Console.Access;

/// <summary>Users and their roles, changed by two people: who asks is never who grants. A county's user sees and changes those of its county.</summary>
public sealed class ConsoleUsers(TenantDatabases databases, TenantDirectory tenants, AuditLog log, TimeProvider time)
{
    public sealed record Change(long Number, string Kind, string Name, string DisplayName, string Role, string Place, string Township, string Provider, string Insurer, string Reason, string AskedBy, DateTimeOffset AskedAt);

    public static readonly Refusal
        NotPermitted = new(RefusalKind.Denied, "user.not_permitted", "您的角色没有此权限", "Your role may not do this"),
        NameInvalid = new(RefusalKind.Invalid, "user.name_invalid", "用户名须为 1 至 60 个字母、数字、下划线或连字符", "A user name has 1 to 60 letters, digits, underscores or hyphens", "name"),
        RoleUnknown = new(RefusalKind.Invalid, "user.role_unknown", "未知的角色", "There is no such role", "role"),
        PlaceForeign = new(RefusalKind.NotFound, "user.place_unknown", "不属于您所在的统筹区", "The place is not yours", "place"),
        BoundMissing = new(RefusalKind.Invalid, "user.bound_missing", "乡镇、机构、保险公司用户须填写其代码,其他角色不填", "A township's, a provider's and an insurer's user each needs its code, others none", "bound"),
        ReasonMissing = new(RefusalKind.Invalid, "user.reason_missing", "请填写原因(不超过 500 字)", "Say why, in at most 500 characters", "reason"),
        Unknown = new(RefusalKind.NotFound, "user.unknown", "没有该用户", "There is no such user", "name"),
        ChangeUnknown = new(RefusalKind.NotFound, "user.change_unknown", "该申请不存在或已处理", "There is no such request, or it was decided already"),
        SamePerson = new(RefusalKind.Precondition, "user.same_person", "申请与审批须由不同人员完成", "Whoever asked may not grant"),
        OneSelf = new(RefusalKind.Precondition, "user.oneself", "不能审批本人的权限", "Nobody decides about oneself");

    private const string Asked = "SELECT number, kind, name, display_name, role, place, township, provider, insurer, reason, asked_by, asked_at FROM user_change ";

    public Task<List<ConsoleUser>> List(Session user, string after, int size, CancellationToken cancellation = default) => ConsoleUser.List(Database(user), Scope(user), after, size, cancellation);

    /// <summary>What waits for a decision.</summary>
    public async Task<List<Change>> Waiting(Session user, CancellationToken cancellation = default)
    {
        await using var command = Database(user).CreateCommand(Asked + "WHERE state = 'asked' AND ($1 = '' OR place = $1) ORDER BY number LIMIT 200");
        command.Parameters.Add(new() { Value = Scope(user) ?? "" });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        List<Change> rows = [];
        while (await reader.ReadAsync(cancellation)) rows.Add(Of(reader));
        return rows;
    }

    /// <param name="kind">grant: a new user, or another role of one; dismissal; password: a new one, told to whoever grants it.</param>
    public async Task<Outcome<Change>> Ask(Session user, string kind, string name, string displayName, string role, string place, string bound, string reason, CancellationToken cancellation = default)
    {
        if (!user.May(Permissions.UserAct)) return NotPermitted;
        (name, displayName, bound, reason) = (name.Trim(), displayName.Trim(), bound.Trim(), reason.Trim());
        if (name.Length is 0 or > 60 || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-')) return NameInvalid;
        if (reason.Length is 0 or > 500 || Bad(reason) || displayName.Length > 60 || Bad(displayName) || bound.Length > 40 || Bad(bound)) return ReasonMissing;
        if (kind == "grant")
        {
            if (!Roles.All.Contains(role)) return RoleUnknown;
            if (user.At(place) is null) return PlaceForeign;
            // What operations see is of all tenants.
            if (role == Roles.Operations && place != user.City) return RoleUnknown;
            if (role is Roles.Township or Roles.Provider or Roles.Insurer != bound.Length > 0) return BoundMissing;
        }
        // Somebody else's user does not exist for this one.
        var present = await ConsoleUser.Find(Database(user), name, cancellation);
        if (present is not null && user.At(present.Place) is null || present is null && kind != "grant") return Unknown;
        if (kind != "grant") (role, place) = (present!.Role, present.Place);
        await using var command = Database(user).CreateCommand("""
            INSERT INTO user_change (kind, name, display_name, role, place, township, provider, insurer, reason, asked_by, asked_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
            RETURNING number, kind, name, display_name, role, place, township, provider, insurer, reason, asked_by, asked_at
            """);
        foreach (var value in (object[])[kind, name, displayName.Length > 0 ? displayName : name, role, place, role == Roles.Township ? bound : "", role == Roles.Provider ? bound : "", role == Roles.Insurer ? bound : "", reason, user.Name, time.GetUtcNow()])
            command.Parameters.Add(new() { Value = value });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        await reader.ReadAsync(cancellation);
        var change = Of(reader);
        await log.Write(user, place, $"user.{kind}.ask", name, role, reason, "ok", cancellation);
        return change;
    }

    /// <returns>The password of a new user or of a new password, shown once; else empty.</returns>
    public async Task<Outcome<string>> Decide(Session user, long number, bool grant, CancellationToken cancellation = default)
    {
        if (!user.May(Permissions.UserAct)) return NotPermitted;
        await using var connection = await Database(user).OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        Change change;
        await using (var find = new NpgsqlCommand(Asked + "WHERE number = $1 AND state = 'asked' FOR UPDATE", connection, transaction) { Parameters = { new() { Value = number } } })
        await using (var reader = await find.ExecuteReaderAsync(cancellation))
        {
            if (!await reader.ReadAsync(cancellation)) return ChangeUnknown;
            change = Of(reader);
        }
        if (user.At(change.Place) is null) return ChangeUnknown;
        // Whose it is may have changed since it was asked; an earlier request also held other roles.
        var present = await PlaceOf(change.Name);
        if (present is not null && present != change.Place && user.At(present) is null || present is null && change.Kind != "grant" || change.Role == Roles.Operations && change.Kind == "grant" && change.Place != user.City) return ChangeUnknown;
        if (TwoPeople.AreOne(change.AskedBy, user.Name)) return SamePerson;
        if (TwoPeople.AreOne(change.Name, user.Name)) return OneSelf;
        await Run("UPDATE user_change SET state = $2, decided_by = $3, decided_at = $4 WHERE number = $1", number, grant ? "granted" : "refused", user.Name, time.GetUtcNow());
        // Null: meanwhile somebody else got the name.
        if ((grant ? await Apply() : "") is not { } password) return ChangeUnknown;
        await transaction.CommitAsync(cancellation);
        await log.Write(user, change.Place, $"user.{change.Kind}.{(grant ? "grant" : "refuse")}", change.Name, change.Role, change.Reason, "ok", cancellation);
        return password;

        async Task<string?> Apply()
        {
            // A present user keeps the password with another role; cookies of before end by the stamp.
            var fresh = change.Kind == "dismissal" ? "" : RandomNumberGenerator.GetHexString(16, lowercase: true);
            var hash = fresh.Length > 0 ? new PasswordHasher<string>().HashPassword("", fresh) : "";
            switch (change.Kind)
            {
                case "dismissal": await Run("UPDATE console_user SET is_active = false, stamp = gen_random_uuid() WHERE name = $1", change.Name); return "";
                case "password": await Run("UPDATE console_user SET password_hash = $2, stamp = gen_random_uuid(), failures = 0, locked_until = NULL WHERE name = $1", change.Name, hash); return fresh;
                default:
                    await using (var upsert = Command("""
                        INSERT INTO console_user (name, display_name, role, place, township, provider, insurer, password_hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
                        ON CONFLICT (name) DO UPDATE SET display_name = $2, role = $3, place = $4, township = $5, provider = $6, insurer = $7, stamp = gen_random_uuid(), is_active = true WHERE console_user.place = $9
                        RETURNING xmax = 0
                        """, change.Name, change.DisplayName, change.Role, change.Place, change.Township, change.Provider, change.Insurer, hash, present ?? ""))
                        return await upsert.ExecuteScalarAsync(cancellation) is not bool isNew ? null : isNew ? fresh : "";
            }
        }

        async Task<string?> PlaceOf(string name)
        {
            await using var command = Command("SELECT place FROM console_user WHERE name = $1 FOR UPDATE", name);
            return await command.ExecuteScalarAsync(cancellation) as string;
        }

        async Task Run(string sql, params object[] values)
        {
            await using var command = Command(sql, values);
            await command.ExecuteNonQueryAsync(cancellation);
        }

        NpgsqlCommand Command(string sql, params object[] values)
        {
            var command = new NpgsqlCommand(sql, connection, transaction);
            foreach (var value in values) command.Parameters.Add(new() { Value = value });
            return command;
        }
    }

    /// <summary>For people: a place's name.</summary>
    public string PlaceName(string code) => tenants.Find(code)?.Name ?? code;

    private NpgsqlDataSource Database(Session user) => databases.For(user.City, ConsoleModule.Service);
    private static string? Scope(Session user) => user.Home == user.City ? null : user.Home;
    private static bool Bad(string text) => text.Contains('\0', StringComparison.Ordinal);
    private static Change Of(NpgsqlDataReader r) => new(r.GetInt64(0), r.GetString(1), r.GetString(2), r.GetString(3), r.GetString(4), r.GetString(5), r.GetString(6), r.GetString(7), r.GetString(8), r.GetString(9), r.GetString(10), r.GetFieldValue<DateTimeOffset>(11));
}
