using MedInsure.Events;
using static MedInsure.Billing.Tests.Bills.BillingSteps;

namespace MedInsure.Billing.Tests.Bills;

/// <summary>
/// Harbin's employees (000_55dbde39a5535a1d.txt: employer 6 %, employee 2 %, average wage of the year before): a month's average wage is 56,000 / 12 = 4,666.67, the base's floor 60 % =
/// 2,800.00 (2,800.002), its ceiling 300 % = 14,000.01. Maternity 0.5 %; account: all of the employee's part and 30 % of the employer's; late charge 0.05 % a day.
/// </summary>
[Trait("Category", "Golden")]
[Collection("billing")]
public sealed class GoldenBillTests(BillingFixture fixture)
{
    [Fact]
    public async Task Harbin_MonthCorrectionsAndLateCharge_ToTheFen()
    {
        await using var host = await fixture.Start(workers: false);
        await host.Hear(new EmployerChanged("E1", "哈尔滨机器厂", "91230100000000001X", host.County.Code, "firm", 0, 1));
        await host.Hear(Staff(1, "A", "E1", 2_000_00, maternity: true), Staff(2, "B", "E1", 8_000_00), Staff(3, "C", "E1", 20_000_00, maternity: true), Staff(4, "D", "E1", 5_555_55));
        var run = await host.BillMonth(2026_11);
        Assert.Equal((1, 4, "2512.44"), (run.GetProperty("bills").GetInt32(), run.GetProperty("lines").GetInt32(), run.GetProperty("amount").GetString()));
        var bill = (await Ok(host.Get("/bills?payer_no=E1"))).GetProperty("bills")[0];
        // Employer 168.00 + 480.00 + 840.00 + 333.33 = 1,821.33; employee 56.00 + 160.00 + 280.00 + 111.11 = 607.11; maternity 14.00 + 70.00 = 84.00. Together 2,512.44.
        Assert.Equal(("1821.33", "607.11", "84.00", "0.00", "2512.44", "2026-11-30"), (Text(bill, "employer"), Text(bill, "employee"), Text(bill, "maternity"), Text(bill, "late_charge"), Text(bill, "amount"), Text(bill, "due_date")));
        var lines = (await Ok(host.Get($"/bills/{bill.GetProperty("bill_no").GetInt64()}/lines"))).GetProperty("rows").EnumerateArray().Select(l => $"{Text(l, "psn_no")} {Text(l, "base")} {Text(l, "employer")} {Text(l, "employee")} {Text(l, "maternity")} {Text(l, "account")}");
        // Account: 56.00 + 30 % × 168.00 = 50.40; 160.00 + 144.00; 280.00 + 252.00; 111.11 + 30 % × 333.33 = 99.999, half up 100.00.
        Assert.Equal(["A 2800.00 168.00 56.00 14.00 106.40", "B 8000.00 480.00 160.00 0.00 304.00", "C 14000.01 840.00 280.00 70.00 532.00", "D 5555.55 333.33 111.11 0.00 211.11"], lines);

        // One fen too little waits; with it, the bill is settled.
        Assert.Equal("2512.43", Text(await Ok(host.PayBill("E1", 2_512_43, "2026-11-21", "R1")), "suspense"));
        Assert.Equal(0L, await host.Sql<long>("SELECT count(*) FROM account_entry"));
        Assert.Equal("0.01", Text(await Ok(host.PayBill("E1", 1, "2026-11-21", "R2")), "allocated"));
        Assert.Equal("106.40 304.00 532.00 211.11", await host.Sql<string>("SELECT string_agg(to_char(amount_fen / 100.0, 'FM990.00'), ' ' ORDER BY psn_no) FROM account_entry"));
        Assert.Equal("employee 310 202611 60711 60711; employer 310 202611 182133 54640; employer 510 202611 8400 0", await Incomes(host));
        await host.BillsAddUp();

        // December: B had 9,000 since November, and A was gone in October already.
        await host.Hear(Staff(2, "B", "E1", 9_000_00, version: 2), Staff(1, "A", "E1", 2_000_00, to: 2026_10, maternity: true, version: 2));
        host.Today(2026, 12, 5);
        Assert.Equal("2196.44", Text(await host.BillMonth(2026_12), "amount"));
        // December: employer 540.00 + 840.00 + 333.33 = 1,713.33; employee 180.00 + 280.00 + 111.11 = 571.11; maternity 70.00.
        // November's differences: B +60.00 +20.00; A -168.00 -56.00 -14.00. So 1,605.33 + 535.11 + 56.00 = 2,196.44.
        bill = (await Ok(host.Get("/bills?payer_no=E1&month=202612"))).GetProperty("bills")[0];
        Assert.Equal(("1605.33", "535.11", "56.00", "2026-12-31"), (Text(bill, "employer"), Text(bill, "employee"), Text(bill, "maternity"), Text(bill, "due_date")));
        Assert.Equal("202611 -238.00; 202611 80.00", await host.Sql<string>($"SELECT string_agg(month || ' ' || to_char((employer_fen + employee_fen + maternity_fen) / 100.0, 'FM990.00'), '; ' ORDER BY psn_no) FROM bill_line WHERE bill_no = {bill.GetProperty("bill_no").GetInt64()} AND month = 202611"));

        // Paid ten days late: a day costs 2,196.44 × 0.05 % = 1.09822, half up 1.10; ten days 11.00, on January's bill.
        host.Today(2027, 1, 10);
        var state = await Ok(host.Get("/bill-payers/E1"));
        Assert.Equal(("2196.44", "11.00", 1), (Text(state, "open"), Text(state, "accrued_late_charge"), state.GetProperty("late_bills").GetInt32()));
        Assert.EndsWith("E1,哈尔滨机器厂,91230100000000001X,firm,1,202612,10,2196.44,11.00,0.00\n", await host.Http.GetStringAsync(new Uri($"/billing/{host.County.Code}/bill-arrears", UriKind.Relative)), StringComparison.Ordinal);
        await Ok(host.PayBill("E1", 2_196_44, "2027-01-10", "R3"));
        // A's account gives November's 106.40 back; B gets 20.00 + 18.00 for November and 180.00 + 162.00 for December.
        Assert.Equal("A 0.00 B 684.00 C 1064.00 D 422.22", await host.Sql<string>("SELECT string_agg(psn_no || ' ' || to_char(credited_fen / 100.0, 'FM9990.00'), ' ' ORDER BY psn_no) FROM account"));
        Assert.Equal(0L, await host.Sql<long>("SELECT employed_fen FROM contribution_month WHERE psn_no = 'A' AND month = 202611"));
        await host.BillMonth(2027_01);
        bill = (await Ok(host.Get("/bills?payer_no=E1&month=202701"))).GetProperty("bills")[0];
        // 1,713.33 + 571.11 + 70.00 + 11.00.
        Assert.Equal(("11.00", "2365.44"), (Text(bill, "late_charge"), Text(bill, "amount")));
        var charge = (await Ok(host.Get($"/bills/{bill.GetProperty("bill_no").GetInt64()}"))).GetProperty("late_charges")[0];
        Assert.Equal((202612, 10, "11.00"), (charge.GetProperty("of_month").GetInt32(), charge.GetProperty("days").GetInt32(), Text(charge, "amount")));
        await Ok(host.PayBill("E1", 2_365_44, "2027-01-10", "R4"));
        Assert.Equal(11_00L, await host.Sql<long>("SELECT sum(amount_fen)::bigint FROM income WHERE source = 'late_charge'"));
        await host.BillsAddUp();
    }

