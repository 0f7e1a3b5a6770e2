using Grpc.Core;
using MedInsure.Hosting.Rpc;
using MedInsure.Hosting.Tenancy;
using MedInsure.Kernel;
using MedInsure.Protos.Enrollment.V1;
using Npgsql;

namespace MedInsure.Settlement.Insurers;

/// <summary>The persons that a year's premium is for: as the year's count fixed them, or until then as the counties' enrollment counts them now.</summary>
public sealed class HeadCounts(TenantDirectory directory, Enrollment.EnrollmentClient enrollment, ChinaCalendar calendar)
{
    /// <param name="ByCounty">Every county of the contract.</param>
    internal sealed record HeadCount(IReadOnlyDictionary<string, int> ByCounty, bool Fixed)
    {
        public int Sum => ByCounty.Values.Sum();
    }

    internal static DateOnly CountDay(InsurerContract contract, int year) => contract.Premium!.HeadsOn.In(year);

    internal async Task<Outcome<HeadCount>> Of(NpgsqlConnection connection, InsurerContract contract, int year, CancellationToken cancellation)
    {
        if (await Fixed(connection, contract.Number, year, cancellation) is { } known) return known;
        var day = CountDay(contract, year);
        return await Count(contract, day < calendar.Today ? day : calendar.Today, cancellation);
    }

    /// <returns>Null: not fixed yet.</returns>
    internal static async Task<HeadCount?> Fixed(NpgsqlConnection connection, string contractNo, int year, CancellationToken cancellation)
    {
        var heads = new Dictionary<string, int>();
        await using var command = new NpgsqlCommand("SELECT county, heads FROM insurer_head_count WHERE contract_no = $1 AND year = $2", connection)
        {
            Parameters = { new NpgsqlParameter<string> { TypedValue = contractNo }, new NpgsqlParameter<int> { TypedValue = year } },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation)) heads.Add(reader.GetString(0), reader.GetInt32(1));
        return heads.Count == 0 ? null : new HeadCount(heads, Fixed: true);
    }

    /// <summary>From every county of the contract; one that is away makes the whole count unavailable.</summary>
    internal async Task<Outcome<HeadCount>> Count(InsurerContract contract, DateOnly on, CancellationToken cancellation)
    {
        var request = new CountCoveredRequest { On = DayNumber.Of(on), Insutype = contract.Insutype ?? "" };
        try
        {
            var counts = await Task.WhenAll(contract.CountiesOf(directory).Select(async county =>
                (County: county, (await enrollment.CountCoveredAsync(request, CallTenant.For(county), cancellationToken: cancellation)).Persons)));
            return new HeadCount(counts.ToDictionary(c => c.County, c => checked((int)c.Persons)), Fixed: false);
        }
        catch (RpcException e) when (!cancellation.IsCancellationRequested && RefusalStatus.RefusalOrUnavailable(e) is not null) { return RefusalStatus.Unavailable; }
    }
}
