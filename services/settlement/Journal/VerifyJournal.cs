using System.Data;
using System.Runtime.InteropServices;
using MedInsure.Hosting.Tenancy;
using MedInsure.Settlement.Calculation;
using MedInsure.Settlement.Ledger;
using MedInsure.Settlement.OffCounty;
using MedInsure.Settlement.Policies;
using MedInsure.Settlement.PolicyLife;
using MedInsure.Settlement.Projections;
using MedInsure.Settlement.Queries;
using Npgsql;

namespace MedInsure.Settlement.Journal;

/// <summary>What a verification found; no findings: the journal holds and the tables say what it says.</summary>
/// <param name="HeadHash">Of the last row, in hexadecimal: kept elsewhere day by day, it shows a later change of any row before it.</param>
/// <param name="ProjectedSeq">Up to here the tables were compared.</param>
public sealed record JournalReport(long HeadSeq, string HeadHash, long ProjectedSeq, long Settlements, long Reversals, IReadOnlyList<string> Findings, long Corrections = 0);

/// <summary>
/// Walks a tenant's journal from its first row and checks, in one snapshot: the chain of hashes; that every settlement recomputes to its numbers from what is stored with it
/// and found the sums that the ones before it left; that every reversal is its root's negation; that every correction is what its settlement gives now less what was booked; that claims, ledger entries, accumulators and accounts in the tables are those.
/// Only reads, so it may run beside a writer. Used by the tests; the `verify` command of architecture.md section 4 calls it.
/// </summary>
public sealed class VerifyJournal
{
    private const int PageRows = 256, FindingsMax = 100;

    private readonly Dictionary<(string PsnNo, BenefitYear Year), Accumulators> sums = [];
    private readonly Dictionary<string, long> accounts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (string PsnNo, string Cause, long AmountFen, long AtMs, long Seq)> withdrawals = new(StringComparer.Ordinal);
    private readonly List<string> findings = [];
    /// <summary>By retired number, as the tables have it at the end of the walk: rows stand under the number that it means there.</summary>
    private readonly Dictionary<string, (string Into, string Survivor, long MergeNo)> merges = new(StringComparer.Ordinal);
    private readonly HashSet<string> followed = new(StringComparer.Ordinal);
    private readonly CorrectionCheck corrections = new();
    private readonly BenefitCheck benefits = new();
    private readonly NpgsqlConnection connection;
    private readonly string county;
    private readonly PolicyLibrary program;
    private readonly List<PolicyRow> adopted = [];
    private CountyPolicies policies;
    private JournalHead head = JournalHead.Start;
    private long settlements, reversals, paperAmounts;

    private VerifyJournal(NpgsqlConnection connection, string county, PolicyLibrary policies) => (this.connection, this.county, program, this.policies) = (connection, county, policies, CountyPolicies.Of(policies));

