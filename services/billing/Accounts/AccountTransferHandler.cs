using MedInsure.Events;
using MedInsure.Hosting.Messaging;
using MedInsure.Kernel;
using Npgsql;

namespace MedInsure.Billing.Accounts;

/// <summary>Notes who went to another area: what is left of the account is to be paid out to it.</summary>
internal sealed class AccountTransferHandler : IEventHandler<PersonTransferred>
{
    public async Task Handle(EventContext context, IReadOnlyList<PersonTransferred> events, CancellationToken cancellation)
    {
        foreach (var transfer in events.Where(t => t.Direction == "out"))
        {
            await using var command = new NpgsqlCommand("INSERT INTO account_transfer (transfer_no, psn_no, insutype, other_area, transferred_on) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (transfer_no) DO NOTHING", context.Connection, context.Transaction)
            {
                Parameters =
                {
                    new() { Value = transfer.TransferNo }, new() { Value = transfer.PsnNo }, new() { Value = transfer.Insutype }, new() { Value = transfer.OtherArea }, new() { Value = DayNumber.ToDate(transfer.TransferredOn) },
                },
            };
            await command.ExecuteNonQueryAsync(cancellation);
        }
    }
}
