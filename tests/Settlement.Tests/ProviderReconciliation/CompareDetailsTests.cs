using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;

namespace MedInsure.Settlement.Tests.ProviderReconciliation;

[Trait("Category", "Storage")]
[Collection(PostgresCollection.Name)]
public sealed class CompareDetailsTests(SharedPostgres postgres) : IAsyncLifetime
{
    private ReconciliationCounty county = null!;
    private string provider = "";

    public async Task InitializeAsync() => provider = (county = await postgres.Reconciliation()).Provider();
    public Task DisposeAsync() => Task.CompletedTask;

    /// <summary>setl_id, stmt_rslt and memo of each row of the result file, in its order.</summary>
    private async Task<(string SetlId, string Result, string Memo)[]> Rows(CompareDetailsReply reply) => [.. (await county.Result(provider, reply)).Select(r => (r[2], r[4], r[6]))];

    [Fact]
    public async Task EveryKindOfDifference_IsFoundRowByRow()
    {
        OurRow same = county.Row(1_000, 700, 50), dearer = county.Row(2_000, 1_000), lacking = county.Row(3_000), back = county.Back(same), elsewhere = county.Row(400) with { On = new DateOnly(2026, 5, 31) };
        var (ofAnother, unknown) = (county.Row(9), county.Row(500));
        await county.Settled(provider, same, dearer, lacking, back, elsewhere);
        await county.Settled(county.Provider(), ofAnother);
        var reply = (await county.Compared(provider, null, same, dearer with { TotalFen = 2_100, FundFen = 1_100 }, back, elsewhere, unknown, ofAnother)).Value;
        Assert.Equal((ComparisonResult.CentreMore, 2, 1, 3, 1), (reply.Result, reply.Equal, reply.CentreMore, reply.ProviderMore, reply.Different));
        Assert.Equal("一致2行，中心多1行，机构多3行，金额不符1行", reply.Text);
        Assert.Equal(
        [
            (dearer.SetlId, "3", "医疗费总额中心20.00机构21.00;基金支付中心10.00机构11.00"),
            (elsewhere.SetlId, "2", $"中心结算于2026-05-31，险种390，清算类别11，经办{county.County}，不在本次对账范围"),
            (unknown.SetlId, "2", "中心无本机构此结算"),
            (ofAnother.SetlId, "2", "中心无本机构此结算"),
            (lacking.SetlId, "1", "中心有结算，机构无，可用2601冲正，原交易2207"),
            (same.SetlId, "0", "null"),
            (back.SetlId, "0", "null"),
        ], await Rows(reply));
        // psn_no, mdtrt_id, setl_id, msgid, stmt_rslt, refd_setl_flag, memo, amounts: what 2601 needs of a row that the provider lacks; ours where we have it.
        var rows = await county.Result(provider, reply);
        Assert.Equal(["P1", "M" + lacking.SetlId[7..], lacking.SetlId, "G" + lacking.SetlId, "1", "0", "中心有结算，机构无，可用2601冲正，原交易2207", "30.00", "0.00", "0.00"], rows[4]);
        Assert.Equal(["20.00", "10.00", "0.00"], rows[0][7..]);
        Assert.Equal(["-10.00", "-7.00", "-0.50"], rows[6][7..]);
    }

    [Fact]
    public async Task SameFileAndRows_GiveTheSameResultFile()
    {
        var rows = new[] { county.Row(1_000), county.Row(2_000) };
        await county.Settled(provider, rows);
        var first = (await county.Compared(provider, null, rows)).Value;
        Assert.Equal((ComparisonResult.Equal, "对账平：2行"), (first.Result, first.Text));
        var again = (await county.Details(ReconciliationCounty.Group(provider), await county.Stored(provider, ReconciliationCounty.Zip(string.Concat(rows.Select(r => r.Line + "\n")))), ReconciliationCounty.Declared(rows), county.Now.AddHours(3))).Value;
        Assert.Equal(first.ResultFile.FileNo, again.ResultFile.FileNo);
        Assert.True(again.ResultFile.ExpiresAtMs > first.ResultFile.ExpiresAtMs);
    }

