using MedInsure.Kernel;
using MedInsure.Settlement.Runs;
using Npgsql;

namespace MedInsure.Settlement.ProviderStatements;

/// <summary>The two reviews (初审, 复核): who began the first ends it, and its lines stand; another person confirms what they come to.</summary>
internal static class ReviewStatement
{
    internal sealed record First(string? Reviewer);

    /// <param name="Payable">Yuan, as the reviewer saw it.</param>
    internal sealed record Second(string? Reviewer, decimal? Payable);

    /// <summary>In order: who, the statement; ended before by the same; the state, who began; the sample; the deductions within what is left.</summary>
    public static async Task<Outcome<StatementRow>> Finish(RunPlace place, string statementNo, First review, DateTimeOffset now, CancellationToken cancellation)
    {
        if (TwoPeople.Name(review.Reviewer, "reviewer") is { } nobody) return nobody;
        var begun = await StatementAct.Begin(place, statementNo, cancellation);
        if (begun.Refusal is { } refusal) return refusal;
        await using var act = begun.Value;
        var mine = TwoPeople.AreOne(act.Row.FirstReviewer, review.Reviewer);
        if (act.Row.State == "first_reviewed" && mine) return act.Row;
        if (act.Row.State != "in_review") return StatementRefusals.NotInState;
        if (!mine) return StatementRefusals.NotTheReviewer;
        await using (var open = new NpgsqlCommand("SELECT EXISTS (SELECT FROM statement_sample WHERE statement = $1 AND verdict = '')", act.Connection, act.Transaction) { Parameters = { new() { Value = act.Row.Number } } })
            if ((bool)(await open.ExecuteScalarAsync(cancellation))!) return StatementRefusals.SampleOpen;
        var result = await ComputeStatement.Run(act.Connection, act.Transaction, act.County, act.Row, cancellation);
        if (result.TooMuch is not null) return StatementRefusals.DeductionTooLarge(result.Left);
        await ComputeStatement.Keep(act.Connection, act.Transaction, act.Row.Number, result.Lines, cancellation);
        await Carry(act, result.Lines, cancellation);
        var row = await act.Row.Step(act.Connection, act.Transaction, "first_reviewed", now, ", payable_fen = $4", cancellation, result.PayableFen);
        return await act.Done(row, "first_reviewed", review.Reviewer!, now, $"应付{new Fen(result.PayableFen)}", cancellation);
    }

    /// <summary>In order: who, the statement; confirmed before by the same; the state; another person; the amount.</summary>
    public static async Task<Outcome<StatementRow>> Confirm(RunPlace place, string statementNo, Second review, DateTimeOffset now, CancellationToken cancellation)
    {
        if (TwoPeople.Name(review.Reviewer, "reviewer") is { } nobody) return nobody;
        var begun = await StatementAct.Begin(place, statementNo, cancellation);
        if (begun.Refusal is { } refusal) return refusal;
        await using var act = begun.Value;
        if (act.Row.State == "reviewed" && TwoPeople.AreOne(act.Row.SecondReviewer, review.Reviewer)) return act.Row;
        if (act.Row.State != "first_reviewed") return StatementRefusals.NotInState;
        if (TwoPeople.Another(review.Reviewer, "reviewer", act.Row.FirstReviewer) is { } same) return same;
        if (review.Payable is not { } yuan || !Yuan.TryRead(yuan, out var payable) || payable.Value != act.Row.PayableFen) return StatementRefusals.AmountMismatch;
        var row = await act.Row.Step(act.Connection, act.Transaction, "reviewed", now, ", second_reviewer = $4", cancellation, review.Reviewer!.Trim());
        return await act.Done(row, "second_reviewed", review.Reviewer!, now, $"应付{payable}", cancellation);
    }

    /// <summary>What earlier statements left is in this one now.</summary>
    private static async Task Carry(StatementAct act, IReadOnlyList<StatementLine> lines, CancellationToken cancellation)
    {
        long[] earlier = [.. lines.Where(l => l.Kind == "brought_forward").Select(l => CountyNumber.Parse(act.County, CountyNumber.Statement, l.Reference)!.Value).Distinct()];
        if (earlier.Length == 0) return;
        await using var command = new NpgsqlCommand("UPDATE provider_statement SET carried_into = $2 WHERE number = ANY($1)", act.Connection, act.Transaction) { Parameters = { new() { Value = earlier }, new() { Value = act.Row.Number } } };
        await command.ExecuteNonQueryAsync(cancellation);
    }
}
