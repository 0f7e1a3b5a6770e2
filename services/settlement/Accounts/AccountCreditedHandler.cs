using MedInsure.Events;
using MedInsure.Hosting.Messaging;
using MedInsure.Settlement.Journal;
using Npgsql;
using NpgsqlTypes;

namespace MedInsure.Settlement.Accounts;

/// <summary>Keeps in the table what billing has credited to each account, once, in whichever replica the bus gives it to.</summary>
public sealed class AccountCreditedHandler(TenantJournals journals) : IEventHandler<AccountCredited>
{
    public async Task Handle(EventContext context, IReadOnlyList<AccountCredited> events, CancellationToken cancellation)
    {
        var newest = events.GroupBy(c => c.PsnNo).Select(g => g.MaxBy(c => c.Version)!).OrderBy(c => c.PsnNo, StringComparer.Ordinal).ToList();
        await using var command = new NpgsqlCommand("""
            INSERT INTO account_credit (psn_no, total_fen, version) SELECT * FROM unnest($1, $2, $3)
            ON CONFLICT (psn_no) DO UPDATE SET total_fen = excluded.total_fen, version = excluded.version WHERE account_credit.version < excluded.version
            """, context.Connection, context.Transaction)
        {
            Parameters =
            {
                new NpgsqlParameter<string[]> { TypedValue = [.. newest.Select(c => c.PsnNo)], NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text },
                new NpgsqlParameter<long[]> { TypedValue = [.. newest.Select(c => c.TotalFen)], NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint },
                new NpgsqlParameter<long[]> { TypedValue = [.. newest.Select(c => c.Version)], NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint },
            },
        };
        await command.ExecuteNonQueryAsync(cancellation);
        // Memory may be ahead of the table if the transaction fails now; the event comes again and the version decides.
        if (journals.Find(context.Tenant.Code) is { } journal)
            foreach (var credited in newest) journal.Replace(credited);
    }
}

/// <summary>Takes it into the memory of every replica: the writer may be another one than the handler's.</summary>
public sealed class AccountCreditedListener(TenantJournals journals) : IEventListener<AccountCredited>
{
    public Task Hear(string source, IReadOnlyList<AccountCredited> events, CancellationToken cancellation)
    {
        if (journals.Find(source) is { } journal)
            foreach (var credited in events) journal.Replace(credited);
        return Task.CompletedTask;
    }
}
