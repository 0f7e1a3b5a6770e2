using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json;
using MedInsure.Events;
using MedInsure.Hosting.Rpc;
using MedInsure.Protos.Settlement.V1;

namespace MedInsure.Local.Tests.CityYear;

/// <summary>The counties' agencies and their bank: what is agreed with providers, their claims of a month from the application to the money, deposits and the year's settlement.</summary>
internal sealed class CityDesks(CityHost host, CityBooks books, IReadOnlyList<AgreedYear> agreed)
{
    public const string First = "王经办", Second = "李复核", Third = "陈审批", Payer = "周财务";

    /// <summary>In fen: what the bank carried out, by provider; what the county received, of it for personal accounts.</summary>
    public ConcurrentDictionary<string, long> Paid { get; } = new();
    public ConcurrentDictionary<string, (long Fen, long AccountFen)> Received { get; } = new();
    public int Statements => statements;

    private int statements, incomes;

    public static long Fen(JsonElement yuan) => decimal.ToInt64(yuan.GetDecimal() * 100);

    private string Today => host.Today.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    public Task OfAll(Func<string, Task> county) => Parallel.ForEachAsync(host.Counties, new ParallelOptions { MaxDegreeOfParallelism = 6 }, (c, _) => new ValueTask(county(c)));

    private static string[] ProvidersOf(string county) => [CityBills.Hospital(county), CityBills.Township(county), CityBills.Pharmacy(county)];

    /// <summary>With a deposit: hospitals that no yearly amount was agreed with.</summary>
    public bool HasDeposit(string provider) => provider[0] == 'H' && !agreed.Any(a => a.Provider == provider);

    public Task Agree(int year) => OfAll(async county =>
    {
        foreach (var provider in ProvidersOf(county))
        {
            await host.Post($"/provider-payments/{county}/accounts", new { request_no = $"A{provider}", fixmedins_code = provider, account_name = $"{provider}财务科", bank_name = "工商银行", account_no = $"6222{provider[1..]}", prepared_by = First, approver = Second });
            if (HasDeposit(provider))
                await host.Post($"/provider-payments/{county}/deposit-rates", new { request_no = $"D{provider}", fixmedins_code = provider, from_month = year * 100 + 1, rate = CityBooks.DepositBp / 100, prepared_by = First, approver = Second });
        }
        foreach (var a in agreed.Where(a => a.County == county))
        {
            var hospital = a.Provider[0] == 'H';
            // Of a hospital the mean of two years' spending without growth; of a township heads × 50 (Rz, seed-facts.md section 3).
            object terms = hospital
                ? new { year_before_last = a.BudgetFen / 100m, last_year = a.BudgetFen / 100m, growth = 0, surplus_share = a.SurplusBp / 10_000m, overspend_share = a.OverspendBp / 10_000m }
                : new { heads = a.BudgetFen / 50_00, per_head = 50, overspend_borne = (10_000 - a.OverspendBp) / 10_000m, surplus_paid = a.SurplusBp / 10_000m };
            var term = await host.Post($"/payment-terms/{county}", new
            {
                request_no = $"T{a.Provider}", method = hospital ? "global_budget" : "township_outpatient", insutype = a.Fund[..3], fund = a.Fund, providers = new[] { a.Provider }, from_month = year * 100 + 1, to_month = year * 100 + 12,
                agreement_no = $"XY-{a.Provider}", terms, drafted_by = First,
            });
            await host.Post($"/payment-terms/{county}/{term.GetProperty("term_no").GetString()}/approval", new { approver = Second });
        }
    });

    /// <summary>A month's contributions as billing tells of them.</summary>
    public async Task Receive(Random random)
    {
        var number = ++incomes * 2;
        foreach (var county in host.Counties)
        {
            var (pool, employee, account) = (random.NextInt64(30_000_00, 60_000_00), random.NextInt64(20_000_00, 40_000_00), random.NextInt64(1_000_00, 5_000_00));
            var (day, period) = (host.Today.Year * 10_000 + host.Today.Month * 100 + host.Today.Day, host.Today.Year * 100 + host.Today.Month);
            await host.Receive(county,
                new IncomeReceived(number - 1, "personal", "390", host.Today.Year, pool, 0, day, "counter", "", number - 1, $"C{number}"),
                new IncomeReceived(number, "employer", "310", period, employee + account, account, day, "bank-icbc", "E1", number, $"B{number}"));
            Received.AddOrUpdate(county, (pool + employee + account, account), (_, before) => (before.Fen + pool + employee + account, before.AccountFen + account));
        }
    }

