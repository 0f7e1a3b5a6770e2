using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Ledger;
using MedInsure.Settlement.ProviderStatements;
using MedInsure.Settlement.Runs;
using MedInsure.Settlement.Tests.Ledger;
using Npgsql;

namespace MedInsure.Settlement.Tests.ProviderStatements;

/// <summary>A provider and its agency, in one county whose June 2026 is being claimed.</summary>
internal sealed class StatementDesk(SettlementNode node)
{
    public const int June = 202606;
    public const string Receiver = "赵受理", First = "王初审", Second = "李复核", Approver = "陈审批", Payer = "周财务";

    private int lastRequest, lastPerson, lastForeign;

    public SettlementNode Node => node;
    public LedgerDesk Ledger { get; } = new(node);
    public RunPlace Place => new(node.Journal, node.Database);
    public ChinaCalendar Calendar => new(node.Time);
    public string Hospital => node.Hospital("3");
    public string County => node.Tenant.Code;

    public string NewRequest() => $"R{Interlocked.Increment(ref lastRequest):D6}";

    public async Task<string> Person(string insutype = "390", string psnType = "1501", long accountFen = 0)
    {
        var psnNo = $"P{County}{Interlocked.Increment(ref lastPerson):D6}";
        await node.AddPerson(psnNo, insutype, psnType, accountFen);
        return psnNo;
    }

    /// <summary>One bill of a new person's, of the first of June, settled at the clock's time.</summary>
    public async Task<Settlement.Journal.Committed> Bill(long fen, string medType = "11", string level = "3", string? psnNo = null) => await node.Settled(await node.Visit(psnNo ?? await Person(), fen, medType, level));

    /// <summary>What another county tells of a person of its own, as the mirror books it: half from the pool, half cash.</summary>
    public async Task Foreign(long fen, string clearingType = "21", int day = 20, string homeCounty = "230999", string? provider = null, int month = 6)
    {
        var no = Interlocked.Increment(ref lastForeign);
        var (setlId, fund) = ($"{homeCounty}S{no:D12}", fen / 2);
        await using var connection = await node.Database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var head = await LedgerHead.Lock(connection, transaction, default);
        var today = head.OpenDay(Calendar.Today);
        head = await PostVouchers.Run(connection, transaction, County, head,
        [
            (new Voucher("mirror", setlId, today, 0, "", [], [new(new(LedgerPurposes.CountyReceivable, "390100", County, homeCounty), fund), new(new(SettlementEntries.ProviderPayable, "390100", County, provider ?? Hospital), -fund)]), today),
        ], default);
        await using var insert = new NpgsqlCommand("""
            INSERT INTO off_county_claim (home_county, pair_no, setl_id, mdtrt_id, psn_no, fixmedins_code, insutype, med_type, clearing_type, settled_at, is_stay, begin_on, end_on, message_id, reverses_setl_id,
              total_fen, full_self_pay_fen, in_scope_fen, fund_total_fen, hospital_share_fen, person_share_fen, account_fen, family_account_fen, cash_fen, disease_code, diagnosis_code, operation_code, fund, fund_fen, voucher_no)
            VALUES ($1, $2, $3, 'M' || $3, 'P' || $3, $4, '390', '21', $5, $6, true, '2026-06-01', '2026-06-10', 'X' || $3, NULL, $7, 0, $7, $8, 0, $9, 0, 0, $9, '', 'I10', '', ARRAY['390100'], ARRAY[$8], $10)
            """, connection, transaction)
        {
            Parameters =
            {
                new() { Value = homeCounty }, new() { Value = (long)no }, new() { Value = setlId }, new() { Value = provider ?? Hospital }, new() { Value = clearingType },
                new() { Value = new DateTimeOffset(2026, month, day, 10, 0, 0, ChinaCalendar.Offset).UtcDateTime }, new() { Value = fen }, new() { Value = fund }, new() { Value = fen - fund }, new() { Value = head.VoucherNo },
            },
        };
        await insert.ExecuteNonQueryAsync();
        await transaction.CommitAsync();
    }

    /// <summary>What the hospital has in its books, as the platform's tables have it: a hospital without mistakes.</summary>
    public async Task<ApplyForStatementRequest> Books(string clrType, int month = June, string? provider = null, int begin = 0)
    {
        await node.Projected();
        var request = new ApplyForStatementRequest { FixmedinsCode = provider ?? Hospital, RequestNo = NewRequest(), ClrType = clrType, Month = month, BeginOn = begin };
        await using var command = node.Database.CreateCommand("""
            SELECT count(*) FILTER (WHERE reverses_setl_id IS NULL) - count(*) FILTER (WHERE reverses_setl_id IS NOT NULL), coalesce(sum(total_fen), 0)::bigint, coalesce(sum(fund_total_fen), 0)::bigint,
              coalesce(sum(cash_fen), 0)::bigint, coalesce(sum(account_fen), 0)::bigint
            FROM provider_claim WHERE fixmedins_code = $1 AND clearing_type = $2 AND to_char(settled_at AT TIME ZONE 'Asia/Shanghai', 'YYYYMMDD')::int BETWEEN $3 AND $4
            """);
        foreach (var value in (object[])[request.FixmedinsCode, clrType, begin > 0 ? begin : month * 100 + 1, month * 100 + 31]) command.Parameters.Add(new NpgsqlParameter { Value = value });
        await using var reader = await command.ExecuteReaderAsync();
        await reader.ReadAsync();
        (request.PersonTimes, request.TotalFen, request.FundTotalFen, request.CashFen, request.AccountFen) = (reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3), reader.GetInt64(4));
        return request;
    }

    public Task<Outcome<StatementApplication>> Apply(ApplyForStatementRequest request) => ApplyForStatement.Run(Place, request, Calendar, default);

    public async Task<StatementApplication> Applied(string clrType, int month = June, string? provider = null, int begin = 0) => LedgerDesk.Value(await Apply(await Books(clrType, month, provider, begin)));

    public Task<Outcome<StatementApplication>> Withdraw(string applicationNo, string reason = "数据有误", string? provider = null) =>
        WithdrawStatementApplication.Run(Place, new WithdrawStatementApplicationRequest { FixmedinsCode = provider ?? Hospital, ClrAppyEvtId = applicationNo, Reason = reason }, Calendar, default);

    public async Task<StatementApplication> Shown(string applicationNo) =>
        LedgerDesk.Value(await GetStatementApplication.Query(Place, new GetStatementApplicationRequest { FixmedinsCode = Hospital, ClrAppyEvtId = applicationNo }, default));
}
