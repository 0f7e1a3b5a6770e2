using MedInsure.Kernel;

namespace MedInsure.Local.Tests.Year;

/// <summary>
/// The employees' year 2020: declared by their employers, billed and paid month by month, with raises in July, some who leave after June, and wages of April to June that turn out wrong
/// in October. Whatever the order of these, the year's bills come to what the wages as they are in the end would have been billed.
/// </summary>
public sealed class EmployeeYear(CountyHost host, GeneratedStaff staff, TextWriter log)
{
    private const int CallsAtOnce = 8;

    private readonly string billing = $"/billing/{host.County}", enrolment = $"/enrolment/{host.County}";
    private readonly List<GeneratedEmployee> employees = [.. staff.Employees()];

    public async Task Enrol()
    {
        await host.Import("/import/employers", staff.WriteEmployers);
        await host.Import("/import/persons", staff.WritePersons);
    }

    /// <summary>Everybody starts in January.</summary>
    public async Task Declare()
    {
        await Send("start", e => $"start,202001,,{new Fen(e.WageFen)},{(e.Maternity ? 1 : 0)},");
        log.WriteLine($"{employees.Count:N0} employees of {staff.Employers().Count():N0} employers declared");
    }

    /// <summary>Bills a month of 2020 and pays every bill in it.</summary>
    public async Task Month(int month)
    {
        host.Today = new DateOnly(2020, month, 10);
        if (month == 7) await Send("raise", e => e.RaiseFen > 0 ? $"wage,202007,,{new Fen(e.RaiseFen)},0," : null);
        if (month == 7) await Send("leave", e => e.StopsAfter > 0 ? $"stop,,{e.StopsAfter},,0,已离职" : null);
        if (month == 10) await Send("correct", e => e.CorrectedFen > 0 ? $"wage,202004,202006,{new Fen(e.CorrectedFen)},0,工资申报有误" : null);
        await host.Until(async () => await host.Sql<long>("enrollment", "SELECT count(*) FROM outbox") == 0
            && await host.Sql<long>("enrollment", "SELECT coalesce(sum(version), 0)::bigint FROM employment") == await host.Sql<long>("billing", "SELECT coalesce(sum(version), 0)::bigint FROM employment"), "billing knows all employments");
        var run = await host.Post($"{billing}/bill-runs", new { request_key = $"bills {month}", insutype = "310", month = 202000 + month, started_by = "王经办", reason = "月度征缴" });
        await host.Until(async () => (await host.Get($"{billing}/bill-runs/{run.GetProperty("run_no").GetInt64()}")).GetProperty("state").GetString() == "done", "the month is billed");
        var bills = new List<(long BillNo, string Payer, long Fen)>();
        await using (var command = host.Database("billing").CreateCommand("SELECT bill_no, payer_no, amount_fen FROM bill WHERE settlement_no IS NULL AND amount_fen > 0"))
        await using (var reader = await command.ExecuteReaderAsync())
            while (await reader.ReadAsync()) bills.Add((reader.GetInt64(0), reader.GetString(1), reader.GetInt64(2)));
        await Parallel.ForEachAsync(bills.GroupBy(b => b.Payer), new ParallelOptions { MaxDegreeOfParallelism = CallsAtOnce }, async (owed, _) =>
            await host.Post($"{billing}/bill-payments", new { channel = "bank-icbc", reference = $"EB{month:D2} {owed.Key}", payer_no = owed.Key, amount = new Fen(owed.Sum(b => b.Fen)).ToString(), value_date = $"2020-{month:D2}-10", recorded_by = "孙出纳" }));
        log.WriteLine($"2020-{month:D2} billed and paid, {bills.Count:N0} bills, {new Fen(bills.Sum(b => b.Fen))}");
    }

    private async Task Send(string act, Func<GeneratedEmployee, string?> row)
    {
        foreach (var employer in employees.GroupBy(e => e.EmployerNo))
        {
            var file = GeneratedStaff.Declaration(employer, row);
            var rows = file.Count(c => c == '\n') - 1;
            if (rows == 0) continue;
            var result = await host.Import($"{enrolment}/employers/{employer.Key}/declarations?request_key={act}-{employer.Key}&by=单位经办", writer => writer.Write(file));
            Assert.Equal((rows, 0), (result.GetProperty("accepted").GetInt64(), result.GetProperty("rejected").GetInt64()));
        }
    }

    public async Task<MonthDue> Totals()
    {
        var due = new MonthDue();
        foreach (var e in employees)
            for (var month = 202001; month <= 202012; month++) due += MonthDue.Of(e.WageOf(month), e.Maternity);
        await using (var command = host.Database("billing").CreateCommand("SELECT sum(employer_fen)::bigint, sum(employee_fen)::bigint, sum(maternity_fen)::bigint, sum(late_charge_fen)::bigint, count(*) FILTER (WHERE settlement_no IS NULL) FROM bill WHERE insutype = '310'"))
        await using (var reader = await command.ExecuteReaderAsync())
        {
            await reader.ReadAsync();
            Assert.Equal((due.Employer, due.Employee, due.Maternity, 0L, 0L), (reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3), reader.GetInt64(4)));
        }
        Assert.Equal("", await host.Sql<string>("billing", "SELECT coalesce(string_agg(what || ' says ' || said_fen || ', found ' || found_fen, '; '), '') FROM bill_difference"));
        Assert.Equal(due.Account, await host.Sql<long>("billing", "SELECT sum(amount_fen)::bigint FROM account_entry WHERE kind IN ('credit', 'correction')"));
        await host.Until(async () => await host.Sql<long>("settlement", "SELECT coalesce(sum(total_fen), 0)::bigint FROM account_credit") == due.Account, "settlement knows what the accounts hold");
        Assert.Equal(employees.Count, await host.Sql<long>("enrollment", "SELECT count(*) FROM coverage WHERE insutype = '310' AND DATE '2020-06-30' BETWEEN from_on AND coalesce(to_on, DATE '9999-12-31')"));
        Assert.Equal(employees.Count(e => e.StopsAfter == 0), await host.Sql<long>("enrollment", "SELECT count(*) FROM coverage WHERE insutype = '310' AND DATE '2020-07-01' BETWEEN from_on AND coalesce(to_on, DATE '9999-12-31')"));
        log.WriteLine($"employees: employers {new Fen(due.Employer + due.Maternity)}, employees {new Fen(due.Employee)}, to accounts {new Fen(due.Account)}");
        return due;
    }
}
