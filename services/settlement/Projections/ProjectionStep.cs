using Google.Protobuf;
using MedInsure.Events;
using MedInsure.Hosting.Messaging;
using MedInsure.Hosting.Tenancy;
using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Calculation;
using MedInsure.Settlement.Journal;
using MedInsure.Settlement.Ledger;
using MedInsure.Settlement.PolicyLife;
using Npgsql;

namespace MedInsure.Settlement.Projections;

/// <summary>One step of the projection: some batches of the journal, as set-wise statements in one round trip.</summary>
internal static class ProjectionStep
{
    private sealed record Row(JournalRecord Record, long Seq, int Index, byte[] Bytes);

    /// <summary>A settlement or reversal: the document whose numbers count.</summary>
    private sealed record ClaimRow(Row Row, string SetlId, string? Reverses, SettledClaim Claim)
    {
        public Amounts Amounts => Claim.Amounts;
        public long Number => TenantState.NumberOf(SetlId);
    }

    /// <summary>An entry of a settlement, a reversal, a correction or a granted benefit.</summary>
    private sealed record EntryRow(long Number, int No, LedgerEntry Entry, DateOnly EffectiveOn, long AtMs);

    /// <summary>What a settlement, reversal or correction found of the person's sums, and did to them.</summary>
    private sealed record Effect(Row Row, string PsnNo, string Insutype, int Year, IReadOnlyList<Balance> Before, IReadOnlyList<Change> Change)
    {
        public Effect(Row row, Facts facts, IReadOnlyList<Balance> before, IReadOnlyList<Change> change) : this(row, row.Record.PsnNo, facts.Insutype, facts.PolicyOn / 10_000, before, change) { }
    }

    /// <summary>What a step leaves of an encounter's row; null leaves what was there.</summary>
    private sealed class EncounterRow
    {
        public required string MdtrtId { get; init; }
        public EncounterOpened? Opened { get; set; }
        public string PsnNo { get; set; } = "";
        public string? MedType { get; set; }
        public DateOnly? BeginOn { get; set; }
        public DateOnly? EndOn { get; set; }
        public bool EndCleared { get; set; }
        public string? State { get; set; }
    }

    public static async Task Write(NpgsqlConnection connection, NpgsqlTransaction transaction, Tenant tenant, LedgerAccounts accounts,
        IReadOnlyList<(long Seq, IReadOnlyList<JournalEntry> Batch)> batches, CancellationToken cancellation)
    {
        var rows = new List<Row>();
        foreach (var (seq, journal) in batches)
            for (var i = 0; i < journal.Count; i++)
            {
                rows.Add(new Row(journal[i].Record, seq, i, journal[i].Bytes));
                // What comes after a merge finds its rows under the surviving number already.
                if (journal[i].Record.PersonsMerged is null) continue;
                await Write(connection, transaction, tenant, accounts, rows, cancellation);
                rows.Clear();
            }
        if (rows.Count > 0) await Write(connection, transaction, tenant, accounts, rows, cancellation);
    }

