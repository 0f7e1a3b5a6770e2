using MedInsure.Billing.Bills;
using MedInsure.Events;
using MedInsure.Hosting.Messaging;
using MedInsure.Kernel;
using Npgsql;

namespace MedInsure.Billing.Years;

/// <summary>Carries a transferred person's months: those of the other area count here; of who leaves, what counted here counts there from now on. The account that comes along is asked for; of who leaves, what is left of it is to be paid out to the other area.</summary>
internal sealed class PersonTransferredHandler(ChinaCalendar calendar) : IEventHandler<PersonTransferred>
{
    public async Task Handle(EventContext context, IReadOnlyList<PersonTransferred> events, CancellationToken cancellation)
    {
        foreach (var transfer in events)
        {
            await ContributionYears.Lock(context.Connection, context.Transaction, transfer.PsnNo, transfer.Insutype, cancellation);
            var month = Month.Of(DayNumber.ToDate(transfer.TransferredOn));
            var (paid, deemed) = (transfer.PaidMonths, transfer.DeemedMonths);
            if (transfer.Direction == "out")
            {
                var counted = await ContributionYears.Count(context.Connection, context.Transaction, transfer.PsnNo, transfer.Insutype, month, cancellation);
                (paid, deemed) = (-counted.PaidMonths, counted.PaidMonths - counted.Months);
            }
            await using var batch = new NpgsqlBatch(context.Connection, context.Transaction)
            {
                BatchCommands =
                {
                    new("INSERT INTO month_credit (psn_no, insutype, kind, reference, paid_months, deemed_months, credited_at) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (psn_no, insutype, kind, reference) DO NOTHING")
                    {
                        Parameters =
                        {
                            new() { Value = transfer.PsnNo }, new() { Value = transfer.Insutype }, new() { Value = $"transfer_{transfer.Direction}" }, new() { Value = $"{transfer.TransferNo}" }, new() { Value = paid }, new() { Value = deemed },
                            new() { Value = calendar.UtcNow.UtcDateTime },
                        },
                    },
                    new("INSERT INTO account_transfer (transfer_no, psn_no, insutype, other_area, transferred_on) SELECT $1, $2, $3, $4, $5 WHERE $6 ON CONFLICT (transfer_no) DO NOTHING")
                    {
                        Parameters =
                        {
                            new() { Value = transfer.TransferNo }, new() { Value = transfer.PsnNo }, new() { Value = transfer.Insutype }, new() { Value = transfer.OtherArea }, new() { Value = DayNumber.ToDate(transfer.TransferredOn) },
                            new() { Value = transfer.Direction == "out" },
                        },
                    },
                    new("""
                        INSERT INTO bill (kind, payer_no, insutype, month, persons, employer_fen, employee_fen, maternity_fen, late_charge_fen, other_fen, due_on, charge_a_day_fen, reference, made_at)
                        SELECT 'transfer_in', $1, $2, $3, 1, 0, 0, 0, 0, $4, $5, 0, $6, $7 WHERE $4 > 0 ON CONFLICT DO NOTHING
                        """)
                    {
                        Parameters =
                        {
                            new() { Value = GrantRetirement.PayerOf(transfer.PsnNo) }, new() { Value = transfer.Insutype }, new() { Value = month }, new() { Value = transfer.Direction == "in" ? transfer.AccountFen : 0L },
                            new() { Value = Month.LastDay(Month.Of(calendar.Today)) }, new() { Value = $"{transfer.TransferNo}" }, new() { Value = calendar.UtcNow.UtcDateTime },
                        },
                    },
                },
            };
            await batch.ExecuteNonQueryAsync(cancellation);
        }
    }
}
