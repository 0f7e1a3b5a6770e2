using MedInsure.Hosting.Tenancy;
using MedInsure.Kernel;
using MedInsure.Protos.Insurer.V1;
using Npgsql;

namespace MedInsure.Settlement.Insurers;

/// <summary>An insurer's contracts, and how far the stream of each is.</summary>
public static class ListContracts
{
    /// <param name="contracts">Of one insurer, in order of number.</param>
    public static async Task<ListContractsReply> Query(IReadOnlyList<InsurerContract> contracts, TenantDirectory directory, Func<InsurerContract, NpgsqlDataSource> database, CancellationToken cancellation)
    {
        var streams = new Dictionary<string, (long Acknowledged, long Last)>();
        foreach (var city in contracts.GroupBy(c => c.City))
        {
            await using var command = database(city.First()).CreateCommand("SELECT contract_no, acknowledged_cursor, last_cursor FROM insurer_stream");
            await using var reader = await command.ExecuteReaderAsync(cancellation);
            while (await reader.ReadAsync(cancellation)) streams[reader.GetString(0)] = (reader.GetInt64(1), reader.GetInt64(2));
        }
        return new ListContractsReply { Contract = { contracts.Select(c => Contract(c, directory, streams.GetValueOrDefault(c.Number))) } };
    }

    private static Contract Contract(InsurerContract contract, TenantDirectory directory, (long Acknowledged, long Last) stream) => new()
    {
        ContractNo = contract.Number,
        Kind = contract.Kind,
        City = contract.City,
        County = { contract.CountiesOf(directory) },
        Insutype = contract.Insutype ?? "",
        FundPayType = contract.FundPayType,
        FromOn = DayNumber.Of(contract.Period.From),
        ToOn = DayNumber.Of(contract.Period.To),
        PersonalData = contract.ShowsPersonalData,
        AcknowledgedCursor = stream.Acknowledged,
        LastCursor = stream.Last,
        ChineseName = contract.ChineseName,
        EnglishName = contract.EnglishName,
    };
}
