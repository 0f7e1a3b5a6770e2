using MedInsure.Benchmarks;
using MedInsure.Embedded;

Benchmark[] benchmarks =
[
    PgBenchBenchmark.Entry, GrpcBenchmark.Entry, SettleBenchmark.Entry, CalculationBenchmark.Entry, ImportBenchmark.Entry, CompareBenchmark.Entry, AssessBenchmark.Entry, YearBenchmark.Entry, CloseBenchmark.Entry, RulesBenchmark.Entry, AuditBenchmark.Entry, ReadModelBenchmark.Entry,
];

var words = args.Where(a => a != "--json").ToList();
if (words.Count == 0 || words[0].StartsWith('-') || Array.Find(benchmarks, b => b.Name == words[0]) is not { } benchmark)
{
    Console.Error.WriteLine("usage: deploy/bench NAME [--json] [options]");
    foreach (var b in benchmarks) Console.Error.WriteLine($"  {b.Name,-12} {b.Says}");
    return 2;
}

using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, e) => { e.Cancel = true; stop.Cancel(); };
try
{
    var report = await benchmark.Run(new BenchmarkArguments(words[1..]), Console.Error, stop.Token);
    Console.WriteLine(args.Contains("--json") ? report.ToJson() : report.ToTable());
    return 0;
}
catch (Exception e) when (e is ArgumentException or EmbeddedServerException or OperationCanceledException)
{
    Console.Error.WriteLine(e.Message);
    return 1;
}