    /// <summary>Rows of which only the last may be a merge.</summary>
    private static async Task Write(NpgsqlConnection connection, NpgsqlTransaction transaction, Tenant tenant, LedgerAccounts accounts, List<Row> rows, CancellationToken cancellation)
    {
        var claims = rows.Select(ClaimOf).OfType<ClaimRow>().ToList();
        var corrections = rows.SelectMany(r => CorrectionRow.Of(r.Record, r.Seq, r.Index)).ToList();
        var benefits = rows.Where(r => r.Record.BenefitsGranted is not null).SelectMany(r => r.Record.BenefitsGranted.Benefit.Select(b => (Row: r, Benefit: b))).ToList();
        var withdrawals = rows.Where(r => r.Record.AccountWithdrawn is not null).Select(r => (r.Record, r.Seq)).ToList();
        var entries = claims.SelectMany(c => Entries(c.Number, CorrectionEntries.OfClaim(c.Row.Record, c.Claim, tenant.Code), c.Claim.Facts.PolicyOn, c.Row.Record.AtMs))
            .Concat(benefits.SelectMany(b => Entries(TenantState.NumberOf(b.Benefit.BenefitNo), SettlementEntries.Of(b.Benefit, tenant.Code), b.Benefit.EffectiveOn, b.Row.Record.AtMs)))
            .Concat(corrections.SelectMany(c => Entries(TenantState.NumberOf(c.SetlId), CorrectionRows.EntriesOf(c, tenant.Code), c.Document.Facts.PolicyOn, c.Record.AtMs)))
            .Concat(withdrawals.SelectMany(w => Entries(TenantState.NumberOf(w.Record.AccountWithdrawn.WithdrawalNo), SettlementEntries.Of(w.Record.AccountWithdrawn, tenant.Code),
                DayNumber.Of(ChinaCalendar.DayOf(w.Record.AtMs)), w.Record.AtMs))).ToList();
        await accounts.Ensure(connection, transaction, entries.Select(e => e.Entry.Account), cancellation);

        await using var batch = new NpgsqlBatch(connection, transaction);
        batch.BatchCommands.Add(RequestKeys(rows));
        Encounters(batch, rows);
        EncounterRecords(batch, rows);
        if (claims.Count > 0)
        {
            batch.BatchCommands.Add(Claims(claims));
            batch.BatchCommands.Add(Outbox.Command([.. claims.Select(c => EventOf(tenant, c))]));
        }
        if (corrections.Count > 0)
        {
            batch.BatchCommands.Add(CorrectionRows.Command(corrections));
            batch.BatchCommands.Add(Outbox.Command([.. corrections.Select(c => Told(tenant, c))]));
        }
        var effects = rows.SelectMany(EffectsOf).ToList();
        if (effects.Count > 0) batch.BatchCommands.Add(Accumulators(effects));
        AccountRows.Write(batch, tenant, rows.Select(r => r.Record), withdrawals);
        if (entries.Count > 0) batch.BatchCommands.Add(LedgerEntries(entries, accounts));
        Filings(batch, rows);
        Policies(batch, rows);
        FamilyConsentRows.Write(batch, rows.Where(r => r.Record.FamilyConsentRecorded is not null || r.Record.FamilyConsentWithdrawn is not null).Select(r => (r.Record, r.Seq, r.Index)));
        SupplementRows.Write(batch, [.. rows.Select(r => r.Record)]);
        PersonBenefitRows.Write(batch, [.. benefits.Select(b => PersonBenefit.Of(b.Row.Record, b.Benefit, b.Row.Seq)), .. corrections.Select(CorrectionRows.OwedBy).OfType<PersonBenefit>(),
            .. claims.SelectMany(c => PersonBenefit.OfPaper(c.Row.Record, c.Claim, tenant.Code, c.Row.Seq))]);
        var answers = rows.FindAll(r => r.Record.SupplementAnswered is not null);
        if (answers.Count > 0) batch.BatchCommands.Add(Outbox.Command([.. answers.Select(r => CaughtUp(tenant, r.Record))]));
        if (rows[^1] is { Record.PersonsMerged: { } merged } last) MergeRows.Write(batch, last.Record, merged, last.Seq, last.Index);
        await batch.ExecuteNonQueryAsync(cancellation);
    }

    private static ClaimRow? ClaimOf(Row row) => row.Record switch
    {
        { SettledClaim: { } claim } => new ClaimRow(row, claim.SetlId, null, claim),
        { ReversedClaim: { } reversal } => new ClaimRow(row, reversal.SetlId, reversal.OriginalSetlId, reversal.Negated),
        _ => null,
    };

    private static IEnumerable<Effect> EffectsOf(Row row) => row.Record switch
    {
        { SettledClaim: { } claim } => [new Effect(row, claim.Facts, claim.Before, claim.Change)],
        { ReversedClaim.Negated: { } claim } => [new Effect(row, claim.Facts, claim.Before, claim.Change)],
        { ClaimsCorrected: { } corrected } => corrected.Correction.Select(c => new Effect(row, c.Facts, c.Found, c.Difference.Change)),
        { PersonsMerged: { } merged } => merged.Year.SelectMany(y => (Effect[])[new Effect(row, row.Record.PsnNo, y.Insutype, y.Year, y.Found, Changes(y, 1)), new Effect(row, merged.RetiredNo, y.Insutype, y.Year, y.Moved, Changes(y, -1))]),
        _ => [],
    };

    private static IReadOnlyList<Change> Changes(MergedYear year, int sign) => [.. year.Moved.Select(m => new Change { Key = m.Key, Delta = sign * m.Value })];

