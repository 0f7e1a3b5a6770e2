using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Journal;
using MedInsure.Settlement.Queries;
using Npgsql;

namespace MedInsure.Settlement.Supplements;

/// <summary>Ends the consents under a policy number (a family may share one). Bills that settled keep what they have; those still awaiting the insurer's answer were sent with consent.</summary>
public static class WithdrawInsuredConsent
{
    public static async Task<Outcome<WithdrawInsuredConsentReply>> Run(TenantJournal journal, NpgsqlDataSource database, WithdrawInsuredConsentRequest request, CancellationToken cancellation)
    {
        if (!StorableText.Holds(request.ContractNo) || !StorableText.Holds(request.PolicyNo)) return new WithdrawInsuredConsentReply();
        if (await SettlementRows.Current(journal, cancellation) is { } lag) return lag;
        var persons = new List<string>();
        await using (var command = database.CreateCommand("SELECT psn_no FROM consent WHERE contract_no = $1 AND policy_no = $2 AND NOT withdrawn ORDER BY psn_no"))
        {
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = request.ContractNo });
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = request.PolicyNo });
            await using var reader = await command.ExecuteReaderAsync(cancellation);
            while (await reader.ReadAsync(cancellation)) persons.Add(reader.GetString(0));
        }
        var reply = new WithdrawInsuredConsentReply();
        foreach (var psnNo in persons)
        {
            var outcome = await journal.Submit(Command(psnNo, request), cancellation);
            if (outcome.Refusal is { } refusal && refusal != Refusals.ConsentUnchanged) return refusal;
            if (!outcome.IsRefused) reply.Ended++;
        }
        return reply;
    }

    internal static JournalCommand Command(string psnNo, WithdrawInsuredConsentRequest request) => new(ConsentKey.New(), psnNo, context => Decide(context, psnNo, request));

    private static Outcome<JournalRecord> Decide(DecisionContext context, string psnNo, WithdrawInsuredConsentRequest request) =>
        !context.State.Person(psnNo).Consents.Any(c => c.IsOf(request.ContractNo, request.PolicyNo)) ? Refusals.ConsentUnchanged
            : new JournalRecord { PsnNo = psnNo, ConsentWithdrawn = new ConsentWithdrawn { ContractNo = request.ContractNo, PolicyNo = request.PolicyNo } };
}
