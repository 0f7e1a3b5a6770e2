using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Journal;
using MedInsure.Settlement.Queries;
using Npgsql;

namespace MedInsure.Settlement.Families;

/// <summary>Whose account pays for a person, and for whom a person's account pays.</summary>
public static class ListFamilyConsents
{
    public static async Task<Outcome<ListFamilyConsentsReply>> Query(TenantJournal journal, NpgsqlDataSource database, ListFamilyConsentsRequest request, CancellationToken cancellation)
    {
        if (!StorableText.Holds(request.PsnNo)) return new ListFamilyConsentsReply();
        var psnNo = journal.Survivor(request.PsnNo);
        if (await SettlementRows.Current(journal, cancellation) is { } lag) return lag;
        // A merge moves the rows of the person who is paid for; who pays stands as it was given.
        await using var command = database.CreateCommand("""
            SELECT payer_no, psn_no, relation, from_on, to_on, evidence, recorded_at, withdrawn, reason FROM family_consent
            WHERE psn_no = $1 OR payer_no = $1 OR payer_no IN (SELECT retired_no FROM person_merge WHERE surviving_no = $1) ORDER BY seq, idx
            """);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = psnNo });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var reply = new ListFamilyConsentsReply();
        while (await reader.ReadAsync(cancellation))
            reply.Consent.Add(new Protos.Settlement.V1.FamilyConsent
            {
                PayerNo = reader.GetString(0),
                PsnNo = reader.GetString(1),
                Relation = reader.GetString(2),
                FromOn = reader.GetInt32(3),
                ToOn = reader.GetInt32(4),
                Evidence = reader.GetString(5),
                RecordedAtMs = reader.GetFieldValue<DateTimeOffset>(6).ToUnixTimeMilliseconds(),
                Withdrawn = reader.GetBoolean(7),
                Reason = reader.GetString(8),
            });
        return reply;
    }
}