    private static NpgsqlBatchCommand RequestKeys(List<Row> rows)
    {
        var keys = rows.Select(r => (Row: r, r.Record.Key.Sender, r.Record.Key.MessageId, Hash: r.Record.Key.ContentHash.ToByteArray())).ToList();
        foreach (var row in rows)
            if (row.Record.RequestVoided is { } voided) keys.Add((row, voided.Sender, voided.MessageId, []));
        return new SetInsert()
            .Text(keys, k => k.Sender).Text(keys, k => k.MessageId).Bytes(keys, k => k.Hash).Text(keys, k => k.Row.Record.Key.Transaction)
            .Bigint(keys, k => k.Row.Seq).Int(keys, k => k.Row.Index).Text(keys, k => k.Row.Record.PsnNo).Text(keys, k => k.Row.Record.MdtrtId)
            .Text(keys, k => TenantState.SettlementIdOf(k.Row.Record))
            .Command("INSERT INTO request_key (sender, message_id, content_hash, transaction, seq, idx, psn_no, mdtrt_id, setl_id) SELECT * FROM {unnest}");
    }

    private static void Encounters(NpgsqlBatch batch, List<Row> rows)
    {
        var changed = new Dictionary<string, EncounterRow>(StringComparer.Ordinal);
        foreach (var row in rows) Note(changed, row.Record);
        var opened = changed.Values.Where(e => e.Opened is not null).ToList();
        var updated = changed.Values.Where(e => e.Opened is null && (e.State is not null || e.MedType is not null || e.BeginOn is not null || e.EndOn is not null || e.EndCleared)).ToList();
        // Updates first: a visit number freed by a cancellation may be taken anew in the same step.
        if (updated.Count > 0)
            batch.BatchCommands.Add(new SetInsert()
                .Text(updated, e => e.MdtrtId).Text(updated, e => e.MedType).Date(updated, e => e.BeginOn).Date(updated, e => e.EndOn)
                .Column(updated, NpgsqlTypes.NpgsqlDbType.Boolean, e => e.EndCleared).Text(updated, e => e.State)
                .Command("""
                    UPDATE encounter AS e SET med_type = coalesce(u.med_type, e.med_type), begin_on = coalesce(u.begin_on, e.begin_on),
                        end_on = CASE WHEN u.end_cleared THEN NULL ELSE coalesce(u.end_on, e.end_on) END, state = coalesce(u.state, e.state)
                    FROM {unnest} AS u (mdtrt_id, med_type, begin_on, end_on, end_cleared, state) WHERE e.mdtrt_id = u.mdtrt_id
                    """));
        if (opened.Count > 0)
            batch.BatchCommands.Add(new SetInsert()
                .Text(opened, e => e.MdtrtId).Text(opened, e => e.PsnNo).Text(opened, e => e.Opened!.FixmedinsCode).Text(opened, e => e.Opened!.Details.VisitNo)
                .Text(opened, e => e.Opened!.Insutype).Text(opened, e => e.MedType).Date(opened, e => e.BeginOn).Date(opened, e => e.EndOn).Text(opened, e => e.State)
                .Command("INSERT INTO encounter (mdtrt_id, psn_no, fixmedins_code, visit_no, insutype, med_type, begin_on, end_on, state) SELECT * FROM {unnest}"));
    }

    private static void Note(Dictionary<string, EncounterRow> changed, JournalRecord record)
    {
        if (record.MdtrtId.Length == 0) return;
        if (!changed.TryGetValue(record.MdtrtId, out var row)) changed.Add(record.MdtrtId, row = new EncounterRow { MdtrtId = record.MdtrtId });
        switch (record.BodyCase)
        {
            case JournalRecord.BodyOneofCase.EncounterOpened: Open(row, record, record.EncounterOpened, "open"); break;
            case JournalRecord.BodyOneofCase.EncounterChanged: Change(row, record.EncounterChanged.Details); break;
            case JournalRecord.BodyOneofCase.EncounterCancelled: row.State = "cancelled"; break;
            case JournalRecord.BodyOneofCase.EncounterDischarged:
                Change(row, record.EncounterDischarged.Details);
                (row.State, row.EndOn, row.EndCleared) = ("discharged", ChinaCalendar.DayOf(record.EncounterDischarged.EndAtMs), false);
                break;
            case JournalRecord.BodyOneofCase.DischargeUndone: (row.State, row.EndOn, row.EndCleared) = ("open", null, true); break;
            case JournalRecord.BodyOneofCase.SettledClaim:
                if (record.SettledClaim.InlineEncounter is { } inline) Open(row, record, inline, "settled");
                else if (!record.SettledClaim.Interim) row.State = "settled";
                break;
            case JournalRecord.BodyOneofCase.ReversedClaim:
                if (record.ReversedClaim.Negated.Interim) break;
                row.State = record.ReversedClaim is { Restores: true } or { OthersStand: true } ? "settled" : MedTypes.ClearingType(record.ReversedClaim.Negated.Facts.MedType) == "21" ? "discharged" : "open";
                break;
        }
    }

