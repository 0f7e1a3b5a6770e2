using MedInsure.Kernel;
using MedInsure.Settlement.Journal;
using MedInsure.Settlement.Projections;
using Npgsql;

namespace MedInsure.Settlement.PolicyLife;

/// <summary>A row of the table policy_version: an adopted version and where in the journal it is.</summary>
internal sealed record PolicyRow(long PublicationNo, string Pack, string Version, string Sha256, DateOnly EffectiveOn, string Scope, long Seq, int Index)
{
    public static PolicyRow Of(PolicyAdopted record, long seq, int index) =>
        new(record.PublicationNo, record.Pack, record.Version, Convert.ToHexStringLower(record.ContentHash.Span), DayNumber.ToDate(record.EffectiveOn), record.Scope, seq, index);

    public static NpgsqlBatchCommand Insert(IReadOnlyList<PolicyRow> rows) => new SetInsert()
        .Bigint(rows, r => r.PublicationNo).Text(rows, r => r.Pack).Text(rows, r => r.Version).Bytes(rows, r => Convert.FromHexString(r.Sha256)).Date(rows, r => r.EffectiveOn)
        .Text(rows, r => r.Scope).Bigint(rows, r => r.Seq).Int(rows, r => r.Index)
        .Command("INSERT INTO policy_version (publication_no, pack, version, sha256, effective_on, scope, seq, idx) SELECT * FROM {unnest}");

    public static async Task<List<PolicyRow>> ReadAll(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("SELECT publication_no, pack, version, sha256, effective_on, scope, seq, idx FROM policy_version ORDER BY publication_no", connection);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var rows = new List<PolicyRow>();
        while (await reader.ReadAsync(cancellation))
            rows.Add(new PolicyRow(reader.GetInt64(0), reader.GetString(1), reader.GetString(2), Convert.ToHexStringLower(reader.GetFieldValue<byte[]>(3)), reader.GetFieldValue<DateOnly>(4),
                reader.GetString(5), reader.GetInt64(6), reader.GetInt32(7)));
        return rows;
    }
}
