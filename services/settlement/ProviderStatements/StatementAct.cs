using MedInsure.Kernel;
using MedInsure.Settlement.Runs;
using Npgsql;

namespace MedInsure.Settlement.ProviderStatements;

/// <summary>Where one act on a statement is done: the provider locked, the statement read, all in one transaction that the act commits.</summary>
internal sealed class StatementAct : IAsyncDisposable
{
    private readonly RunPlace place;

    private StatementAct(RunPlace place, NpgsqlConnection connection, NpgsqlTransaction transaction, StatementRow row) => (this.place, Connection, Transaction, Row) = (place, connection, transaction, row);

    public NpgsqlConnection Connection { get; }
    public NpgsqlTransaction Transaction { get; }
    public StatementRow Row { get; }
    public string County => place.Tenant.Code;

    public static async Task<Outcome<StatementAct>> Begin(RunPlace place, string statementNo, CancellationToken cancellation)
    {
        if (CountyNumber.Parse(place.Tenant.Code, CountyNumber.Statement, statementNo) is not { } number) return StatementRefusals.StatementUnknown;
        var connection = await place.Database.OpenConnectionAsync(cancellation);
        try
        {
            if (await StatementRow.Find(connection, null, number, cancellation) is not { } found)
            {
                await connection.DisposeAsync();
                return StatementRefusals.StatementUnknown;
            }
            var transaction = await connection.BeginTransactionAsync(cancellation);
            await ProviderLock.Take(connection, transaction, found.FixmedinsCode, cancellation);
            return new StatementAct(place, connection, transaction, (await StatementRow.Find(connection, transaction, number, cancellation))!);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>Records who did it and ends the transaction.</summary>
    public async Task<StatementRow> Done(StatementRow row, string act, string by, DateTimeOffset now, string note, CancellationToken cancellation)
    {
        await ProviderActs.Write(Connection, Transaction, [new(row.No(County), act, by.Trim(), now, note)], cancellation);
        await Transaction.CommitAsync(cancellation);
        return row;
    }

    public async ValueTask DisposeAsync()
    {
        await Transaction.DisposeAsync();
        await Connection.DisposeAsync();
    }
}
