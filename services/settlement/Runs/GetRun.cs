using MedInsure.Kernel;
using Npgsql;

namespace MedInsure.Settlement.Runs;

/// <summary>One run: progress, totals as previewed and as booked, and the preview by fund.</summary>
internal static class GetRun
{
    internal sealed record View(BenefitRun Run, IReadOnlyList<(string Fund, long Fen)> Funds);

    public static async Task<Outcome<View>> Query(RunPlace place, long number, CancellationToken cancellation)
    {
        if (await BenefitRun.Find(place.Database, "number", number, cancellation) is not { } run) return Refusals.RunUnknown;
        var funds = new List<(string, long)>();
        await using var command = place.Database.CreateCommand(
            "SELECT f.key, sum(f.value::bigint)::bigint FROM benefit_run_person p, jsonb_each_text(p.funds) AS f WHERE p.number = $1 GROUP BY f.key ORDER BY f.key");
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = number });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation)) funds.Add((reader.GetString(0), reader.GetInt64(1)));
        return new View(run, funds);
    }

    public static object Shown(string county, View view) => new
    {
        Run = view.Run.Shown(county),
        PreviewByFund = view.Funds.Select(f => new { FundPayType = f.Fund, Amount = Yuan.Of(f.Fen) }),
    };
}