    public static async Task<JournalReport> Run(NpgsqlDataSource database, Tenant tenant, PolicyLibrary policies, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var snapshot = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellation);
        var projected = (await Projector.ReadCheckpoint(connection, cancellation)).Seq;
        var walk = new VerifyJournal(connection, tenant.Code, policies);
        await walk.ReadMerges(cancellation);
        while (walk.findings.Count < FindingsMax && await walk.NextPage(projected, cancellation)) { }
        walk.CheckRetired();
        if (walk.findings.Count == 0) await walk.CompareSums(cancellation);
        if (walk.findings.Count == 0) await walk.CompareWithdrawals(cancellation);
        if (walk.findings.Count == 0) await walk.ComparePolicies(projected, cancellation);
        walk.findings.AddRange((await VerifyLedger.Run(connection, tenant.Code, cancellation)).Findings.Select(f => $"ledger: {f}"));
        walk.findings.AddRange(await VerifyOffCounty.Run(connection, tenant.Code, projected, cancellation));
        // Of a city, which keeps the drafts; empty elsewhere.
        walk.findings.AddRange(await PolicyBook.CheckTexts(connection, cancellation));
        return new JournalReport(walk.head.Seq, Convert.ToHexStringLower(walk.head.Hash), projected, walk.settlements, walk.reversals, walk.findings, walk.corrections.Count);
    }

    /// <summary>False: there is no more, or the chain is broken, after which nothing can be trusted.</summary>
    private async Task<bool> NextPage(long projected, CancellationToken cancellation)
    {
        var claims = new List<(JournalRecord Record, long Seq, SettledClaim? Claim, CountyPolicies Policies)>();
        var granted = new List<(JournalRecord Record, long Seq, CountyPolicies Policies)>();
        await using (var command = new NpgsqlCommand("SELECT seq, prev_hash, hash, record_count, records FROM journal WHERE seq > $1 ORDER BY seq LIMIT $2", connection) { CommandTimeout = 0 })
        {
            command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = head.Seq });
            command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = PageRows });
            await using var reader = await command.ExecuteReaderAsync(cancellation);
            if (!await reader.ReadAsync(cancellation)) return false;
            do
            {
                var seq = reader.GetInt64(0);
                var (previous, hash, records) = (reader.GetFieldValue<byte[]>(1), reader.GetFieldValue<byte[]>(2), reader.GetFieldValue<byte[]>(4));
                var holds = seq == head.Seq + 1 && previous.AsSpan().SequenceEqual(head.Hash) && hash.AsSpan().SequenceEqual(JournalStore.Hash(previous, seq, records));
                if (!holds)
                {
                    findings.Add($"seq {seq}: the chain of hashes is broken");
                    return false;
                }
                head = new JournalHead(seq, hash);
                var batch = JournalBatch.Parser.ParseFrom(records);
                if (batch.Record.Count != reader.GetInt32(3)) findings.Add($"seq {seq}: {batch.Record.Count} records, said to be {reader.GetInt32(3)}");
                for (var i = 0; i < batch.Record.Count; i++)
                {
                    var record = batch.Record[i];
                    if (record.PolicyAdopted is not null) Adopt(seq, i, record.PolicyAdopted);
                    if ((record.SettledClaim ?? record.ReversedClaim?.Negated) is { } claim) claims.Add((record, seq, claim, policies));
                    if (record.ClaimsCorrected is not null || record.AccountWithdrawn is not null || record.PersonsMerged is not null) claims.Add((record, seq, null, policies));
                    if (record.BenefitsGranted is not null || record.PersonsMerged is not null) granted.Add((record, seq, policies));
                }
            }
            while (await reader.ReadAsync(cancellation));
        }
        var projectedOnes = claims.FindAll(c => c.Seq <= projected);
        var stored = await ClaimsOf(projectedOnes.SelectMany(c => RowsOf(c.Record)), cancellation);
        var numbers = projectedOnes.SelectMany(c => NumbersOf(c.Record)).ToArray();
        var booked = await EntriesOf([.. numbers.Select(TenantState.NumberOf)], cancellation);
        string[] correcting = [.. projectedOnes.Where(c => c.Record.ClaimsCorrected is not null || c.Record.ReversedClaim?.Corrected is not null).SelectMany(c => NumbersOf(c.Record))];
        PersonBenefit[] papers = [.. projectedOnes.Where(c => c.Claim is not null).SelectMany(c => PersonBenefit.OfPaper(c.Record, c.Claim!, county, c.Seq))];
        await ComparePapers(papers, cancellation);
        var (corrected, owed) = (await CorrectionCheck.Read(connection, correcting, cancellation), await BenefitCheck.Stored(connection, correcting, cancellation));
        foreach (var (record, seq, claim, known) in claims)
        {
            if (record.SettledClaim is not null) settlements++; else if (record.ReversedClaim is not null) reversals++;
            // Beyond what is projected only the chain and the calculation can be checked.
            if (record.SettledClaim is { } settled) CheckRecomputes(seq, settled, known);
            if (seq > projected) continue;
            foreach (var move in AccountMove.Of(record)) CheckAccount(seq, move);
            if (record.PersonsMerged is { } merged)
            {
                CheckMerge(seq, record.PsnNo, merged);
                continue;
            }
            if (record.AccountWithdrawn is { } withdrawn)
            {
                CheckEntries(seq, withdrawn.WithdrawalNo, SettlementEntries.Of(withdrawn, county), booked);
                withdrawals.Add(withdrawn.WithdrawalNo, (record.PsnNo, withdrawn.Cause, withdrawn.AmountFen, record.AtMs, seq));
                continue;
            }
            findings.AddRange(corrections.CheckRows(record, seq, corrected, owed, Means).Select(f => $"seq {seq}: {f}"));
            if (claim is null) CheckCorrections(seq, record, known, stored, booked);
            else
            {
                CheckFoundSums(seq, record.PsnNo, claim.SetlId, claim.Facts, claim.Before, claim.Change);
                CheckRow(seq, record, claim, stored);
                CheckEntries(seq, claim.SetlId, CorrectionEntries.OfClaim(record, claim, county), booked);
            }
        }
        if (granted.Count > 0) await CheckBenefits(granted, projected, cancellation);
        return true;
    }

    /// <summary>What a paper bill owes to its person, by fund.</summary>
    private async Task ComparePapers(PersonBenefit[] papers, CancellationToken cancellation)
    {
        if (papers.Length == 0) return;
        paperAmounts += papers.Length;
        var found = await BenefitCheck.Stored(connection, [.. papers.Select(p => p.BenefitNo)], cancellation);
        foreach (var paper in papers)
            if (found.GetValueOrDefault(paper.BenefitNo) != paper with { PsnNo = Means(paper.PsnNo) }) findings.Add($"seq {paper.Seq}: {paper.BenefitNo} is otherwise in person_benefit");
    }

    private static IEnumerable<string> NumbersOf(JournalRecord record) =>
        record.PersonsMerged is not null ? [] : record.ClaimsCorrected is { } corrected ? corrected.Correction.Select(c => c.SetlId) : [record.AccountWithdrawn?.WithdrawalNo ?? TenantState.SettlementIdOf(record)];

    /// <summary>The rows of claim that a record is checked against.</summary>
    private static IEnumerable<string> RowsOf(JournalRecord record) =>
        record.AccountWithdrawn is not null || record.PersonsMerged is not null ? [] : record.ClaimsCorrected is { } corrected ? corrected.Correction.Select(c => c.RootSetlId) : record.ReversedClaim is { } reversal ? [reversal.SetlId, reversal.RootSetlId] : [record.SettledClaim.SetlId];

    private void CheckEntries(long seq, string setlId, List<LedgerEntry> entries, ILookup<long, LedgerEntry> booked)
    {
        var expected = entries.OrderBy(e => e.ToString(), StringComparer.Ordinal);
        var found = booked[TenantState.NumberOf(setlId)].OrderBy(e => e.ToString(), StringComparer.Ordinal).ToList();
        if (!expected.SequenceEqual(found)) findings.Add($"seq {seq}: {setlId} is booked otherwise in the ledger");
        if (found.Sum(e => e.AmountFen) != 0) findings.Add($"seq {seq}: {setlId} does not balance");
    }

    private void CheckCorrections(long seq, JournalRecord record, CountyPolicies known, Dictionary<string, (JournalRecord Record, long FundTotalFen, long SupplementFen, string PsnNo)> stored, ILookup<long, LedgerEntry> booked)
    {
        foreach (var correction in record.ClaimsCorrected.Correction)
        {
            var root = stored.TryGetValue(correction.RootSetlId, out var row) && Means(row.Record.PsnNo) == Means(record.PsnNo) ? row.Record.SettledClaim : null;
            findings.AddRange(corrections.Check(correction, root, hash => known.FindByHash(hash)).Select(f => $"seq {seq}: {f}"));
            CheckFoundSums(seq, record.PsnNo, correction.SetlId, correction.Facts, correction.Found, correction.Difference.Change);
            if (!Equals(FamilyDocuments.Sum(null, correction.Family, 1, Means), FamilyDocuments.Sum(null, correction.Difference.Family, 1, Means))) findings.Add($"seq {seq}: {correction.SetlId} takes other amounts from relatives' accounts than it differs by");
            CheckEntries(seq, correction.SetlId, CorrectionEntries.Of(correction.Difference, 1, CorrectionEntries.InsurerOf(correction.Facts), county), booked);
        }
    }

    private async Task CheckBenefits(List<(JournalRecord Record, long Seq, CountyPolicies Policies)> granted, long projected, CancellationToken cancellation)
    {
        string[] numbers = [.. granted.SelectMany(g => (g.Record.BenefitsGranted?.Benefit ?? []).Select(b => b.BenefitNo))];
        var stored = await BenefitCheck.Stored(connection, numbers, cancellation);
        var booked = await EntriesOf([.. numbers.Select(TenantState.NumberOf)], cancellation);
        foreach (var (record, seq, known) in granted)
        {
            if (record.PersonsMerged is { } merged) benefits.Merge(merged.RetiredNo, record.PsnNo);
            foreach (var benefit in record.BenefitsGranted?.Benefit ?? [])
            {
                findings.AddRange(benefits.Follows(record.PsnNo, benefit, known).Select(f => $"seq {seq}: {f}"));
                if (seq > projected) continue;
                var row = PersonBenefit.Of(record, benefit, seq) with { PsnNo = Means(record.PsnNo) };
                findings.AddRange(benefits.IsBooked(row, benefit, county, stored.GetValueOrDefault(benefit.BenefitNo), booked[TenantState.NumberOf(benefit.BenefitNo)]).Select(f => $"seq {seq}: {f}"));
            }
        }
    }

    /// <summary>A settlement may only rest on what was adopted before it.</summary>
    private void Adopt(long seq, int index, PolicyAdopted record)
    {
        adopted.Add(PolicyRow.Of(record, seq, index));
        try { policies = policies.With(AdoptPolicy.Read(record, program)); }
        catch (InvalidOperationException e) { findings.Add($"seq {seq}: {e.Message}"); }
    }

    private async Task ComparePolicies(long projected, CancellationToken cancellation)
    {
        var stored = await PolicyRow.ReadAll(connection, cancellation);
        foreach (var row in adopted.Where(a => a.Seq <= projected).Except(stored)) findings.Add($"seq {row.Seq}: {row.Pack} {row.Version} is otherwise in the table");
        foreach (var row in stored.Except(adopted)) findings.Add($"{row.Pack} {row.Version} in the table was never adopted so");
    }

    private void CheckRecomputes(long seq, SettledClaim claim, CountyPolicies known)
    {
        try { GetStatement.Recompute(claim, known); }
        catch (InvalidOperationException e) { findings.Add($"seq {seq}: {e.Message}"); }
    }

    /// <summary>Each settlement, reversal and correction of a person begins where the one before it ended.</summary>
    private void CheckFoundSums(long seq, string psnNo, string setlId, Facts facts, IReadOnlyList<Balance> before, IReadOnlyList<Change> changes)
    {
        ref var year = ref CollectionsMarshal.GetValueRefOrAddDefault(sums, (psnNo, new BenefitYear(facts.Insutype, facts.PolicyOn / 10_000)), out _);
        year ??= new Accumulators();
        if (!year.HasSameSums(Accumulators.Of(before.Select(b => b.Key), before.Select(b => b.Value)))) findings.Add($"seq {seq}: {setlId} found other sums than were left");
        year.Apply([.. changes.Select(c => new AccumulatorChange(c.Key, c.Delta))]);
    }

    private string Means(string psnNo) => merges.TryGetValue(psnNo, out var merged) ? merged.Survivor : psnNo;

    private async Task ReadMerges(CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("SELECT retired_no, into_no, surviving_no, merge_no FROM person_merge", connection);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation)) merges.Add(reader.GetString(0), (reader.GetString(1), reader.GetString(2), reader.GetInt64(3)));
    }

    /// <summary>A merge finds what both numbers had left, and moves all that the retired one had; its account is checked as any other's.</summary>
    private void CheckMerge(long seq, string psnNo, PersonsMerged merged)
    {
        followed.Add(merged.RetiredNo);
        if (!merges.TryGetValue(merged.RetiredNo, out var row) || row.Into != psnNo || row.MergeNo != merged.MergeNo) findings.Add($"seq {seq}: the merge of {merged.RetiredNo} is otherwise in the table");
        foreach (var year in merged.Year)
        {
            var key = new BenefitYear(year.Insutype, year.Year);
            ref var own = ref CollectionsMarshal.GetValueRefOrAddDefault(sums, (psnNo, key), out _);
            own ??= new Accumulators();
            if (!own.HasSameSums(Of(year.Found))) findings.Add($"seq {seq}: the merge of {merged.RetiredNo} found other sums than were left");
            own.Apply([.. year.Moved.Select(m => new AccumulatorChange(m.Key, m.Value))]);
            if (!sums.TryGetValue((merged.RetiredNo, key), out var retired) || !retired.HasSameSums(Of(year.Moved))) findings.Add($"seq {seq}: the merge of {merged.RetiredNo} moves other sums than it had");
            retired?.Clear();
        }

        static Accumulators Of(IEnumerable<Balance> balances) => Accumulators.Of(balances.Select(b => b.Key), balances.Select(b => b.Value));
    }

    /// <summary>Once for all merges: a county has thousands, and a million persons.</summary>
    private void CheckRetired()
    {
        foreach (var ((psnNo, year), left) in sums)
            if (followed.Contains(psnNo) && left.Entries.Any()) findings.Add($"the merge of {psnNo} leaves sums of {year.Insutype} {year.Year} behind");
    }

    private void CheckAccount(long seq, in AccountMove move)
    {
        ref var paid = ref CollectionsMarshal.GetValueRefOrAddDefault(accounts, move.PsnNo, out _);
        if (paid != move.PaidBeforeFen) findings.Add($"seq {seq}: {move.Reference} found {move.PaidBeforeFen} paid from the account, not {paid}");
        paid += move.AmountFen;
    }

    private async Task CompareWithdrawals(CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("SELECT withdrawal_no, psn_no, cause, amount_fen, withdrawn_at, seq FROM account_withdrawal", connection) { CommandTimeout = 0 };
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
            if (!withdrawals.Remove(reader.GetString(0), out var walked)
                || walked != (reader.GetString(1), reader.GetString(2), reader.GetInt64(3), reader.GetFieldValue<DateTimeOffset>(4).ToUnixTimeMilliseconds(), reader.GetInt64(5)))
                findings.Add($"withdrawal {reader.GetString(0)} is not the journal's");
        foreach (var missing in withdrawals.Keys) findings.Add($"withdrawal {missing} is missing in the table");
    }

    private void CheckRow(long seq, JournalRecord record, SettledClaim claim, Dictionary<string, (JournalRecord Record, long FundTotalFen, long SupplementFen, string PsnNo)> stored)
    {
        if (!stored.TryGetValue(claim.SetlId, out var row) || !row.Record.Equals(record) || row.FundTotalFen != claim.Amounts.FundTotalFen || row.SupplementFen != claim.Amounts.SupplementFen || row.PsnNo != Means(record.PsnNo)) findings.Add($"seq {seq}: {claim.SetlId} is otherwise in the table");
        if (record.ReversedClaim is not { } reversal) return;
        if (!stored.TryGetValue(reversal.RootSetlId, out var rootRow) || rootRow.Record.SettledClaim is not { } root)
        {
            findings.Add($"seq {seq}: {claim.SetlId} reverses {reversal.RootSetlId}, which is no settlement");
            return;
        }
        var sign = reversal.Restores ? 1 : -1;
        var corrected = corrections.Of(reversal.RootSetlId)?.Difference;
        if (!Equals(corrected, reversal.Corrected)) findings.Add($"seq {seq}: {claim.SetlId} takes other corrections along than {reversal.RootSetlId} has");
        var changes = corrected is null ? [.. root.Change] : Differences.Changes(root.Change, corrected);
        var amounts = reversal.Restores ? root.Amounts.Clone() : JournalDocuments.Negated(root.Amounts, 0);
        amounts.AccountBalanceFen = claim.Amounts.AccountBalanceFen;
        if (!amounts.Equals(claim.Amounts) || !Equals(FamilyDocuments.Sum(null, FamilyDocuments.Sum(root.Family, corrected?.Family, 1), sign, Means), FamilyDocuments.Sum(null, claim.Family, 1, Means)) || !changes.Select(c => (c.Key, sign * c.Delta)).SequenceEqual(claim.Change.Select(c => (c.Key, c.Delta)))
            || !root.Share.Select(s => (s.RuleId, s.FundPayType, sign * s.AmountFen)).SequenceEqual(claim.Share.Select(s => (s.RuleId, s.FundPayType, s.AmountFen))))
            findings.Add($"seq {seq}: {claim.SetlId} is not {reversal.RootSetlId} {(reversal.Restores ? "again" : "negated")}");
    }

    private async Task<Dictionary<string, (JournalRecord, long, long, string)>> ClaimsOf(IEnumerable<string> ids, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("SELECT setl_id, doc, fund_total_fen, supplement_fen, psn_no FROM claim WHERE setl_id = ANY($1)", connection);
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. ids.Distinct()] });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var rows = new Dictionary<string, (JournalRecord, long, long, string)>(StringComparer.Ordinal);
        while (await reader.ReadAsync(cancellation)) rows.Add(reader.GetString(0), (JournalRecord.Parser.ParseFrom(reader.GetFieldValue<byte[]>(1)), reader.GetInt64(2), reader.GetInt64(3), reader.GetString(4)));
        return rows;
    }

    private async Task<ILookup<long, LedgerEntry>> EntriesOf(long[] numbers, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("SELECT setl_no, purpose, fund, county, counterparty, amount_fen FROM ledger_entry JOIN ledger_account USING (account_id) WHERE setl_no = ANY($1)", connection);
        command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = numbers });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var entries = new List<(long Number, LedgerEntry Entry)>();
        while (await reader.ReadAsync(cancellation))
            entries.Add((reader.GetInt64(0), new LedgerEntry(new LedgerAccount(reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.GetString(4)), reader.GetInt64(5))));
        return entries.ToLookup(e => e.Number, e => e.Entry);
    }

    /// <summary>What the walk arrived at, against the tables, both ways.</summary>
    private async Task CompareSums(CancellationToken cancellation)
    {
        foreach (var retired in merges.Keys.Except(followed)) findings.Add($"the merge of {retired} in the table was never followed");
        await using (var command = new NpgsqlCommand("SELECT psn_no, insutype, year, sums::text FROM accumulator", connection) { CommandTimeout = 0 })
        await using (var reader = await command.ExecuteReaderAsync(cancellation))
            while (await reader.ReadAsync(cancellation))
                if (!sums.Remove((reader.GetString(0), new BenefitYear(reader.GetString(1), reader.GetInt32(2))), out var walked) || !walked.HasSameSums(AccumulatorText.Parse(reader.GetString(3))))
                    findings.Add($"the accumulators of {reader.GetString(0)} {reader.GetString(1)} {reader.GetInt32(2)} are not the sums of the journal");
        foreach (var ((psnNo, year), _) in sums) findings.Add($"the accumulators of {psnNo} {year.Insutype} {year.Year} are missing");
        await using (var command = new NpgsqlCommand("SELECT psn_no, paid_fen FROM account", connection) { CommandTimeout = 0 })
        await using (var reader = await command.ExecuteReaderAsync(cancellation))
            while (await reader.ReadAsync(cancellation))
                if (!accounts.Remove(reader.GetString(0), out var paid) || paid != reader.GetInt64(1)) findings.Add($"the account of {reader.GetString(0)} is not the sum of the journal");
        foreach (var (psnNo, paid) in accounts.Where(a => a.Value != 0)) findings.Add($"the account of {psnNo} is missing: {paid}");
        await using var rest = new NpgsqlCommand("""
            SELECT (SELECT count(*) FROM claim),
                (SELECT count(DISTINCT setl_no) FROM ledger_entry e WHERE NOT EXISTS (SELECT FROM claim c WHERE right(c.setl_id, 12)::bigint = e.setl_no)
                    AND NOT EXISTS (SELECT FROM claim_correction c WHERE right(c.setl_id, 12)::bigint = e.setl_no) AND NOT EXISTS (SELECT FROM person_benefit b WHERE substr(b.benefit_no, 8, 12)::bigint = e.setl_no)
                    AND NOT EXISTS (SELECT FROM account_withdrawal w WHERE right(w.withdrawal_no, 12)::bigint = e.setl_no)),
                (SELECT count(*) FROM claim_correction), (SELECT count(*) FROM person_benefit WHERE kind = 'year_end'),
                (SELECT count(*) FROM person_benefit WHERE kind = 'correction'), (SELECT count(*) FROM person_benefit WHERE kind = 'manual')
            """, connection) { CommandTimeout = 0 };
        await using var counts = await rest.ExecuteReaderAsync(cancellation);
        await counts.ReadAsync(cancellation);
        if (counts.GetInt64(1) != 0) findings.Add($"{counts.GetInt64(1)} settlements are in the ledger alone");
        if (counts.GetInt64(2) != corrections.Rows) findings.Add($"{counts.GetInt64(2)} rows in claim_correction, {corrections.Rows} in the journal");
        if (counts.GetInt64(4) != corrections.Owed) findings.Add($"{counts.GetInt64(4)} corrections in person_benefit, {corrections.Owed} in the journal");
        if (counts.GetInt64(5) != paperAmounts) findings.Add($"{counts.GetInt64(5)} amounts of paper bills in person_benefit, {paperAmounts} in the journal");
        if (counts.GetInt64(3) > benefits.Count) findings.Add($"{counts.GetInt64(3)} benefits in the table, {benefits.Count} in the journal");
        if (counts.GetInt64(0) > settlements + reversals) findings.Add($"{counts.GetInt64(0)} claims in the table, {settlements + reversals} in the journal");
    }
}
