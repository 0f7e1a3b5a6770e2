using Google.Protobuf;
using MedInsure.Kernel;
using MedInsure.Protos.Insurer.V1;
using Npgsql;

namespace MedInsure.Settlement.Insurers;

/// <summary>
/// The agency closes a contract's year: the numbers are stored and wait for the insurer's answer. Closed again with the same numbers nothing happens; with
/// other numbers (a claim that settled late, a dispute decided since), or after an objection, they are the next version, which needs an answer of its own.
/// </summary>
internal static class CloseReconciliation
{
    internal sealed record Order(string? Reviewer, string? Approver);

    private const string Insert = "INSERT INTO insurer_reconciliation (contract_no, year, version, doc, closed_at, reviewer, approver) VALUES ($1, $2, $3, $4, $5, $6, $7)";

    public static async Task<Outcome<Reconciliation>> Execute(NpgsqlDataSource city, InsurerContract contract, int year, Order order, ChinaCalendar calendar, CancellationToken cancellation)
    {
        if (TwoPeople.Check(order.Reviewer, "reviewer", order.Approver) is { } unfit) return unfit;
        if (ContractYears.Check(contract, year) is { } foreign) return foreign;
        if (calendar.Today.Year <= year) return Refusals.YearNotEnded;
        await using var connection = await city.OpenConnectionAsync(cancellation);
        await using var transaction = await InsurerBooks.Begin(connection, contract, cancellation);
        if (await HeadCounts.Fixed(connection, contract.Number, year, cancellation) is not { } heads) return Refusals.HeadCountMissing;
        var now = await GetReconciliation.Compute(connection, contract, year, heads, cancellation);
        if (now.OpenDisputeCount > 0) return Refusals.DisputesOpen;
        var before = await ReconciliationRow.Latest(connection, contract.Number, year, cancellation);
        if (before is not null && before.State != ReconciliationState.Objected && Numbers(before).Equals(Numbers(now))) return before;

        (now.State, now.Version, now.ClosedAtMs) = (ReconciliationState.Closed, (before?.Version ?? 0) + 1, calendar.UtcNow.ToUnixTimeMilliseconds());
        await using var command = new NpgsqlCommand(Insert, connection)
        {
            Parameters =
            {
                new NpgsqlParameter<string> { TypedValue = contract.Number },
                new NpgsqlParameter<int> { TypedValue = year },
                new NpgsqlParameter<int> { TypedValue = now.Version },
                new NpgsqlParameter<byte[]> { TypedValue = now.ToByteArray() },
                new NpgsqlParameter<DateTimeOffset> { TypedValue = DateTimeOffset.FromUnixTimeMilliseconds(now.ClosedAtMs) },
                new NpgsqlParameter<string> { TypedValue = order.Reviewer! },
                new NpgsqlParameter<string> { TypedValue = order.Approver! },
            },
        };
        await command.ExecuteNonQueryAsync(cancellation);
        await transaction.CommitAsync(cancellation);
        return now;
    }

    /// <summary>What the two sides agree on. What was transferred so far is not part of it, nor which events came to nothing.</summary>
    private static Reconciliation Numbers(Reconciliation reconciliation)
    {
        var numbers = reconciliation.Clone();
        (numbers.State, numbers.Version, numbers.ClosedAtMs, numbers.AnswerText, numbers.LastCursor, numbers.PremiumPaidFen, numbers.OutcomePaidFen) = (ReconciliationState.Unspecified, 0, 0, "", 0, 0, 0);
        return numbers;
    }
}
