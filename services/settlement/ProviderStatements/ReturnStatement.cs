using MedInsure.Kernel;
using MedInsure.Settlement.Runs;
using Npgsql;

namespace MedInsure.Settlement.ProviderStatements;

/// <summary>A statement that is not approved goes back to the first review, or is rejected: then its applications end, their settlements are to be claimed again, and its deductions wait for the next one.</summary>
internal static class ReturnStatement
{
    internal sealed record Order(string? By, string? Reason);

    /// <summary>In order: who, the reason, the statement, its state.</summary>
    public static async Task<Outcome<StatementRow>> SendBack(RunPlace place, string statementNo, Order order, DateTimeOffset now, CancellationToken cancellation)
    {
        if (Unfit(order) is { } unfit) return unfit;
        var begun = await StatementAct.Begin(place, statementNo, cancellation);
        if (begun.Refusal is { } refusal) return refusal;
        await using var act = begun.Value;
        if (act.Row.State is not ("first_reviewed" or "reviewed")) return StatementRefusals.NotInState;
        await Release(act, cancellation);
        var row = await act.Row.Step(act.Connection, act.Transaction, "in_review", now, ", second_reviewer = '', payable_fen = NULL, reason = $4", cancellation, order.Reason!);
        return await act.Done(row, "sent_back", order.By!, now, order.Reason!, cancellation);
    }

    /// <summary>In order: who, the reason, the statement; rejected before; its state.</summary>
    public static async Task<Outcome<StatementRow>> Reject(RunPlace place, string statementNo, Order order, DateTimeOffset now, CancellationToken cancellation)
    {
        if (Unfit(order) is { } unfit) return unfit;
        var begun = await StatementAct.Begin(place, statementNo, cancellation);
        if (begun.Refusal is { } refusal) return refusal;
        await using var act = begun.Value;
        if (act.Row.State == "rejected") return act.Row;
        if (act.Row.State is "approved" or "paid") return StatementRefusals.NotInState;
        await Release(act, cancellation);
        await using (var batch = new NpgsqlBatch(act.Connection, act.Transaction) { Timeout = 0 })
        {
            batch.BatchCommands.Add(new("DELETE FROM statement_claim s USING statement_application a WHERE a.number = s.application AND a.statement_no = $1") { Parameters = { new() { Value = act.Row.Number } } });
            batch.BatchCommands.Add(new("UPDATE statement_application SET state = 'rejected', closed_at = $2, reason = $3 WHERE statement_no = $1 AND state = 'accepted'")
            {
                Parameters = { new() { Value = act.Row.Number }, new() { Value = now.UtcDateTime }, new() { Value = order.Reason! } },
            });
            batch.BatchCommands.Add(FreeDeductions(act.Row.Number));
            await batch.ExecuteNonQueryAsync(cancellation);
        }
        var row = await act.Row.Step(act.Connection, act.Transaction, "rejected", now, ", reason = $4", cancellation, order.Reason!);
        return await act.Done(row, "rejected", order.By!, now, order.Reason!, cancellation);
    }

    private static Refusal? Unfit(Order order) => TwoPeople.Name(order.By, "by") ?? (CountyDesk.IsReason(order.Reason) ? null : StatementRefusals.ReasonInvalid);

    /// <summary>What was to be deducted from a statement that ends waits for the provider's next one.</summary>
    public static NpgsqlBatchCommand FreeDeductions(long statement) => new("UPDATE statement_deduction SET statement = NULL WHERE statement = $1 AND withdrawn_by = ''") { Parameters = { new() { Value = statement } } };

    /// <summary>What earlier statements left is open again.</summary>
    private static async Task Release(StatementAct act, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("UPDATE provider_statement SET carried_into = NULL WHERE carried_into = $1", act.Connection, act.Transaction) { Parameters = { new() { Value = act.Row.Number } } };
        await command.ExecuteNonQueryAsync(cancellation);
    }
}
