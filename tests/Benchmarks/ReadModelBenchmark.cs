using System.Diagnostics;
using Google.Protobuf;
using MedInsure.Hosting.Tenancy;
using MedInsure.Kernel;
using MedInsure.Protos.Billing.V1;
using MedInsure.Protos.Enrollment.V1;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Reporting;
using MedInsure.Reporting.Facts;
using Microsoft.Extensions.Configuration;
using Npgsql;

namespace MedInsure.Benchmarks;

/// <summary>
/// The read model catches up: pages of settlements, vouchers, persons and incomes as the feeds send them are decoded and become facts, each page in one transaction with its position. Against PostgreSQL taking in the
/// same rows by COPY, into tables with the same indexes, in one piece per table. Fails unless every event became its facts.
/// </summary>
internal static class ReadModelBenchmark
{
    public static readonly Benchmark Entry = new("readmodel", "events per second of catching up with the services' feeds, beside COPY of the same rows [--events 200000 --rounds 3]", Run);

    private const int EventsPerPage = 2_000;

    private static readonly Tenant City = new("230100", "测试市", "230100", new Dictionary<string, string>());
    private const string County = "230199";

    private sealed record Part(Feed Feed, int Events, List<(byte[] Page, Func<byte[], FeedPage> Decode)> Pages);

