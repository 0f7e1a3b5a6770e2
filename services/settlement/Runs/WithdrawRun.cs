using MedInsure.Kernel;
using Npgsql;

namespace MedInsure.Settlement.Runs;

/// <summary>Gives up a run that is not approved yet. What is booked can only be put right by another run.</summary>
internal static class WithdrawRun
{
    internal sealed record Withdrawal(string? WithdrawnBy);

    public static async Task<Outcome<BenefitRun>> Execute(RunPlace place, long number, Withdrawal withdrawal, DateTimeOffset now, CancellationToken cancellation)
    {
        if (TwoPeople.Name(withdrawal.WithdrawnBy, "withdrawn_by") is { } nobody) return nobody;
        await using var command = place.Database.CreateCommand("UPDATE benefit_run SET state = 'withdrawn', withdrawn_by = $2, withdrawn_at = $3 WHERE number = $1 AND state IN ('previewing', 'previewed')");
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = number });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = withdrawal.WithdrawnBy!.Trim() });
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = now.ToUniversalTime() });
        var withdrawn = await command.ExecuteNonQueryAsync(cancellation) == 1;
        if (await BenefitRun.Find(place.Database, "number", number, cancellation) is not { } run) return Refusals.RunUnknown;
        return withdrawn || run.State == "withdrawn" && TwoPeople.AreOne(run.WithdrawnBy, withdrawal.WithdrawnBy) ? run : Refusals.RunNotWithdrawable;
    }
}
