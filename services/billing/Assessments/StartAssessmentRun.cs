using Google.Protobuf;
using Grpc.Core;
using MedInsure.Billing.Persons;
using MedInsure.Hosting.Rpc;
using MedInsure.Hosting.Tenancy;
using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using Npgsql;

namespace MedInsure.Billing.Assessments;

/// <summary>Begins the assessment of all persons for a scheme's year, by the pack's terms of its first day; <see cref="AssessmentWorker"/> does it. Again later it changes what differs.</summary>
internal static class StartAssessmentRun
{
    internal sealed record Order(string? RequestKey, string? Insutype, int Year, string? StartedBy, string? Reason);

    private const int YearFirst = 2000, YearLast = 2100;

    public static async Task<Outcome<AssessmentRun>> Execute(Tenant county, NpgsqlDataSource database, Settlement.SettlementClient settlement, Order order, DateTimeOffset at, CancellationToken cancellation)
    {
        if (RequestTexts.NoKey(order.RequestKey) is { } noKey) return noKey;
        if (string.IsNullOrWhiteSpace(order.Insutype)) return Refusals.SchemeMissing;
        if (order.Year is < YearFirst or > YearLast) return Refusals.YearInvalid;
        if (TwoPeople.Name(order.StartedBy, "started_by") is { } nobody) return nobody;
        if (RequestTexts.NoReason(order.Reason) is { } noReason) return noReason;
        if (await AssessmentRun.FindByKey(database, order.RequestKey!, cancellation) is { } known)
            return (known.Insutype, known.Year, known.StartedBy, known.Reason) == (order.Insutype, order.Year, order.StartedBy, order.Reason) ? known : Refusals.RequestKeyReused;
        if (!await PersonCopyWorker.IsComplete(database, cancellation)) return Refusals.PersonsIncomplete;

        ContributionTerms terms;
        try { terms = await settlement.GetContributionTermsAsync(new GetContributionTermsRequest { Insutype = order.Insutype, On = DayNumber.Of(new DateOnly(order.Year, 1, 1)) }, CallTenant.For(county.Code), cancellationToken: cancellation); }
        catch (RpcException e) when (RefusalStatus.RefusalOrUnavailable(e) is { } refusal) { return refusal; }
        if (terms.Resident is null) return Refusals.NotYearly;

        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await AssessPersons.Lock(connection, transaction, order.Insutype, order.Year, cancellation);
        await using var batch = new NpgsqlBatch(connection, transaction)
        {
            BatchCommands =
            {
                new("""
                    INSERT INTO assessment_run (request_key, insutype, year, terms, started_by, reason, started_at, persons)
                    SELECT $1, $2, $3, $4, $5, $6, $7, count(*) FROM insured_person RETURNING run_no
                    """)
                {
                    Parameters =
                    {
                        new() { Value = order.RequestKey }, new() { Value = order.Insutype }, new() { Value = order.Year }, new() { Value = terms.ToByteArray() }, new() { Value = order.StartedBy },
                        new() { Value = order.Reason }, new() { Value = at.UtcDateTime },
                    },
                },
                // From now on a person's change is assessed by these terms too.
                new("""
                    INSERT INTO assessment_year (insutype, year, pack, version, policy_hash, terms) VALUES ($1, $2, $3, $4, $5, $6)
                    ON CONFLICT (insutype, year) DO UPDATE SET pack = excluded.pack, version = excluded.version, policy_hash = excluded.policy_hash, terms = excluded.terms
                    """)
                {
                    Parameters =
                    {
                        new() { Value = order.Insutype }, new() { Value = order.Year }, new() { Value = terms.Pack }, new() { Value = terms.Version }, new() { Value = terms.PolicyHash.ToByteArray() },
                        new() { Value = terms.ToByteArray() },
                    },
                },
            },
        };
        try
        {
            var runNo = (long)(await batch.ExecuteScalarAsync(cancellation))!;
            await transaction.CommitAsync(cancellation);
            return (await AssessmentRun.Find(database, runNo, cancellation))!;
        }
        catch (PostgresException e) when (e.ConstraintName == "a_year_has_one_run_at_a_time") { return Refusals.RunGoesOn; }
        // Two requests of one key at once: the first one's run is the answer to both, if they say the same.
        catch (PostgresException e) when (e.ConstraintName == "a_request_starts_one_run") { return Refusals.RequestKeyReused; }
    }
}
