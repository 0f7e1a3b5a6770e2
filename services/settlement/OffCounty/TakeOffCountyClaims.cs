using System.Diagnostics.Metrics;
using Google.Protobuf;
using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Ledger;
using MedInsure.Settlement.Projections;
using Npgsql;
using NpgsqlTypes;

namespace MedInsure.Settlement.OffCounty;

/// <summary>
/// The provider's county takes what a home county settled with its providers: the rows and the vouchers in one transaction, each claim once. What is held already must be the same by its
/// digest; a page from further on is not taken, and the answer says from where to begin.
/// </summary>
internal static class TakeOffCountyClaims
{
    public const string Kind = "mirror";

    private const int ClaimsMax = 1_000;

    private static readonly Meter Meter = new("MedInsure.OffCounty");
    private static readonly Counter<long> Contradictions = Meter.CreateCounter<long>("medinsure.offcounty.contradictions", "{page}", "Pages of a home county that did not agree with what is held");

    private sealed record Row(long PairNo, OffCountyClaim Claim, byte[] Document, byte[] Digest)
    {
        public DateOnly EffectiveOn => DayNumber.ToDate(Claim.EffectiveOn);
        public long? VoucherNo { get; set; }
    }

    /// <summary>In order: the page's form, what is missing before it, what is held of it already, its own digest, the settlement under another number.</summary>
    public static async Task<Outcome<TakeOffCountyClaimsReply>> Execute(NpgsqlDataSource database, string county, TakeOffCountyClaimsRequest page, ChinaCalendar calendar, CancellationToken cancellation)
    {
        if (!DivisionCode.TryParse(page.HomeCounty, out _) || page.HomeCounty == county || page.FirstNo < 1 || page.Claim.Count is 0 or > ClaimsMax || Read(page) is not { } claims) return OffCountyRefusals.PageInvalid;
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await Lock(connection, transaction, page.HomeCounty, cancellation);
        var held = await Held(connection, transaction, county, page, cancellation);
        if (page.FirstNo > held.LastNo + 1) return new TakeOffCountyClaimsReply { HeldNo = held.LastNo };

        var digest = held.Digests[page.FirstNo - 1];
        var rows = new List<Row>();
        string? contradiction = null;
        for (var i = 0; i < claims.Count && contradiction is null; i++)
        {
            var no = page.FirstNo + i;
            digest = OffCountyDigest.After(digest, page.Claim[i].Span);
            if (no > held.LastNo) rows.Add(new Row(no, claims[i], page.Claim[i].ToByteArray(), digest));
            else if (!held.Digests[no].AsSpan().SequenceEqual(digest)) contradiction = $"claim {no} is another one";
        }
        if (contradiction is null && !digest.AsSpan().SequenceEqual(page.Digest.Span)) contradiction = $"the digest after claim {page.FirstNo + claims.Count - 1} is another one";
        try
        {
            if (contradiction is null)
            {
                if (rows.Count > 0) await Book(connection, transaction, county, page.HomeCounty, rows, calendar, cancellation);
                await Taken(connection, transaction, page, calendar, cancellation);
                await transaction.CommitAsync(cancellation);
                return new TakeOffCountyClaimsReply { HeldNo = Math.Max(held.LastNo, page.FirstNo + claims.Count - 1) };
            }
        }
        catch (PostgresException e) when (e.ConstraintName == "a_settlement_is_mirrored_once") { contradiction = "a settlement of it is held under another number"; }
        await transaction.RollbackAsync(cancellation);
        Contradictions.Add(1, new KeyValuePair<string, object?>("county", page.HomeCounty));
        await Remember(connection, page.HomeCounty, contradiction, calendar, cancellation);
        return OffCountyRefusals.Contradiction(contradiction);
    }

    /// <returns>Null: one of them is unreadable, or not the home county's.</returns>
    private static List<OffCountyClaim>? Read(TakeOffCountyClaimsRequest page)
    {
        try
        {
            var claims = page.Claim.Select(c => OffCountyClaim.Parser.ParseFrom(c)).ToList();
            return claims.TrueForAll(c => c.SetlId.Length > 7 && c.SetlId.StartsWith(page.HomeCounty, StringComparison.Ordinal) && c.FixmedinsCode.Length > 0
                && DayNumber.IsDay(c.EffectiveOn) && DayNumber.IsDay(c.BeginOn) && DayNumber.IsDay(c.EndOn)) ? claims : null;
        }
        catch (InvalidProtocolBufferException) { return null; }
    }

