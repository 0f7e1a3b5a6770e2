using Google.Protobuf;
using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Ledger;
using MedInsure.Settlement.Runs;
using Npgsql;

namespace MedInsure.Settlement.Clearing;

/// <summary>A county takes what the city says, and answers with what its own people did. What both counties confirmed is offset in its ledger, once.</summary>
internal static class DeliverClearing
{
    public const string Kind = "clearing";

    public static async Task<Outcome<DeliverClearingReply>> Execute(LedgerPlace place, DeliverClearingRequest request, ChinaCalendar calendar, CancellationToken cancellation)
    {
        var county = place.Tenant.Code;
        if (request.Pair.Any(p => p.CountyA != county && p.CountyB != county || p.AOwes is null || p.BOwes is null || !ClearingMonth.IsMonth(p.Month))) return ClearingRefusals.PairUnknown;
        if (request.Transfer.Any(t => t.Payer != county && t.Payee != county || t.Fund.Count == 0)) return ClearingRefusals.TransferUnknown;
        await using var connection = await place.Database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        var reply = new DeliverClearingReply();
        foreach (var pair in request.Pair)
        {
            var taken = await Take(connection, transaction, county, pair, calendar, cancellation);
            if (taken.Refusal is { } refusal) return refusal;
            reply.Pair.Add(taken.Value);
        }
        foreach (var told in request.Transfer)
        {
            var taken = await Take(connection, transaction, county, told, cancellation);
            if (taken.Refusal is { } refusal) return refusal;
            reply.Transfer.Add(taken.Value);
        }
        await transaction.CommitAsync(cancellation);
        return reply;
    }

    private static async Task<Outcome<DeliverClearingReply.Types.Pair>> Take(NpgsqlConnection connection, NpgsqlTransaction transaction, string county, PairClearing pair, ChinaCalendar calendar, CancellationToken cancellation)
    {
        var (other, owes, owed) = pair.CountyA == county ? (pair.CountyB, pair.AOwes, pair.BOwes) : (pair.CountyA, pair.BOwes, pair.AOwes);
        await using (var insert = new NpgsqlCommand("INSERT INTO clearing_statement (month, other_county, owes, owed, received_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING", connection, transaction)
        {
            Parameters =
            {
                new NpgsqlParameter<int> { TypedValue = pair.Month }, new NpgsqlParameter<string> { TypedValue = other }, new NpgsqlParameter<byte[]> { TypedValue = owes.ToByteArray() },
                new NpgsqlParameter<byte[]> { TypedValue = owed.ToByteArray() }, new NpgsqlParameter<DateTimeOffset> { TypedValue = calendar.UtcNow },
            },
        })
            await insert.ExecuteNonQueryAsync(cancellation);
        var statement = (await ClearingStatement.Lock(connection, transaction, pair.Month, other, cancellation))!;
        if (!statement.Owes.Equals(owes) || !statement.Owed.Equals(owed)) return ClearingRefusals.StatementChanged;
        var booked = statement.BookedAt is not null;
        if (pair.Confirmed && !booked && statement.ConfirmedAt is not null)
        {
            await Book(connection, transaction, county, statement, calendar, cancellation);
            booked = true;
        }
        var taken = new DeliverClearingReply.Types.Pair { Month = pair.Month, OtherCounty = other, Booked = booked };
        taken.ConfirmedBy.AddRange(statement.ConfirmedBy);
        return taken;
    }

    /// <summary>What each owes the other and nobody pays leaves both accounts.</summary>
    private static async Task Book(NpgsqlConnection connection, NpgsqlTransaction transaction, string county, ClearingStatement statement, ChinaCalendar calendar, CancellationToken cancellation)
    {
        var offset = Netting.Of(statement.Owes.Fund, statement.Owed.Fund).Offset;
        if (offset.Count > 0)
        {
            var head = await LedgerHead.Lock(connection, transaction, cancellation);
            var day = head.OpenDay(calendar.Today);
            var entries = offset.SelectMany(f => (LedgerEntry[])
            [
                new(new LedgerAccount(SettlementEntries.CountyPayable, f.Key, county, statement.OtherCounty), f.Value), new(new LedgerAccount(LedgerPurposes.CountyReceivable, f.Key, county, statement.OtherCounty), -f.Value),
            ]).ToList();
            var voucher = new Voucher(Kind, $"{statement.Month}-{county}-{statement.OtherCounty}-offset", calendar.Today, statement.Month, "", statement.ConfirmedBy, entries);
            await PostVouchers.Run(connection, transaction, county, head, [(voucher, day)], cancellation);
        }
        await using var update = new NpgsqlCommand("UPDATE clearing_statement SET booked_at = $3 WHERE month = $1 AND other_county = $2", connection, transaction)
        {
            Parameters = { new NpgsqlParameter<int> { TypedValue = statement.Month }, new NpgsqlParameter<string> { TypedValue = statement.OtherCounty }, new NpgsqlParameter<DateTimeOffset> { TypedValue = calendar.UtcNow } },
        };
        await update.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>An order is taken once; the payer hears of the arrival and the payee of the payment, each says its own.</summary>
    private static async Task<Outcome<ClearingTransfer>> Take(NpgsqlConnection connection, NpgsqlTransaction transaction, string county, ClearingTransfer told, CancellationToken cancellation)
    {
        var known = told.Clone();
        // A county's own act is its own word; the city only repeats it.
        if (county == told.Payer) (known.PaidOn, known.Reference) = (0, "");
        if (county == told.Payee) known.ArrivedOn = 0;
        await using (var batch = new NpgsqlBatch(connection, transaction) { BatchCommands = { TransferRow.Insert(told.OrderNo, told.Month, told.Payer, told.Payee, told.Fund) } })
        {
            if (county == told.Payee && known.PaidOn > 0) batch.BatchCommands.Add(TransferRow.Note(known));
            await batch.ExecuteNonQueryAsync(cancellation);
        }
        var row = (await TransferRow.Lock(connection, transaction, told.OrderNo, cancellation))!;
        if ((row.Month, row.Payer, row.Payee) != (told.Month, told.Payer, told.Payee) || !row.Message().Fund.Equals(told.Fund)) return ClearingRefusals.StatementChanged;
        if (county == told.Payer && told.ArrivedOn > 0 && row is { PaidOn: not null, ArrivedOn: null })
        {
            await using var batch = new NpgsqlBatch(connection, transaction) { BatchCommands = { TransferRow.Note(known) } };
            await batch.ExecuteNonQueryAsync(cancellation);
            row = (await TransferRow.Lock(connection, transaction, told.OrderNo, cancellation))!;
        }
        return row.Message();
    }
}
