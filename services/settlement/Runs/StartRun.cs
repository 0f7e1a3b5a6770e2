using System.Text.Json;
using MedInsure.Kernel;
using Npgsql;
using NpgsqlTypes;

namespace MedInsure.Settlement.Runs;

/// <summary>An operator starts a run: its preview is computed by the process that writes the county. Under the same request number there is one run, however often it is asked for.</summary>
internal static class StartRun
{
    /// <param name="Kind">year_end, resettlement.</param>
    /// <param name="Terms">As the kind asks.</param>
    internal sealed record Order(string? RequestNo, string? Kind, JsonElement? Terms, string? Reason, string? StartedBy);

    /// <summary>In order: who, request number, kind, reason, the kind's own checks; then the same request before, and a run of the same subject under way.</summary>
    public static async Task<Outcome<BenefitRun>> Execute(RunPlace place, IEnumerable<IRunKind> kinds, Order order, DateTimeOffset now, CancellationToken cancellation)
    {
        if (TwoPeople.Name(order.StartedBy, "started_by") is { } nobody) return nobody;
        if (!CountyDesk.IsRequestNumber(order.RequestNo)) return Refusals.RequestNumberInvalid;
        if (kinds.FirstOrDefault(k => k.Name == order.Kind) is not { } kind) return Refusals.RunKindUnknown;
        if (!CountyDesk.IsReason(order.Reason)) return Refusals.RunReasonInvalid;
        if (order.Terms is not { ValueKind: JsonValueKind.Object } asked) return Refusals.RunTermsInvalid;
        var terms = await kind.Read(place, asked, cancellation);
        if (terms.Refusal is { } refusal) return refusal;

        if (await BenefitRun.Find(place.Database, "request_no", order.RequestNo!, cancellation) is { } before) return Again(before);
        try
        {
            await using var command = place.Database.CreateCommand("INSERT INTO benefit_run (request_no, kind, subject, terms, reason, started_by, started_at) VALUES ($1, $2, $3, $4, $5, $6, $7)");
            foreach (var text in (string[])[order.RequestNo!, kind.Name, terms.Value.Subject]) command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = text });
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = terms.Value.Stored.GetRawText(), NpgsqlDbType = NpgsqlDbType.Jsonb });
            foreach (var text in (string[])[order.Reason!, order.StartedBy!.Trim()]) command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = text });
            command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = now.ToUniversalTime() });
            await command.ExecuteNonQueryAsync(cancellation);
        }
        catch (PostgresException e) when (e.ConstraintName == "a_subject_is_under_way_once") { return Refusals.RunUnderWay; }
        catch (PostgresException e) when (e.ConstraintName == "a_request_starts_one_run") { /* Asked for twice at once: the other one's is it. */ }
        return Again((await BenefitRun.Find(place.Database, "request_no", order.RequestNo!, cancellation))!);

        Outcome<BenefitRun> Again(BenefitRun run) =>
            run.Kind == kind.Name && run.Subject == terms.Value.Subject && run.Reason == order.Reason && run.StartedBy == order.StartedBy!.Trim() ? run : Refusals.RequestNumberReused;
    }
}
