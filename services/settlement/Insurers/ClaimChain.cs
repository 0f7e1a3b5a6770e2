using MedInsure.Kernel;
using MedInsure.Protos.Insurer.V1;
using Npgsql;

namespace MedInsure.Settlement.Insurers;

/// <summary>
/// A settlement with what took it back and restored it, as a contract's stream told it. <see cref="Named"/> is the event of the settlement that was asked
/// for; decisions on disputes and corrections are counted, but are never it.
/// </summary>
/// <param name="Stands">Nothing takes the named one back, and it is no taking back itself.</param>
/// <param name="BorneFen">What the contract bears of it in the end, adjustments taken off.</param>
internal sealed record ClaimChain(ClaimEvent Named, bool Stands, long BorneFen)
{
    // A chain is as long as its reversals: one row nearly always. UNION stops at rows that were found already.
    private const string Sql = """
        WITH RECURSIVE chain AS (
          SELECT setl_id, reverses_setl_id FROM insurer_feed WHERE contract_no = $1 AND setl_id = $2
          UNION
          SELECT f.setl_id, f.reverses_setl_id FROM chain c JOIN insurer_feed f
            ON f.contract_no = $1 AND (f.setl_id = c.reverses_setl_id OR (f.reverses_setl_id = c.setl_id AND c.setl_id <> ''))
        )
        SELECT DISTINCT setl_id FROM chain
        """;

    /// <returns>Null: no claim of this contract.</returns>
    public static async Task<ClaimChain?> Read(NpgsqlConnection connection, string contractNo, string setlId, CancellationToken cancellation)
    {
        if (setlId.Length == 0 || setlId.Contains('\0', StringComparison.Ordinal)) return null;
        var chain = new List<string>();
        await using (var command = new NpgsqlCommand(Sql, connection) { Parameters = { new NpgsqlParameter<string> { TypedValue = contractNo }, new NpgsqlParameter<string> { TypedValue = setlId } } })
        await using (var reader = await command.ExecuteReaderAsync(cancellation))
            while (await reader.ReadAsync(cancellation)) chain.Add(reader.GetString(0));
        if (chain.Count == 0) chain.Add(setlId); // nothing of it was told but what corrections brought
        var events = await InsurerFeed.Find(connection, null, contractNo, chain, cancellation);
        // Caught up later: the event that says what is borne.
        return (events.LastOrDefault(e => e.SetlId == setlId && e.Kind is not (ClaimEventKind.DisputeDecided or ClaimEventKind.Corrected)) ?? events.LastOrDefault(e => e.CorrectsSetlId == setlId)) is not { } named ? null : Of(named, events);
    }

    internal static ClaimChain Of(ClaimEvent named, IReadOnlyList<ClaimEvent> events)
    {
        // From the named one back to the first: every second one is a taking back.
        var (depth, at) = (0, named);
        while (at.ReversesSetlId.Length > 0 && events.FirstOrDefault(e => e.SetlId == at.ReversesSetlId) is { } earlier) (depth, at) = (depth + 1, earlier);
        return new ClaimChain(named, depth % 2 == 0 && events.All(e => e.ReversesSetlId != named.SetlId), events.Sum(e => e.InsurerFen));
    }
}
