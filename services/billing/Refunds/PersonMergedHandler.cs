using MedInsure.Billing.Accounts;
using MedInsure.Billing.Flexible;
using MedInsure.Billing.Incomes;
using MedInsure.Billing.Assessments;
using MedInsure.Billing.Payments;
using MedInsure.Events;
using MedInsure.Hosting.Messaging;
using MedInsure.Kernel;
using Npgsql;

namespace MedInsure.Billing.Refunds;

/// <summary>
/// Two records were one person: what was paid under the retired number pays what the surviving one still owes, year by year; what is left of a year that the
/// retired number is not insured for any more was paid twice, and its refund is proposed, for two people to check and approve. Years that have ended too: they are assessed anew first.
/// From then on there is one account (<see cref="MergedAccounts"/>).
/// </summary>
internal sealed class PersonMergedHandler(ChinaCalendar calendar) : IEventHandler<PersonMerged>
{
    internal const string ProposedBy = "档案合并";

    private sealed record Paid(long PaymentNo, DateOnly ValueOn, string Payer, long AmountFen);

    public async Task Handle(EventContext context, IReadOnlyList<PersonMerged> events, CancellationToken cancellation)
    {
        foreach (var merged in events)
        {
            await ReassessPersons.EndedYears(context.Connection, context.Transaction, merged.RetiredNo, merged.SurvivingNo, calendar, cancellation);
            var years = new List<(string Insutype, int Year)>();
            await using (var command = new NpgsqlCommand("SELECT insutype, year FROM assessment WHERE psn_no = $1 AND paid_fen > 0 ORDER BY insutype, year", context.Connection, context.Transaction) { Parameters = { new() { Value = merged.RetiredNo } } })
            await using (var reader = await command.ExecuteReaderAsync(cancellation))
                while (await reader.ReadAsync(cancellation)) years.Add((reader.GetString(0), reader.GetInt32(1)));
            foreach (var (insutype, year) in years) await Merge(context.Connection, context.Transaction, merged, insutype, year, cancellation);
        }
        // Payments and assessments, then accounts, and the numbers of incomes last: as everybody who moves money holds them.
        string[] numbers = [.. events.SelectMany(m => (string[])[m.RetiredNo, m.SurvivingNo])];
        await MergedAccounts.Lock(context.Connection, context.Transaction, numbers, cancellation);
        var incomes = new List<IncomePosting>();
        await SettleFlexibleMonths.Run(context.Connection, context.Transaction, numbers, incomes, calendar.Today, calendar.UtcNow, cancellation);
        await MergedAccounts.Run(context.Connection, context.Transaction, events, calendar, cancellation);
        await PostIncome.Run(context.Connection, context.Transaction, incomes, calendar.UtcNow, cancellation);
    }

    private async Task Merge(NpgsqlConnection connection, NpgsqlTransaction transaction, PersonMerged merged, string insutype, int year, CancellationToken cancellation)
    {
        await OwedYears.LockYears(connection, transaction, [(insutype, year)], cancellation);
        var payments = new List<Paid>();
        // The payments first, as everybody who moves their money does.
        await using (var hold = new NpgsqlCommand("SELECT FROM payment WHERE payment_no IN (SELECT payment_no FROM allocation WHERE psn_no = $1 AND insutype = $2 AND year = $3) ORDER BY payment_no FOR UPDATE", connection, transaction)
        {
            Parameters = { new() { Value = merged.RetiredNo }, new() { Value = insutype }, new() { Value = year } },
        })
            await hold.ExecuteNonQueryAsync(cancellation);
        await using (var command = new NpgsqlCommand("""
            SELECT p.payment_no, p.value_on, p.payer, a.amount_fen FROM payment p
            JOIN (SELECT payment_no, sum(amount_fen)::bigint AS amount_fen FROM allocation WHERE psn_no = $1 AND insutype = $2 AND year = $3 GROUP BY payment_no HAVING sum(amount_fen) > 0) a USING (payment_no) ORDER BY p.payment_no
            """, connection, transaction) { Parameters = { new() { Value = merged.RetiredNo }, new() { Value = insutype }, new() { Value = year } } })
        await using (var reader = await command.ExecuteReaderAsync(cancellation))
            while (await reader.ReadAsync(cancellation)) payments.Add(new Paid(reader.GetInt64(0), reader.GetFieldValue<DateOnly>(1), reader.GetString(2), reader.GetInt64(3)));

        var owed = await OwedYears.Lock(connection, transaction, [(merged.RetiredNo, insutype, year), (merged.SurvivingNo, insutype, year)], cancellation);
        // Still insured under that number.
        if (owed[(merged.RetiredNo, insutype, year)].IsAssessed) return;
        var surviving = owed[(merged.SurvivingNo, insutype, year)];
        var owing = surviving.IsAssessed ? Math.Max(surviving.DueFen - surviving.PaidFen, 0) : 0;
        foreach (var paid in payments)
        {
            var moved = Math.Min(owing, paid.AmountFen);
            owing -= moved;
            if (moved > 0) await Move(connection, transaction, merged, insutype, year, paid, moved, cancellation);
            if (paid.AmountFen > moved) await Propose(connection, transaction, merged, insutype, year, paid, paid.AmountFen - moved, cancellation);
        }
    }

