using System.IO.Compression;
using System.Text;
using Google.Protobuf;
using MedInsure.Embedded;
using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.ProviderReconciliation;
using Npgsql;

namespace MedInsure.Settlement.Tests.ProviderReconciliation;

/// <summary>A row of ours that is put into the tables as the projection would.</summary>
internal sealed record OurRow(string SetlId, long TotalFen, long FundFen = 0, long AccountFen = 0)
{
    public DateOnly On { get; init; } = ReconciliationCounty.June30;
    public string Insutype { get; init; } = "390";
    public string ClearingType { get; init; } = "11";
    public string? Reverses { get; init; }
    public long FamilyFen { get; init; }
    /// <summary>The transaction whose message made the row; 2601 takes back without the provider's knowing.</summary>
    public string Transaction { get; init; } = "2207";
    public long Seq { get; init; }

    public string Visit => "M" + (Reverses ?? SetlId)[7..];
    public string Line => $"{SetlId}\t{Visit}\tnull\t{new Fen(TotalFen)}\t{new Fen(FundFen)}\t{new Fen(AccountFen)}\t{(Reverses is null ? 0 : 1)}";
}

/// <summary>A county of which only the tables that a provider's reconciliation reads are filled, provider by provider: every test takes one of its own.</summary>
internal sealed class ReconciliationCounty : IAsyncDisposable
{
    public static readonly DateOnly June30 = new(2026, 6, 30);
    private int lastProvider, lastRow;

    private ReconciliationCounty(SettlementNode node) => Node = node;

    public SettlementNode Node { get; }
    public DateTimeOffset Now { get; } = SettlementNode.Start;
    public string County => Node.Tenant.Code;

    public static async Task<ReconciliationCounty> Create(PostgresServer server) => new(await SettlementNode.Create(server));

    public string Provider() => $"H{County}{++lastProvider:D5}";
    public string SetlId() => $"{County}S{++lastRow:D12}";
    public OurRow Row(long totalFen, long fundFen = 0, long accountFen = 0) => new(SetlId(), totalFen, fundFen, accountFen);
    public OurRow Back(OurRow row) => row with { SetlId = SetlId(), Reverses = row.SetlId, TotalFen = -row.TotalFen, FundFen = -row.FundFen, AccountFen = -row.AccountFen, FamilyFen = -row.FamilyFen, Transaction = "2208" };

    public async Task Settled(string provider, params OurRow[] rows)
    {
        foreach (var row in rows)
        {
            await using var claim = Node.Database.CreateCommand("""
                INSERT INTO claim (setl_id, seq, idx, mdtrt_id, psn_no, fixmedins_code, provider_county, insutype, med_type, clearing_type, policy_on, settled_at, is_stay, message_id, reverses_setl_id, total_fen,
                    full_self_pay_fen, over_limit_fen, first_pay_fen, in_scope_fen, deductible_fen, basic_fund_fen, civil_servant_fen, enterprise_fen, critical_illness_fen, large_sum_fen, assistance_fen, other_funds_fen,
                    fund_total_fen, hospital_share_fen, person_share_fen, account_fen, family_account_fen, cash_fen, doc)
                VALUES ($1, $2, 0, 'M' || substr(coalesce($10::text, $1), 8), 'P1', $3, $4, $5, '11', $6, $7, $8, false, $9, $10, $11, 0, 0, 0, $11, 0, $12, 0, 0, 0, 0, 0, 0, $12, 0, $11::bigint - $12, $13, $14, $11::bigint - $12 - $13 - $14, '')
                """);
            Add(claim, row.SetlId, row.Seq, provider, County, row.Insutype, row.ClearingType, row.On, new DateTimeOffset(row.On.ToDateTime(new TimeOnly(9, 0)), ChinaCalendar.Offset).UtcDateTime, "G" + row.SetlId, (object?)row.Reverses ?? DBNull.Value,
                row.TotalFen, row.FundFen, row.AccountFen, row.FamilyFen);
            await claim.ExecuteNonQueryAsync();
            await using var key = Node.Database.CreateCommand("INSERT INTO request_key (sender, message_id, content_hash, transaction, seq, idx, psn_no, mdtrt_id, setl_id) VALUES ($1, $2, '', $3, $4, 0, '', '', $5)");
            Add(key, provider, "G" + row.SetlId, row.Transaction, row.Seq, row.SetlId);
            await key.ExecuteNonQueryAsync();
        }
    }

