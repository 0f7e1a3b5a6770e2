using System.Security.Cryptography;
using Npgsql;

namespace MedInsure.Settlement.Ledger;

/// <summary>Entries of settlements of one day of effect, summed up by account, debits and credits apart; their digest says later whether they are still those.</summary>
internal sealed record SettledSums(DateOnly EffectiveOn, IReadOnlyList<LedgerEntry> Entries, SettledEntries Settled)
{
    public const string Kind = "settlement";

    public string Number => $"{Settled.After + 1}-{Settled.To} {LedgerText.Day(EffectiveOn)}";

    /// <summary>Of the settlements numbered after one to another, by day of effect. Reads each entry once, in order; memory grows with accounts and days only.</summary>
    public static async Task<List<SettledSums>> Read(NpgsqlConnection connection, long after, long to, CancellationToken cancellation)
    {
        if (to <= after) return [];
        var accounts = new Dictionary<int, LedgerAccount>();
        await using (var command = new NpgsqlCommand("SELECT account_id, purpose, fund, county, counterparty FROM ledger_account", connection))
        await using (var reader = await command.ExecuteReaderAsync(cancellation))
            while (await reader.ReadAsync(cancellation)) accounts[reader.GetInt32(0)] = new(reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.GetString(4));

        var days = new SortedDictionary<DateOnly, Day>();
        try
        {
            await using var command = new NpgsqlCommand("SELECT setl_no, entry_no, account_id, amount_fen, effective_on FROM ledger_entry WHERE setl_no > $1 AND setl_no <= $2 ORDER BY setl_no, entry_no", connection)
            {
                CommandTimeout = 0, Parameters = { new NpgsqlParameter<long> { TypedValue = after }, new NpgsqlParameter<long> { TypedValue = to } },
            };
            await using var reader = await command.ExecuteReaderAsync(cancellation);
            while (await reader.ReadAsync(cancellation))
            {
                var (account, amount, on) = (reader.GetInt32(2), reader.GetInt64(3), reader.GetFieldValue<DateOnly>(4));
                if (!days.TryGetValue(on, out var day)) days.Add(on, day = new Day());
                day.Sha.AppendData(LedgerText.EntryLine(reader.GetInt64(0), reader.GetInt16(1), new LedgerEntry(accounts[account], amount)));
                day.Count++;
                var key = (account, amount > 0);
                day.Sums[key] = day.Sums.GetValueOrDefault(key) + amount;
            }
            return
            [
                .. days.Select(d => new SettledSums(d.Key,
                    [.. d.Value.Sums.Select(s => new LedgerEntry(accounts[s.Key.Account], s.Value)).OrderBy(e => e.Account, LedgerText.AccountOrder).ThenByDescending(e => e.AmountFen)],
                    new SettledEntries(after, to, d.Value.Count, Convert.ToHexStringLower(d.Value.Sha.GetHashAndReset())))),
            ];
        }
        finally
        {
            foreach (var day in days.Values) day.Sha.Dispose();
        }
    }

    private sealed class Day
    {
        public IncrementalHash Sha { get; } = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        public Dictionary<(int Account, bool Debit), long> Sums { get; } = [];
        public long Count { get; set; }
    }
}