    /// <summary>The half-year report's county (000_55dbde39a5535a1d.txt): 27,586 employees, of whom 5,432 with maternity, of 300 employers; wages of 3,000 + 10 × (number mod 1,000).</summary>
    [Fact]
    public async Task County27586Employees_AreBilledAndPaid()
    {
        await using var host = await fixture.Start(workers: false);
        await host.Sql<object>("""
            INSERT INTO employer SELECT 'E' || to_char(i, 'FM000'), 1, '单位' || i, '', '', 'firm', NULL FROM generate_series(0, 299) i;
            INSERT INTO employment SELECT i, 1, 'P' || to_char(i, 'FM00000'), 'E' || to_char(i % 300, 'FM000'), '310', 202001, NULL, i <= 5432, '', 0 FROM generate_series(1, 27586) i;
            INSERT INTO employment_wage SELECT i, 202001, 300000 + 1000 * (i % 1000) FROM generate_series(1, 27586) i;
            """);
        long employer = 0, employee = 0, maternity = 0, account = 0;
        for (var i = 1; i <= 27_586; i++)
        {
            // All between floor and ceiling; every amount is whole fen: 6 %, 2 %, 0.5 % of whole tens of yuan.
            var wage = 3_000_00L + 10_00 * (i % 1_000);
            (employer, employee, account) = (employer + wage * 6 / 100, employee + wage * 2 / 100, account + wage * 2 / 100 + wage * 6 * 3 / 1_000);
            if (i <= 5_432) maternity += wage / 200;
        }
        var run = await host.BillMonth(2026_11);
        Assert.Equal((300, 27_586, Yuan(employer + employee + maternity)), (run.GetProperty("bills").GetInt32(), run.GetProperty("lines").GetInt32(), Text(run, "amount")));
        Assert.Equal(0L, (await host.BillMonth(2026_11)).GetProperty("bills").GetInt64()); // who has the month's bill keeps it
        var bills = await host.Sql<string[]>("SELECT array_agg(payer_no || ' ' || amount_fen) FROM bill");
        foreach (var bill in bills) await Ok(host.PayBill(bill.Split(' ')[0], long.Parse(bill.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture), "2026-11-21", bill.Split(' ')[0]));
        Assert.Equal(account, await host.Sql<long>("SELECT sum(credited_fen)::bigint FROM account"));
        Assert.Equal(27_586L, await host.Sql<long>("SELECT count(*) FROM contribution_month WHERE employed_fen > 0"));
        Assert.Equal((employer + maternity, employee), (await host.Sql<long>("SELECT sum(amount_fen)::bigint FROM income WHERE source = 'employer'"), await host.Sql<long>("SELECT sum(amount_fen)::bigint FROM income WHERE source = 'employee'")));
        await host.BillsAddUp();
    }

    private static Task<string> Incomes(BillingHost host) => host.Sql<string>("""
        SELECT string_agg(concat_ws(' ', source, insutype, period, amount_fen, account_fen), '; ' ORDER BY source, insutype, period)
        FROM (SELECT source, insutype, period, sum(amount_fen) AS amount_fen, sum(account_fen) AS account_fen FROM income WHERE source <> 'suspense' GROUP BY source, insutype, period) i
        """);

    private static string? Text(System.Text.Json.JsonElement element, string name) => element.GetProperty(name).GetString();
}
