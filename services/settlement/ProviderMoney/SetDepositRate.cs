using System.Globalization;
using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.ProviderStatements;
using MedInsure.Settlement.Queries;
using MedInsure.Settlement.Runs;
using Npgsql;

namespace MedInsure.Settlement.ProviderMoney;

/// <summary>The agreement's quality deposit of a provider from a month on, given by two people: 1 to 3 per cent of the monthly benefit (Yh, 003_896aa420924c8ba6.txt), or 0 to end it.</summary>
internal static class SetDepositRate
{
    /// <param name="Rate">Per cent, at most two decimals: 2.5.</param>
    internal sealed record Order(string? RequestNo, string? FixmedinsCode, int FromMonth, decimal? Rate, string? PreparedBy, string? Approver);

    /// <summary>From the first month that begins on the day or after it: a month's statement has one rate, and none is raised for days before.</summary>
    public static async Task<Outcome<DepositRate>> FromDay(NpgsqlDataSource database, SetDepositRateRequest request, DateTimeOffset now, CancellationToken cancellation)
    {
        if (!DateOnly.TryParseExact($"{request.FromOn}", "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var from) || from.Year is < 2000 or > 2099) return ProviderMoneyRefusals.DayInvalid;
        var month = ClaimMonth.Of(from.Day == 1 ? from : from.AddMonths(1));
        var order = new Order(request.RequestNo, request.FixmedinsCode, month, request.RatioBp * 0.01m, request.PreparedBy, request.Approver);
        return (await Execute(database, order, now, cancellation)) is { Refusal: { } refusal } ? refusal : new DepositRate { FromMonth = month, RatioBp = request.RatioBp };
    }

    public static Task<Outcome<Order>> Execute(RunPlace place, Order order, DateTimeOffset now, CancellationToken cancellation) => Execute(place.Database, order, now, cancellation);

    private static async Task<Outcome<Order>> Execute(NpgsqlDataSource database, Order order, DateTimeOffset now, CancellationToken cancellation)
    {
        if (TwoPeople.Check(order.PreparedBy, "prepared_by", order.Approver) is { } unfit) return unfit;
        if (!CountyDesk.IsRequestNumber(order.RequestNo)) return Refusals.RequestNumberInvalid;
        if (string.IsNullOrEmpty(order.FixmedinsCode)) return Refusals.ProviderUnknown;
        if (!ClaimMonth.IsMonth(order.FromMonth)) return ProviderMoneyRefusals.MonthInvalid.At("from_month");
        if (order.Rate is not (0 or >= 1 and <= 3) || order.Rate * 100 % 1 != 0) return ProviderMoneyRefusals.RateInvalid;
        var ratio = (int)(order.Rate.Value * 100);
        await using (var insert = database.CreateCommand("""
            INSERT INTO provider_deposit_rate (request_no, fixmedins_code, from_month, ratio_bp, prepared_by, approver, recorded_at) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (request_no) DO NOTHING
            """))
        {
            foreach (var value in (object[])[order.RequestNo!, order.FixmedinsCode, order.FromMonth, ratio, order.PreparedBy!.Trim(), order.Approver!.Trim(), now.UtcDateTime]) insert.Parameters.Add(new NpgsqlParameter { Value = value });
            await insert.ExecuteNonQueryAsync(cancellation);
        }
        var row = (await Read(database, new RowFilter().Add("request_no = ", order.RequestNo!), cancellation))[0];
        return (row.FixmedinsCode, row.FromMonth, row.Rate) == (order.FixmedinsCode, order.FromMonth, order.Rate) ? row : Refusals.RequestNumberReused;
    }

    /// <summary>The latest that counts first.</summary>
    public static Task<List<Order>> Of(RunPlace place, string fixmedinsCode, CancellationToken cancellation) => Read(place.Database, new RowFilter().Add("fixmedins_code = ", fixmedinsCode), cancellation);

    private static async Task<List<Order>> Read(NpgsqlDataSource database, RowFilter filter, CancellationToken cancellation)
    {
        var rows = new List<Order>();
        await using var command = filter.Command(database, $"SELECT request_no, fixmedins_code, from_month, ratio_bp, prepared_by, approver FROM provider_deposit_rate{filter.Where} ORDER BY from_month DESC, number DESC LIMIT 100");
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation)) rows.Add(new Order(reader.GetString(0), reader.GetString(1), reader.GetInt32(2), reader.GetInt32(3) * 0.01m, reader.GetString(4), reader.GetString(5)));
        return rows;
    }
}
