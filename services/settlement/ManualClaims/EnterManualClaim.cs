using MedInsure.Kernel;
using MedInsure.Settlement.Journal;
using MedInsure.Settlement.PersonPayments;
using MedInsure.Settlement.Queries;
using MedInsure.Settlement.Runs;
using Npgsql;

namespace MedInsure.Settlement.ManualClaims;

/// <summary>A clerk of a township or the county enters a bill that a person paid. It must be one that could be settled now, and that nobody was paid for before. Under the same request number there is one.</summary>
internal static class EnterManualClaim
{
    private const string Insert = """
        INSERT INTO manual_claim (request_no, psn_no, provider_key, is_stay, begin_on, end_on, total_fen, bill, account_no, account_name, bank, entered_by, entered_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8::jsonb, $9, $10, $11, $12, $13) RETURNING number
        """;

    internal sealed record Order(string? RequestNo, ManualBill.Order? Bill, AccountOrder? Account, IReadOnlyList<AttachToManualClaim.Attachment>? Attachments, string? EnteredBy);

    internal sealed record AccountOrder(string? Number, string? Name, string? Bank);

    /// <summary>In order: who, the request number, the bill's parts, the account, the attachments, the same request before; as the window would settle it; an invoice or the visit settled at
    /// the window, the visit or an invoice entered before.</summary>
    public static async Task<Outcome<ManualClaim>> Execute(RunPlace place, Order order, ChinaCalendar calendar, CancellationToken cancellation)
    {
        if (TwoPeople.Name(order.EnteredBy, "entered_by") is { } nobody) return nobody;
        if (!CountyDesk.IsRequestNumber(order.RequestNo)) return Refusals.RequestNumberInvalid;
        if (order.Bill is null) return Refusals.BodyMalformed;
        var read = ManualBill.Read(order.Bill, calendar.Today);
        if (read.Refusal is { } unfit) return unfit;
        var bill = read.Value;
        if (BankAccount.Read(order.Account?.Number, order.Account?.Name, order.Account?.Bank) is not { } account) return ManualRefusals.AccountInvalid;
        var attachments = order.Attachments ?? [];
        if (!AttachToManualClaim.AreFit(attachments)) return ManualRefusals.AttachmentsInvalid;
        if (await Before(place, order, bill, account, cancellation) is { } before) return before;

        var tried = await place.Journal.Submit(PaperClaim.Try(place.Tenant.Code, ManualClaim.NumberOf(place.Tenant.Code, 0), bill), cancellation);
        if (tried.Refusal is { } notPayable) return notPayable;
        if (await SettlementRows.Current(place.Journal, cancellation) is { } lag) return lag;
        if (await DuplicateBills.AtWindow(place, bill, cancellation) is { } settled) return settled;
        try
        {
            await using var connection = await place.Database.OpenConnectionAsync(cancellation);
            await using var transaction = await connection.BeginTransactionAsync(cancellation);
            var psnNo = place.Journal.Survivor(bill.PsnNo);
            await AloneWithPerson(connection, transaction, psnNo, cancellation);
            if (await DuplicateBills.IsClaimed(connection, transaction, psnNo, bill, cancellation)) return await Before(place, order, bill, account, cancellation) ?? ManualRefusals.VisitClaimed;
            var number = await Write(connection, transaction, order, bill, account, calendar, cancellation);
            await AttachToManualClaim.Add(connection, transaction, number, attachments, order.EnteredBy!.Trim(), calendar.UtcNow, cancellation);
            await transaction.CommitAsync(cancellation);
            return (await ManualClaim.Find(place, number, cancellation))!;
        }
        catch (PostgresException e) when (e.ConstraintName == "an_invoice_is_reimbursed_once") { return await Before(place, order, bill, account, cancellation) ?? ManualRefusals.InvoiceUsed; }
        catch (PostgresException e) when (e.ConstraintName == "a_request_makes_one_claim") { return (await Before(place, order, bill, account, cancellation))!.Value; } // the same message twice at once
    }

    private static async Task<Outcome<ManualClaim>?> Before(RunPlace place, Order order, ManualBill bill, BankAccount account, CancellationToken cancellation) =>
        (await ManualClaim.Read(place.Database, new RowFilter().Add("request_no = ", order.RequestNo!), "", cancellation)).SingleOrDefault() is not { } known ? null
            : known.Bill.Json == bill.Json && known.Account == account && TwoPeople.AreOne(known.EnteredBy, order.EnteredBy) ? known : Refusals.RequestNumberReused;

    /// <summary>Bills of one person are entered one after the other: two of the same visit cannot both find nothing.</summary>
    private static async Task AloneWithPerson(NpgsqlConnection connection, NpgsqlTransaction transaction, string psnNo, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("SELECT pg_advisory_xact_lock(hashtextextended('manual claims ' || $1, 0))", connection, transaction) { Parameters = { new NpgsqlParameter<string> { TypedValue = psnNo } } };
        await command.ExecuteNonQueryAsync(cancellation);
    }

    private static async Task<long> Write(NpgsqlConnection connection, NpgsqlTransaction transaction, Order order, ManualBill bill, BankAccount account, ChinaCalendar calendar, CancellationToken cancellation)
    {
        await using var insert = new NpgsqlCommand(Insert, connection, transaction)
        {
            Parameters =
            {
                new() { Value = order.RequestNo! }, new() { Value = bill.PsnNo }, new() { Value = bill.ProviderKey }, new() { Value = bill.IsStay }, new() { Value = bill.Visit.BeginOn }, new() { Value = bill.Visit.EndOn },
                new() { Value = bill.TotalFen }, new() { Value = bill.Json }, new() { Value = account.Number }, new() { Value = account.Name }, new() { Value = account.Bank },
                new() { Value = order.EnteredBy!.Trim() }, new() { Value = calendar.UtcNow },
            },
        };
        var number = (long)(await insert.ExecuteScalarAsync(cancellation))!;
        await using var invoices = new NpgsqlCommand("INSERT INTO manual_claim_invoice (number, provider_key, invoice_no) SELECT $1, $2, invoice FROM unnest($3) AS invoice", connection, transaction)
        {
            Parameters = { new() { Value = number }, new() { Value = bill.ProviderKey }, new() { Value = bill.Invoices.Select(i => i.Number).ToArray() } },
        };
        await invoices.ExecuteNonQueryAsync(cancellation);
        return number;
    }
}
