using MedInsure.Kernel;
using MedInsure.Protos.ProviderRegistry.V1;
using MedInsure.ProviderRegistry.Publications;
using Npgsql;

namespace MedInsure.ProviderRegistry.Doctors;

/// <summary>Doctors have one present state, as providers have.</summary>
internal static class ListDoctors
{
    private const string Choose = "WHERE version > $1 AND doctor_code > $2 ORDER BY doctor_code LIMIT $3";

    public static async Task<Outcome<ListDoctorsReply>> Read(NpgsqlDataSource database, ListRowsRequest request, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        var newest = await Publication.Newest(connection, Publication.Doctors, cancellation);
        var asked = await RowPage.Read(connection, Publication.Doctors, keyParts: 1, request, cancellation);
        if (asked.Refusal is { } refusal) return refusal;
        var page = asked.Value;

        NpgsqlParameter[] parameters = [new() { Value = page.After }, new() { Value = page.IsFirst ? "" : page.AfterKey[0] }, new() { Value = page.Size }];
        var reply = new ListDoctorsReply { UpToVersion = newest };
        reply.Doctor.AddRange(await DoctorReader.Read(connection, Choose, parameters, cancellation));
        if (reply.Doctor.Count == page.Size) reply.NextPageToken = RowPage.Token(reply.Doctor[^1].DoctorCode);
        return reply;
    }
}
