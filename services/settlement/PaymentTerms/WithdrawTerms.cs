using MedInsure.Kernel;
using MedInsure.Settlement.Runs;
using Npgsql;

namespace MedInsure.Settlement.PaymentTerms;

/// <summary>Gives up a draft. Approved terms are not withdrawn: they end (<see cref="EndTerms"/>).</summary>
internal static class WithdrawTerms
{
    internal sealed record Withdrawal(string? WithdrawnBy, string? Reason);

    public static async Task<Outcome<PaymentTerm>> Execute(RunPlace place, long number, Withdrawal withdrawal, DateTimeOffset now, CancellationToken cancellation)
    {
        if (TwoPeople.Name(withdrawal.WithdrawnBy, "withdrawn_by") is { } nobody) return nobody;
        if (!CountyDesk.IsReason(withdrawal.Reason)) return Refusals.RunReasonInvalid;
        await using var connection = await place.Database.OpenConnectionAsync(cancellation);
        await using var command = new NpgsqlCommand("UPDATE payment_term SET state = 'withdrawn', withdrawn_by = $2, withdrawn_at = $3, reason = $4 WHERE number = $1 AND state = 'drafted'", connection)
        {
            Parameters = { new() { Value = number }, new() { Value = withdrawal.WithdrawnBy!.Trim() }, new() { Value = now.ToUniversalTime() }, new() { Value = withdrawal.Reason! } },
        };
        var withdrawn = await command.ExecuteNonQueryAsync(cancellation) == 1;
        if (await PaymentTerm.Find(connection, null, place.Tenant.Code, number, cancellation) is not { } term) return PaymentTermRefusals.TermUnknown;
        return withdrawn || term.Life.State == "withdrawn" && TwoPeople.AreOne(term.Life.WithdrawnBy, withdrawal.WithdrawnBy) ? term : PaymentTermRefusals.NotDrafted;
    }
}
