using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Queries;
using MedInsure.Settlement.Runs;
using Npgsql;

namespace MedInsure.Settlement.Clearing;

/// <summary>Two people of a county confirm what it and another owe each other for a month, after the county's own books said the same once more. Asked again it answers the same.</summary>
internal static class ConfirmClearing
{
    internal sealed record Order(string? PreparedBy, string? Approver);

    /// <summary>In order: who, all settlements in the tables, the statement, confirmed before, where the statement before ended, the county's own sums.</summary>
    public static async Task<Outcome<ClearingStatement>> Execute(RunPlace place, int month, string otherCounty, Order order, ChinaCalendar calendar, CancellationToken cancellation)
    {
        if (TwoPeople.Check(order.PreparedBy, "prepared_by", order.Approver) is { } unfit) return unfit;
        if (await SettlementRows.Current(place.Journal, cancellation) is { } lag) return lag;
        await using var connection = await place.Database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        if (await ClearingStatement.Lock(connection, transaction, month, otherCounty, cancellation) is not { } statement) return ClearingRefusals.StatementUnknown;
        if (statement.ConfirmedAt is not null) return statement;
        if (!await Follows(connection, transaction, statement, cancellation)) return ClearingRefusals.Overlaps;
        foreach (var said in (PairSum[])[statement.Owes, statement.Owed])
        {
            var range = new PairRange { HomeCounty = said.HomeCounty, ProviderCounty = said.ProviderCounty, AfterNo = said.AfterNo, UpToNo = said.ToNo };
            if (!(await PairSums.Read(connection, place.Tenant.Code, range, month, cancellation)).Equals(said)) return ClearingRefusals.SumsChanged;
        }
        string[] people = [order.PreparedBy!.Trim(), order.Approver!.Trim()];
        await using (var update = new NpgsqlCommand("UPDATE clearing_statement SET confirmed_by = $3, confirmed_at = $4 WHERE month = $1 AND other_county = $2", connection, transaction)
        {
            Parameters =
            {
                new NpgsqlParameter<int> { TypedValue = month }, new NpgsqlParameter<string> { TypedValue = otherCounty }, new NpgsqlParameter<string[]> { TypedValue = people },
                new NpgsqlParameter<DateTimeOffset> { TypedValue = calendar.UtcNow },
            },
        })
            await update.ExecuteNonQueryAsync(cancellation);
        await transaction.CommitAsync(cancellation);
        return statement with { ConfirmedBy = people, ConfirmedAt = calendar.UtcNow };
    }

    /// <summary>No bill is cleared twice, and none is left out.</summary>
    private static async Task<bool> Follows(NpgsqlConnection connection, NpgsqlTransaction transaction, ClearingStatement statement, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("SELECT owes, owed FROM clearing_statement WHERE other_county = $1 AND month < $2 ORDER BY month DESC LIMIT 1", connection, transaction)
        {
            Parameters = { new NpgsqlParameter<string> { TypedValue = statement.OtherCounty }, new NpgsqlParameter<int> { TypedValue = statement.Month } },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var (owes, owed) = await reader.ReadAsync(cancellation) ? (PairSum.Parser.ParseFrom(reader.GetFieldValue<byte[]>(0)).ToNo, PairSum.Parser.ParseFrom(reader.GetFieldValue<byte[]>(1)).ToNo) : (0, 0);
        return (owes, owed) == (statement.Owes.AfterNo, statement.Owed.AfterNo);
    }
}
