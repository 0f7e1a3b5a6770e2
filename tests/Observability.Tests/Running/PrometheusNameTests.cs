namespace MedInsure.Observability.Tests.Running;

[Trait("Category", "Unit")]
public sealed class PrometheusNameTests
{
    [Theory]
    [InlineData("http.server.request.duration", "s", PrometheusName.Kind.Histogram, "http_server_request_duration_seconds_bucket")]
    [InlineData("dotnet.process.cpu.time", "s", PrometheusName.Kind.Counter, "dotnet_process_cpu_time_seconds_total")]
    [InlineData("db.client.operation.npgsql.prepared_ratio", "1", PrometheusName.Kind.Gauge, "db_client_operation_npgsql_prepared_ratio")]
    [InlineData("medinsure.outbox.sent", "{event}", PrometheusName.Kind.Counter, "medinsure_outbox_sent_total")]
    [InlineData("dotnet.gc.heap.total_allocated", "By", PrometheusName.Kind.Counter, "dotnet_gc_heap_allocated_bytes_total")]
    public void Instrument_HasItsNameInPrometheus(string name, string unit, PrometheusName.Kind kind, string expected) => Assert.Equal(expected, PrometheusName.Of(name, unit, kind)[0]);
}