    [Fact]
    public async Task Cancelled_IsTwoRowsUnderEitherNumber()
    {
        var visit = county.Row(1_000);
        var back = county.Back(visit);
        await county.Settled(provider, visit, back);
        Assert.Equal(ComparisonResult.Equal, (await county.Compared(provider, null, visit, back)).Value.Result);
        Assert.Equal(ComparisonResult.Equal, (await county.Compared(provider, null, visit, back with { SetlId = visit.SetlId })).Value.Result);
        Assert.Equal(("reconciliation.file_row_repeated", "file_qury_no"), (await county.Compared(provider, null, back, visit, back with { SetlId = visit.SetlId })).Refusal is { } r ? (r.Code, r.Field) : default);
        // Its number with the flag of a refund means the refund, which the file then holds twice and with the other sign.
        Assert.Equal("reconciliation.file_row_repeated", (await county.Compared(provider, null, visit with { Reverses = visit.SetlId }, back)).Refusal?.Code);
    }

    [Fact]
    public async Task TakenBackBy2601_NeedNotBeInTheFile()
    {
        var (unknown, kept) = (county.Row(5_000), county.Row(100));
        var back = county.Back(unknown) with { Transaction = "2601", On = new DateOnly(2026, 7, 2) };
        await county.Settled(provider, unknown, kept, back);
        var reply = (await county.Compared(provider, null, kept)).Value;
        Assert.Equal((ComparisonResult.Equal, 2, "0"), (reply.Result, reply.Equal, (await Rows(reply))[0].Result));
        Assert.Contains((unknown.SetlId, "0", "已冲正(2601)，机构可不列"), await Rows(reply));
        // Listed all the same, and the taking back with it.
        Assert.Equal(ComparisonResult.Equal, (await county.Compared(provider, g => g.ToOn = 20260731, unknown, kept, back)).Value.Result);
        // Only one of the two: the provider believes that it stands.
        Assert.Equal(ComparisonResult.CentreMore, (await county.Compared(provider, g => g.ToOn = 20260731, unknown, kept)).Value.Result);
    }

    [Fact]
    public async Task OtherCountiesRows_AreComparedWhereNoCountyIsNamed()
    {
        var (own, other) = (county.Row(1_000), new OurRow("230999S" + county.SetlId()[7..], 2_500, 1_000));
        await county.Settled(provider, own);
        await county.Mirrored(provider, other);
        Assert.Equal(ComparisonResult.Equal, (await county.Compared(provider, g => g.Everywhere = true, own, other)).Value.Result);
        Assert.Equal(ComparisonResult.Equal, (await county.Compared(provider, null, own)).Value.Result);
        var refusal = (await county.Compared(provider, null, own, other)).Refusal!;
        Assert.Equal(("reconciliation.file_row_other_county", $"明细文件第2行：结算ID(setl_id)不是{county.County}的结算，请按结算经办机构分别对账"), (refusal.Code, refusal.Chinese));
    }

    [Fact]
    public async Task DeclaredTotals_AreTheFilesAndOurs()
    {
        var row = county.Row(1_000, 600, 100);
        await county.Settled(provider, row);
        var file = await county.Stored(provider, ReconciliationCounty.Zip(row.Line));
        async Task<(string?, string?, ComparisonResult?)> Declared(Action<DeclaredTotals> change)
        {
            var declared = ReconciliationCounty.Declared(row);
            change(declared);
            var outcome = await county.Details(ReconciliationCounty.Group(provider), file, declared);
            return outcome.Refusal is { } refusal ? (refusal.Code, refusal.Field, null) : (null, null, outcome.Value.Result);
        }
        Assert.Equal(("reconciliation.declared_count_differs", "fixmedins_setl_cnt", null), await Declared(d => d.RowCount = 2));
        Assert.Equal(("reconciliation.declared_amount_differs", "medfee_sumamt", null), await Declared(d => d.TotalFen++));
        Assert.Equal(("reconciliation.declared_amount_differs", "fund_pay_sumamt", null), await Declared(d => d.FundTotalFen--));
        Assert.Equal(("reconciliation.declared_amount_differs", "acct_pay", null), await Declared(d => d.AccountFen = 0));
        Assert.Equal((null, null, ComparisonResult.Equal), await Declared(d => { d.ClearAccountFen(); d.CashFen = 300; }));
        // The file has no column for cash: ours decides.
        Assert.Equal((null, null, ComparisonResult.Different), await Declared(d => d.CashFen = 301));
    }

