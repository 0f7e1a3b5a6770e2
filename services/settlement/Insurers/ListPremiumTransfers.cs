using MedInsure.Kernel;
using MedInsure.Protos.Insurer.V1;
using Npgsql;

namespace MedInsure.Settlement.Insurers;

/// <summary>What the fund owes the insurer by the contract's schedule, and what of it was transferred.</summary>
internal static class ListPremiumTransfers
{
    public static async Task<Outcome<ListPremiumTransfersReply>> Query(NpgsqlDataSource city, HeadCounts heads, InsurerContract contract, ListPremiumTransfersRequest request, DateOnly today, CancellationToken cancellation)
    {
        if (ContractYears.Check(contract, request.Year == 0 ? contract.Period.From.Year : request.Year) is { } refusal) return refusal;
        await using var connection = await city.OpenConnectionAsync(cancellation);
        var reply = new ListPremiumTransfersReply();
        foreach (var year in request.Year == 0 ? ContractYears.Until(contract, today.Year) : [request.Year])
        {
            var count = await heads.Of(connection, contract, year, cancellation);
            if (count.Refusal is { } away) return away;
            reply.Transfer.AddRange(await Read(connection, contract, year, count.Value, cancellation));
        }
        return reply;
    }

    /// <summary>The instalments of one year.</summary>
    public static async Task<IReadOnlyList<PremiumTransfer>> Read(NpgsqlConnection connection, InsurerContract contract, int year, HeadCounts.HeadCount heads, CancellationToken cancellation)
    {
        var terms = contract.Premium!;
        var transfers = PremiumSchedule.Of(terms, year, heads.ByCounty).Select(instalment =>
        {
            var transfer = new PremiumTransfer
            {
                Year = year,
                Number = instalment.Number,
                DueOn = DayNumber.Of(instalment.DueOn),
                Heads = heads.Sum,
                HeadsFixed = heads.Fixed,
                PerHeadFen = terms.PerHead.Value,
                PremiumFen = terms.PerHead.Times(heads.Sum).Value,
                AmountFen = instalment.Amount.Value,
            };
            transfer.County.AddRange(instalment.Counties.Select(c => new CountyShare { County = c.County, Heads = c.Heads, AmountFen = c.Amount.Value }));
            return transfer;
        }).ToList();
        await using var command = new NpgsqlCommand("SELECT number, amount_fen, paid_on, reference FROM insurer_premium_payment WHERE contract_no = $1 AND year = $2", connection)
        {
            Parameters = { new NpgsqlParameter<string> { TypedValue = contract.Number }, new NpgsqlParameter<int> { TypedValue = year } },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            var transfer = transfers[reader.GetInt32(0) - 1];
            (transfer.PaidFen, transfer.PaidOn, transfer.PaymentReference) = (reader.GetInt64(1), DayNumber.Of(reader.GetFieldValue<DateOnly>(2)), reader.GetString(3));
        }
        return transfers;
    }
}
