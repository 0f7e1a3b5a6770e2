using MedInsure.Settlement.Ledger;
using Npgsql;

namespace MedInsure.Settlement.Projections;

/// <summary>Numbers of ledger accounts, made when first used. Inside one transaction, or the projector's, one after the other.</summary>
public sealed class LedgerAccounts
{
    private readonly Dictionary<LedgerAccount, int> numbers = [];

    /// <summary>After a transaction that was rolled back, numbers it made do not exist.</summary>
    public void Forget() => numbers.Clear();

    public int this[LedgerAccount account] => numbers[account];

    public async Task Ensure(NpgsqlConnection connection, NpgsqlTransaction transaction, IEnumerable<LedgerAccount> used, CancellationToken cancellation)
    {
        var missing = used.Where(a => !numbers.ContainsKey(a)).Distinct().ToArray();
        // Whom another transaction makes at the same time the statement waits for, and does not see: the second look does.
        for (var look = 0; look < 2 && missing.Length > 0; look++)
        {
            await Number(connection, transaction, missing, cancellation);
            missing = [.. missing.Where(a => !numbers.ContainsKey(a))];
        }
    }

    private async Task Number(NpgsqlConnection connection, NpgsqlTransaction transaction, LedgerAccount[] missing, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("""
            WITH wanted AS (SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[]) AS w (purpose, fund, county, counterparty)),
                 made AS (INSERT INTO ledger_account (purpose, fund, county, counterparty) SELECT * FROM wanted ON CONFLICT DO NOTHING RETURNING *)
            SELECT account_id, purpose, fund, county, counterparty FROM made
            UNION ALL
            SELECT a.account_id, a.purpose, a.fund, a.county, a.counterparty FROM ledger_account a JOIN wanted USING (purpose, fund, county, counterparty)
            """, connection, transaction)
        {
            Parameters =
            {
                new() { Value = missing.Select(a => a.Purpose).ToArray() }, new() { Value = missing.Select(a => a.Fund).ToArray() },
                new() { Value = missing.Select(a => a.County).ToArray() }, new() { Value = missing.Select(a => a.Counterparty).ToArray() },
            },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
            numbers[new LedgerAccount(reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.GetString(4))] = reader.GetInt32(0);
    }
}