    private static void Open(EncounterRow row, JournalRecord record, EncounterOpened opened, string state)
    {
        (row.Opened, row.PsnNo, row.State) = (opened, record.PsnNo, state);
        row.MedType = opened.Details.MedType.Length == 0 ? "11" : opened.Details.MedType;
        row.BeginOn = ChinaCalendar.DayOf(opened.Details.BeginAtMs);
    }

    private static void Change(EncounterRow row, EncounterDetails? details)
    {
        if (details is null) return;
        if (details.MedType.Length > 0) row.MedType = details.MedType;
        if (details.BeginAtMs > 0) row.BeginOn = ChinaCalendar.DayOf(details.BeginAtMs);
    }

    private static void EncounterRecords(NpgsqlBatch batch, List<Row> rows)
    {
        var records = rows.FindAll(r => r.Record.MdtrtId.Length > 0 && r.Record.SettledClaim is null && r.Record.ReversedClaim is null);
        if (records.Count == 0) return;
        batch.BatchCommands.Add(new SetInsert().Text(records, r => r.Record.MdtrtId).Bigint(records, r => r.Seq).Int(records, r => r.Index).Bytes(records, r => r.Bytes)
            .Command("INSERT INTO encounter_record (mdtrt_id, seq, idx, record) SELECT * FROM {unnest}"));
    }

    private static NpgsqlBatchCommand Claims(List<ClaimRow> claims) => new SetInsert()
        .Text(claims, c => c.SetlId).Bigint(claims, c => c.Row.Seq).Int(claims, c => c.Row.Index).Text(claims, c => c.Row.Record.MdtrtId).Text(claims, c => c.Row.Record.PsnNo)
        .Text(claims, c => c.Claim.FixmedinsCode).Text(claims, c => c.Claim.ProviderCounty).Text(claims, c => c.Claim.Facts.Insutype).Text(claims, c => c.Claim.Facts.MedType)
        .Text(claims, c => MedTypes.ClearingType(c.Claim.Facts.MedType)).Date(claims, c => DayNumber.ToDate(c.Claim.Facts.PolicyOn))
        .Column(claims, NpgsqlTypes.NpgsqlDbType.TimestampTz, c => DateTimeOffset.FromUnixTimeMilliseconds(c.Row.Record.AtMs).UtcDateTime)
        .Column(claims, NpgsqlTypes.NpgsqlDbType.Boolean, c => MedTypes.IsInpatient(c.Claim.Facts.MedType)).Text(claims, c => c.Row.Record.Key.MessageId).Text(claims, c => c.Reverses)
        .Bigint(claims, c => c.Amounts.TotalFen).Bigint(claims, c => c.Amounts.FullSelfPayFen).Bigint(claims, c => c.Amounts.OverLimitFen).Bigint(claims, c => c.Amounts.FirstPayFen)
        .Bigint(claims, c => c.Amounts.InScopeFen).Bigint(claims, c => c.Amounts.DeductibleFen).Bigint(claims, c => c.Amounts.BasicFundFen).Bigint(claims, c => c.Amounts.CivilServantFen)
        .Bigint(claims, c => c.Amounts.EnterpriseFen).Bigint(claims, c => c.Amounts.CriticalIllnessFen).Bigint(claims, c => c.Amounts.LargeSumFen).Bigint(claims, c => c.Amounts.AssistanceFen)
        .Bigint(claims, c => c.Amounts.OtherFundsFen).Bigint(claims, c => c.Amounts.FundTotalFen).Bigint(claims, c => c.Amounts.HospitalShareFen).Bigint(claims, c => c.Amounts.PersonShareFen)
        .Bigint(claims, c => c.Amounts.AccountFen).Bigint(claims, c => c.Amounts.CashFen).Bytes(claims, c => c.Row.Bytes).Bigint(claims, c => c.Amounts.SupplementFen).Bigint(claims, c => c.Amounts.FamilyAccountFen)
        .Command("""
            INSERT INTO claim (setl_id, seq, idx, mdtrt_id, psn_no, fixmedins_code, provider_county, insutype, med_type, clearing_type, policy_on, settled_at, is_stay, message_id,
                reverses_setl_id, total_fen, full_self_pay_fen, over_limit_fen, first_pay_fen, in_scope_fen, deductible_fen, basic_fund_fen, civil_servant_fen, enterprise_fen,
                critical_illness_fen, large_sum_fen, assistance_fen, other_funds_fen, fund_total_fen, hospital_share_fen, person_share_fen, account_fen, cash_fen, doc, supplement_fen, family_account_fen)
            SELECT * FROM {unnest}
            """);