    /// <summary>What another county settled for its person at this provider, as its mirror arrived.</summary>
    public async Task Mirrored(string provider, OurRow row)
    {
        await using var command = Node.Database.CreateCommand("""
            WITH v AS (INSERT INTO voucher (voucher_no, kind, number, effective_on, booked_on, period, amount_fen, document, hash)
                SELECT voucher_no + 1, 'mirror', $1, $4, $4, 0, $6, ''::bytea, sha256($1::bytea) FROM ledger_head RETURNING voucher_no),
            h AS (UPDATE ledger_head SET voucher_no = v.voucher_no FROM v)
            INSERT INTO off_county_claim (home_county, pair_no, setl_id, mdtrt_id, psn_no, fixmedins_code, insutype, med_type, clearing_type, settled_at, is_stay, begin_on, end_on, message_id, reverses_setl_id, total_fen,
                full_self_pay_fen, in_scope_fen, fund_total_fen, hospital_share_fen, person_share_fen, account_fen, family_account_fen, cash_fen, disease_code, diagnosis_code, operation_code, fund, fund_fen, voucher_no)
            SELECT left($1, 6), voucher_no, $1, 'M' || substr($1, 8), 'P9', $2, $3, '11', $5, $8, false, $4, $4, 'G' || $1, NULL, $6, 0, $6, $7, 0, $6 - $7, 0, 0, $6 - $7, '', '', '', '{}', '{}', voucher_no FROM v
            """);
        Add(command, row.SetlId, provider, row.Insutype, row.On, row.ClearingType, row.TotalFen, row.FundFen, new DateTimeOffset(row.On.ToDateTime(new TimeOnly(9, 0)), ChinaCalendar.Offset).UtcDateTime);
        await command.ExecuteNonQueryAsync();
    }

    public static RowGroup Group(string provider, Action<RowGroup>? by = null)
    {
        var group = new RowGroup { FixmedinsCode = provider, FromOn = 20260601, ToOn = 20260630 };
        by?.Invoke(group);
        return group;
    }

    public static DeclaredTotals Declared(params IEnumerable<OurRow> rows) =>
        new() { RowCount = rows.Count(), TotalFen = rows.Sum(r => r.TotalFen), FundTotalFen = rows.Sum(r => r.FundFen), AccountFen = rows.Sum(r => r.AccountFen) };

    public async Task<Outcome<CompareTotalsReply>> Totals(RowGroup? group, DeclaredTotals? declared, DateTimeOffset? at = null) =>
        await CompareTotals.Run(Node.Journal, Node.Database, new CompareTotalsRequest { Group = group, Declared = declared }, at ?? Now, default);

    public static byte[] Zip(string text, string name = "detail.txt") => Zip(Encoding.UTF8.GetBytes(text), name);

    public static byte[] Zip(byte[] text, params string[] names)
    {
        using var zip = new MemoryStream();
        using (var archive = new ZipArchive(zip, ZipArchiveMode.Create, leaveOpen: true))
            foreach (var name in names)
            {
                using var entry = archive.CreateEntry(name).Open();
                entry.Write(text);
            }
        return zip.ToArray();
    }

    public async Task<string> Stored(string provider, byte[] content, string name = "detail.zip") =>
        (await StoreProviderFile.Run(Node.Tenant, Node.Database, new StoreProviderFileRequest { FixmedinsCode = provider, FileName = name, Content = ByteString.CopyFrom(content) }, Now, default)).Value.FileNo;

    public async Task<Outcome<CompareDetailsReply>> Details(RowGroup group, string fileNo, DeclaredTotals declared, DateTimeOffset? at = null) =>
        await CompareDetails.Run(Node.Journal, Node.Database, new CompareDetailsRequest { Group = group, FileNo = fileNo, Declared = declared }, at ?? Now, default);

    /// <summary>A whole comparison: the rows as a file, stored, compared.</summary>
    public async Task<Outcome<CompareDetailsReply>> Compared(string provider, Action<RowGroup>? by = null, params OurRow[] rows) =>
        await Details(Group(provider, by), await Stored(provider, Zip(string.Concat(rows.Select(r => r.Line + "\n")))), Declared(rows));

    /// <summary>The result file's rows, column by column.</summary>
    public async Task<List<string[]>> Result(string provider, CompareDetailsReply reply)
    {
        var content = new MemoryStream();
        ReadProviderFileReply part;
        do
        {
            part = (await ReadProviderFile.Query(Node.Tenant, Node.Database, new ReadProviderFileRequest { FixmedinsCode = provider, FileNo = reply.ResultFile.FileNo, Offset = content.Length }, Now, default)).Value;
            part.Content.WriteTo(content);
        }
        while (content.Length < part.File.Size);
        using var archive = new ZipArchive(content, ZipArchiveMode.Read);
        using var text = new StreamReader(Assert.Single(archive.Entries).Open(), Encoding.UTF8);
        return [.. (await text.ReadToEndAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split('\t'))];
    }

    private static void Add(NpgsqlCommand command, params object[] values)
    {
        foreach (var value in values) command.Parameters.Add(new NpgsqlParameter { Value = value });
    }

    public ValueTask DisposeAsync() => Node.DisposeAsync();
}