    /// <summary>All providers that claim for a month: those with a deposit or a yearly amount every month, the others a quarter at its end.</summary>
    public Task Claims(int month) => OfAll(async county =>
    {
        foreach (var provider in ProvidersOf(county))
        {
            var monthly = provider[0] == 'H' || agreed.Any(a => a.Provider == provider);
            if (!monthly && month % 100 % 3 != 0) continue;
            var first = monthly ? month : month - 2;
            foreach (var kind in books.Of(provider, first, month).GroupBy(b => b.Kind))
            {
                var applying = new ApplyForStatementRequest
                {
                    FixmedinsCode = provider, RequestNo = $"{provider}{month}{kind.Key}", ClrType = kind.Key, Month = month, BeginOn = first == month ? 0 : first * 100 + 1,
                    PersonTimes = kind.Sum(b => b.Times), TotalFen = kind.Sum(b => b.TotalFen), FundTotalFen = kind.Sum(b => b.FundFen), CashFen = kind.Sum(b => b.CashFen), AccountFen = kind.Sum(b => b.AccountFen),
                };
                var application = await host.Client.ApplyForStatementAsync(applying, CallTenant.For(county));
                Assert.Equal(("10", kind.Count()), (application.ClrStas, application.RowCount));
            }
        }
        var accepted = await host.Post($"/provider-statements/{county}/acceptances", new { month, accepted_by = "赵受理" });
        Assert.Empty(accepted.GetProperty("not_accepted").EnumerateArray());
        foreach (var statement in accepted.GetProperty("statements").EnumerateArray()) await Review(county, statement, month);
        await Pay(county, $"{month}", returnsFirst: host.Counties.ToList().IndexOf(county) % 4 == month % 4);
    });

    private async Task Review(string county, JsonElement statement, int month)
    {
        var (no, provider) = (statement.GetProperty("statement_no").GetString()!, statement.GetProperty("fixmedins_code").GetString()!);
        var of = $"/provider-statements/{county}/{no}";
        await host.Post($"{of}/review", new { reviewer = First });
        // An inspection's finding at half of the townships, once.
        if (month % 100 == 6 && provider[0] == 'C' && provider[6] % 2 == 0 && !agreed.Any(a => a.Provider == provider) && CityBooks.Funds(books.Of(provider, month - 2, month)) is var funds
            && funds.Values.All(fen => fen > 0) && funds.Any(f => f.Key != CityBooks.AccountFund && f.Value > 2_00))
        {
            await host.Post($"/provider-statements/{county}/deductions", new { request_no = $"K{no}", statement_no = no, kind = "inspection", amount = 1.23m, reason = "病历不符", evidence = "JC-1", setl_ids = Array.Empty<string>(), entered_by = First });
            lock (books.Deducted) books.Deducted[provider] = books.Deducted.GetValueOrDefault(provider) + 123;
        }
        var payable = (await host.Post($"{of}/first-review", new { reviewer = First })).GetProperty("payable").GetDecimal();
        await host.Post($"{of}/second-review", new { reviewer = Second, payable });
        await host.Post($"{of}/approval", new { approver = Third, payable });
        Interlocked.Increment(ref statements);
    }

