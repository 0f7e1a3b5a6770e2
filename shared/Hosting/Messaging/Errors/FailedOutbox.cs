using MedInsure.Events;
using MedInsure.Hosting.Tenancy;
using Npgsql;
using NpgsqlTypes;

namespace MedInsure.Hosting.Messaging.Errors;

/// <summary>
/// With the bus in memory: the outbox rows that this process could not handle. They stay in their table, are passed over until an operator
/// replays them, and are tried again at the next start.
/// </summary>
internal sealed class FailedOutbox(TenantDatabases databases, OutboxBell bell) : IMessageErrors
{
    private sealed record Failure(string Tenant, string Service, long[] Rows, ErrorMessage Message);

    private readonly Lock gate = new();
    private readonly List<Failure> failures = [];

    /// <summary>The rows that the dispatcher passes over.</summary>
    public long[] Rows(string tenant, string service)
    {
        lock (gate) return [.. failures.Where(f => f.Tenant == tenant && f.Service == service).SelectMany(f => f.Rows)];
    }

    public void Add(EventBatch batch, long[] rows, string error, DateTimeOffset at)
    {
        var message = new ErrorMessage($"medinsure.{batch.Tenant}.{batch.Service}.outbox", $"{batch.Id}", batch.Tenant, batch.Type, rows.Length, error, at);
        lock (gate) failures.Add(new Failure(batch.Tenant, batch.Service, rows, message));
    }

    /// <summary>A dispatcher that begins anew tries everything again.</summary>
    public void Forget(string tenant, string service)
    {
        lock (gate) failures.RemoveAll(f => f.Tenant == tenant && f.Service == service);
    }

    public Task<IReadOnlyDictionary<string, long>> Count(CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyDictionary<string, long>>(Of(null, null).GroupBy(f => f.Message.Queue).ToDictionary(g => g.Key, g => (long)g.Count()));

    public Task<IReadOnlyList<ErrorMessage>> List(string? queue, int skip, int limit, CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<ErrorMessage>>([.. Of(queue, null).OrderBy(f => f.Message.Queue, StringComparer.Ordinal).ThenBy(f => f.Rows[0]).Skip(skip).Take(limit).Select(f => f.Message)]);

    public Task<IReadOnlyList<ErrorMessage>> Replay(string queue, string? id, CancellationToken cancellation)
    {
        var taken = Of(queue, id).Where(Remove).ToList();
        foreach (var place in taken.Select(f => (f.Tenant, f.Service)).Distinct()) bell.Ring(place.Tenant, place.Service);
        return Task.FromResult<IReadOnlyList<ErrorMessage>>([.. taken.Select(f => f.Message)]);
    }

    public async Task<IReadOnlyList<ErrorMessage>> Discard(string queue, string? id, CancellationToken cancellation)
    {
        var gone = new List<ErrorMessage>();
        foreach (var failure in Of(queue, id))
        {
            // While they are in the list nobody sends them.
            await using var command = databases.For(failure.Tenant, failure.Service).CreateCommand("DELETE FROM outbox WHERE seq = ANY($1)");
            command.Parameters.Add(new NpgsqlParameter<long[]> { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint, TypedValue = failure.Rows });
            await command.ExecuteNonQueryAsync(cancellation);
            if (Remove(failure)) gone.Add(failure.Message);
        }
        return gone;
    }

    private List<Failure> Of(string? queue, string? id)
    {
        lock (gate) return [.. failures.Where(f => (queue is null || f.Message.Queue == queue) && (id is null || f.Message.Id == id))];
    }

    private bool Remove(Failure failure)
    {
        lock (gate) return failures.Remove(failure);
    }
}
