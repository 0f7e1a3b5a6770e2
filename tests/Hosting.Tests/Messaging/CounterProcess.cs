using Dapper;
using MedInsure.Hosting.Messaging;
using MedInsure.Hosting.Tenancy;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace MedInsure.Hosting.Tests.Messaging;

public sealed record CounterChanged(string Aggregate, int Number);

/// <summary>What a test lets the handler do before it writes down what it heard.</summary>
public sealed class HandlerScript
{
    public Func<IReadOnlyList<CounterChanged>, CancellationToken, Task> Before { get; set; } = (_, _) => Task.CompletedTask;
}

public sealed class CounterHandler(HandlerScript script) : IEventHandler<CounterChanged>
{
    public async Task Handle(EventContext context, IReadOnlyList<CounterChanged> events, CancellationToken cancellation)
    {
        await script.Before(events, cancellation);
        foreach (var e in events)
            await context.Connection.ExecuteAsync("INSERT INTO heard (source, aggregate, number, together) VALUES (@Source, @Aggregate, @Number, @Together)",
                new { context.Source, e.Aggregate, e.Number, Together = events.Count }, context.Transaction);
    }
}

/// <summary>A process that hosts enrollment, which counts and publishes, and settlement, which hears of it.</summary>
internal sealed class CounterProcess : IAsyncDisposable
{
    public const string Publisher = "enrollment", Consumer = "settlement";

    private CounterProcess(WebApplication app) => App = app;

    public WebApplication App { get; }
    public TenantDatabases Databases => App.Services.GetRequiredService<TenantDatabases>();

    public static async Task<CounterProcess> Start(Dictionary<string, string?> settings, HandlerScript? script = null, Action<WebApplicationBuilder>? more = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.AddInMemoryCollection(settings);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["Outbox:PollMilliseconds"] = "50", ["Logging:LogLevel:Default"] = "None", ["Logging:LogLevel:Microsoft.Hosting.Lifetime"] = "None", ["Logging:LogLevel:MassTransit"] = "None" });
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.AddOutbox(Publisher);
        builder.Services.AddSingleton(script ?? new HandlerScript());
        builder.AddEventHandler<CounterChanged, CounterHandler>(Consumer);
        more?.Invoke(builder);
        var app = builder.Build();
        app.MapPlatform();
        await app.StartAsync();
        return new CounterProcess(app);
    }

    /// <summary>Counts the aggregate up in a transaction of its own and records the event; the row lock makes such transactions follow one another.</summary>
    public static async Task Count(NpgsqlDataSource enrollment, string aggregate, bool commit = true)
    {
        await using var connection = await enrollment.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var number = await connection.QuerySingleAsync<int>(
            "INSERT INTO counter VALUES (@aggregate, 1) ON CONFLICT (aggregate) DO UPDATE SET number = counter.number + 1 RETURNING number", new { aggregate }, transaction);
        await Outbox.Add(connection, transaction, [OutboxEvent.Of(aggregate, new CounterChanged(aggregate, number), TimeProvider.System.GetUtcNow())]);
        if (commit) await transaction.CommitAsync();
    }

    public static async Task<(string Source, string Aggregate, int Number, int Together)[]> Heard(NpgsqlDataSource settlement)
    {
        await using var connection = await settlement.OpenConnectionAsync();
        return [.. await connection.QueryAsync<(string, string, int, int)>("SELECT source, aggregate, number, together FROM heard ORDER BY n")];
    }

    public static async Task<long> Waiting(NpgsqlDataSource enrollment)
    {
        await using var command = enrollment.CreateCommand("SELECT count(*) FROM outbox");
        return (long)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>Waits until the condition holds; fails after a minute, long after anything here should have happened.</summary>
    public static async Task Until(Func<Task<bool>> condition, string what)
    {
        for (var end = TimeProvider.System.GetUtcNow().AddSeconds(60); !await condition(); await Task.Delay(20))
            if (TimeProvider.System.GetUtcNow() > end) Assert.Fail($"not within a minute: {what}");
    }

    /// <summary>Nobody's events missing, doubled or out of order.</summary>
    public static void AssertExactlyOnceInOrder(IEnumerable<(string Source, string Aggregate, int Number, int Together)> heard, IReadOnlyDictionary<string, int> expected)
    {
        var byAggregate = heard.GroupBy(h => h.Aggregate).ToDictionary(g => g.Key, g => g.Select(h => h.Number).ToArray());
        Assert.Equal(expected.Keys.Order(), byAggregate.Keys.Order());
        foreach (var (aggregate, count) in expected) Assert.Equal(Enumerable.Range(1, count), byAggregate[aggregate]);
    }

    public async ValueTask DisposeAsync()
    {
        await App.StopAsync();
        await App.DisposeAsync();
    }
}