    /// <summary>All that is payable goes to the bank, which pays; sometimes it first returns a payment, which is then paid by another file.</summary>
    private async Task Pay(string county, string requestNo, bool returnsFirst)
    {
        var payments = $"/provider-payments/{county}";
        for (var file = 1; (await host.Get($"{payments}/payable")).GetProperty("payable").GetArrayLength() > 0; file++)
        {
            Assert.True(file <= 2, $"{county}: still payable after a second file");
            var made = await host.Post($"{payments}/files", new { request_no = $"F{requestNo}-{file}", prepared_by = Payer });
            var lines = Encoding.UTF8.GetString(await host.Bytes($"{payments}/files/{made.GetProperty("file_no").GetString()}/csv")).TrimStart('\uFEFF').Split("\r\n", StringSplitOptions.RemoveEmptyEntries)[1..].Select(l => l.Split(',')).ToList();
            var back = new StringBuilder("付款编号,金额（元）,结果,日期,银行流水号,原因\n");
            foreach (var (n, (no, provider, amount)) in lines.Select(l => (l[0], l[1], l[^2])).Index())
                if (returnsFirst && file == 1 && n == 0) back.Append(CultureInfo.InvariantCulture, $"{no},{amount},退回,{Today},,账户冻结\n");
                else
                {
                    back.Append(CultureInfo.InvariantCulture, $"{no},{amount},成功,{Today},BK{no},\n");
                    var fen = decimal.ToInt64(decimal.Parse(amount, CultureInfo.InvariantCulture) * 100);
                    Paid.AddOrUpdate(provider, fen, (_, before) => before + fen);
                }
            var answer = await host.Post($"{payments}/returns", new { recorded_by = Second, content = back.ToString() });
            Assert.Equal((0, lines.Count), (answer.GetProperty("open").GetInt32(), answer.GetProperty("paid").GetInt32() + answer.GetProperty("returned").GetInt32()));
        }
    }

    /// <summary>After the year: the settlement of yearly amounts, and the deposits by score.</summary>
    public Task SettleYear(int year) => OfAll(async county =>
    {
        foreach (var a in agreed.Where(a => a.County == county))
        {
            var accepted = await host.Post($"/provider-statements/{county}/acceptances", new { month = year * 100 + 13, fixmedins_code = a.Provider, accepted_by = "赵受理" });
            foreach (var statement in accepted.GetProperty("statements").EnumerateArray()) await Review(county, statement, year * 100 + 13);
        }
        foreach (var provider in ProvidersOf(county).Where(HasDeposit))
        {
            var (_, back) = books.Deposits(provider, year);
            var given = await host.Post($"/provider-payments/{county}/deposit-returns", new { request_no = $"G{provider}", fixmedins_code = provider, year, score = CityBooks.Score, prepared_by = First, approver = Second });
            Assert.Equal(back, Fen(given.GetProperty("back")));
        }
        await Pay(county, $"{year}", returnsFirst: false);
    });

    /// <summary>What a provider is to have had for the year, by its bills and what was agreed.</summary>
    public long Due(string provider, int year)
    {
        var bills = books.Of(provider, year * 100 + 1, year * 100 + 12).ToList();
        var due = CityBooks.Funds(bills).Values.Sum() - books.Deducted.GetValueOrDefault(provider);
        if (HasDeposit(provider))
        {
            var (withheld, back) = books.Deposits(provider, year);
            due += back - withheld;
        }
        foreach (var a in agreed.Where(a => a.Provider == provider))
        {
            var settled = CityBooks.Funds(bills).GetValueOrDefault(a.Fund);
            due += a.Due(settled) - settled;
        }
        return due;
    }

    /// <summary>Everybody closes yesterday.</summary>
    public async Task Close()
    {
        var day = host.Today.AddDays(-1).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        await OfAll(county => host.Post($"/ledger/{county}/closings", new { day, closed_by = Payer }));
        await host.Post($"/ledger/{host.City}/closings", new { day, closed_by = Payer });
    }

    /// <summary>Every account's balance that is not zero, in fen; debit positive.</summary>
    public async Task<Dictionary<(string Purpose, string Fund, string Counterparty), long>> Balances(string tenant) => (await host.Get($"/ledger/{tenant}")).GetProperty("balances").EnumerateArray()
        .Select(b => (Key: (b.GetProperty("purpose").GetString()!, b.GetProperty("fund").GetString()!, b.GetProperty("counterparty").GetString()!), Fen: Fen(b.GetProperty("balance")))).Where(b => b.Fen != 0).ToDictionary(b => b.Key, b => b.Fen);
}
