using System.IO.Pipelines;
using MedInsure.Events;
using MedInsure.Hosting.Messaging;
using MedInsure.Hosting.Tenancy;
using MedInsure.Kernel;
using MedInsure.Settlement.Journal;
using MedInsure.Settlement.Ledger;
using MedInsure.Settlement.Runs;

namespace MedInsure.Settlement.Tests.Ledger;

/// <summary>An agency that keeps one county's ledger.</summary>
internal sealed class LedgerDesk(SettlementNode node)
{
    public const string First = "王经办", Second = "李复核";

    public SettlementNode Node => node;
    public RunPlace Place => new(node.Journal, node.Database);
    public ChinaCalendar Calendar => new(node.Time);

    public static IncomeReceived Income(long no, string source, long fen, long accountFen = 0, string insutype = "390", string channel = "counter", string payer = "", int valueOn = 2026_06_29, int period = 2026) =>
        new(no, source, source == "suspense" ? "" : insutype, source == "suspense" ? 0 : period, fen, accountFen, valueOn, channel, payer, 1, "R1");

    public async Task Hear(params IncomeReceived[] incomes)
    {
        await using var connection = await node.Database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await new IncomeReceivedHandler(Calendar).Handle(new EventContext(node.Tenant, node.Tenant.Code, connection, transaction), incomes, default);
        await transaction.CommitAsync();
    }

    public void SetDay(int month, int day, int hour = 12) => ((SetTime)node.Time).Now = new DateTimeOffset(2026, month, day, hour, 0, 0, ChinaCalendar.Offset);

    public Task<Outcome<VoucherRow>> Close(string day, string by = First) => CloseDay.Execute(Place, new CloseDay.Order(day, by), Calendar, default);

    public async Task<DayClose> Closed(string day) => Value(await Close(day)).Voucher.Close!;

    public Task<Outcome<VoucherRow>> Book(BookVoucher.Order order) => BookVoucher.Execute(Place, order, Calendar, default);

    public static BookVoucher.Order Order(string no = "Q1", decimal debit = 10, decimal credit = 10, string effectiveOn = "2026-06-30", string? bookedOn = null) =>
        new(no, effectiveOn, bookedOn, "拨入支出户", [new("expenditure_account", "390100", "", debit, null), new("fiscal_account", "390100", "", null, credit)], First, Second);

    public async Task<byte[]> Export()
    {
        using var file = new MemoryStream();
        var to = PipeWriter.Create(file);
        await ExportLedger.Write(node.Database, node.Tenant.Code, to, default);
        await to.CompleteAsync();
        return file.ToArray();
    }

    /// <summary>Of an export, as somebody does who has nothing else.</summary>
    public static async Task<LedgerReport> Verify(byte[] export) => await VerifyLedger.Read(new MemoryStream(export), default);

    /// <summary>All that the nightly job checks.</summary>
    public async Task<IReadOnlyList<string>> Findings() => (await VerifyJournal.Run(node.Database, node.Tenant, node.Policies, default)).Findings;

    /// <summary>As somebody who may change everything.</summary>
    public async Task Tamper(string sql) => Assert.NotEqual(0, await node.Tamper(sql));

    public async Task<List<string>> Rows(string sql)
    {
        await using var command = node.Database.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<string>();
        while (await reader.ReadAsync()) rows.Add(reader.GetString(0));
        return rows;
    }

    public static T Value<T>(Outcome<T> outcome)
    {
        Assert.True(outcome.Refusal is null, outcome.Refusal?.Code);
        return outcome.Value;
    }

    /// <summary>purpose/fund/counterparty: opening +debit -credit = closing.</summary>
    public static string Text(AccountBalance b) => $"{b.Account.Purpose}/{b.Account.Fund}/{b.Account.Counterparty}: {b.OpeningFen} +{b.DebitFen} -{b.CreditFen} = {b.ClosingFen}";
}
