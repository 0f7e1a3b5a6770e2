using MedInsure.Kernel;
using MedInsure.Settlement.Runs;
using Npgsql;

namespace MedInsure.Settlement.Indicators;

/// <summary>Gives up a draft.</summary>
internal static class WithdrawLimit
{
    internal sealed record Withdrawal(string? WithdrawnBy, string? Reason);

    public static async Task<Outcome<IndicatorLimit>> Execute(RunPlace place, long number, Withdrawal withdrawal, DateTimeOffset now, CancellationToken cancellation)
    {
        if (TwoPeople.Name(withdrawal.WithdrawnBy, "withdrawn_by") is { } nobody) return nobody;
        if (!CountyDesk.IsReason(withdrawal.Reason)) return Refusals.RunReasonInvalid;
        await using var connection = await place.Database.OpenConnectionAsync(cancellation);
        await using var command = new NpgsqlCommand("UPDATE indicator_limit SET state = 'withdrawn', withdrawn_by = $2, withdrawn_at = $3, reason = $4 WHERE number = $1 AND state = 'drafted'", connection)
        {
            Parameters = { new() { Value = number }, new() { Value = withdrawal.WithdrawnBy!.Trim() }, new() { Value = now.ToUniversalTime() }, new() { Value = withdrawal.Reason! } },
        };
        var withdrawn = await command.ExecuteNonQueryAsync(cancellation) == 1;
        if (await IndicatorLimit.Find(connection, null, number, cancellation) is not { } limit) return IndicatorRefusals.LimitUnknown;
        return withdrawn || limit.State == "withdrawn" && TwoPeople.AreOne(limit.WithdrawnBy, withdrawal.WithdrawnBy) ? limit : IndicatorRefusals.NotDrafted;
    }
}