    private static async Task Lock(NpgsqlConnection connection, NpgsqlTransaction transaction, string home, CancellationToken cancellation)
    {
        await using var batch = new NpgsqlBatch(connection, transaction)
        {
            BatchCommands =
            {
                new("INSERT INTO off_county_source (home_county) VALUES ($1) ON CONFLICT DO NOTHING") { Parameters = { new NpgsqlParameter<string> { TypedValue = home } } },
                new("SELECT FROM off_county_source WHERE home_county = $1 FOR UPDATE") { Parameters = { new NpgsqlParameter<string> { TypedValue = home } } },
            },
        };
        await batch.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>The last number held, and the digests of the page's numbers and of the one before, as far as they are held.</summary>
    private static async Task<(long LastNo, Dictionary<long, byte[]> Digests)> Held(NpgsqlConnection connection, NpgsqlTransaction transaction, string county, TakeOffCountyClaimsRequest page, CancellationToken cancellation)
    {
        var digests = new Dictionary<long, byte[]> { [0] = OffCountyDigest.Start(page.HomeCounty, county) };
        await using var batch = new NpgsqlBatch(connection, transaction)
        {
            BatchCommands =
            {
                new("SELECT coalesce(max(pair_no), 0) FROM off_county_claim WHERE home_county = $1") { Parameters = { new NpgsqlParameter<string> { TypedValue = page.HomeCounty } } },
                new("SELECT pair_no, digest FROM off_county_claim WHERE home_county = $1 AND pair_no BETWEEN $2 AND $3")
                {
                    Parameters = { new NpgsqlParameter<string> { TypedValue = page.HomeCounty }, new NpgsqlParameter<long> { TypedValue = page.FirstNo - 1 }, new NpgsqlParameter<long> { TypedValue = page.FirstNo + page.Claim.Count - 1 } },
                },
            },
        };
        await using var reader = await batch.ExecuteReaderAsync(cancellation);
        await reader.ReadAsync(cancellation);
        var last = reader.GetInt64(0);
        await reader.NextResultAsync(cancellation);
        while (await reader.ReadAsync(cancellation)) digests[reader.GetInt64(0)] = reader.GetFieldValue<byte[]>(1);
        return (last, digests);
    }

    private static async Task Book(NpgsqlConnection connection, NpgsqlTransaction transaction, string county, string home, List<Row> rows, ChinaCalendar calendar, CancellationToken cancellation)
    {
        var head = await LedgerHead.Lock(connection, transaction, cancellation);
        var bookedOn = head.OpenDay(calendar.Today);
        var vouchers = new List<(Voucher, DateOnly)>();
        foreach (var day in rows.GroupBy(r => r.EffectiveOn).OrderBy(d => d.Key))
        {
            if (Entries(day, county, home) is not { Count: > 0 } entries) continue;
            var number = $"{home} {rows[0].PairNo}-{rows[^1].PairNo} {LedgerText.Day(day.Key)}";
            vouchers.Add((new Voucher(Kind, number, day.Key <= bookedOn ? day.Key : bookedOn, 0, "", [], entries), bookedOn));
            foreach (var row in day.Where(r => r.Claim.Fund.Count > 0)) row.VoucherNo = head.VoucherNo + vouchers.Count;
        }
        await PostVouchers.Run(connection, transaction, county, head, vouchers, cancellation);
        await using var batch = new NpgsqlBatch(connection, transaction) { BatchCommands = { Insert(home, rows) } };
        await batch.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>Summed up by account, debits and credits apart: a settlement and its reversal both show.</summary>
    private static List<LedgerEntry> Entries(IEnumerable<Row> rows, string county, string home)
    {
        var sums = new Dictionary<(LedgerAccount Account, bool Debit), long>();
        foreach (var claim in rows.Select(r => r.Claim))
            foreach (var part in claim.Fund.Where(f => f.AmountFen != 0))
            {
                Add(new LedgerAccount(LedgerPurposes.CountyReceivable, part.Fund, county, home), part.AmountFen);
                // What that county's statement took for a notice of ours is our fund's; all else we owe our provider.
                Add(new LedgerAccount(claim.NoticeNo.Length > 0 ? LedgerPurposes.DeductionIncome : SettlementEntries.ProviderPayable, part.Fund, county, claim.FixmedinsCode), -part.AmountFen);
            }
        return [.. sums.Select(s => new LedgerEntry(s.Key.Account, s.Value)).OrderBy(e => e.Account, LedgerText.AccountOrder).ThenByDescending(e => e.AmountFen)];

        void Add(LedgerAccount account, long fen) => sums[(account, fen > 0)] = sums.GetValueOrDefault((account, fen > 0)) + fen;
    }

    private static NpgsqlBatchCommand Insert(string home, List<Row> rows) => new SetInsert()
        .Text(rows, _ => home).Bigint(rows, r => r.PairNo).Text(rows, r => r.Claim.SetlId).Text(rows, r => r.Claim.MdtrtId).Text(rows, r => r.Claim.PsnNo).Text(rows, r => r.Claim.FixmedinsCode).Text(rows, r => r.Claim.Insutype)
        .Text(rows, r => r.Claim.MedType).Text(rows, r => r.Claim.ClearingType).Column(rows, NpgsqlDbType.TimestampTz, r => DateTimeOffset.FromUnixTimeMilliseconds(r.Claim.SettledAtMs).UtcDateTime)
        .Column(rows, NpgsqlDbType.Boolean, r => r.Claim.IsStay).Date(rows, r => DayNumber.ToDate(r.Claim.BeginOn)).Date(rows, r => DayNumber.ToDate(r.Claim.EndOn)).Text(rows, r => r.Claim.MessageId)
        .Text(rows, r => r.Claim.ReversesSetlId.Length > 0 ? r.Claim.ReversesSetlId : null).Bigint(rows, r => r.Claim.TotalFen).Bigint(rows, r => r.Claim.FullSelfPayFen).Bigint(rows, r => r.Claim.InScopeFen)
        .Bigint(rows, r => r.Claim.FundTotalFen).Bigint(rows, r => r.Claim.HospitalShareFen).Bigint(rows, r => r.Claim.PersonShareFen).Bigint(rows, r => r.Claim.AccountFen).Bigint(rows, r => r.Claim.FamilyAccountFen)
        .Bigint(rows, r => r.Claim.CashFen).Text(rows, r => r.Claim.DiseaseCode).Text(rows, r => r.Claim.DiagnosisCode).Text(rows, r => r.Claim.OperationCode)
        .Text(rows, r => string.Join(',', r.Claim.Fund.Select(f => f.Fund))).Text(rows, r => string.Join(',', r.Claim.Fund.Select(f => f.AmountFen)))
        .Column(rows, NpgsqlDbType.Bigint, r => r.VoucherNo).Bytes(rows, r => r.Document).Bytes(rows, r => r.Digest).Date(rows, r => r.EffectiveOn).Text(rows, r => r.Claim.NoticeNo)
        .Command("""
            INSERT INTO off_county_claim (home_county, pair_no, setl_id, mdtrt_id, psn_no, fixmedins_code, insutype, med_type, clearing_type, settled_at, is_stay, begin_on, end_on, message_id, reverses_setl_id,
                total_fen, full_self_pay_fen, in_scope_fen, fund_total_fen, hospital_share_fen, person_share_fen, account_fen, family_account_fen, cash_fen, disease_code, diagnosis_code, operation_code,
                fund, fund_fen, voucher_no, document, digest, effective_on, notice_no)
            SELECT home, no, setl, mdtrt, psn, provider, insutype, med_type, clearing_type, at, stay, begins, ends, message, reverses, total, self_pay, in_scope, funds, hospital, person, account, family, cash,
                disease, diagnosis, operation, string_to_array(fund, ','), string_to_array(fen, ',')::bigint[], voucher, document, digest, effective, notice
            FROM {unnest} AS u (home, no, setl, mdtrt, psn, provider, insutype, med_type, clearing_type, at, stay, begins, ends, message, reverses, total, self_pay, in_scope, funds, hospital, person, account,
                family, cash, disease, diagnosis, operation, fund, fen, voucher, document, digest, effective, notice)
            """);

    private static async Task Taken(NpgsqlConnection connection, NpgsqlTransaction transaction, TakeOffCountyClaimsRequest page, ChinaCalendar calendar, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("UPDATE off_county_source SET known_no = greatest(known_no, $2), taken_at = $3 WHERE home_county = $1", connection, transaction)
        {
            Parameters =
            {
                new NpgsqlParameter<string> { TypedValue = page.HomeCounty }, new NpgsqlParameter<long> { TypedValue = Math.Max(page.LastNo, page.FirstNo + page.Claim.Count - 1) },
                new NpgsqlParameter<DateTimeOffset> { TypedValue = calendar.UtcNow },
            },
        };
        await command.ExecuteNonQueryAsync(cancellation);
    }

    private static async Task Remember(NpgsqlConnection connection, string home, string contradiction, ChinaCalendar calendar, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("""
            INSERT INTO off_county_source (home_county, contradicted_at, contradiction) VALUES ($1, $2, $3) ON CONFLICT (home_county) DO UPDATE SET contradicted_at = excluded.contradicted_at, contradiction = excluded.contradiction
            """, connection)
        {
            Parameters = { new NpgsqlParameter<string> { TypedValue = home }, new NpgsqlParameter<DateTimeOffset> { TypedValue = calendar.UtcNow }, new NpgsqlParameter<string> { TypedValue = contradiction } },
        };
        await command.ExecuteNonQueryAsync(cancellation);
    }
}
