using System.Diagnostics;
using System.Text;
using MedInsure.Embedded;
using MedInsure.Local.Tests.Year;

namespace MedInsure.Benchmarks;

/// <summary>
/// A whole county's covered year through the services: enrolled, assessed, paid over every channel, reconciled, cleaned of duplicates, refunded, subsidised, booked. Not a race: it
/// fails unless every total is the one that follows from the rules and the generated persons.
/// </summary>
internal static class YearBenchmark
{
    public static readonly Benchmark Entry = new("year", "a county's year of contributions, --figures shizhu (461,843 residents, 27,586 employees) or guichi (562,914 residents), --smaller N times", Run);

    private static async Task<BenchmarkReport> Run(BenchmarkArguments arguments, TextWriter log, CancellationToken cancellation)
    {
        var figures = arguments.Text("figures") switch { null or "shizhu" => CountyFigures.Shizhu, "guichi" => CountyFigures.Guichi, var other => throw new ArgumentException($"--figures takes shizhu or guichi, not {other}") };
        var smaller = arguments.Number("smaller", 1);
        arguments.NoOthers();
        if (smaller > 1) figures = figures.Smaller(smaller);
        await using var postgres = await PostgresServer.Start(new PostgresOptions(), cancellation);
        await using var host = await CountyHost.Start(postgres, null, figures.County, new DateOnly(2019, 9, 1), TimeSpan.FromMinutes(20));
        var report = new BenchmarkReport("year").Add("figures", figures.Name).Add("residents", figures.Residents).Add("employees", figures.Employees).Add("duplicates", figures.Duplicates);
        var phases = new PhaseLog(log);
        var watch = Stopwatch.StartNew();
        var total = await CountyYear.Run(host, figures, phases);
        return report.Add("total", total).Add("seconds", watch.Elapsed.TotalSeconds).Add("resident_mb", Process.GetCurrentProcess().PeakWorkingSet64 / 1e6);
    }

    /// <summary>Each line with the seconds since the one before.</summary>
    private sealed class PhaseLog(TextWriter log) : TextWriter
    {
        private readonly Stopwatch watch = Stopwatch.StartNew();

        public override Encoding Encoding => log.Encoding;

        public override void WriteLine(string? value)
        {
            log.WriteLine($"{watch.Elapsed.TotalSeconds,7:F1} s  {value}");
            watch.Restart();
        }
    }
}
