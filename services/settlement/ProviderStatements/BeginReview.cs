using MedInsure.Kernel;
using MedInsure.Settlement.Runs;
using Npgsql;

namespace MedInsure.Settlement.ProviderStatements;

/// <summary>The first reviewer takes a statement up: from now on its applications cannot be withdrawn. Deductions that waited for the provider are attached as far as the claim bears them. Another person may take it over.</summary>
internal static class BeginReview
{
    internal sealed record Order(string? Reviewer);

    public static async Task<Outcome<StatementRow>> Execute(RunPlace place, string statementNo, Order order, DateTimeOffset now, CancellationToken cancellation)
    {
        if (TwoPeople.Name(order.Reviewer, "reviewer") is { } nobody) return nobody;
        var begun = await StatementAct.Begin(place, statementNo, cancellation);
        if (begun.Refusal is { } refusal) return refusal;
        await using var act = begun.Value;
        if (act.Row.State == "in_review" && TwoPeople.AreOne(act.Row.FirstReviewer, order.Reviewer)) return act.Row;
        if (act.Row.State is not ("accepted" or "in_review")) return StatementRefusals.NotInState;
        var row = await act.Row.Step(act.Connection, act.Transaction, "in_review", now, ", first_reviewer = $4", cancellation, order.Reviewer!.Trim());
        var result = await AttachWaiting(act, row, cancellation);
        await ComputeStatement.Keep(act.Connection, act.Transaction, row.Number, result.Lines, cancellation);
        return await act.Done(row, "review_begun", order.Reviewer!, now, "", cancellation);
    }

    /// <summary>After those that are on the statement already, in their order; the first one that the claim does not bear, and those after it, go on waiting. Of an audit notice it is taken as far as the
    /// claim bears it, or a fine of many months' claims would wait for ever.</summary>
    private static async Task<StatementLines.Result> AttachWaiting(StatementAct act, StatementRow row, CancellationToken cancellation)
    {
        var attached = new HashSet<long>();
        await using (var attach = new NpgsqlCommand("UPDATE statement_deduction SET statement = $1 WHERE statement IS NULL AND withdrawn_by = '' AND fixmedins_code = $2 RETURNING number", act.Connection, act.Transaction)
        {
            Parameters = { new() { Value = row.Number }, new() { Value = row.FixmedinsCode } },
        })
        await using (var reader = await attach.ExecuteReaderAsync(cancellation))
            while (await reader.ReadAsync(cancellation)) attached.Add(reader.GetInt64(0));
        var result = await ComputeStatement.Run(act.Connection, act.Transaction, act.County, row, cancellation, attached: attached);
        if (result.TooMuch is not { } tooMuch) return result;
        var number = long.Parse(tooMuch.No, System.Globalization.CultureInfo.InvariantCulture);
        // One that was there before is too much by itself: none of the others has room.
        var from = attached.Contains(number) ? number : 0;
        await using (var detach = new NpgsqlCommand("UPDATE statement_deduction SET statement = NULL WHERE number = ANY($1) AND number >= $2 AND kind <> 'restitution'", act.Connection, act.Transaction)
        {
            Parameters = { new() { Value = attached.ToArray() }, new() { Value = from } },
        })
            await detach.ExecuteNonQueryAsync(cancellation);
        if (from > 0 && result.Left > 0) await Split(act, row, number, result.Left, cancellation);
        return await ComputeStatement.Run(act.Connection, act.Transaction, act.County, row, cancellation);
    }

    /// <summary>What the claim bears of an audit notice's deduction stays on the statement; the rest waits, under a number of its own.</summary>
    private static async Task Split(StatementAct act, StatementRow row, long number, long fen, CancellationToken cancellation)
    {
        await using var split = new NpgsqlCommand("""
            WITH rest AS (
              INSERT INTO statement_deduction (request_no, fixmedins_code, kind, amount_fen, reason, evidence, setl_id, entered_by, entered_at, notice_no)
              SELECT notice_no || '/' || (SELECT count(*) FROM statement_deduction o WHERE o.notice_no = d.notice_no), fixmedins_code, kind, amount_fen - $3, reason, evidence, setl_id, entered_by, entered_at, notice_no FROM statement_deduction d WHERE number = $2 AND notice_no <> '' AND amount_fen > $3
              RETURNING 1)
            UPDATE statement_deduction SET statement = $1, amount_fen = $3 WHERE number = $2 AND EXISTS (SELECT FROM rest)
            """, act.Connection, act.Transaction)
        {
            Parameters = { new() { Value = row.Number }, new() { Value = number }, new() { Value = fen } },
        };
        await split.ExecuteNonQueryAsync(cancellation);
    }
}