    /// <summary>Absolute values: what the last record of each benefit year found plus what it changed.</summary>
    private static NpgsqlBatchCommand Accumulators(List<Effect> effects)
    {
        var last = effects.GroupBy(e => (e.PsnNo, e.Insutype, e.Year)).Select(g => (g.Key, Effect: g.Last())).ToList();
        return new SetInsert()
            .Text(last, l => l.Key.PsnNo).Text(last, l => l.Key.Insutype).Int(last, l => l.Key.Year).Text(last, l => After(l.Effect)).Bigint(last, l => l.Effect.Row.Seq)
            .Command("""
                INSERT INTO accumulator (psn_no, insutype, year, sums, last_seq) SELECT psn_no, insutype, year, sums::jsonb, last_seq FROM {unnest} AS u (psn_no, insutype, year, sums, last_seq)
                ON CONFLICT (psn_no, insutype, year) DO UPDATE SET sums = excluded.sums, last_seq = excluded.last_seq
                """);
    }

    private static string After(Effect effect)
    {
        var sums = Calculation.Accumulators.Of(effect.Before.Select(b => b.Key), effect.Before.Select(b => b.Value));
        sums.Apply([.. effect.Change.Select(c => new AccumulatorChange(c.Key, c.Delta))]);
        return AccumulatorText.Format(sums.Entries);
    }

    private static IEnumerable<EntryRow> Entries(long number, List<LedgerEntry> entries, int effectiveOn, long atMs) =>
        entries.Select((e, i) => new EntryRow(number, i + 1, e, DayNumber.ToDate(effectiveOn), atMs));

    private static NpgsqlBatchCommand LedgerEntries(List<EntryRow> entries, LedgerAccounts accounts) => new SetInsert()
        .Bigint(entries, e => e.Number).Column(entries, NpgsqlTypes.NpgsqlDbType.Smallint, e => (short)e.No).Int(entries, e => accounts[e.Entry.Account])
        .Bigint(entries, e => e.Entry.AmountFen).Date(entries, e => e.EffectiveOn).Date(entries, e => ChinaCalendar.DayOf(e.AtMs))
        .Command("INSERT INTO ledger_entry (setl_no, entry_no, account_id, amount_fen, effective_on, booked_on) SELECT * FROM {unnest}");

    private static void Filings(NpgsqlBatch batch, List<Row> rows)
    {
        var filed = rows.FindAll(r => r.Record.TreatmentFiled is not null);
        if (filed.Count > 0)
            batch.BatchCommands.Add(new SetInsert().Text(filed, r => r.Record.TreatmentFiled.Filing.FilingId).Text(filed, r => r.Record.PsnNo).Bytes(filed, r => r.Record.TreatmentFiled.Filing.ToByteArray())
                .Command("INSERT INTO filing (filing_id, psn_no, withdrawn, doc) SELECT filing_id, psn_no, false, doc FROM {unnest} AS u (filing_id, psn_no, doc)"));
        var withdrawn = rows.FindAll(r => r.Record.FilingWithdrawn is not null);
        if (withdrawn.Count > 0)
            // Field 10 (withdrawn) appended to the document: in the protobuf encoding the last value of a field counts.
            batch.BatchCommands.Add(new SetInsert().Text(withdrawn, r => r.Record.FilingWithdrawn.FilingId)
                .Command("UPDATE filing SET withdrawn = true, doc = doc || '\\x5001'::bytea WHERE filing_id = ANY($1) AND NOT withdrawn"));
    }

