using MedInsure.FraudAudit.Findings;
using MedInsure.FraudAudit.Rules;
using MedInsure.Protos.FraudAudit.V1;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Reference;
using Npgsql;
using NpgsqlTypes;

namespace MedInsure.FraudAudit.Intake;

/// <summary>A page of settlement's feed: kept, audited with the persons' bills before, and what was found written, in one transaction with the position. A crash repeats or loses nothing.</summary>
internal static class IntakePage
{
    /// <summary>What a page did.</summary>
    /// <param name="Taken">False: another process took it first, nothing was done.</param>
    /// <param name="Failed">Settlements at which a rule threw.</param>
    internal sealed record Result(bool Taken, int Audited, int Found, IReadOnlyList<(string SetlId, Exception Failure)> Failed);

    public static async Task<(long Seq, int Index)> Position(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("SELECT seq, idx FROM feed_position", connection);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        if (!await reader.ReadAsync(cancellation)) throw new InvalidOperationException("feed_position holds no row");
        return (reader.GetInt64(0), reader.GetInt32(1));
    }

    public static async Task<Result> Take(NpgsqlConnection connection, (long Seq, int Index) after, ReadAuditClaimsReply page, RuleBook book, RuleSet rules, CityReference reference, DateTime now, CancellationToken cancellation)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        if (!await Advance(connection, transaction, after, page, now, cancellation)) return new Result(false, 0, 0, []);
        await ClaimStore.Keep(connection, transaction, page.Claim, cancellation);
        var (merged, cases) = await MergedPersons.Follow(connection, transaction, page, cancellation);

        var (wanted, reversed) = await Wanted(connection, transaction, page.Claim, merged, cancellation);
        if (reversed.Count > 0) await FindingStore.Reverse(connection, transaction, reversed, now, cancellation);
        var (audited, found, failed) = (new List<string>(), new List<Violation>(), new List<(string SetlId, Exception Failure)>());
        if (wanted.Count > 0)
        {
            var from = wanted.Values.Min(w => w.From).AddDays(-BillUnderAudit.HistoryDays);
            foreach (var (person, bills) in await ClaimStore.ReadPersons(connection, transaction, wanted.Keys, from, DateTime.MaxValue, cancellation))
            {
                var of = wanted[person];
                PersonAudit.Run(rules, [.. bills], bill =>
                {
                    if (!of.Holds(bill)) return false;
                    audited.Add(bill.SetlId);
                    return true;
                }, reference, null, found, (bill, failure) => failed.Add((bill.SetlId, failure)));
            }
        }
        var rows = FindingRow.Of(found, book);
        // Where a rule threw, what was found of the bill before stands until it is looked at again.
        var whole = failed.Count == 0 ? audited : [.. audited.Except(failed.Select(f => f.SetlId))];
        await FindingStore.Write(connection, transaction, whole, book.BillRules.Select(r => r.Number), rows, now, cancellation);
        await Note(connection, transaction, audited, failed, cancellation);
        await MergedPersons.Tell(connection, transaction, cases, now, cancellation);
        await transaction.CommitAsync(cancellation);
        return new Result(true, audited.Count, rows.Count, failed);
    }

    /// <summary>The first statement: of two processes with the same page one finds the position moved.</summary>
    private static async Task<bool> Advance(NpgsqlConnection connection, NpgsqlTransaction transaction, (long Seq, int Index) after, ReadAuditClaimsReply page, DateTime now, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("UPDATE feed_position SET seq = $3, idx = $4, at_seq = $5, read_at = $6 WHERE seq = $1 AND idx = $2", connection, transaction)
        {
            Parameters =
            {
                new NpgsqlParameter<long> { TypedValue = after.Seq }, new NpgsqlParameter<int> { TypedValue = after.Index }, new NpgsqlParameter<long> { TypedValue = page.ReadSeq }, new NpgsqlParameter<int> { TypedValue = page.ReadIdx },
                new NpgsqlParameter<long> { TypedValue = page.AtSeq }, new NpgsqlParameter<DateTime> { TypedValue = now },
            },
        };
        return await command.ExecuteNonQueryAsync(cancellation) == 1;
    }

    /// <summary>A person's bills that are to be audited: new ones, and all after one that was taken or brought back, or came with another number, since it is their history.</summary>
    private sealed class Part
    {
        public DateTime From { get; private set; } = DateTime.MaxValue;
        private readonly HashSet<string> claims = new(StringComparer.Ordinal);
        private DateTime after = DateTime.MaxValue;

        public void Add(string setlId, DateTime settledAt) { claims.Add(setlId); Begin(settledAt); }
        public void AllAfter(DateTime settledAt) { if (settledAt < after) after = settledAt; Begin(settledAt); }
        public bool Holds(AuditClaim bill) => claims.Contains(bill.SetlId) || ClaimStore.SettledAt(bill) > after;
        private void Begin(DateTime at) { if (at < From) From = at; }
    }

    private static async Task<(Dictionary<string, Part> Wanted, List<string> Reversed)> Wanted(NpgsqlConnection connection, NpgsqlTransaction transaction, IReadOnlyList<AuditClaim> told, IReadOnlyDictionary<string, DateTime> merged, CancellationToken cancellation)
    {
        var (wanted, reversed) = (new Dictionary<string, Part>(StringComparer.Ordinal), new List<string>());
        var own = told.Where(c => c.ReversesSetlId.Length == 0).Select(c => c.SetlId).ToHashSet(StringComparer.Ordinal);
        var roots = told.Where(c => c.ReversesSetlId.Length > 0).Select(c => c.RootSetlId).ToHashSet(StringComparer.Ordinal);
        // From the table: a merge of this page has moved them already.
        await using var command = new NpgsqlCommand("SELECT setl_id, psn_no, settled_at, reversed_by FROM audit_claim WHERE setl_id = ANY($1)", connection, transaction) { Parameters = { new NpgsqlParameter<string[]> { TypedValue = [.. own.Union(roots)] } } };
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            var (setlId, person, settledAt, stands) = (reader.GetString(0), reader.GetString(1), reader.GetDateTime(2), reader.IsDBNull(3));
            if (!wanted.TryGetValue(person, out var part)) wanted.Add(person, part = new Part());
            if (stands) part.Add(setlId, settledAt);
            else reversed.Add(setlId);
            if (roots.Contains(setlId)) part.AllAfter(settledAt);
        }
        foreach (var (person, from) in merged)
        {
            if (!wanted.TryGetValue(person, out var part)) wanted.Add(person, part = new Part());
            part.AllAfter(from.AddMilliseconds(-1));
        }
        return (wanted.Where(w => w.Value.From != DateTime.MaxValue).ToDictionary(StringComparer.Ordinal), reversed);
    }

    private static async Task Note(NpgsqlConnection connection, NpgsqlTransaction transaction, List<string> audited, List<(string SetlId, Exception Failure)> failed, CancellationToken cancellation)
    {
        if (audited.Count == 0) return;
        await using var command = new NpgsqlCommand("""
            UPDATE audit_claim AS c SET audit_failure = u.failure FROM unnest($1, $2) AS u (setl_id, failure) WHERE c.setl_id = u.setl_id AND c.audit_failure IS DISTINCT FROM u.failure
            """, connection, transaction);
        var failures = failed.ToDictionary(f => f.SetlId, f => f.Failure.GetType().Name + ": " + f.Failure.Message, StringComparer.Ordinal);
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. audited] });
        command.Parameters.Add(new NpgsqlParameter<string?[]> { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text, TypedValue = [.. audited.Select(failures.GetValueOrDefault)] });
        await command.ExecuteNonQueryAsync(cancellation);
    }
}
