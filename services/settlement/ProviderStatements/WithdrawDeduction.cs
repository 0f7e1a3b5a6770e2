using System.Globalization;
using MedInsure.Kernel;
using MedInsure.Settlement.Queries;
using MedInsure.Settlement.Runs;
using Npgsql;

namespace MedInsure.Settlement.ProviderStatements;

/// <summary>A deduction is given up, before the first review is through or while it waits. It stays on record.</summary>
internal static class WithdrawDeduction
{
    internal sealed record Order(string? WithdrawnBy, string? Reason);

    /// <summary>In order: who, the reason, the deduction; withdrawn before; the statement's state.</summary>
    public static async Task<Outcome<EnterDeduction.Row>> Execute(RunPlace place, long number, Order order, DateTimeOffset now, CancellationToken cancellation)
    {
        if (TwoPeople.Name(order.WithdrawnBy, "withdrawn_by") is { } nobody) return nobody;
        if (!CountyDesk.IsReason(order.Reason)) return StatementRefusals.ReasonInvalid;
        var county = place.Tenant.Code;
        await using var connection = await place.Database.OpenConnectionAsync(cancellation);
        if (await Find(null) is not { } found) return StatementRefusals.DeductionUnknown;
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await ProviderLock.Take(connection, transaction, found.FixmedinsCode, cancellation);
        found = (await Find(transaction))!;
        if (found.WithdrawnBy is not null) return found;
        if (found.NoticeNo is not null) return StatementRefusals.DeductionOfNotice(found.NoticeNo);
        var row = found.StatementNo is null ? null : await StatementRow.Find(connection, transaction, CountyNumber.Parse(county, CountyNumber.Statement, found.StatementNo)!.Value, cancellation);
        if (row is not null && row.State is not ("accepted" or "in_review")) return StatementRefusals.NotInState;
        await using (var update = new NpgsqlCommand("UPDATE statement_deduction SET withdrawn_by = $2, withdrawn_at = $3 WHERE number = $1", connection, transaction)
        {
            Parameters = { new() { Value = number }, new() { Value = order.WithdrawnBy!.Trim() }, new() { Value = now.UtcDateTime } },
        })
            await update.ExecuteNonQueryAsync(cancellation);
        if (row is not null) await ComputeStatement.Keep(connection, transaction, row.Number, (await ComputeStatement.Run(connection, transaction, county, row, cancellation)).Lines, cancellation);
        await ProviderActs.Write(connection, transaction, [new(found.StatementNo ?? found.FixmedinsCode, "deduction_withdrawn", order.WithdrawnBy!.Trim(), now, string.Create(CultureInfo.InvariantCulture, $"{number}：{order.Reason}"))], cancellation);
        found = (await Find(transaction))!;
        await transaction.CommitAsync(cancellation);
        return found;

        async Task<EnterDeduction.Row?> Find(NpgsqlTransaction? within) => (await EnterDeduction.Read(connection, within, county, new RowFilter().Add("number = ", number), cancellation)).SingleOrDefault();
    }
}