    private static void Policies(NpgsqlBatch batch, List<Row> rows)
    {
        if (!rows.Exists(r => r.Record.PolicyAdopted is not null)) return;
        batch.BatchCommands.Add(PolicyRow.Insert([.. rows.Where(r => r.Record.PolicyAdopted is not null).Select(r => PolicyRow.Of(r.Record.PolicyAdopted, r.Seq, r.Index))]));
    }

    private static OutboxEvent EventOf(Tenant tenant, ClaimRow row)
    {
        var (claim, a, record) = (row.Claim, row.Amounts, row.Row.Record);
        var settled = new ClaimSettled(row.SetlId, record.MdtrtId, record.PsnNo, tenant.Code, claim.FixmedinsCode, claim.ProviderCounty, claim.Facts.ProviderLevel,
            claim.Facts.Insutype, claim.Facts.PsnType, [.. claim.Facts.Category], claim.Facts.MedType, claim.Facts.PolicyOn, record.AtMs, row.Reverses,
            a.TotalFen, a.FullSelfPayFen, a.OverLimitFen, a.FirstPayFen, a.InScopeFen, a.DeductibleFen, a.BasicFundFen, a.CivilServantFen, a.EnterpriseFen,
            a.CriticalIllnessFen, a.LargeSumFen, a.AssistanceFen, a.OtherFundsFen, a.FundTotalFen, a.PersonShareFen, a.AccountFen, a.CashFen, a.HospitalShareFen,
            claim.PolicyPack, claim.PolicyVersion, claim.CatalogVersion, row.Row.Seq, SupplementOf(record, claim), a.FamilyAccountFen);
        return OutboxEvent.Of(EventId(tenant, row.Number, 0), record.PsnNo, settled, DateTimeOffset.FromUnixTimeMilliseconds(record.AtMs));
    }

    /// <summary>A reversal takes back what came late as well, and a settlement that stands again brings it back; what was open is closed by a reversal.</summary>
    private static ClaimSupplement? SupplementOf(JournalRecord record, SettledClaim claim)
    {
        if (claim.Facts.Supplement is not { } supplement) return null;
        var (reversal, late) = (record.ReversedClaim, record.ReversedClaim?.Late);
        var decision = supplement.DecisionNo.Length > 0 ? supplement.DecisionNo : late?.DecisionNo;
        var lateFen = late is null ? 0 : reversal!.Restores ? late.AmountFen : -late.AmountFen;
        return new ClaimSupplement(supplement.ContractNo, supplement.PolicyNo, supplement.BillId, decision, claim.Amounts.SupplementFen, lateFen, Pending: decision is null && reversal is not { Restores: false });
    }

    private static OutboxEvent CaughtUp(Tenant tenant, JournalRecord record)
    {
        var (answer, supplement) = (record.SupplementAnswered, record.SupplementAnswered.Supplement);
        var told = new SupplementCaughtUp(answer.SetlId, record.PsnNo, tenant.Code, supplement.ContractNo, supplement.PolicyNo, supplement.BillId, answer.DecisionNo, answer.AmountFen, record.AtMs);
        return OutboxEvent.Of(EventId(tenant, TenantState.NumberOf(answer.SetlId), 1), record.PsnNo, told, DateTimeOffset.FromUnixTimeMilliseconds(record.AtMs));
    }

    private static OutboxEvent Told(Tenant tenant, CorrectionRow row) =>
        OutboxEvent.Of(EventId(tenant, TenantState.NumberOf(row.SetlId), 2), row.Record.PsnNo, CorrectionRows.EventOf(tenant, row), DateTimeOffset.FromUnixTimeMilliseconds(row.Record.AtMs));

    /// <summary>The same settlement always has the same event id, so that a projection run again repeats no fact.</summary>
    internal static Guid EventId(Tenant tenant, long number, byte kind, byte ordinal = 0)
    {
        Span<byte> bytes = stackalloc byte[16];
        bytes.Clear();
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(bytes, int.Parse(tenant.Code));
        (bytes[4], bytes[5]) = (kind, ordinal);
        System.Buffers.Binary.BinaryPrimitives.WriteInt64BigEndian(bytes[8..], number);
        return new Guid(bytes, bigEndian: true);
    }
}
