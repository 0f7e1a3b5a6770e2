using System.Diagnostics;
using System.IO.Pipelines;
using MedInsure.Kernel;
using MedInsure.Protos.Enrollment.V1;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement;
using MedInsure.Settlement.Claims;
using MedInsure.Settlement.Ledger;
using MedInsure.Settlement.ProviderStatements;
using MedInsure.Settlement.Runs;
using MedInsure.Settlement.Tests;
using Npgsql;

namespace MedInsure.Benchmarks;

/// <summary>
/// The end of a month in a county: every provider applies, its statement is accepted, reviewed twice and approved (lines, payment methods, vouchers), and the ledger's days are closed; against PostgreSQL reading
/// the month's settlements and their ledger entries once. Then the largest statement is printed, with all its settlements. Fails unless the vouchers come to what was settled.
/// </summary>
internal static class CloseBenchmark
{
    public static readonly Benchmark Entry = new("close", "a county's month: statements of all providers and the ledger's closing, as a multiple of reading the rows once [--settlements 400000 --persons 100000 --counties 1]", Run);

    private const int Month = 202606, ReadRounds = 3;
    private static readonly string[] Levels = ["3", "2", "1", "community", "village", "pharmacy"];

    private static async Task<BenchmarkReport> Run(BenchmarkArguments arguments, TextWriter log, CancellationToken cancellation)
    {
        var (settlements, persons, counties) = (arguments.Number("settlements", 400_000), arguments.Number("persons", 100_000), arguments.Number("counties", 1));
        arguments.NoOthers();
        await using var server = await PgBench.StartServer(cancellation);
        var months = new List<CountyMonth>();
        try
        {
            for (var i = 0; i < counties; i++)
            {
                var node = await SettlementNode.Create(server);
                months.Add(new CountyMonth(node));
                await Fill(node, persons / counties);
                var watch = Stopwatch.StartNew();
                await Settle(node, settlements / counties, persons / counties);
                ((SetTime)node.Time).Now = new DateTimeOffset(2026, 7, 5, 12, 0, 0, ChinaCalendar.Offset);
                await log.WriteLineAsync($"close: county {i + 1} of {counties}, {settlements / counties} settlements of {Levels.Length} providers after {watch.Elapsed.TotalSeconds:F0} s");
            }
            var reads = new List<double>();
            for (var i = 0; i < ReadRounds; i++) reads.Add(await Read(months));
            var begun = Stopwatch.StartNew();
            // As many at once as the machine has cores: counties know nothing of each other.
            await Parallel.ForEachAsync(months, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellation }, async (month, stop) => await month.Close(stop));
            var seconds = begun.Elapsed.TotalSeconds;
            for (var i = 0; i < ReadRounds; i++) reads.Add(await Read(months));
            foreach (var month in months) await month.Check();

            var read = Alternation.Median(reads);
            var report = new BenchmarkReport("close").Add("ratio", seconds / read).Add("counties", counties).Add("settlements", settlements / counties * counties).Add("close_s", seconds).Add("read_once_s", read);
            foreach (var phase in months.SelectMany(m => m.Phases).GroupBy(p => p.Name)) report.Add($"{phase.Key}_s", phase.Sum(p => p.Seconds));
            return await months[0].Print(report, cancellation);
        }
        finally
        {
            foreach (var month in months) await month.Node.DisposeAsync();
        }
    }

    /// <summary>A county's month in the hands of its agency.</summary>
    private sealed class CountyMonth(SettlementNode node)
    {
        private readonly RunPlace place = new(node.Journal, node.Database);
        private readonly ChinaCalendar calendar = new(node.Time);
        private readonly List<(string No, decimal Payable)> statements = [];

        public SettlementNode Node => node;
        public List<(string Name, double Seconds)> Phases { get; } = [];

        public async Task Close(CancellationToken cancellation)
        {
            var now = node.Time.GetUtcNow();
            await Phase("apply", async () => { foreach (var level in Levels) Value(await ApplyForStatement.Run(place, await Books(node, level), calendar, cancellation)); });
            await Phase("accept", async () =>
            {
                var accepted = Value(await AcceptApplications.Execute(place, new(Month, null, "赵受理"), calendar, cancellation));
                if (accepted.NotAccepted.Count > 0) throw new InvalidOperationException($"{accepted.NotAccepted[0].FixmedinsCode} is not accepted: {accepted.NotAccepted[0].Refusal.Code}");
                statements.AddRange(accepted.Statements.Select(s => (s.No(node.Tenant.Code), 0m)));
            });
            await Phase("first_review", async () =>
            {
                for (var i = 0; i < statements.Count; i++)
                {
                    Value(await BeginReview.Execute(place, statements[i].No, new("王初审"), now, cancellation));
                    statements[i] = (statements[i].No, new Fen(Value(await ReviewStatement.Finish(place, statements[i].No, new("王初审"), now, cancellation)).PayableFen!.Value).ToYuan());
                }
            });
            await Phase("second_review", async () => { foreach (var (no, payable) in statements) Value(await ReviewStatement.Confirm(place, no, new("李复核", payable), now, cancellation)); });
            await Phase("approve", async () => { foreach (var (no, payable) in statements) Value(await ApproveStatement.Execute(place, no, new("陈审批", payable), calendar, cancellation)); });
            await Phase("ledger", async () => Value(await CloseDay.Execute(place, new CloseDay.Order("2026-07-04", "孙会计"), calendar, cancellation)));
        }

        private async Task Phase(string name, Func<Task> work)
        {
            var phase = Stopwatch.StartNew();
            await work();
            Phases.Add((name, phase.Elapsed.TotalSeconds));
        }

        public async Task Check()
        {
            var settled = new Fen(await Number(node, "SELECT sum(fund_total_fen + account_fen + family_account_fen)::bigint FROM claim"));
            if (statements.Sum(n => n.Payable) != settled.ToYuan()) throw new InvalidOperationException($"the statements come to {statements.Sum(n => n.Payable)}, {settled} was settled");
        }

        /// <summary>The largest statement: its page, and the list of its settlements.</summary>
        public async Task<BenchmarkReport> Print(BenchmarkReport report, CancellationToken cancellation)
        {
            var largest = statements.MaxBy(n => n.Payable).No;
            var watch = Stopwatch.StartNew();
            var shown = Value(await GetProviderStatement.Query(place, largest, cancellation));
            var page = ProviderStatementPage.Render(node.Tenant, "测试医院", shown);
            report.Add("statement_settlements", shown.Schemes.Sum(s => s.Rows)).Add("statement_page_s", watch.Elapsed.TotalSeconds).Add("statement_page_bytes", page.Length);
            watch.Restart();
            using var csv = new CountingStream();
            await ListStatementClaims.WriteCsv(place, (await ListStatementClaims.Find(place, largest, cancellation))!, PipeWriter.Create(csv), cancellation);
            return report.Add("statement_csv_s", watch.Elapsed.TotalSeconds).Add("statement_csv_bytes", csv.Length);
        }
    }

    private static T Value<T>(Outcome<T> outcome) => outcome.Refusal is { } refusal ? throw new InvalidOperationException($"{refusal.Code}: {refusal.English}") : outcome.Value;

    private static async Task Fill(SettlementNode node, int persons)
    {
        foreach (var part in Enumerable.Range(0, persons).Chunk(5_000))
            await node.AddPersons([.. part.Select(i =>
            {
                var person = new Person { PsnNo = PsnNo(i), PsnCertType = "01", Certno = "230102198001010010", PsnName = "王测试", Gend = "1", BirthOn = 19800101, County = node.Tenant.Code, Version = 1 };
                person.Coverage.Add(new Coverage { Insutype = "310", PsnType = "1101", FromOn = 20200101, AccountCreditFen = 10_000_000 });
                return person;
            })]);
    }

    private static string PsnNo(int i) => $"P{i:D9}";

    private static async Task Settle(SettlementNode node, int settlements, int persons)
    {
        var next = -1;
        await Task.WhenAll(Enumerable.Range(0, 256).Select(_ => Task.Run(async () =>
        {
            for (int i; (i = Interlocked.Increment(ref next)) < settlements;)
            {
                var level = Levels[i % Levels.Length];
                var request = node.Inline(PsnNo(i % persons), 5_000 + i % 997, level == "pharmacy" ? "41" : "11", level, "310");
                request.UseAccount = true;
                Value(await node.Submit(SettleClaim.Command(request)));
            }
        })));
        if (!await node.Journal.Projector.WaitFor(node.Journal.CommittedSeq, TimeSpan.FromMinutes(10), default)) throw new InvalidOperationException("the projection did not catch up within ten minutes");
    }

    /// <summary>What the provider has in its books: the sums of the very rows.</summary>
    private static async Task<ApplyForStatementRequest> Books(SettlementNode node, string level)
    {
        var request = new ApplyForStatementRequest { FixmedinsCode = node.Hospital(level), RequestNo = $"A-{level}", ClrType = level == "pharmacy" ? "41" : "11", Month = Month };
        await using var command = node.Database.CreateCommand("SELECT count(*), sum(total_fen)::bigint, sum(fund_total_fen)::bigint, sum(cash_fen)::bigint, sum(account_fen)::bigint FROM claim WHERE fixmedins_code = $1");
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = request.FixmedinsCode });
        await using var reader = await command.ExecuteReaderAsync();
        await reader.ReadAsync();
        (request.PersonTimes, request.TotalFen, request.FundTotalFen, request.CashFen, request.AccountFen) = (reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3), reader.GetInt64(4));
        return request;
    }

    /// <summary>The month's rows, each once.</summary>
    private static async Task<double> Read(List<CountyMonth> months)
    {
        var watch = Stopwatch.StartNew();
        foreach (var month in months)
        {
            await Number(month.Node, "SELECT sum(total_fen + fund_total_fen + octet_length(doc))::bigint FROM claim");
            await Number(month.Node, "SELECT sum(amount_fen)::bigint FROM ledger_entry");
        }
        return watch.Elapsed.TotalSeconds;
    }

    private static async Task<long> Number(SettlementNode node, string sql)
    {
        await using var command = node.Database.CreateCommand(sql);
        command.CommandTimeout = 600;
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private sealed class CountingStream : Stream
    {
        private long length;
        public override bool CanRead => false;
        public override bool CanSeek => false;
        public override bool CanWrite => true;
        public override long Length => length;
        public override long Position { get => length; set => throw new NotSupportedException(); }
        public override void Write(byte[] buffer, int offset, int count) => length += count;
        public override void Flush() { }
        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
