using MedInsure.Hosting.Tenancy;
using MedInsure.Kernel;
using Npgsql;

namespace MedInsure.FraudAudit.Cases;

/// <summary>A lead (线索) is registered: whom it is about and what it rests on. Findings that it names are in no other case.</summary>
internal static class OpenCase
{
    private const int TitleMax = 100;

    // Any number no other advisory lock of this database uses.
    private const long Seed = 6_100_233_417_905_821_118;

    /// <param name="SubjectKind">provider, person.</param>
    /// <param name="Subject">fixmedins_code or psn_no.</param>
    internal sealed record Order(string? RequestKey, string? By, string? Reason, string? SubjectKind, string? Subject, string? Title, IReadOnlyList<CaseEvidence.Piece>? Evidence) : CaseOrder(RequestKey, By, Reason);

    /// <summary>In order: key, who, why; the subject's form, the title; the same request before; the subject; the evidence.</summary>
    public static async Task<Outcome<object>> Execute(AuditRequest request, CaseOffice office, Order order)
    {
        var opened = await Open(request.County, request.Database, office, order, request.Cancellation);
        if (opened.Refusal is { } refusal) return refusal;
        return opened.Value.Shown(request.County.Code);
    }

    public static async Task<Outcome<CaseRow>> Open(Tenant tenant, NpgsqlDataSource database, CaseOffice office, Order order, CancellationToken cancellation)
    {
        if (order.Unfit is { } unfit) return unfit;
        if (order.SubjectKind is not ("provider" or "person") || !AuditTexts.IsText(order.Subject, 40)) return CaseRefusals.SubjectInvalid;
        if (!AuditTexts.IsText(order.Title, TitleMax)) return CaseRefusals.TitleInvalid;
        var (county, now) = (tenant.Code, office.Calendar.UtcNow);
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await using (var alone = new NpgsqlCommand("SELECT pg_advisory_xact_lock(hashtextextended($1, $2))", connection, transaction) { Parameters = { new() { Value = order.RequestKey! }, new() { Value = Seed } } })
            await alone.ExecuteNonQueryAsync(cancellation);
        if (await CaseAct.Before(connection, transaction, order.RequestKey!, cancellation) is { } before)
        {
            if (!before.AsSpan().SequenceEqual(order.Hash("opened", 0))) return Refusals.RequestKeyReused;
            return await Of(connection, transaction, order.RequestKey!, cancellation);
        }
        var subjectCounty = await County(tenant, office, connection, transaction, order, cancellation);
        if (subjectCounty.Refusal is { } nobody) return nobody;

        await using var insert = new NpgsqlCommand("""
            INSERT INTO audit_case (subject_kind, subject, subject_county, title, opened_by, opened_at, changed_at) VALUES ($1, $2, $3, $4, $5, $6, $6) RETURNING case_no
            """, connection, transaction);
        foreach (var value in (object[])[order.SubjectKind, order.Subject!, subjectCounty.Value, order.Title!.Trim(), order.By!.Trim(), now.UtcDateTime]) insert.Parameters.Add(new NpgsqlParameter { Value = value });
        var number = (long)(await insert.ExecuteScalarAsync(cancellation))!;
        if (await CaseEvidence.Add(connection, transaction, county, number, order.SubjectKind == "provider", order.Subject!, order.Evidence, order.By.Trim(), now, cancellation) is { } refusal) return refusal;
        await CaseAct.Write(connection, transaction, number, "opened", order.By.Trim(), now, order.Reason!.Trim(), new { Evidence = order.Evidence!.Select(e => $"{e.Kind} {e.Number}") }, order.RequestKey, order.Hash("opened", 0), cancellation);
        var row = (await CaseRow.Find(connection, transaction, number, cancellation))!;
        await transaction.CommitAsync(cancellation);
        return row;
    }

    private static async Task<CaseRow> Of(NpgsqlConnection connection, NpgsqlTransaction transaction, string requestKey, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("SELECT case_no FROM case_act WHERE request_key = $1", connection, transaction) { Parameters = { new() { Value = requestKey } } };
        return (await CaseRow.Find(connection, transaction, (long)(await command.ExecuteScalarAsync(cancellation))!, cancellation))!;
    }

    /// <summary>Of a provider: the county that pays it. A person is this county's if it has settled for them.</summary>
    private static async Task<Outcome<string>> County(Tenant tenant, CaseOffice office, NpgsqlConnection connection, NpgsqlTransaction transaction, Order order, CancellationToken cancellation)
    {
        if (order.SubjectKind == "provider")
        {
            var provider = office.Provider(tenant.CityCode, order.Subject!);
            return provider.Refusal is { } away ? away : provider.Value is { } known ? known.County : CaseRefusals.ProviderUnknown;
        }
        await using var command = new NpgsqlCommand("SELECT EXISTS (SELECT FROM audit_claim WHERE psn_no = $1)", connection, transaction) { Parameters = { new() { Value = order.Subject! } } };
        return (bool)(await command.ExecuteScalarAsync(cancellation))! ? tenant.Code : CaseRefusals.PersonUnknown;
    }
}