    private async Task Move(NpgsqlConnection connection, NpgsqlTransaction transaction, PersonMerged merged, string insutype, int year, Paid paid, long amountFen, CancellationToken cancellation)
    {
        await using var batch = new NpgsqlBatch(connection, transaction)
        {
            BatchCommands =
            {
                new("UPDATE assessment SET paid_fen = paid_fen + $4 WHERE psn_no = $1 AND insutype = $2 AND year = $3 RETURNING paid_fen >= due_fen")
                {
                    Parameters = { new() { Value = merged.SurvivingNo }, new() { Value = insutype }, new() { Value = year }, new() { Value = amountFen } },
                },
                new("UPDATE assessment SET paid_fen = paid_fen - $4 WHERE psn_no = $1 AND insutype = $2 AND year = $3") { Parameters = { new() { Value = merged.RetiredNo }, new() { Value = insutype }, new() { Value = year }, new() { Value = amountFen } } },
                new("""
                    INSERT INTO allocation (payment_no, psn_no, insutype, year, amount_fen, cause, made_at) VALUES ($1, $2, $4, $5, -$6::bigint, 'merge', $7), ($1, $3, $4, $5, $6, 'merge', $7)
                    """)
                {
                    Parameters =
                    {
                        new() { Value = paid.PaymentNo }, new() { Value = merged.RetiredNo }, new() { Value = merged.SurvivingNo }, new() { Value = insutype }, new() { Value = year }, new() { Value = amountFen },
                        new() { Value = calendar.UtcNow.UtcDateTime },
                    },
                },
            },
        };
        if (await batch.ExecuteScalarAsync(cancellation) is true)
            await Outbox.Add(connection, transaction, [OutboxEvent.Of(merged.SurvivingNo, new ContributionPaid(merged.SurvivingNo, insutype, year, DayNumber.Of(paid.ValueOn), PaymentWindow.Everyone, 0), calendar.UtcNow)], cancellation);
    }

    /// <summary>Once per merge and payment; what another proposal holds already is left to it.</summary>
    private async Task Propose(NpgsqlConnection connection, NpgsqlTransaction transaction, PersonMerged merged, string insutype, int year, Paid paid, long amountFen, CancellationToken cancellation)
    {
        if (await ProposeRefund.Refundable(connection, transaction, paid.PaymentNo, merged.RetiredNo, insutype, year, "withdrawn", cancellation) < amountFen) return;
        await using var command = new NpgsqlCommand("""
            INSERT INTO refund (request_key, payment_no, psn_no, insutype, year, amount_fen, cause, reason, payee, proposed_by, proposed_at) VALUES ($1, $2, $3, $4, $5, $6, 'duplicate', $7, $8, $9, $10)
            ON CONFLICT (request_key) DO NOTHING
            """, connection, transaction)
        {
            Parameters =
            {
                new() { Value = $"merge {merged.MergeNo} {paid.PaymentNo} {insutype} {year}" }, new() { Value = paid.PaymentNo }, new() { Value = merged.RetiredNo }, new() { Value = insutype }, new() { Value = year },
                new() { Value = amountFen }, new() { Value = $"与{merged.SurvivingNo}合并后重复缴费：{merged.Why}" }, new() { Value = paid.Payer.Length > 0 ? paid.Payer : merged.SurvivingNo }, new() { Value = ProposedBy },
                new() { Value = calendar.UtcNow.UtcDateTime },
            },
        };
        await command.ExecuteNonQueryAsync(cancellation);
    }
}
