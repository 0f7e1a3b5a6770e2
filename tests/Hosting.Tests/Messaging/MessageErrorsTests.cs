using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using MedInsure.Embedded;
using MedInsure.Hosting.Messaging;
using MedInsure.Hosting.Messaging.Errors;
using MedInsure.Hosting.Tenancy;
using Microsoft.Extensions.DependencyInjection;
using RabbitMQ.Client;

namespace MedInsure.Hosting.Tests.Messaging;

/// <summary>What an operator sees of messages that could not be handled, and does about them: the same over a broker and with the bus in memory.</summary>
[Trait("Category", "Messaging"), Collection(PostgresCollection.Name)]
public sealed class MessageErrorsTests(PostgresFixture postgres, BrokerFixture rabbit) : IClassFixture<BrokerFixture>
{
    private const string Publisher = CounterProcess.Publisher, Consumer = CounterProcess.Consumer, Token = "operator-token-of-this-test";

    /// <summary>Refuses events of aggregate "bad" until it is told otherwise.</summary>
    private sealed class Refusing
    {
        public volatile bool IsMended;
        public HandlerScript Script => new()
        {
            Before = (events, _) => !IsMended && events.Any(e => e.Aggregate.StartsWith("bad", StringComparison.Ordinal)) ? throw new InvalidDataException("cannot read {\"psn_name\":\"张三丰\"} of 230102198001010010") : Task.CompletedTask,
        };
    }

    private async Task<(Tenant Tenant, Dictionary<string, string?> Settings)> NewCounty(bool broker)
    {
        var tenant = await postgres.Migrated(PostgresFixture.NewTenant(), Publisher, Consumer);
        var settings = postgres.Settings([tenant], Publisher, Consumer);
        settings["Secrets:OperatorToken"] = Token;
        settings["Secrets:ServiceToken"] = "service-token-of-this-test";
        if (!broker) return (tenant, settings);
        settings["Bus:RabbitMq:Host"] = RabbitMqServer.Host;
        settings["Bus:RabbitMq:Port"] = $"{rabbit.Broker.Port}";
        settings["Bus:RabbitMq:User"] = RabbitMqServer.User;
        settings["Secrets:RabbitMq"] = rabbit.Broker.Password;
        return (tenant, settings);
    }

    private static string ErrorQueue(Tenant tenant, bool broker) => broker ? $"medinsure.{tenant.Code}.{Consumer}_error" : $"medinsure.{tenant.Code}.{Publisher}.outbox";

    private static HttpClient Operator(CounterProcess process, string token = Token) =>
        new() { BaseAddress = new Uri(process.App.Urls.Single()), DefaultRequestHeaders = { { "authorization", $"Bearer {token}" } } };

    private static async Task<JsonElement> Errors(HttpClient client, string query = "")
    {
        JsonElement errors = default;
        await CounterProcess.Until(async () =>
        {
            using var answer = await client.GetAsync($"/messages/errors{query}");
            // The broker answers so while it makes a queue.
            if (answer.StatusCode == HttpStatusCode.ServiceUnavailable) return false;
            errors = await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>();
            return true;
        }, "the errors are listed");
        return errors;
    }

    private static async Task<(HttpStatusCode Status, JsonElement Body)> Post(HttpClient client, string what, object choice)
    {
        using var answer = await client.PostAsJsonAsync($"/messages/errors/{what}", choice);
        return (answer.StatusCode, JsonElement.Parse(await answer.Content.ReadAsStringAsync()));
    }

