using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json;
using MedInsure.Kernel;

namespace MedInsure.Local.Tests.Year;

/// <summary>
/// The residents' covered year 2020, act by act, as agency, villages, banks and authorities do it through the services. What must come of each act is counted from the generated
/// persons, never from what the services say.
/// </summary>
public sealed class ResidentYear(CountyHost host, GeneratedCounty county, TextWriter log)
{
    private const int Year = 2020, PersonsOfHandIn = 500, CallsAtOnce = 8;
    private const long StrayFen = 88_00;
    private static readonly (string Authority, string[] Categories)[] Authorities =
        [("civil_affairs", ["low_income", "extreme_hardship"]), ("poverty_office", ["registered_poor"]), ("disabled_federation", ["severely_disabled"]), ("veterans", ["priority_group"]), ("family_planning", ["family_planning_aided"])];

    private readonly string billing = $"/billing/{host.County}", enrolment = $"/enrolment/{host.County}";
    private readonly List<GeneratedPerson> records = [.. county.Records()];
    private List<GeneratedPerson> failedAtBank = [];

    private CountyFigures Figures => county.Figures;

    public async Task Enrol()
    {
        host.Today = new DateOnly(2019, 9, 2);
        foreach (var twins in (bool[])[false, true])
        {
            var result = await host.Import("/import/persons", file => county.WritePersons(file, twins));
            Assert.Equal((records.Count(r => r.TwinOf.Length > 0 == twins), 0), (result.GetProperty("accepted").GetInt64(), result.GetProperty("rejected").GetInt64()));
        }
        foreach (var (authority, categories) in Authorities)
        {
            var (file, rows) = county.CategoryList(categories);
            if (rows > 0) await host.Import($"{enrolment}/category-lists/{authority}?kind=full&as_of=2019-09-01&rows={rows}", writer => writer.Write(file));
        }
        await Heard();
        log.WriteLine($"enrolled {records.Count:N0} records, {Figures.FullAided + Figures.FixedAided:N0} of them in a category");
    }

    /// <summary>Everything that was told has been heard: billing and settlement know every person as enrollment does.</summary>
    public async Task Heard()
    {
        await host.Until(async () => await host.Sql<long>("enrollment", "SELECT count(*) FROM changed_persons") == 0 && await Silent("enrollment") && await Silent("billing") && await Silent("settlement")
            && await host.Sql<long>("enrollment", "SELECT count(*) FROM contribution WHERE insutype = '390' AND is_paid AND state <> 'pending'")
                == await host.Sql<long>("billing", "SELECT count(*) FROM assessment WHERE insutype = '390' AND NOT withdrawn AND paid_fen >= due_fen") && await host.Sql<bool>("billing", "SELECT completed_at IS NOT NULL FROM person_copy")
            && await host.Sql<long>("enrollment", "SELECT sum(version)::bigint FROM person") == await host.Sql<long>("billing", "SELECT coalesce(sum(version), 0)::bigint FROM insured_person"), "billing knows everybody");
    }

    private async Task<bool> Silent(string service) => await host.Sql<long>(service, "SELECT count(*) FROM outbox") == 0;

    public async Task Assess()
    {
        host.Today = new DateOnly(2019, 9, 3);
        var run = await host.Post($"{billing}/assessment-runs", new { request_key = "year 2020", insutype = "390", year = Year, started_by = "王经办", reason = "年度核定" });
        await host.Until(async () => (await host.Get($"{billing}/assessment-runs/{run.GetProperty("run_no").GetInt64()}")).GetProperty("state").GetString() == "done", "everybody is assessed");
        Assert.Equal(
            (records.Count, records.Count * GeneratedCounty.PersonalFen, Figures.FullAided * GeneratedCounty.PersonalFen + Figures.FixedAided * GeneratedCounty.FixedAidFen, records.Sum(r => r.DueFen), records.Count * GeneratedCounty.SubsidyFen),
            await Assessed());
        log.WriteLine($"assessed {records.Count:N0}, they owe {new Fen(records.Sum(r => r.DueFen))}");
    }

