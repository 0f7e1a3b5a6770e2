using MedInsure.Events;
using Npgsql;

namespace MedInsure.Settlement.PolicyLife;

/// <summary>What a county adopted, and what it could not adopt yet.</summary>
internal static class ListAdoptedPolicies
{
    internal sealed record Waiting(PolicyPublished Published, string LastFailure);

    public static async Task<(IReadOnlyList<PolicyRow> Adopted, IReadOnlyList<Waiting> Waiting)> Query(NpgsqlDataSource county, CancellationToken cancellation)
    {
        await using var connection = await county.OpenConnectionAsync(cancellation);
        var adopted = await PolicyRow.ReadAll(connection, cancellation);
        var known = adopted.Select(a => a.PublicationNo).ToHashSet();
        await using var command = new NpgsqlCommand("SELECT event, last_failure FROM policy_to_adopt ORDER BY publication_no", connection);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var waiting = new List<Waiting>();
        while (await reader.ReadAsync(cancellation))
            if (EventJson.Read<PolicyPublished>(reader.GetFieldValue<byte[]>(0)) is var published && !known.Contains(published.PublicationNo)) waiting.Add(new Waiting(published, reader.GetString(1)));
        return (adopted, waiting);
    }
}