    /// <summary>A process that has failed of one message per aggregate.</summary>
    private static async Task<JsonElement[]> Fail(CounterProcess process, HttpClient client, Tenant tenant, params string[] aggregates)
    {
        var from = process.Databases.For(tenant.Code, Publisher);
        for (var i = 0; i < aggregates.Length; i++)
        {
            // One after the other, so that each is a message of its own.
            await CounterProcess.Count(from, aggregates[i]);
            await CounterProcess.Until(async () => (await Errors(client)).GetProperty("messages").GetArrayLength() == i + 1, "it failed");
        }
        return [.. (await Errors(client)).GetProperty("messages").EnumerateArray()];
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Failed_message_is_shown_masked_and_replayed_once(bool broker)
    {
        var (tenant, settings) = await NewCounty(broker);
        var refusing = new Refusing();
        await using var process = await CounterProcess.Start(settings, refusing.Script);
        using var client = Operator(process);
        var to = process.Databases.For(tenant.Code, Consumer);
        var failed = (await Fail(process, client, tenant, "bad 1", "bad 2"))[0];
        var queue = ErrorQueue(tenant, broker);
        Assert.Equal((queue, tenant.Code, "CounterChanged", 1), (failed.GetProperty("queue").GetString(), failed.GetProperty("source").GetString(), failed.GetProperty("type").GetString(), failed.GetProperty("events").GetInt32()));
        Assert.Equal("InvalidDataException: cannot read {\"psn_name\":\"张**\"} of 2301************10", failed.GetProperty("error").GetString());
        Assert.InRange(failed.GetProperty("failedAt").GetDateTimeOffset(), TimeProvider.System.GetUtcNow().AddMinutes(-5), TimeProvider.System.GetUtcNow().AddMinutes(1));
        await CounterProcess.Until(async () => (await Errors(client)).GetProperty("queues").GetRawText() == $"[{{\"queue\":\"{queue}\",\"count\":2}}]", "both are counted");

        refusing.IsMended = true;
        var id = failed.GetProperty("id").GetString();
        Assert.Equal(1, (await Post(client, "replay", new { queue, id })).Body.GetProperty("replayed").GetInt32());
        await CounterProcess.Until(async () => (await CounterProcess.Heard(to)).Length == 1, "it took effect");
        var (again, refusal) = await Post(client, "replay", new { queue, id });
        Assert.Equal((HttpStatusCode.NotFound, "messages.not_there"), (again, refusal.GetProperty("code").GetString()));
        Assert.Equal(1, (await Post(client, "replay", new { queue, all = true })).Body.GetProperty("replayed").GetInt32());
        await CounterProcess.Until(async () => (await CounterProcess.Heard(to)).Length == 2 && await CounterProcess.Waiting(process.Databases.For(tenant.Code, Publisher)) == 0, "both took effect");
        CounterProcess.AssertExactlyOnceInOrder(await CounterProcess.Heard(to), new Dictionary<string, int> { ["bad 1"] = 1, ["bad 2"] = 1 });
        await CounterProcess.Until(async () => (await Errors(client)).GetRawText() == "{\"queues\":[],\"messages\":[]}", "none is left");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Replayed_message_that_fails_again_is_there_again(bool broker)
    {
        var (tenant, settings) = await NewCounty(broker);
        await using var process = await CounterProcess.Start(settings, new Refusing().Script);
        using var client = Operator(process);
        await Fail(process, client, tenant, "bad");
        for (var i = 0; i < 2; i++)
        {
            Assert.Equal(1, (await Post(client, "replay", new { queue = ErrorQueue(tenant, broker), all = true })).Body.GetProperty("replayed").GetInt32());
            await CounterProcess.Until(async () => (await Errors(client)).GetProperty("messages").GetArrayLength() == 1, "it failed again");
        }
        Assert.Empty(await CounterProcess.Heard(process.Databases.For(tenant.Code, Consumer)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Discarded_message_is_gone_and_the_reason_is_required(bool broker)
    {
        var (tenant, settings) = await NewCounty(broker);
        var refusing = new Refusing();
        await using var process = await CounterProcess.Start(settings, refusing.Script);
        using var client = Operator(process);
        var failed = await Fail(process, client, tenant, "bad 1", "bad 2", "bad 3");
        var (queue, id) = (ErrorQueue(tenant, broker), failed[1].GetProperty("id").GetString());
        foreach (var (choice, code) in ((object, string)[])[(new { queue, id }, "messages.reason_missing"), (new { queue, id, reason = "so" }, "messages.reason_missing"), (new { queue, reason = "neither one nor all" }, "messages.choice_missing"), (new { queue, id, all = true, reason = "one and all at once" }, "messages.choice_missing")])
            Assert.Equal(code, (await Post(client, "discard", choice)).Body.GetProperty("code").GetString());
        Assert.Equal(3, (await Errors(client)).GetProperty("messages").GetArrayLength());

        var (status, body) = await Post(client, "discard", new { queue, id, reason = "sent twice by the old system" });
        Assert.Equal((HttpStatusCode.OK, 1), (status, body.GetProperty("discarded").GetInt32()));
        Assert.Equal(((string?[])[failed[0].GetProperty("id").GetString(), failed[2].GetProperty("id").GetString()]), (await Errors(client)).GetProperty("messages").EnumerateArray().Select(m => m.GetProperty("id").GetString()));
        refusing.IsMended = true;
        await Post(client, "replay", new { queue, all = true });
        var to = process.Databases.For(tenant.Code, Consumer);
        await CounterProcess.Until(async () => (await CounterProcess.Heard(to)).Length == 2 && await CounterProcess.Waiting(process.Databases.For(tenant.Code, Publisher)) == 0, "the others took effect");
        Assert.Equal(["bad 1", "bad 3"], (await CounterProcess.Heard(to)).Select(h => h.Aggregate));
    }

    [Fact]
    public async Task Pages_follow_the_order_of_arrival_and_looking_changes_nothing()
    {
        var (tenant, settings) = await NewCounty(broker: true);
        await using var process = await CounterProcess.Start(settings, new Refusing().Script);
        using var client = Operator(process);
        var all = (await Fail(process, client, tenant, "bad 1", "bad 2", "bad 3")).Select(m => m.GetProperty("id").GetString()).ToArray();
        // RabbitMQ 4 would drop a message at its 20th return.
        for (var i = 0; i < 25; i++)
            Assert.Equal(all[1..], (await Errors(client, $"?queue={ErrorQueue(tenant, true)}&skip=1&limit=2")).GetProperty("messages").EnumerateArray().Select(m => m.GetProperty("id").GetString()));
        Assert.Empty((await Errors(client, "?queue=medinsure.999999.settlement_error")).GetProperty("messages").EnumerateArray());
        foreach (var wrong in (string[])["?skip=-1", "?limit=0", "?limit=501", "?skip=x"]) Assert.Equal(HttpStatusCode.BadRequest, (await client.GetAsync($"/messages/errors{wrong}")).StatusCode);
        foreach (var foreign in (string[])["medinsure.999999.settlement_error", $"medinsure.{tenant.Code}.{Consumer}", "amq.direct"])
            Assert.Equal(HttpStatusCode.NotFound, (await Post(client, "replay", new { queue = foreign, id = all[0] })).Status);
    }

    [Fact]
    public async Task Message_that_is_none_of_ours_is_shown_and_stops_nobody()
    {
        var (tenant, settings) = await NewCounty(broker: true);
        await using var process = await CounterProcess.Start(settings);
        using var client = Operator(process);
        await CounterProcess.Count(process.Databases.For(tenant.Code, Publisher), "a");
        var to = process.Databases.For(tenant.Code, Consumer);
        await CounterProcess.Until(async () => (await CounterProcess.Heard(to)).Length == 1, "the queue is there");
        await using (var connection = await new ConnectionFactory { Uri = new Uri(rabbit.Broker.Address) }.CreateConnectionAsync())
        {
            await using var channel = await connection.CreateChannelAsync();
            var json = new BasicProperties { ContentType = "application/vnd.masstransit+json" };
            await channel.BasicPublishAsync("", $"medinsure.{tenant.Code}.{Consumer}", mandatory: true, json, Encoding.UTF8.GetBytes("{ this is no message"));
            await channel.BasicPublishAsync("", $"medinsure.{tenant.Code}.{Consumer}", mandatory: true, json, Encoding.UTF8.GetBytes("{\"messageType\":[\"urn:message:MedInsure.Events:OfALaterRelease\"],\"message\":{}}"));
        }
        // What cannot be read is no type that anybody skipped, yet the bus puts it into both.
        await CounterProcess.Until(async () => (await Errors(client)).GetProperty("messages").EnumerateArray().Count(m => m.GetProperty("queue").GetString()!.EndsWith("_skipped", StringComparison.Ordinal)) == 2, "both are shown");
        Assert.StartsWith("JsonReaderException: ", (await Errors(client, $"?queue={ErrorQueue(tenant, true)}")).GetProperty("messages").EnumerateArray().Single().GetProperty("error").GetString(), StringComparison.Ordinal);
        await CounterProcess.Count(process.Databases.For(tenant.Code, Publisher), "a");
        await CounterProcess.Until(async () => (await CounterProcess.Heard(to)).Length == 2, "the next is heard");
    }

    [Fact]
    public async Task Only_an_operator_is_let_in()
    {
        var (_, settings) = await NewCounty(broker: false);
        await using var process = await CounterProcess.Start(settings);
        foreach (var token in (string[])["", "wrong", "service-token-of-this-test"])
        {
            using var client = Operator(process, token);
            Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync("/messages/errors")).StatusCode);
            foreach (var what in (string[])["replay", "discard"]) Assert.Equal(HttpStatusCode.Unauthorized, (await Post(client, what, new { queue = "q", all = true, reason = "long enough to be one" })).Status);
        }
    }

    [Fact]
    public async Task Broker_away_is_answered_as_unavailable()
    {
        var (_, settings) = await NewCounty(broker: true);
        settings["Bus:RabbitMq:Port"] = "1"; // nobody listens there
        await using var process = await CounterProcess.Start(settings);
        using var client = Operator(process);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await client.GetAsync("/messages/errors")).StatusCode);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Waiting_messages_are_measured_until_they_are_gone(bool broker)
    {
        var (tenant, settings) = await NewCounty(broker);
        await using var process = await CounterProcess.Start(settings, new Refusing().Script);
        using var client = Operator(process);
        await Fail(process, client, tenant, "bad 1", "bad 2");
        var gauge = process.App.Services.GetRequiredService<ErrorGauge>();
        // The broker counts a little behind what was just looked at.
        await CounterProcess.Until(async () => { await gauge.Look(CancellationToken.None); return Measured(ErrorQueue(tenant, broker)) == 2; }, "both are measured");
        await Post(client, "discard", new { queue = ErrorQueue(tenant, broker), all = true, reason = "the test is over" });
        await CounterProcess.Until(async () => { await gauge.Look(CancellationToken.None); return Measured(ErrorQueue(tenant, broker)) == 0; }, "none is measured");
    }

    private static long? Measured(string queue)
    {
        long? measured = null;
        using var listener = new MeterListener { InstrumentPublished = (instrument, on) => { if (instrument.Name == ErrorGauge.Name) on.EnableMeasurementEvents(instrument); } };
        listener.SetMeasurementEventCallback<long>((_, value, tags, _) => { foreach (var tag in tags) if (Equals(tag.Value, queue)) measured = value; });
        listener.Start();
        listener.RecordObservableInstruments();
        return measured;
    }
}
