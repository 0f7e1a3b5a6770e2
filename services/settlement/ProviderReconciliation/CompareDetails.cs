using MedInsure.Hosting.Tenancy;
using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Journal;
using MedInsure.Settlement.Queries;
using Npgsql;

namespace MedInsure.Settlement.ProviderReconciliation;

/// <summary>
/// The rows of a provider's file against ours of a group and period (3202): one statement joins them, and what it finds is written as the result file that the provider
/// fetches. The same file and the same rows give the same result.
/// </summary>
internal static class CompareDetails
{
    // A file names a reversal by its own number, or by that of the settlement it takes back: then the reversal is meant. Every row of the file is looked up a second time among all
    // rows of the provider, so that one outside the group is told from one that is not there.
    private static readonly string Compare = $"""
        WITH {ComparedGroup.Ours},
        sent AS (
            SELECT * FROM unnest($9, $10, $11, $12, $13, $14, $15, $16) AS s (line, setl_id, mdtrt_id, psn_no, total_fen, fund_fen, account_fen, is_refund)),
        named AS MATERIALIZED (
            SELECT s.*, CASE WHEN s.is_refund AND c.reverses_setl_id IS NULL AND r.setl_id IS NOT NULL THEN r.setl_id ELSE s.setl_id END AS id
            FROM sent s LEFT JOIN reconciled_claim c ON c.setl_id = s.setl_id AND c.fixmedins_code = $1
            LEFT JOIN reconciled_claim r ON s.is_refund AND r.reverses_setl_id = s.setl_id AND r.fixmedins_code = $1)
        SELECT n.line, first_value(n.line) OVER (PARTITION BY coalesce(n.id, o.setl_id) ORDER BY n.line) AS first_line, n.setl_id, n.mdtrt_id, n.psn_no, n.total_fen, n.fund_fen, n.account_fen, n.is_refund,
            o.setl_id, o.mdtrt_id, o.psn_no, o.message_id, o.clearing_type, o.on_day, o.is_refund, o.total_fen, o.fund_fen, o.account_fen, o.cash_fen, o.is_void,
            o.is_void AND NOT EXISTS (SELECT FROM named p WHERE p.id = o.partner) AS is_void_with_partner,
            e.home_county, e.insutype, e.clearing_type, (e.settled_at AT TIME ZONE interval '8 hours')::date, {ComparedGroup.Arrived}
        FROM named n FULL JOIN ours o ON o.setl_id = n.id
        LEFT JOIN reconciled_claim e ON o.setl_id IS NULL AND e.setl_id = n.id AND e.fixmedins_code = $1
        ORDER BY n.line NULLS LAST, o.setl_id
        LIMIT $17
        """;

    // A file of the largest kind takes a hundred megabytes while it is compared.
    private static readonly SemaphoreSlim Places = new(2);

    public static async Task<Outcome<CompareDetailsReply>> Run(TenantJournal journal, NpgsqlDataSource database, CompareDetailsRequest request, DateTimeOffset now, CancellationToken cancellation)
    {
        await Places.WaitAsync(cancellation);
        try { return await Placed(journal, database, request, now, cancellation); }
        finally { Places.Release(); }
    }

    /// <summary>
    /// In order: the group; the file; its text line by line; each settlement of a named county is of that county; the declared sums are the file's; a row only once, by whatever
    /// number; not too many of ours.
    /// </summary>
    private static async Task<Outcome<CompareDetailsReply>> Placed(TenantJournal journal, NpgsqlDataSource database, CompareDetailsRequest request, DateTimeOffset now, CancellationToken cancellation)
    {
        var (group, declared, tenant) = (request.Group, request.Declared, journal.Tenant);
        if (ComparedGroup.Check(group, declared) is { } refusal) return refusal;
        var content = await ReadProviderFile.Sent(tenant, database, group.FixmedinsCode, request.FileNo, now, cancellation);
        if (content.IsRefused) return content.Refusal!;
        var read = DetailFile.Read(content.Value);
        if (read.IsRefused) return read.Refusal!;
        var file = read.Value;
        if (CheckNumbers(tenant, group, file) is { } foreign) return foreign;
        if (CheckDeclared(declared, file) is { } differs) return differs;
        if (await SettlementRows.Current(journal, cancellation) is { } lag) return lag;

        var found = new DetailResult(group);
        await using (var command = database.CreateCommand(Compare))
        {
            command.Parameters.AddRange(ComparedGroup.Parameters(group));
            AddColumns(command, file);
            await using var reader = await command.ExecuteReaderAsync(cancellation);
            while (await reader.ReadAsync(cancellation))
                if (found.Add(reader) is { } bad) return bad;
        }
        var (result, text) = found.Judge(declared);
        var zip = found.Zip();
        var name = $"{group.FixmedinsCode}_{group.FromOn}_{group.ToOn}_result.txt.zip";
        var kept = await StoreProviderFile.Keep(tenant, database, group.FixmedinsCode, isResult: true, name, zip, now, cancellation);
        if (kept.IsRefused) return kept.Refusal!;
        await RememberComparison.Run(database, new Comparison(group, declared, found.Ours, result, ByRow: true, found.DifferingOn, found.ProviderMore, found.UpToSeq, found.UpToVoucher, now), cancellation);
        return new CompareDetailsReply
        {
            Result = RememberComparison.Shown(result), Text = text, ResultFile = kept.Value, Equal = found.Equal, CentreMore = found.CentreMore, ProviderMore = found.ProviderMore, Different = found.Different,
        };
    }

    private static Refusal? CheckNumbers(Tenant tenant, RowGroup group, DetailFile file)
    {
        if (group.Everywhere) return null;
        for (var i = 0; i < file.Count; i++)
            if (!file.SetlId[i].StartsWith(tenant.Code, StringComparison.Ordinal)) return ReconciliationRefusals.OtherCounty(file.Line[i], tenant.Code);
        return null;
    }

    private static Refusal? CheckDeclared(DeclaredTotals declared, DetailFile file)
    {
        if (declared.RowCount != file.Count) return ReconciliationRefusals.DeclaredCount(declared.RowCount, file.Count);
        return Differs("医疗费总额", "medfee_sumamt", declared.TotalFen, file.TotalFen) ?? Differs("基金支付总额", "fund_pay_sumamt", declared.FundTotalFen, file.FundFen)
            ?? (declared.HasAccountFen ? Differs("个人账户支付", "acct_pay", declared.AccountFen, file.AccountFen) : null);

        static Refusal? Differs(string name, string field, long declaredFen, List<long> rows) =>
            rows.Sum() is var sum && sum != declaredFen ? ReconciliationRefusals.DeclaredAmount(name, field, new Fen(declaredFen), new Fen(sum)) : null;
    }

    private static void AddColumns(NpgsqlCommand command, DetailFile file)
    {
        Add(file.Line);
        Add(file.SetlId);
        Add(file.MdtrtId);
        Add(file.PsnNo);
        Add(file.TotalFen);
        Add(file.FundFen);
        Add(file.AccountFen);
        Add(file.IsRefund);
        // One more than may be: the file's rows fit in any case.
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = file.Count + DetailFile.RowsMax + 1 });

        void Add<T>(List<T> column) => command.Parameters.Add(new NpgsqlParameter<List<T>> { TypedValue = column });
    }
}
