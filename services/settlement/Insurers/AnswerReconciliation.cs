using MedInsure.Kernel;
using MedInsure.Protos.Insurer.V1;
using Npgsql;

namespace MedInsure.Settlement.Insurers;

/// <summary>The insurer agrees with the version that it read, or objects with its reasons. An objection can be given up, an agreement cannot: with it the outcome is booked in the city's ledger.</summary>
internal static class AnswerReconciliation
{
    private const string Insert = "INSERT INTO insurer_reconciliation_answer (contract_no, year, version, agrees, answer, answered_at) VALUES ($1, $2, $3, $4, $5, $6)";

    public static async Task<Outcome<Reconciliation>> Execute(NpgsqlDataSource city, InsurerContract contract, AnswerReconciliationRequest request, DateTimeOffset now, CancellationToken cancellation)
    {
        if (ContractYears.Check(contract, request.Year) is { } foreign) return foreign;
        if (!request.Agree && !DisputeRow.IsText(request.Text)) return Refusals.ObjectionWithoutText;
        await using var connection = await city.OpenConnectionAsync(cancellation);
        await using var transaction = await InsurerBooks.Begin(connection, contract, cancellation);
        if (await ReconciliationRow.Latest(connection, contract.Number, request.Year, cancellation) is not { } closed) return Refusals.ReconciliationOpen;
        if (request.Version != closed.Version) return Refusals.ReconciliationOtherVersion;
        if (closed.State == ReconciliationState.Agreed) return request.Agree ? closed : Refusals.ReconciliationAgreed;
        var text = request.Agree ? "" : request.Text;
        if (closed.State == ReconciliationState.Objected && !request.Agree && closed.AnswerText == text) return closed;
        await using var command = new NpgsqlCommand(Insert, connection)
        {
            Parameters =
            {
                new NpgsqlParameter<string> { TypedValue = contract.Number },
                new NpgsqlParameter<int> { TypedValue = request.Year },
                new NpgsqlParameter<int> { TypedValue = request.Version },
                new NpgsqlParameter<bool> { TypedValue = request.Agree },
                new NpgsqlParameter<string> { TypedValue = text },
                new NpgsqlParameter<DateTimeOffset> { TypedValue = now },
            },
        };
        await command.ExecuteNonQueryAsync(cancellation);
        if (request.Agree)
        {
            var (reviewer, approver, bookedFen) = await ReconciliationRow.Booking(connection, contract.Number, request.Year, closed.Version, cancellation);
            var today = ChinaCalendar.DayOf(now.ToUnixTimeMilliseconds());
            await InsurerVouchers.Book(connection, transaction, contract, InsurerVouchers.OfOutcome(contract, closed, bookedFen, today, reviewer, approver), today, cancellation);
        }
        await transaction.CommitAsync(cancellation);
        (closed.State, closed.AnswerText) = (request.Agree ? ReconciliationState.Agreed : ReconciliationState.Objected, text);
        return closed;
    }
}
