using MedInsure.Events;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Families;
using MedInsure.Settlement.Journal;
using Npgsql;

namespace MedInsure.Settlement.Tests.Families;

/// <summary>What tests of family accounts do over and over.</summary>
internal static class FamilyWorld
{
    public static JournalCommand Consent(string payerNo, string psnNo, int from = 20200101, int to = 0) =>
        RecordFamilyConsent.Command(payerNo, psnNo, new RecordFamilyConsentRequest { Relation = "child", FromOn = from, ToOn = to, Evidence = "柜台签字" });

    public static JournalCommand End(string payerNo, string psnNo) => WithdrawFamilyConsent.Command(new WithdrawFamilyConsentRequest { PayerNo = payerNo, PsnNo = psnNo, Reason = "本人申请" });

    /// <summary>A resident with the accounts of these employees, in this order.</summary>
    public static async Task<(string Psn, string[] Payers)> Family(this SettlementNode node, string name, params long[] credits)
    {
        await node.AddPerson(name);
        var payers = credits.Select((_, i) => $"{name}-payer{i}").ToArray();
        for (var i = 0; i < payers.Length; i++)
        {
            await node.AddPerson(payers[i], "310", "1101", credits[i]);
            await node.Accepted(Consent(payers[i], name));
        }
        return (name, payers);
    }

    /// <summary>All events of a kind that were told, in order.</summary>
    public static async Task<List<T>> Told<T>(this SettlementNode node)
    {
        await node.Projected();
        await using var command = node.Database.CreateCommand("SELECT payload FROM outbox WHERE type = $1 ORDER BY seq");
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = typeof(T).Name });
        await using var reader = await command.ExecuteReaderAsync();
        var events = new List<T>();
        while (await reader.ReadAsync()) events.Add(EventJson.Read<T>(reader.GetFieldValue<byte[]>(0)));
        return events;
    }

    public static (string, long)[] PaidBy(this SettledClaim claim) => [.. (claim.Family?.Payment ?? []).Select(p => (p.PsnNo, p.AmountFen))];
}