    private async Task<(long, long, long, long, long)> Assessed()
    {
        await using var command = host.Database("billing").CreateCommand("""
            SELECT count(*), sum(personal_fen)::bigint, sum(aid_fen)::bigint, sum(due_fen)::bigint, sum(central_fen + province_fen + city_fen + county_fen)::bigint FROM assessment WHERE insutype = '390' AND year = 2020 AND NOT withdrawn
            """);
        await using var reader = await command.ExecuteReaderAsync();
        await reader.ReadAsync();
        return (reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3), reader.GetInt64(4));
    }

    public async Task PayInVillages()
    {
        host.Today = new DateOnly(2019, 10, 20);
        var lists = records.Where(r => r.Pays == Payment.Village).GroupBy(r => r.Village).SelectMany(village => village.Chunk(PersonsOfHandIn).Select((list, n) => (Village: village.Key, N: n, List: list))).ToList();
        await Parallel.ForEachAsync(lists, new ParallelOptions { MaxDegreeOfParallelism = CallsAtOnce }, async (hand, _) =>
        {
            var handIn = await host.Post($"{billing}/village-hand-ins", new
            {
                request_key = $"{hand.Village} {hand.N}", village = hand.Village, collector = $"村医保专员{hand.Village[^3..]}", day = "2019-10-20", insutype = "390", year = Year, cash = Yuan(hand.List.Sum(p => p.DueFen)), received_by = "乡镇钱会计",
                persons = hand.List.Select(p => new { psn_no = p.PsnNo, amount = Yuan(p.DueFen) }),
            });
            Assert.Equal((Yuan(hand.List.Sum(p => p.DueFen)), "0.00"), (handIn.GetProperty("payment").GetProperty("allocated").GetString(), handIn.GetProperty("payment").GetProperty("suspense").GetString()));
        });
        log.WriteLine($"{lists.Count:N0} villages' lists handed in");
    }

    /// <summary>One in fifty accounts is empty; the bank's file comes twice.</summary>
    public async Task PayByBank()
    {
        host.Today = new DateOnly(2019, 11, 20);
        var payers = records.Where(r => r.Pays == Payment.Bank).ToList();
        await Parallel.ForEachAsync(payers, new ParallelOptions { MaxDegreeOfParallelism = CallsAtOnce }, async (p, _) =>
            await host.Post($"{billing}/deduction-consents", new { request_key = $"consent {p.PsnNo}", psn_no = p.PsnNo, bank = "icbc", account_no = $"6222{p.PsnNo[1..]}", account_name = p.Name, agreed_on = "2019-11-01", recorded_by = "钱经办" }));
        var batch = await host.Post($"{billing}/bank-batches", new { request_key = "batch 2020", bank = "icbc", insutype = "390", year = Year, made_by = "钱经办" });
        Assert.Equal((payers.Count, Yuan(payers.Sum(p => p.DueFen))), (batch.GetProperty("persons").GetInt32(), batch.GetProperty("amount").GetString()));
        var no = batch.GetProperty("batch_no").GetInt64();
        var lines = (await host.Text($"{billing}/bank-batches/{no}/file")).Split('\n');
        var (answer, paid, failed) = (new StringBuilder($"H,{host.County},return,icbc,{no}\n"), 0L, new HashSet<string>());
        foreach (var line in lines.Where(l => l.StartsWith("D,", StringComparison.Ordinal)))
        {
            // D,<line>,<consent>,<account>,<account name>,<psn_no>,<amount>
            var fields = line.Split(',');
            if (int.Parse(fields[1], CultureInfo.InvariantCulture) % 50 == 1)
            {
                failed.Add(fields[5]);
                answer.Append(CultureInfo.InvariantCulture, $"D,{fields[1]},{fields[5]},{fields[6]},failed,,,余额不足\n");
                continue;
            }
            Assert.True(Fen.TryParseYuan(fields[6], out var amount));
            paid += amount.Value;
            answer.Append(CultureInfo.InvariantCulture, $"D,{fields[1]},{fields[5]},{fields[6]},ok,B{fields[1]},2019-11-20,\n");
        }
        answer.Append(CultureInfo.InvariantCulture, $"T,{payers.Count},{new Fen(paid)}\n");
        failedAtBank = [.. payers.Where(p => failed.Contains(p.PsnNo))];
        var result = await host.Upload($"{billing}/bank-files?uploaded_by=钱经办", answer.ToString());
        Assert.Equal((payers.Count - failed.Count, failed.Count, 0), (result.GetProperty("booked").GetInt32(), result.GetProperty("failed").GetInt32(), result.GetProperty("in_suspense").GetInt32()));
        Assert.True((await host.Upload($"{billing}/bank-files?uploaded_by=钱经办", answer.ToString())).GetProperty("same_file_again").GetBoolean());
        log.WriteLine($"{payers.Count - failed.Count:N0} accounts deducted, {failed.Count:N0} empty");
    }

    /// <summary>Each transaction is told twice, as channels do.</summary>
    public async Task PayOnline()
    {
        host.Today = new DateOnly(2019, 12, 1);
        var payers = records.Where(r => r.Pays == Payment.Online).ToList();
        await Parallel.ForEachAsync(payers, new ParallelOptions { MaxDegreeOfParallelism = CallsAtOnce }, async (p, _) =>
        {
            var order = await host.Post($"{billing}/online-orders", new { request_key = $"order {p.PsnNo}", channel = "unionpay", insutype = "390", year = Year, payer = p.Name, persons = new[] { new { psn_no = p.PsnNo, amount = Yuan(p.DueFen) } } });
            var call = new { transaction_no = $"U{p.PsnNo}", order_no = order.GetProperty("order_no").GetInt64(), amount = Yuan(p.DueFen), paid_on = "2019-12-01" };
            Assert.False((await host.Callback(call)).GetProperty("repeated").GetBoolean());
            Assert.True((await host.Callback(call)).GetProperty("repeated").GetBoolean());
        });
        log.WriteLine($"{payers.Count:N0} paid online");
    }

    public async Task PayAtCounter()
    {
        host.Today = new DateOnly(2019, 12, 20);
        await Counter([.. records.Where(r => r.Pays == Payment.Counter), .. failedAtBank], "");
    }

    /// <summary>Migrant workers, in the year itself (Bj: to 28 Feb of the covered year).</summary>
    public async Task PayLate()
    {
        host.Today = new DateOnly(2020, 2, 20);
        await Counter([.. records.Where(r => r.Pays == Payment.Late)], "migrant_worker");
    }

    private async Task Counter(List<GeneratedPerson> payers, string who)
    {
        await Parallel.ForEachAsync(payers, new ParallelOptions { MaxDegreeOfParallelism = CallsAtOnce }, async (p, _) =>
            await host.Post($"{billing}/counter-payments", new
            {
                request_key = $"counter {p.PsnNo}", insutype = "390", year = Year, amount = Yuan(p.DueFen), payer = p.Name, cashier = "孙出纳",
                persons = new[] { who.Length > 0 ? (object)new { psn_no = p.PsnNo, amount = Yuan(p.DueFen), who } : new { psn_no = p.PsnNo, amount = Yuan(p.DueFen) } },
            }));
        await host.Post($"{billing}/counter-closings", new { cashier = "孙出纳", day = Day(host.Today), counted = Yuan(payers.Sum(p => p.DueFen)) });
        log.WriteLine($"{payers.Count:N0} paid at the counter on {Day(host.Today)}");
    }

    /// <summary>The bank's statement of the day of deduction, with one fault of each kind put in: each is found, and nothing else.</summary>
    public async Task Reconcile()
    {
        var booked = new List<(string Reference, long Fen)>();
        await using (var command = host.Database("billing").CreateCommand("SELECT reference, amount_fen FROM payment WHERE channel = 'bank-icbc' ORDER BY payment_no"))
        await using (var reader = await command.ExecuteReaderAsync())
            while (await reader.ReadAsync()) booked.Add((reader.GetString(0), reader.GetInt64(1)));
        Assert.True(booked.Count >= 5);
        var rows = booked.ConvertAll(b => (b.Reference, b.Fen, On: "2019-11-20"));
        string[] faults = [$"missing_at_bank {rows[0].Reference}", $"twice {rows[1].Reference}", "unknown_reference STRAY", $"wrong_amount {rows[2].Reference}", $"wrong_day {rows[3].Reference}"];
        rows[2] = rows[2] with { Fen = rows[2].Fen - 1 };
        rows[3] = rows[3] with { On = "2019-11-19" };
        rows.Add(rows[1]);
        rows.Add(("STRAY", StrayFen, "2019-11-20"));
        rows.RemoveAt(0);
        var file = new StringBuilder($"H,{host.County},statement,bank-icbc,2019-11-20\n");
        foreach (var (reference, fen, on) in rows) file.Append(CultureInfo.InvariantCulture, $"D,{reference},{new Fen(fen)},{on}\n");
        file.Append(CultureInfo.InvariantCulture, $"T,{rows.Count},{new Fen(rows.Sum(r => r.Fen))}\n");
        var result = await host.Upload($"{billing}/bank-files?uploaded_by=钱经办", file.ToString());
        Assert.Equal(faults.Length, result.GetProperty("findings").GetInt32());
        var found = (await host.Get($"{billing}/money-findings?state=open")).GetProperty("findings").EnumerateArray().ToList();
        Assert.Equal(faults.Order(), found.Select(f => $"{f.GetProperty("kind").GetString()} {f.GetProperty("reference").GetString()}").Order());
        foreach (var finding in found) await host.Post($"{billing}/money-findings/{finding.GetProperty("finding_no").GetInt64()}/resolution", new { reason = "已与银行核实更正", resolved_by = "周复核" });

        // The stray money is nobody's: back to who sent it.
        var item = (await host.Get($"{billing}/suspense?state=open")).GetProperty("items").EnumerateArray().Single();
        Assert.Equal(Yuan(StrayFen), item.GetProperty("left").GetString());
        var refund = await host.Post($"{billing}/refunds", new { request_key = "stray", suspense_no = item.GetProperty("suspense_no").GetInt64(), amount = Yuan(StrayFen), cause = "unknown", reason = "来源不明", payee = "原账户", proposed_by = "钱经办" });
        await PayOut([refund.GetProperty("refund_no").GetInt64()]);
        log.WriteLine($"bank's statement of {rows.Count:N0} rows: {faults.Length} faults put in and found");
    }

    /// <summary>Before the duplicates are found: what is asked of the governments is too much, and is corrected by the next claim.</summary>
    public async Task ClaimSubsidies(string key)
    {
        var claims = await host.Post($"{billing}/subsidies/390/{Year}/claims", new { request_key = key, basis = "paid", prepared_by = "钱经办", approver = "周复核" });
        log.WriteLine($"claimed ({key}): {string.Join(", ", Rows(claims).Select(c => $"{c.GetProperty("kind").GetString()} {c.GetProperty("level").GetString()} {c.GetProperty("amount").GetString()}"))}");
    }

    private static List<JsonElement> Rows(JsonElement answer) => [.. (answer.ValueKind == JsonValueKind.Array ? answer : answer.GetProperty("claims")).EnumerateArray()];

    /// <summary>The register is compared, every twin is found, merged, and what was paid twice is refunded.</summary>
    public async Task CleanUp()
    {
        host.Today = new DateOnly(2020, 1, 15);
        await Heard();
        await host.Import($"{enrolment}/register", county.WriteRegister);
        var twins = records.Where(r => r.TwinOf.Length > 0).ToDictionary(t => t.PsnNo);
        var counts = new Dictionary<string, int>();
        var pairs = new List<(string First, string Second)>();
        for (long? after = 0; after is { } from;)
        {
            var page = await host.Get($"{enrolment}/findings?source=household_register&state=open&after={from}&limit=1000");
            foreach (var finding in page.GetProperty("findings").EnumerateArray())
            {
                var kind = finding.GetProperty("kind").GetString()!;
                counts[kind] = counts.GetValueOrDefault(kind) + 1;
                if (kind is "same_certificate" or "old_and_new_number") pairs.Add((finding.GetProperty("psn_no").GetString()!, finding.GetProperty("other_psn_no").GetString()!));
            }
            after = page.TryGetProperty("next_after", out var next) && next.ValueKind == JsonValueKind.Number ? next.GetInt64() : null;
        }
        var expected = new Dictionary<string, int> { ["same_certificate"] = twins.Values.Count(t => t.CertType == "01"), ["old_and_new_number"] = twins.Values.Count(t => t.CertType != "01"), ["uninsured"] = records.Count(r => r.Pays == Payment.Late) };
        Assert.Equal(expected.Where(e => e.Value > 0).OrderBy(e => e.Key), counts.OrderBy(c => c.Key));
        await Parallel.ForEachAsync(pairs, new ParallelOptions { MaxDegreeOfParallelism = CallsAtOnce }, async (pair, _) =>
        {
            var (retired, surviving) = twins.ContainsKey(pair.First) ? (pair.First, pair.Second) : (pair.Second, pair.First);
            Assert.Equal(twins[retired].TwinOf, surviving);
            var merge = await host.Post($"{enrolment}/merges", new { request_key = $"merge {retired}", retired_no = retired, surviving_no = surviving, why = "同一人重复参保", proposer = "钱经办" });
            await host.Post($"{enrolment}/merges/{merge.GetProperty("merge_no").GetInt64()}/decision", new { approve = true, approver = "周复核" });
        });
        await host.Until(async () => await host.Sql<long>("billing", "SELECT count(*) FROM refund WHERE cause = 'duplicate'") == twins.Count, "every double payment's refund is proposed");
        var refunds = new ConcurrentBag<long>();
        for (long? after = 0; after is { } from;)
        {
            var page = await host.Get($"{billing}/refunds?state=proposed&after={from}");
            foreach (var refund in page.GetProperty("refunds").EnumerateArray())
            {
                Assert.Equal(Yuan(twins[refund.GetProperty("psn_no").GetString()!].DueFen), refund.GetProperty("amount").GetString());
                refunds.Add(refund.GetProperty("refund_no").GetInt64());
            }
            after = page.TryGetProperty("next_after", out var next) && next.ValueKind == JsonValueKind.Number ? next.GetInt64() : null;
        }
        Assert.Equal(twins.Count, refunds.Count);
        await PayOut(refunds);
        await Heard();
        log.WriteLine($"{twins.Count:N0} duplicates found, merged and refunded, {new Fen(twins.Values.Sum(t => t.DueFen))}");
    }

    private Task PayOut(IEnumerable<long> refunds) => Parallel.ForEachAsync(refunds, new ParallelOptions { MaxDegreeOfParallelism = CallsAtOnce }, async (no, _) =>
    {
        await host.Post($"{billing}/refunds/{no}/decision", new { approved = true, approver = "周复核" });
        await host.Post($"{billing}/refunds/{no}/pay-out", new { reference = $"OUT{no}", paid_on = Day(host.Today), cashier = "孙出纳" });
    });

    /// <summary>Everybody pays what is asked.</summary>
    public async Task ReceiveSubsidies()
    {
        foreach (var payer in (await host.Get($"{billing}/subsidies/390/{Year}?basis=paid")).GetProperty("payers").EnumerateArray().ToList())
            await host.Post($"{billing}/subsidies/390/{Year}/arrivals", new
            {
                kind = payer.GetProperty("kind").GetString(), level = payer.GetProperty("level").GetString(), payer = payer.GetProperty("payer").GetString(), amount = payer.GetProperty("claimed").GetString(),
                value_date = Day(host.Today), reference = $"T {payer.GetProperty("kind").GetString()} {payer.GetProperty("level").GetString()} {payer.GetProperty("payer").GetString()}", recorded_by = "孙出纳",
            });
    }

    /// <summary>What the rules make of the persons: 800 a head (Gc), of which 550 by the governments (assumed: 60 % central, 30 % province, the rest county), the rest by the person or whoever aids.</summary>
    public async Task<string> Totals()
    {
        var (heads, aid) = (Figures.Residents, Figures.FullAided * GeneratedCounty.PersonalFen + Figures.FixedAided * GeneratedCounty.FixedAidFen);
        Assert.Equal((heads, heads * GeneratedCounty.PersonalFen, aid, heads * GeneratedCounty.PersonalFen - aid, heads * GeneratedCounty.SubsidyFen), await Assessed());
        var state = (await host.Get($"{billing}/subsidies/390/{Year}?basis=paid")).GetProperty("payers").EnumerateArray()
            .Select(p => $"{p.GetProperty("kind").GetString()} {p.GetProperty("level").GetString()} {p.GetProperty("heads").GetInt64()} {p.GetProperty("claimed").GetString()} {p.GetProperty("arrived").GetString()} {p.GetProperty("open").GetString()}");
        Assert.Equal(
        [
            $"subsidy central {heads} {Yuan(heads * 330_00L)} {Yuan(heads * 330_00L)} 0.00", $"subsidy province {heads} {Yuan(heads * 165_00L)} {Yuan(heads * 165_00L)} 0.00", $"subsidy county {heads} {Yuan(heads * 55_00L)} {Yuan(heads * 55_00L)} 0.00",
            $"aid county {Figures.FullAided + Figures.FixedAided} {Yuan(aid)} {Yuan(aid)} 0.00",
        ], state);
        Assert.Equal("", await host.Sql<string>("billing", "SELECT coalesce(string_agg(what || ' says ' || said_fen || ', found ' || found_fen, '; '), '') FROM money_difference"));
        var allocated = await host.Sql<long>("billing", "SELECT sum(amount_fen)::bigint FROM allocation WHERE insutype = '390' AND year = 2020");
        Assert.Equal(heads * GeneratedCounty.PersonalFen - aid, allocated);
        // What came in and did not stay: the duplicates' and the stray money, all paid out.
        Assert.Equal(records.Where(r => r.TwinOf.Length > 0).Sum(r => r.DueFen) + StrayFen, await host.Sql<long>("billing", "SELECT sum(amount_fen)::bigint FROM refund WHERE state = 'paid'"));
        Assert.Equal(0L, await host.Sql<long>("billing", "SELECT coalesce(sum(left_fen), 0)::bigint FROM suspense_item"));
        var arrived = await host.Sql<long>("billing", "SELECT sum(amount_fen)::bigint FROM subsidy_arrival WHERE insutype = '390' AND year = 2020");
        Assert.Equal(heads * 800_00L, allocated + arrived);
        return $"{heads:N0} × 800 = {new Fen(allocated + arrived)}";
    }

    /// <summary>Each of them is covered once on a day of the year.</summary>
    public async Task Covered()
    {
        await Heard();
        foreach (var service in (string[])["enrollment", "billing"])
            Assert.Equal((Figures.Residents, Figures.Residents), (await host.Sql<long>(service, $"SELECT count(*) FROM {Covers(service)} WHERE insutype = '390' AND DATE '2020-06-30' BETWEEN from_on AND coalesce(to_on, DATE '9999-12-31')"),
                await host.Sql<long>(service, $"SELECT count(DISTINCT psn_no) FROM {Covers(service)} WHERE insutype = '390' AND DATE '2020-06-30' BETWEEN from_on AND coalesce(to_on, DATE '9999-12-31')")));
    }

    private static string Covers(string service) => service == "enrollment" ? "coverage" : "insured_cover";

    private static string Yuan(long fen) => new Fen(fen).ToString();
    private static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
