using MedInsure.Events;
using Xunit.Abstractions;
using static MedInsure.Billing.Tests.Bills.BillingSteps;

namespace MedInsure.Billing.Tests.Bills;

/// <summary>Bills and their corrections are always what the present state would have been billed from the start, and payments settle the same bills in whatever order they are booked.</summary>
[Trait("Category", "Property")]
[Collection("billing")]
public sealed class BillPropertyTests(BillingFixture fixture, ITestOutputHelper output)
{
    private const int Persons = 12, Rounds = 4, ChangesPerRound = 8;
    private static readonly string[] Employers = ["E1", "E2", "E3"];
    private static readonly (int Year, int Month)[] Months = [(2026, 11), (2026, 12), (2027, 1), (2027, 2)];

    [Fact]
    public async Task CorrectionsAndPaymentsInAnyOrder_EndWhereTheCorrectedStateBilledFromTheStartEnds()
    {
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        await using var corrected = await fixture.Start(workers: false);
        await using var fromTheStart = await fixture.Start(workers: false);
        var state = Enumerable.Range(1, Persons).ToDictionary(i => (long)i, i => Random(random, i, 1));
        await corrected.Hear([.. state.Values]);
        var payment = 0;
        for (var round = 0; round < Rounds; round++)
        {
            var (year, month) = Months[round];
            corrected.Today(year, month, 20);
            await corrected.BillMonth(year * 100 + month, employersPerPart: random.Next(1, 4));
            // Some pay, exactly or not, on the day: nothing is late.
            foreach (var employer in Employers)
                if (random.Next(3) > 0 && await Open(corrected, employer) is > 1 and var open)
                    await Ok(corrected.PayBill(employer, random.Next(2) == 0 ? open : random.NextInt64(1, open), $"{year}-{month:00}-20", $"R{++payment}"));
            await corrected.BillsAddUp();
            for (var change = 0; change < ChangesPerRound; change++)
            {
                var no = random.NextInt64(1, Persons + 1);
                state[no] = Random(random, (int)no, state[no].Version + 1);
                await corrected.Hear(state[no]);
                if (random.Next(3) == 0) await corrected.Hear(state[no], state[no]); // told again
            }
        }
        corrected.Today(2027, 3, 20);
        await corrected.BillMonth(2027_03);
        await fromTheStart.Hear([.. state.Values]);
        foreach (var (year, month) in Months.Append((2027, 3)))
        {
            fromTheStart.Today(year, month, 20);
            await fromTheStart.BillMonth(year * 100 + month);
        }
        corrected.Today(2027, 3, 20);
        foreach (var host in (BillingHost[])[corrected, fromTheStart])
            foreach (var employer in Employers)
            {
                // Waiting money and what comes now pay all that is owed.
                var waiting = await host.Sql<long>($"SELECT coalesce(sum(left_fen), 0)::bigint FROM suspense_item WHERE payer_no = '{employer}'");
                if (await Open(host, employer) - waiting is > 0 and var missing) await Ok(host.PayBill(employer, missing, "2027-03-20", $"last {employer}"));
                Assert.Equal(0L, await Open(host, employer));
            }
        foreach (var host in (BillingHost[])[corrected, fromTheStart]) await host.BillsAddUp();
        foreach (var what in (string[])
        [
            "SELECT string_agg(concat_ws(' ', employer_no, psn_no, month, base_fen, employer_fen, employee_fen, maternity_fen, account_employer_fen, account_employee_fen), E'\n' ORDER BY employer_no, psn_no, month) FROM billed_month WHERE employer_fen > 0",
            "SELECT string_agg(concat_ws(' ', psn_no, month, employed_fen), E'\n' ORDER BY psn_no, month) FROM contribution_month WHERE employed_fen <> 0",
            "SELECT string_agg(concat_ws(' ', psn_no, credited_fen), E'\n' ORDER BY psn_no) FROM account WHERE credited_fen <> 0",
            "SELECT string_agg(concat_ws(' ', source, insutype, period, fen, account), E'\n' ORDER BY source, insutype, period) FROM (SELECT source, insutype, period, sum(amount_fen) AS fen, sum(account_fen) AS account FROM income WHERE source IN ('employer', 'employee') GROUP BY source, insutype, period HAVING sum(amount_fen) <> 0) i",
            "SELECT string_agg(payer_no || ' ' || fen, E'\n' ORDER BY payer_no) FROM (SELECT payer_no, sum(amount_fen - late_charge_fen) AS fen FROM bill GROUP BY payer_no HAVING sum(amount_fen) <> 0) b",
        ])
            Assert.Equal(await fromTheStart.Sql<string>(what), await corrected.Sql<string>(what));
    }

    [Fact]
    public async Task PaymentsInAnyOrder_SettleTheSameBillsAndChargeTheSame()
    {
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var staff = Enumerable.Range(1, 5).Select(i => Staff(i, $"P{i}", "E1", random.NextInt64(3_000_00, 9_000_00))).ToArray();
        var outcomes = new List<string>();
        (long Fen, int Day)[]? payments = null;
        for (var attempt = 0; attempt < 3; attempt++)
        {
            await using var host = await fixture.Start(workers: false);
            await host.Hear(staff);
            foreach (var (year, month) in Months[..3])
            {
                host.Today(year, month, 20);
                await host.BillMonth(year * 100 + month);
            }
            // Between nothing and a little more than all, some of it late; the days are when it moved, the order is that of the booking.
            payments ??= [.. Enumerable.Range(0, 6).Select(_ => (random.NextInt64(1, Open(host, "E1").Result / 5), random.Next(0, 80)))];
            random.Shuffle(payments);
            host.Today(2027, 2, 20);
            foreach (var (fen, day) in payments) await Ok(host.PayBill("E1", fen, $"{new DateOnly(2026, 11, 25).AddDays(day):yyyy-MM-dd}", $"{fen} {day}"));
            await host.BillMonth(2027_02);
            await host.BillsAddUp();
            outcomes.Add(await host.Sql<string>("SELECT string_agg(concat_ws(' ', month, amount_fen, late_charge_fen, settlement_no IS NOT NULL), '; ' ORDER BY bill_no) FROM bill")
                + await host.Sql<string>("SELECT string_agg(concat_ws(' ', of_bill_no, days, amount_fen), '; ' ORDER BY of_bill_no) FROM bill_charge") + await host.Sql<long>("SELECT sum(left_fen)::bigint FROM suspense_item"));
        }
        output.WriteLine(outcomes[0]);
        Assert.Single(outcomes.Distinct());
    }

    private static EmploymentChanged Random(Random random, int no, long version)
    {
        var from = random.Next(5) switch { 0 => 2026_10, 1 => 2026_12, 2 => 2027_01, _ => 2026_11 };
        var to = random.Next(4) switch { 0 => 2026_12, 1 => 2026_09, _ => 0 }; // perhaps it never was
        return Staff(no, $"P{no:00}", Employers[no % Employers.Length], 0, from, to, random.Next(3) == 0, version) with
        {
            Wages = [new(from, random.NextInt64(1_000_00, 20_000_00)), .. random.Next(2) == 0 ? [new DeclaredWage(2027_01, random.NextInt64(1_000_00, 20_000_00))] : Array.Empty<DeclaredWage>()],
        };
    }

    private static Task<long> Open(BillingHost host, string employer) => host.Sql<long>($"SELECT coalesce(sum(amount_fen), 0)::bigint FROM bill WHERE payer_no = '{employer}' AND settlement_no IS NULL");
}