    private static async Task<BenchmarkReport> Run(BenchmarkArguments arguments, TextWriter log, CancellationToken cancellation)
    {
        var (events, rounds) = (arguments.Number("events", 200_000), arguments.Number("rounds", 3));
        arguments.NoOthers();
        await using var server = await PgBench.StartServer(cancellation);
        await TenantProvisioning.Provision(server.AdminConnectionString, City, ReportingModule.Service, "secret-of-the-benchmark", cancellation: cancellation);
        await MigrationRunner.Apply(server.AdminConnectionString, City, ReportingModule.Service, typeof(ReportingModule).Assembly, cancellation: cancellation);
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            [$"Tenants:{City.Code}:Database"] = server.Address, [$"Secrets:Database:{City.Code}:{ReportingModule.Service}"] = "secret-of-the-benchmark",
        }).Build();
        await using var databases = new TenantDatabases(configuration, new TenantDirectory([City]));
        var database = databases.For(City.Code, ReportingModule.Service);
        await using var admin = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(server.AdminConnectionString) { Database = TenantNames.Database(City.Code), SearchPath = TenantNames.Schema(ReportingModule.Service) }.ConnectionString);
        await admin.OpenAsync(cancellation);

        Part[] parts = [Claims(events / 2), Vouchers(events / 4), Persons(events / 8), Incomes(events / 8)];
        var total = parts.Sum(p => p.Events);
        await log.WriteLineAsync($"readmodel: {total} events in {parts.Sum(p => p.Pages.Count)} pages, {parts.Sum(p => p.Pages.Sum(g => (long)g.Page.Length)) >> 20} MiB");
        var (perPart, copies) = (parts.ToDictionary(p => p.Feed.Name, _ => new List<double>()), new List<double>());
        var rates = new List<double>();
        long rows = 0;
        for (var round = 1; round <= rounds; round++)
        {
            var watch = Stopwatch.StartNew();
            foreach (var part in parts)
            {
                var clock = Stopwatch.StartNew();
                await CatchUp(database, part, cancellation);
                perPart[part.Feed.Name].Add(part.Events / clock.Elapsed.TotalSeconds);
            }
            rates.Add(total / watch.Elapsed.TotalSeconds);
            (var seconds, rows) = await CopySame(admin, [.. parts.SelectMany(p => p.Feed.Tables)], cancellation);
            copies.Add(total / seconds);
            await log.WriteLineAsync($"round {round} of {rounds}: {rates[^1]:F0} events per second, the same rows by COPY {copies[^1]:F0}");
            await Execute(admin, $"TRUNCATE {string.Join(", ", parts.SelectMany(p => p.Feed.Tables))}; DELETE FROM feed_build", cancellation);
        }
        var report = new BenchmarkReport("readmodel").Add("events_per_second", Alternation.Median(rates)).Add("ratio", Alternation.Median(rates.Zip(copies, (rate, copy) => rate / copy))).Add("goal_per_second", 5_000)
            .Add("events", total).Add("rows", rows).Add("copy_per_second", Alternation.Median(copies));
        foreach (var (feed, of) in perPart) report.Add($"{feed}_per_second", Alternation.Median(of));
        return report;
    }

    private static async Task CatchUp(NpgsqlDataSource database, Part part, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await FeedBuild.Begin(connection, null, part.Feed, County, FeedBuild.Current, "benchmark", "benchmark", TimeProvider.System.GetUtcNow(), cancellation);
        foreach (var (page, decode) in part.Pages)
        {
            var build = (await FeedBuild.List(connection, "WHERE feed = $1 AND county = $2", cancellation, part.Feed.Name, County)).Single();
            if (!await TakePage.Run(connection, build, decode(page), TimeProvider.System.GetUtcNow(), cancellation)) throw new InvalidOperationException("a page was not taken");
        }
        var table = part.Feed.Tables[0];
        await using var count = new NpgsqlCommand($"SELECT count(DISTINCT ({(part.Feed.Name switch { "claims" => "seq, idx", "vouchers" => "voucher_no", "persons" => "psn_no", _ => "income_no" })})) FROM {table}", connection);
        if ((long)(await count.ExecuteScalarAsync(cancellation))! != part.Events) throw new InvalidOperationException($"{table} does not hold every event");
    }

    /// <summary>Out of the tables into memory, then timed into empty ones like them.</summary>
    private static async Task<(double Seconds, long Rows)> CopySame(NpgsqlConnection admin, string[] tables, CancellationToken cancellation)
    {
        var (seconds, rows) = (0.0, 0L);
        foreach (var table in tables)
        {
            var bytes = new MemoryStream();
            await using (var from = await admin.BeginRawBinaryCopyAsync($"COPY {table} TO STDOUT (FORMAT BINARY)", cancellation)) await from.CopyToAsync(bytes, cancellation);
            await Execute(admin, $"CREATE TABLE copied (LIKE {table} INCLUDING ALL)", cancellation);
            var watch = Stopwatch.StartNew();
            await using (var to = await admin.BeginRawBinaryCopyAsync("COPY copied FROM STDIN (FORMAT BINARY)", cancellation))
            {
                bytes.Position = 0;
                await bytes.CopyToAsync(to, cancellation);
            }
            seconds += watch.Elapsed.TotalSeconds;
            await using (var count = new NpgsqlCommand("SELECT count(*) FROM copied", admin)) rows += (long)(await count.ExecuteScalarAsync(cancellation))!;
            await Execute(admin, "DROP TABLE copied", cancellation);
        }
        return (seconds, rows);
    }

    private static async Task Execute(NpgsqlConnection connection, string sql, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancellation);
    }

    // ---- pages as the feeds send them; the feeds' clients are never called

    private static Part Of<T>(Feed feed, int events, Func<int, int, T> page, Func<byte[], FeedPage> decode) where T : IMessage =>
        new(feed, events, [.. Enumerable.Range(0, (events + EventsPerPage - 1) / EventsPerPage).Select(n => (page(n * EventsPerPage, Math.Min(EventsPerPage, events - n * EventsPerPage)).ToByteArray(), decode))]);

    private static Part Claims(int events) => Of(new ClaimFeed(null!), events, (from, count) =>
    {
        var page = new ReadReportClaimsReply { ReadSeq = (from + count - 1) / 64 + 1, ReadIdx = (from + count - 1) % 64, AtSeq = events / 64 + 1, More = from + count < events };
        for (var n = from; n < from + count; n++)
        {
            var (random, fen) = (new Random(n), 10_000L + n % 90_000);
            page.Claim.Add(new ReportClaim
            {
                Seq = n / 64 + 1, Idx = n % 64, Kind = "settled", SetlId = $"{County}S{n:D12}", RootSetlId = $"{County}S{n:D12}", MdtrtId = $"{County}M{n:D12}", PsnNo = $"{County}P{random.Next(500_000):D9}", FixmedinsCode = $"H23019900{random.Next(60):D3}",
                ProviderCounty = County, HospLv = "05", ProviderLevel = "2", Insutype = "390", PsnType = "1501", MedType = n % 12 == 0 ? "21" : "11", ClrType = n % 12 == 0 ? "21" : "11", BeginOn = 20260601, EndOn = 20260608, PolicyOn = 20260608,
                AtMs = 1_780_000_000_000 + n * 100L, Category = { n % 8 == 0 ? (string[])["registered_poor"] : [] },
                Amounts = new ReportAmounts { TotalFen = fen, InScopeFen = fen, DeductibleFen = 500, BasicFundFen = fen / 2, AssistanceFen = fen / 10, FundTotalFen = fen / 2 + fen / 10, PersonShareFen = fen - fen / 2 - fen / 10, CashFen = fen - fen / 2 - fen / 10 },
                Share = { new ReportShare { RuleId = "basic.inpatient", FundPayType = "390100", AmountFen = fen / 2 }, new ReportShare { RuleId = "assistance.poor", FundPayType = "610100", AmountFen = fen / 10 } },
            });
        }
        return page;
    }, bytes =>
    {
        var page = ReadReportClaimsReply.Parser.ParseFrom(bytes);
        return new FeedPage(new FeedPosition(page.ReadSeq, page.ReadIdx, null, []), page.AtSeq, page.More, null, null, page.Claim.Count, writer => ClaimFeed.Write(writer, page));
    });

    private static Part Vouchers(int events) => Of(new VoucherFeed(null!), events, (from, count) =>
    {
        var page = new ReadReportVouchersReply { AtVoucherNo = events };
        for (var n = from + 1; n <= from + count; n++)
        {
            var voucher = new ReportVoucher { VoucherNo = n, Kind = "settlement", Number = $"{n}", EffectiveOn = 20260608, BookedOn = 20260608 };
            for (var e = 1; e <= 6; e++)
                voucher.Entry.Add(new ReportEntry { EntryNo = e, Purpose = e % 2 == 0 ? "benefit_expense" : "provider_payable", Fund = "390100", County = County, Counterparty = $"H23019900{e:D3}", AmountFen = e % 2 == 0 ? n : -n });
            page.Voucher.Add(voucher);
        }
        return page;
    }, bytes =>
    {
        var page = ReadReportVouchersReply.Parser.ParseFrom(bytes);
        return new FeedPage(new FeedPosition(page.Voucher[^1].VoucherNo, -1, null, []), page.AtVoucherNo, page.Voucher[^1].VoucherNo < page.AtVoucherNo, null, null, page.Voucher.Count, writer => VoucherFeed.Write(writer, page));
    });

    /// <summary>Changes, not a copy: what is there of a person is looked for each time.</summary>
    private static Part Persons(int events) => Of(new PersonFeed(null!), events, (from, count) =>
    {
        var page = new ReadReportPersonsReply { ReadNo = from / EventsPerPage + 1, ReadIdx = count - 1, AtNo = events / EventsPerPage + 1, More = from + count < events, Events = count };
        for (var n = from; n < from + count; n++)
            page.Person.Add(new ReportPerson
            {
                PsnNo = $"{County}P{n:D9}", Gend = "1", BirthOn = 19600101 + n % 50 * 10_000, HouseholdNo = $"F{n / 3}", Cover = { new ReportCover { Insutype = "390", PsnType = "1501", FromOn = 20260101, ToOn = 20261231 } },
                Category = { n % 8 == 0 ? (ReportCategory[])[new ReportCategory { Name = "registered_poor", FromOn = 20260101 }] : [] },
            });
        return page;
    }, bytes =>
    {
        var page = ReadReportPersonsReply.Parser.ParseFrom(bytes);
        return new FeedPage(new FeedPosition(page.ReadNo, page.ReadIdx, null, []), page.AtNo, page.More, null, null, page.Events, writer => PersonFeed.Write(writer, page, fresh: false));
    });

    private static Part Incomes(int events) => Of(new IncomeFeed(null!), events, (from, count) =>
    {
        var page = new ReadReportIncomesReply { AtIncomeNo = events };
        for (var n = from + 1; n <= from + count; n++) page.Income.Add(new ReportIncome { IncomeNo = n, Source = "personal", Insutype = "390", Period = 2026, Channel = "counter", AmountFen = n, ValueOn = 20260601, PostedAtMs = 1_780_000_000_000 });
        return page;
    }, bytes =>
    {
        var page = ReadReportIncomesReply.Parser.ParseFrom(bytes);
        return new FeedPage(new FeedPosition(page.Income[^1].IncomeNo, -1, null, []), page.AtIncomeNo, page.Income[^1].IncomeNo < page.AtIncomeNo, null, null, page.Income.Count, writer => IncomeFeed.Write(writer, page));
    });
}