    [Fact]
    public async Task FileOfAnotherProviderOrNone_IsUnknown()
    {
        var row = county.Row(1_000);
        await county.Settled(provider, row);
        var (mine, others) = (await county.Stored(provider, ReconciliationCounty.Zip(row.Line)), await county.Stored(county.Provider(), ReconciliationCounty.Zip(row.Line)));
        var declared = ReconciliationCounty.Declared(row);
        Assert.Equal("provider_file.unknown", (await county.Details(ReconciliationCounty.Group(provider), others, declared)).Refusal?.Code);
        Assert.Equal("provider_file.unknown", (await county.Details(ReconciliationCounty.Group(provider), "", declared)).Refusal?.Code);
        var result = (await county.Details(ReconciliationCounty.Group(provider), mine, declared)).Value;
        Assert.Equal("provider_file.unknown", (await county.Details(ReconciliationCounty.Group(provider), result.ResultFile.FileNo, declared)).Refusal?.Code); // not what it sent
        Assert.Equal("reconciliation.days_reversed", (await county.Details(ReconciliationCounty.Group(provider, g => g.ToOn = 20260531), mine, declared)).Refusal?.Code);
        Assert.Equal("reconciliation.file_not_zip", (await county.Details(ReconciliationCounty.Group(provider), await county.Stored(provider, [1, 2, 3]), declared)).Refusal?.Code);
    }

    [Fact]
    public async Task ProviderWithoutRows_LearnsWhatItLacks()
    {
        await county.Settled(provider, county.Row(1_000) with { ClearingType = "21" }, county.Row(10) with { ClearingType = "41" });
        var reply = (await county.Compared(provider)).Value;
        Assert.Equal((ComparisonResult.CentreMore, 2), (reply.Result, reply.CentreMore));
        Assert.Equal(["2102", "2304"], (await Rows(reply)).Select(r => r.Memo[^4..]).Order());
    }

    [Fact]
    public async Task HundredThousandRows_AreComparedAsASet()
    {
        const int Count = 100_000;
        await using (var insert = county.Node.Database.CreateCommand($"""
            INSERT INTO claim (setl_id, seq, idx, mdtrt_id, psn_no, fixmedins_code, provider_county, insutype, med_type, clearing_type, policy_on, settled_at, is_stay, message_id, reverses_setl_id, total_fen,
                full_self_pay_fen, over_limit_fen, first_pay_fen, in_scope_fen, deductible_fen, basic_fund_fen, civil_servant_fen, enterprise_fen, critical_illness_fen, large_sum_fen, assistance_fen, other_funds_fen,
                fund_total_fen, hospital_share_fen, person_share_fen, account_fen, cash_fen, doc)
            SELECT '{county.County}S9' || lpad(i::text, 11, '0'), 0, 0, 'M' || i, 'P' || i % 9000, '{provider}', '{county.County}', '390', '11', '11', '2026-06-30', '2026-06-15T01:00:00Z'::timestamptz + i * interval '1 second', false, 'G' || i, NULL, i,
                0, 0, 0, i, 0, i / 2, 0, 0, 0, 0, 0, 0, i / 2, 0, i - i / 2, 0, i - i / 2, '' FROM generate_series(1, {Count}) AS i
            """)) await insert.ExecuteNonQueryAsync();
        // The provider lacks every thousandth, has every 777th one fen dearer, and one that we lack.
        OurRow Ours(int i) => new($"{county.County}S9{i:D11}", i, i / 2);
        var rows = Enumerable.Range(1, Count).Where(i => i % 1_000 != 0).Select(i => i % 777 == 0 ? Ours(i) with { TotalFen = i + 1 } : Ours(i)).Append(Ours(Count + 1)).ToArray();
        var lines = rows.Select(r => $"{r.SetlId}\tnull\tnull\t{new Fen(r.TotalFen)}\t{new Fen(r.FundFen)}\tnull\tnull\n");
        var reply = (await county.Details(ReconciliationCounty.Group(provider), await county.Stored(provider, ReconciliationCounty.Zip(string.Concat(lines))), ReconciliationCounty.Declared(rows))).Value;
        var different = Enumerable.Range(1, Count).Count(i => i % 777 == 0 && i % 1_000 != 0);
        Assert.Equal((ComparisonResult.CentreMore, Count - 100 - different, 100, 1, different), (reply.Result, reply.Equal, reply.CentreMore, reply.ProviderMore, reply.Different));
        var result = await county.Result(provider, reply);
        Assert.Equal(Count + 1, result.Count);
        Assert.All(result.Take(100 + different + 1), r => Assert.NotEqual("0", r[4]));
    }
}
