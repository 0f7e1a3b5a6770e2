using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Runs;
using Npgsql;

namespace MedInsure.Settlement.ProviderStatements;

/// <summary>The provider takes its application back (3204) before the review begins: its settlements are to be claimed again. A statement that was made of it ends with it; its other applications and its deductions wait again.</summary>
internal static class WithdrawStatementApplication
{
    /// <summary>In order: the reason, the application, rejected; withdrawn before; in review.</summary>
    public static async Task<Outcome<StatementApplication>> Run(RunPlace place, WithdrawStatementApplicationRequest request, ChinaCalendar calendar, CancellationToken cancellation)
    {
        if (request.Reason.Length > 500 || request.Reason.Contains('\0', StringComparison.Ordinal)) return StatementRefusals.ReasonInvalid;
        var county = place.Tenant.Code;
        if (CountyNumber.Parse(county, CountyNumber.Application, request.ClrAppyEvtId) is not { } number) return StatementRefusals.ApplicationUnknown;
        await using var connection = await place.Database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await ProviderLock.Take(connection, transaction, request.FixmedinsCode, cancellation);
        if (await ApplicationRow.Find(connection, transaction, number, cancellation) is not { } row || row.FixmedinsCode != request.FixmedinsCode) return StatementRefusals.ApplicationUnknown;
        if (row.State == "rejected") return StatementRefusals.Rejected;
        if (row.State == "withdrawn") return row.Reply(county);
        if (row.ClrStas is not ("10" or "20")) return StatementRefusals.InReview;

        var by = request.WithdrawnBy.Length > 0 ? request.WithdrawnBy : request.FixmedinsCode;
        await using (var batch = new NpgsqlBatch(connection, transaction) { Timeout = 0 })
        {
            batch.BatchCommands.Add(new("DELETE FROM statement_claim WHERE application = $1") { Parameters = { new() { Value = number } } });
            batch.BatchCommands.Add(new("UPDATE statement_application SET state = 'withdrawn', closed_at = $2, reason = $3 WHERE number = $1")
            {
                Parameters = { new() { Value = number }, new() { Value = calendar.UtcNow.UtcDateTime }, new() { Value = request.Reason } },
            });
            if (row.StatementNo is { } statement)
            {
                batch.BatchCommands.Add(ReturnStatement.FreeDeductions(statement));
                batch.BatchCommands.Add(new("UPDATE statement_application SET state = 'applied', statement_no = NULL WHERE statement_no = $1 AND state = 'accepted'") { Parameters = { new() { Value = statement } } });
                batch.BatchCommands.Add(new("UPDATE provider_statement SET state = 'rejected', changed_at = $2, reason = $3 WHERE number = $1")
                {
                    Parameters = { new() { Value = statement }, new() { Value = calendar.UtcNow.UtcDateTime }, new() { Value = $"申请{request.ClrAppyEvtId}已撤销" } },
                });
            }
            await batch.ExecuteNonQueryAsync(cancellation);
        }
        await ProviderActs.Write(connection, transaction, [new(request.ClrAppyEvtId, "withdrawn", by, calendar.UtcNow, request.Reason)], cancellation);
        row = (await ApplicationRow.Find(connection, transaction, number, cancellation))!;
        await transaction.CommitAsync(cancellation);
        return row.Reply(county);
    }
}
