using MedInsure.Kernel;
using MedInsure.Protos.Insurer.V1;
using Npgsql;

namespace MedInsure.Settlement.Insurers;

/// <summary>A stored dispute, with who decided it.</summary>
internal sealed record DisputeRow(long Number, Dispute Dispute, DateOnly PolicyOn, string Reviewer, string Approver)
{
    public const int NumberLengthMax = 40, TextLengthMax = 2_000;

    public const string Columns = "number, contract_no, dispute_no, setl_id, policy_on, reason_code, reason, disputed_fen, raised_at, state, decided_at, adjusted_fen, outcome, reviewer, approver";

    public static readonly IReadOnlyDictionary<DisputeState, string> Names = new Dictionary<DisputeState, string>
    {
        [DisputeState.Open] = "open",
        [DisputeState.Upheld] = "upheld",
        [DisputeState.Rejected] = "rejected",
        [DisputeState.Withdrawn] = "withdrawn",
    };

    public static bool IsNumber(string disputeNo) => disputeNo.Length is > 0 and <= NumberLengthMax && !disputeNo.Contains('\0', StringComparison.Ordinal);

    /// <summary>Something that a person can read, and that the table can hold.</summary>
    public static bool IsText(string? text) => !string.IsNullOrWhiteSpace(text) && text.Length <= TextLengthMax && !text.Contains('\0', StringComparison.Ordinal);

    public static async Task<DisputeRow?> Find(NpgsqlConnection connection, string contractNo, string disputeNo, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand($"SELECT {Columns} FROM insurer_dispute WHERE contract_no = $1 AND dispute_no = $2", connection)
        {
            Parameters = { new NpgsqlParameter<string> { TypedValue = contractNo }, new NpgsqlParameter<string> { TypedValue = disputeNo } },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return await reader.ReadAsync(cancellation) ? Read(reader) : null;
    }

    /// <summary>Ends an open dispute.</summary>
    public static async Task End(NpgsqlConnection connection, DisputeRow row, CancellationToken cancellation)
    {
        var dispute = row.Dispute;
        await using var command = new NpgsqlCommand("UPDATE insurer_dispute SET state = $2, decided_at = $3, adjusted_fen = $4, outcome = $5, reviewer = $6, approver = $7 WHERE number = $1 AND state = 'open'", connection)
        {
            Parameters =
            {
                new NpgsqlParameter<long> { TypedValue = row.Number },
                new NpgsqlParameter<string> { TypedValue = Names[dispute.State] },
                new NpgsqlParameter<DateTimeOffset> { TypedValue = DateTimeOffset.FromUnixTimeMilliseconds(dispute.DecidedAtMs) },
                new NpgsqlParameter<long> { TypedValue = dispute.AdjustedFen },
                new NpgsqlParameter<string> { TypedValue = dispute.Outcome },
                new NpgsqlParameter<string> { TypedValue = row.Reviewer },
                new NpgsqlParameter<string> { TypedValue = row.Approver },
            },
        };
        if (await command.ExecuteNonQueryAsync(cancellation) != 1) throw new InvalidOperationException($"dispute {dispute.DisputeNo} of {dispute.ContractNo} is not open");
    }

    /// <summary>From a row of <see cref="Columns"/>.</summary>
    public static DisputeRow Read(NpgsqlDataReader reader) => new(
        reader.GetInt64(0),
        new Dispute
        {
            ContractNo = reader.GetString(1),
            DisputeNo = reader.GetString(2),
            SetlId = reader.GetString(3),
            ReasonCode = reader.GetString(5),
            Text = reader.GetString(6),
            DisputedFen = reader.GetInt64(7),
            RaisedAtMs = reader.GetFieldValue<DateTimeOffset>(8).ToUnixTimeMilliseconds(),
            State = Names.First(n => n.Value == reader.GetString(9)).Key,
            DecidedAtMs = reader.IsDBNull(10) ? 0 : reader.GetFieldValue<DateTimeOffset>(10).ToUnixTimeMilliseconds(),
            AdjustedFen = reader.GetInt64(11),
            Outcome = reader.GetString(12),
        },
        reader.GetFieldValue<DateOnly>(4), reader.GetString(13), reader.GetString(14));
}
