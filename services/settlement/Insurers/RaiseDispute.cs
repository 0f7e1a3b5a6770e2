using MedInsure.Kernel;
using MedInsure.Protos.Insurer.V1;
using Npgsql;

namespace MedInsure.Settlement.Insurers;

/// <summary>
/// The insurer objects to one claim. Order of checks: number, replay, reason; then the claim: unknown, reversed, agreed year, open dispute, amount.
/// </summary>
internal static class RaiseDispute
{
    private static readonly string[] Reasons = ["eligibility", "duplicate", "calculation", "medical_necessity", "third_party", "other"];

    private const string Insert = $"""
        INSERT INTO insurer_dispute (contract_no, dispute_no, setl_id, policy_on, reason_code, reason, disputed_fen, raised_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING {DisputeRow.Columns}
        """;

    public static async Task<Outcome<Dispute>> Execute(NpgsqlDataSource city, InsurerContract contract, RaiseDisputeRequest request, DateTimeOffset now, CancellationToken cancellation)
    {
        if (!DisputeRow.IsNumber(request.DisputeNo)) return Refusals.DisputeNumberInvalid;
        await using var connection = await city.OpenConnectionAsync(cancellation);
        await using var transaction = await InsurerBooks.Begin(connection, contract, cancellation);
        if (await DisputeRow.Find(connection, contract.Number, request.DisputeNo, cancellation) is { Dispute: var stored })
        {
            var same = stored.SetlId == request.SetlId && stored.ReasonCode == request.ReasonCode && stored.Text == request.Text && stored.DisputedFen == request.DisputedFen;
            return same ? stored : Refusals.DisputeNumberReused;
        }
        if (!Reasons.Contains(request.ReasonCode) || !DisputeRow.IsText(request.Text)) return Refusals.DisputeReasonMissing;
        if (await ClaimChain.Read(connection, contract.Number, request.SetlId, cancellation) is not { } claim) return Refusals.ClaimUnknown;
        if (!claim.Stands) return Refusals.DisputedClaimReversed;
        var policyOn = DayNumber.ToDate(claim.Named.PolicyOn);
        if (await ReconciliationRow.Latest(connection, contract.Number, policyOn.Year, cancellation) is { State: ReconciliationState.Agreed }) return Refusals.DisputeTooLate;
        if (await HasOpenOne(connection, contract.Number, request.SetlId, cancellation)) return Refusals.DisputeAlreadyOpen;
        if (request.DisputedFen < 1 || request.DisputedFen > claim.BorneFen) return Refusals.DisputeAmountInvalid;

        await using var command = new NpgsqlCommand(Insert, connection)
        {
            Parameters =
            {
                new NpgsqlParameter<string> { TypedValue = contract.Number },
                new NpgsqlParameter<string> { TypedValue = request.DisputeNo },
                new NpgsqlParameter<string> { TypedValue = request.SetlId },
                new NpgsqlParameter<DateOnly> { TypedValue = policyOn },
                new NpgsqlParameter<string> { TypedValue = request.ReasonCode },
                new NpgsqlParameter<string> { TypedValue = request.Text },
                new NpgsqlParameter<long> { TypedValue = request.DisputedFen },
                new NpgsqlParameter<DateTimeOffset> { TypedValue = now },
            },
        };
        Dispute raised;
        await using (var reader = await command.ExecuteReaderAsync(cancellation))
        {
            await reader.ReadAsync(cancellation);
            raised = DisputeRow.Read(reader).Dispute;
        }
        await transaction.CommitAsync(cancellation);
        return raised;
    }

    private static async Task<bool> HasOpenOne(NpgsqlConnection connection, string contractNo, string setlId, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("SELECT EXISTS (SELECT FROM insurer_dispute WHERE contract_no = $1 AND setl_id = $2 AND state = 'open')", connection)
        {
            Parameters = { new NpgsqlParameter<string> { TypedValue = contractNo }, new NpgsqlParameter<string> { TypedValue = setlId } },
        };
        return (bool)(await command.ExecuteScalarAsync(cancellation))!;
    }
}
