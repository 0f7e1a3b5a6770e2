using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using MedInsure.FraudAudit.Intake;
using MedInsure.Protos.FraudAudit.V1;
using Npgsql;

namespace MedInsure.FraudAudit.Checks;

/// <summary>
/// The bills that checks look back at, of the persons who were asked about lately, in memory. A person who is not there is read once; at most once a second a county's table is asked whose
/// bills came since, whichever process took them in, so that what is held is a second old at most. Bounded by lines (Checks:HistoryLinesMax): what was not asked for goes first.
/// </summary>
internal sealed class PersonHistories(AuditedCounties counties, IConfiguration configuration, TimeProvider time)
{
    // A person's number may take over another's bills without a new one: then what is held is this old at most.
    private static readonly TimeSpan AgeMax = TimeSpan.FromMinutes(10), LookEvery = TimeSpan.FromSeconds(1);
    private const int NewcomersMax = 5_000;

    private static readonly Meter Meter = new("MedInsure.Checks");
    private static readonly Counter<long> Asked = Meter.CreateCounter<long>("medinsure.check.history", "{person}", "Persons' bills that checks looked back at, by whether memory held them");

    // A line takes some 700 bytes: 140 MB.
    private readonly int linesMax = configuration.GetValue("Checks:HistoryLinesMax", 200_000);
    private readonly ConcurrentDictionary<string, CountyHistories> held = new(StringComparer.Ordinal);

    private sealed record Held(IReadOnlyList<AuditClaim> Bills, int Lines, long ReadAt);

    /// <summary>Two generations: when the young one is full it becomes the old one, and what was in the old one and not asked for since is gone.</summary>
    private sealed class CountyHistories
    {
        private readonly Lock gate = new();
        private Dictionary<string, Held> young = new(StringComparer.Ordinal), old = new(StringComparer.Ordinal);
        private int lines;

        public SemaphoreSlim Looking { get; } = new(1, 1);
        public long LookedAt { get; set; }
        /// <summary>The newest bill or reversal of the journal that was seen in the tables; null: before the first look.</summary>
        public (long Seq, int Idx)? Seen { get; set; }
        /// <summary>Rises with whatever is forgotten: what was read before is not kept after.</summary>
        public int Epoch { get; private set; }

        public Held? Find(string psnNo, int linesMax)
        {
            lock (gate)
            {
                if (young.TryGetValue(psnNo, out var found)) return found;
                if (!old.Remove(psnNo, out found)) return null;
                Put(psnNo, found, linesMax);
                return found;
            }
        }

        public void Add(string psnNo, Held bills, int epoch, int linesMax)
        {
            lock (gate)
                if (epoch == Epoch) Put(psnNo, bills, linesMax);
        }

        public void Forget(IReadOnlyCollection<string> persons)
        {
            lock (gate)
            {
                Epoch++;
                foreach (var psnNo in persons)
                {
                    if (young.Remove(psnNo, out var gone)) lines -= gone.Lines;
                    old.Remove(psnNo);
                }
            }
        }

        public void Clear()
        {
            lock (gate)
            {
                Epoch++;
                lines = 0;
                young.Clear();
                old.Clear();
            }
        }

        private void Put(string psnNo, Held bills, int linesMax)
        {
            if (young.Remove(psnNo, out var before)) lines -= before.Lines;
            if (lines + bills.Lines > linesMax / 2)
            {
                (old, young, lines) = (young, old, 0);
                young.Clear();
            }
            young.Add(psnNo, bills);
            lines += bills.Lines;
        }
    }

    /// <summary>The person's standing bills of the last <see cref="Rules.BillUnderAudit.HistoryDays"/> days, the oldest first.</summary>
    /// <exception cref="NpgsqlException">They are not in memory, and the database does not answer.</exception>
    public async ValueTask<IReadOnlyList<AuditClaim>> Of(string county, string psnNo, CancellationToken cancellation)
    {
        var of = held.GetOrAdd(county, _ => new CountyHistories());
        if (time.GetElapsedTime(of.LookedAt) >= LookEvery) await Look(county, of, cancellation);
        if (of.Find(psnNo, linesMax) is { } found && time.GetElapsedTime(found.ReadAt) < AgeMax)
        {
            Asked.Add(1, new KeyValuePair<string, object?>("held", true));
            return found.Bills;
        }
        Asked.Add(1, new KeyValuePair<string, object?>("held", false));
        var (epoch, readAt) = (of.Epoch, time.GetTimestamp());
        await using var connection = await counties.Database(county).OpenConnectionAsync(cancellation);
        var bills = await ClaimStore.ReadHistory(connection, psnNo, time.GetUtcNow().ToUnixTimeMilliseconds() + 1, cancellation);
        of.Add(psnNo, new Held(bills, bills.Sum(b => b.Line.Count) + 1, readAt), epoch, linesMax);
        return bills;
    }

    /// <summary>Forgets the persons whose bills came, or were taken back, since the last look. One caller looks, the others go on with what is held.</summary>
    private async Task Look(string county, CountyHistories of, CancellationToken cancellation)
    {
        if (!await of.Looking.WaitAsync(0, cancellation)) return;
        try
        {
            if (time.GetElapsedTime(of.LookedAt) < LookEvery) return;
            var (persons, seen) = (new HashSet<string>(StringComparer.Ordinal), of.Seen);
            await using var command = counties.Database(county).CreateCommand(seen is null ? "SELECT '', seq, idx FROM feed_position" : """
                (SELECT psn_no, journal_seq, idx FROM audit_claim WHERE (journal_seq, idx) > ($1, $2) ORDER BY journal_seq, idx LIMIT $3)
                UNION ALL (SELECT psn_no, journal_seq, idx FROM claim_reversal WHERE (journal_seq, idx) > ($1, $2) ORDER BY journal_seq, idx LIMIT $3)
                UNION ALL (SELECT surviving_no, journal_seq, idx FROM claim_merge WHERE (journal_seq, idx) > ($1, $2) ORDER BY journal_seq, idx LIMIT $3)
                """);
            if (seen is { } since)
            {
                command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = since.Seq });
                command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = since.Idx });
                command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = NewcomersMax });
            }
            var rows = 0;
            await using (var reader = await command.ExecuteReaderAsync(cancellation))
            {
                for (; await reader.ReadAsync(cancellation); rows++)
                {
                    persons.Add(reader.GetString(0));
                    if ((reader.GetInt64(1), reader.GetInt32(2)) is var place && (seen is not { } last || place.CompareTo(last) > 0)) seen = place;
                }
            }
            // The first look, or so much at once that some of it is left for later: nothing held is sure.
            if (of.Seen is null || rows >= NewcomersMax) of.Clear(); else if (rows > 0) of.Forget(persons);
            (of.Seen, of.LookedAt) = (rows >= NewcomersMax ? null : seen, time.GetTimestamp());
        }
        catch (NpgsqlException) when (!cancellation.IsCancellationRequested)
        {
            // What is held serves on; a person who is not held cannot be checked now.
            of.LookedAt = time.GetTimestamp();
        }
        finally
        {
            of.Looking.Release();
        }
    }
}
