using MedInsure.Observability.Tests.Dashboards;
using MedInsure.Observability.Tests.Rules;
using MedInsure.Observability.Tests.Running.Otlp;
using Npgsql;

namespace MedInsure.Observability.Tests.Running;

/// <summary>Rules and dashboards name only what comes out of the running platform.</summary>
[Trait("Category", "Storage")]
public sealed class EmittedMetricTests(RunningPlatform running) : IClassFixture<RunningPlatform>
{
    /// <summary>Of others: RabbitMQ's plugin, kube-state-metrics and Prometheus itself.</summary>
    private static readonly string[] Foreign =
    [
        "rabbitmq_queue_messages_ready", "kube_deployment_status_replicas_available", "kube_deployment_spec_replicas", "kube_job_status_failed", "kube_cronjob_status_last_successful_time", "ALERTS",
    ];

    /// <summary>Faults and rare events, which a day of hospitals has none of: that the program has the instrument must do.</summary>
    private static readonly string[] Rare =
    [
        "medinsure_audit_failed_total", "medinsure_bill_check_unchecked_total", "medinsure_check_dropped_total", "medinsure_fund_reserve", "medinsure_insurer_authentication_refused_total",
        "medinsure_messages_errors", "medinsure_offcounty_contradictions_total", "medinsure_offcounty_failed_total", "medinsure_reference_cache_errors_total",
        "medinsure_reference_cache_hits_total", // a second process finds what the first has put there
        "medinsure_revaluation_done_total", "medinsure_revaluation_failed_total", "medinsure_rpc_repeated_total", "medinsure_supplement_asked_total", "medinsure_supplement_given_up_total",
        "dotnet_exceptions_total", // the runtime's
    ];

    /// <summary>Set by the collector or by Prometheus, or of others' metrics.</summary>
    private static readonly string[] OtherLabels = ["medinsure_tenant", "job", "instance", "le", "namespace", "cronjob", "queue", "alertname", "alertstate", "severity"];

    private static IReadOnlyList<string> Expressions => [.. RuleFiles.All.Select(r => r.Expression), .. DashboardFiles.Queries.Select(q => q.Sent)];

    private static HashSet<string> Named => Expressions.SelectMany(PromQuery.MetricsOf).Where(m => !Foreign.Contains(m)).ToHashSet();

    [Fact]
    public async Task EveryMetricNamed_IsEmitted()
    {
        var recorded = RuleFiles.All.Select(r => r.Record).OfType<string>().ToHashSet();
        Assert.DoesNotContain(Named, m => m.Contains(':', StringComparison.Ordinal) && !recorded.Contains(m));
        var wanted = Named.Where(m => !m.Contains(':', StringComparison.Ordinal) && !Rare.Contains(m)).ToList();
        Assert.True(wanted.Count > 40, $"{wanted.Count} metrics are named");
        IEnumerable<string> Missing() => wanted.Where(m => !running.Metrics.All.ContainsKey(m));
        await running.Until(() => !Missing().Any(), () => $"not emitted: {string.Join(", ", Missing())}");
    }

    [Fact]
    public void EveryRareMetric_IsNamedAndDeclared()
    {
        Assert.Empty(Rare.Except(Named));
        Assert.Empty(Rare.Where(m => m.StartsWith("medinsure_", StringComparison.Ordinal)).Except(running.Declared.All));
    }

    [Fact]
    public async Task EveryLabelNamed_IsSet()
    {
        await running.Until(() => running.Metrics.All.ContainsKey("medinsure_gateway_refusals_total"), () => "no refusal was counted");
        foreach (var expression in Expressions)
        {
            var metrics = PromQuery.MetricsOf(expression);
            // Of what is recorded or rare the labels are not known here.
            if (metrics.Any(m => !running.Metrics.All.ContainsKey(m))) continue;
            var set = metrics.SelectMany(m => running.Metrics.All[m].Labels).ToHashSet();
            Assert.All(PromQuery.LabelsOf(expression).Except(OtherLabels), label => Assert.True(set.Contains(label), $"{label} is no label: {expression}"));
        }
    }

    [Fact]
    public async Task MoneyByFund_AddsUpToTheBills()
    {
        var settled = 0L;
        foreach (var county in running.Platform.Run.Tenants)
        {
            await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(running.Platform.Postgres.AdminConnectionString) { Database = $"medinsure_{county.County}", Pooling = false }.ConnectionString);
            await connection.OpenAsync();
            await using var command = new NpgsqlCommand("SELECT coalesce(sum(total_fen), 0)::bigint FROM settlement.claim", connection);
            settled += (long)(await command.ExecuteScalarAsync())!;
        }
        Assert.True(settled > 0);
        long Counted() => running.Metrics.All.GetValueOrDefault("medinsure_settlement_money_total")?.Newest.Sum.DataPoints.Sum(p => Tag(p, "direction") == "out" ? p.AsInt : -p.AsInt) ?? 0;
        await running.Until(() => Counted() == settled, () => $"counted {Counted()} fen, settled {settled}");
    }

    /// <summary>A label's values are few, and none is anybody's number or a secret.</summary>
    [Fact]
    public async Task NoLabel_HoldsAPersonOrASecret()
    {
        await running.Until(() => running.Metrics.All.ContainsKey("medinsure_settlement_claims_total"), () => "no claim was counted");
        var values = running.Metrics.All.Values.SelectMany(s => Points(s.Newest)).Select(a => a.Value.StringValue).Distinct().ToList();
        var secret = running.Platform.Run.Persons.SelectMany(p => (string[])[p.PsnNo, p.Certno]).Concat(running.Platform.Run.Providers.Select(p => p.FixmedinsCode)).ToHashSet();
        Assert.DoesNotContain(values, secret.Contains);
        Assert.DoesNotContain(values, v => v.Contains("assword", StringComparison.Ordinal));
        Assert.All(running.Metrics.All, s => Assert.True(Points(s.Value.Newest).GroupBy(a => a.Key).All(g => g.Select(a => a.Value.StringValue).Distinct().Count() < 200), $"{s.Key} has a label of too many values"));
    }

    [Fact]
    public void Transactions_HaveTheObjectivesBoundary()
    {
        var bounds = running.Metrics.All["medinsure_gateway_transaction_duration_milliseconds_bucket"].Newest.Histogram.DataPoints[0].ExplicitBounds;
        Assert.Contains(2000, bounds);
    }

    private static string Tag(NumberPoint point, string key) => point.Attributes.First(a => a.Key == key).Value.StringValue;

    private static IEnumerable<KeyValue> Points(Metric metric) => metric.DataCase switch
    {
        Metric.DataOneofCase.Gauge => metric.Gauge.DataPoints.SelectMany(p => p.Attributes),
        Metric.DataOneofCase.Sum => metric.Sum.DataPoints.SelectMany(p => p.Attributes),
        _ => metric.Histogram.DataPoints.SelectMany(p => p.Attributes),
    };
}
