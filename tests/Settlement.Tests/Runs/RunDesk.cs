using System.Text.Json;
using MedInsure.Kernel;
using MedInsure.Settlement.Journal;
using MedInsure.Settlement.PersonPayments;
using MedInsure.Settlement.Runs;
using MedInsure.Settlement.YearEnd;
using Microsoft.Extensions.Logging.Abstractions;

namespace MedInsure.Settlement.Tests.Runs;

/// <summary>An agency that makes runs in one county under Yongding's pack, with a worker that works when it is told.</summary>
internal sealed class RunDesk(SettlementNode node)
{
    public const string Starter = "王经办", Approver = "李审批", Payer = "赵出纳";
    private static int lastRequest;

    public SettlementNode Node => node;
    public IReadOnlyList<IRunKind> Kinds { get; } = [new YearEndRun()];
    public RunPlace Place => new(node.Journal, node.Database);
    public RunWork Work => new(Kinds, node.Time, NullLogger<RunWork>.Instance);

    /// <summary>A settled stay of this total in one bill at a hospital of level 2: secondary compensation from 20,000.</summary>
    public async Task<Committed> Stay(string psnNo, long fen) => await node.Settled(await node.Visit(psnNo, fen, "21", "2", "380"));

    public async Task<Committed> Reversed(Committed stay) => await node.Reversed(stay, "2");

    public static JsonElement Terms(int year = 2026, string insutype = "380", string rule = "secondary") => JsonSerializer.SerializeToElement(new { insutype, year, rule });

    public static StartRun.Order Order(JsonElement? terms = null, string? requestNo = null) =>
        new(requestNo ?? $"Q{Interlocked.Increment(ref lastRequest)}", "year_end", terms ?? Terms(), "2026年度二次补助", Starter);

    public Task<Outcome<BenefitRun>> Start(StartRun.Order order) => StartRun.Execute(Place, Kinds, order, node.Time.GetUtcNow(), default);

    public async Task<BenefitRun> Started(JsonElement? terms = null) => Value(await Start(Order(terms)));

    public async Task<BenefitRun> Previewed(JsonElement? terms = null)
    {
        var run = await Started(terms);
        await Worked();
        run = await Now(run);
        Assert.Equal(("previewed", 0), (run.State, run.Failed));
        return run;
    }

    public Task<Outcome<BenefitRun>> Approve(BenefitRun run, string approver = Approver, decimal? amount = null) =>
        ApproveRun.Execute(Place, run.Number, new ApproveRun.Approval(approver, amount ?? Yuan.Of(run.PreviewFen)), node.Time.GetUtcNow(), default);

    /// <summary>A run from its start to its last booking.</summary>
    public async Task<BenefitRun> Booked(JsonElement? terms = null)
    {
        var run = Value(await Approve(await Previewed(terms)));
        await Worked();
        run = await Now(run);
        Assert.Equal(("booked", 0), (run.State, run.Failed));
        await node.Projected();
        return run;
    }

    /// <summary>Until there is nothing left to do; a state that changed needs one more look.</summary>
    public async Task Worked()
    {
        for (var idle = 0; idle < 2;) idle = await Work.Round(Place, default) ? 0 : idle + 1;
    }

    public async Task<BenefitRun> Now(BenefitRun run) => (await BenefitRun.Find(node.Database, "number", run.Number, default))!;

    public async Task<IReadOnlyList<ListRunPersons.Row>> Persons(BenefitRun run, string? state = null) => Value(await ListRunPersons.Query(Place, run.Number, state, null, 0, 1_000, default)).Persons;

    /// <summary>What is booked for a person, one row after the other.</summary>
    public async Task<IReadOnlyList<long>> Benefits(string psnNo)
    {
        await using var command = node.Database.CreateCommand("SELECT amount_fen FROM person_benefit WHERE psn_no = $1 ORDER BY benefit_no");
        command.Parameters.Add(new Npgsql.NpgsqlParameter<string> { TypedValue = psnNo });
        await using var reader = await command.ExecuteReaderAsync();
        var amounts = new List<long>();
        while (await reader.ReadAsync()) amounts.Add(reader.GetInt64(0));
        return amounts;
    }

    public async Task<long> Count(string sql)
    {
        await using var command = node.Database.CreateCommand(sql);
        return (long)(await command.ExecuteScalarAsync())!;
    }

    // ---- lists

    public Task<Outcome<PaymentList>> Prepare(string? requestNo = null) =>
        PreparePaymentList.Execute(Place, new PreparePaymentList.Order(requestNo ?? $"L{Interlocked.Increment(ref lastRequest)}", Starter), node.Time.GetUtcNow(), default);

    public async Task<PaymentList> Prepared() => Value(await Prepare());

    public Task<Outcome<PaymentList>> Approve(PaymentList list, string approver = Approver) =>
        ApprovePaymentList.Execute(Place, list.Number, new ApprovePaymentList.Approval(approver, Yuan.Of(list.AmountFen)), node.Time.GetUtcNow(), default);

    public Task<Outcome<PaymentList>> Pay(PaymentList list, string payer = Payer, string? reference = null, decimal? amount = null, string paidOn = "2026-06-30") =>
        RecordListPayment.Execute(Place, list.Number, new RecordListPayment.Payment(payer, amount ?? Yuan.Of(list.AmountFen), paidOn, reference ?? $"B{list.Number}"), new ChinaCalendar(node.Time), default);

    public Task<Outcome<PaymentList>> Withdraw(PaymentList list, string by = Starter) =>
        WithdrawPaymentList.Execute(Place, list.Number, new WithdrawPaymentList.Withdrawal(by, "账户信息有误"), node.Time.GetUtcNow(), default);

    public async Task<PaymentList> Paid()
    {
        var list = await Prepared();
        Value(await Approve(list));
        return Value(await Pay(list));
    }

    public async Task<IReadOnlyList<ListPaymentPersons.Row>> On(PaymentList list) => Value(await ListPaymentPersons.Query(Place, list.Number, 0, 1_000, default)).Persons;
    public async Task<ListOpenPayments.Page> Open() => Value(await ListOpenPayments.Query(Place, 0, 1_000, default));

    public static T Value<T>(Outcome<T> outcome)
    {
        Assert.Null(outcome.Refusal);
        return outcome.Value;
    }
}
