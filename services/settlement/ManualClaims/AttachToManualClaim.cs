using MedInsure.Kernel;
using MedInsure.Settlement.Runs;
using Npgsql;

namespace MedInsure.Settlement.ManualClaims;

/// <summary>Keeps the digests of further papers, until the bill is settled; a digest that is kept already stays as it is.</summary>
internal static class AttachToManualClaim
{
    private const int AttachmentsMax = 100, NameMax = 200;
    private const long SizeMax = 1L << 40;

    /// <param name="Sha256">64 hexadecimal digits.</param>
    /// <param name="Size">Bytes.</param>
    internal sealed record Attachment(string? Sha256, string? Name, long Size);

    internal sealed record Order(string? AddedBy, IReadOnlyList<Attachment>? Attachments);

    internal sealed record Kept(string Sha256, string Name, long Size, string AddedBy, string? AddedAt);

    public static bool AreFit(IReadOnlyList<Attachment> attachments) => attachments.Count <= AttachmentsMax && attachments.All(a =>
        a is { Sha256.Length: 64 } && a.Sha256.All(char.IsAsciiHexDigit) && !string.IsNullOrWhiteSpace(a.Name) && a.Name.Length <= NameMax && !a.Name.Any(char.IsControl) && a.Size is > 0 and <= SizeMax);

    public static async Task<Outcome<List<Kept>>> Execute(RunPlace place, long number, Order order, DateTimeOffset now, CancellationToken cancellation)
    {
        if (TwoPeople.Name(order.AddedBy, "added_by") is { } nobody) return nobody;
        if (order.Attachments is not { Count: > 0 } attachments || !AreFit(attachments)) return ManualRefusals.AttachmentsInvalid;
        await using var connection = await place.Database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        if (await ManualClaim.Lock(connection, transaction, number, cancellation) is not { } claim) return ManualRefusals.Unknown;
        if (claim.State is not (ManualClaim.Entered or ManualClaim.FirstReviewed or ManualClaim.SecondReviewed)) return ManualRefusals.NotInState;
        if ((await List(place, number, cancellation)).Select(k => k.Sha256).Union(attachments.Select(a => a.Sha256!.ToLowerInvariant())).Count() > AttachmentsMax) return ManualRefusals.AttachmentsInvalid;
        await Add(connection, transaction, number, attachments, order.AddedBy!.Trim(), now, cancellation);
        await transaction.CommitAsync(cancellation);
        return await List(place, number, cancellation);
    }

    public static async Task Add(NpgsqlConnection connection, NpgsqlTransaction transaction, long number, IReadOnlyList<Attachment> attachments, string by, DateTimeOffset now, CancellationToken cancellation)
    {
        if (attachments.Count == 0) return;
        await using var command = new NpgsqlCommand("""
            INSERT INTO manual_claim_attachment (number, sha256, name, size_bytes, added_by, added_at) SELECT $1, sha256, name, size_bytes, $5, $6 FROM unnest($2, $3, $4) AS a (sha256, name, size_bytes)
            ON CONFLICT DO NOTHING
            """, connection, transaction)
        {
            Parameters =
            {
                new() { Value = number }, new() { Value = attachments.Select(a => a.Sha256!.ToLowerInvariant()).ToArray() }, new() { Value = attachments.Select(a => a.Name!.Trim()).ToArray() },
                new() { Value = attachments.Select(a => a.Size).ToArray() }, new() { Value = by }, new() { Value = now.ToUniversalTime() },
            },
        };
        await command.ExecuteNonQueryAsync(cancellation);
    }

    public static async Task<List<Kept>> List(RunPlace place, long number, CancellationToken cancellation)
    {
        await using var command = place.Database.CreateCommand("SELECT sha256, name, size_bytes, added_by, added_at FROM manual_claim_attachment WHERE number = $1 ORDER BY added_at, sha256");
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = number });
        var kept = new List<Kept>();
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation)) kept.Add(new Kept(reader.GetString(0), reader.GetString(1), reader.GetInt64(2), reader.GetString(3), CountyDesk.Time(reader.GetFieldValue<DateTimeOffset>(4))));
        return kept;
    }
}
