using MedInsure.Kernel;
using MedInsure.Settlement.Queries;
using MedInsure.Settlement.Runs;
using Npgsql;

namespace MedInsure.Settlement.ProviderMoney;

/// <summary>Where a provider is paid from now on, given by two people. The same request again changes nothing.</summary>
internal static class RecordProviderAccount
{
    internal sealed record Order(string? RequestNo, string? FixmedinsCode, string? AccountName, string? BankName, string? AccountNo, string? PreparedBy, string? Approver);

    public static async Task<Outcome<Order>> Execute(RunPlace place, Order order, DateTimeOffset now, CancellationToken cancellation)
    {
        if (TwoPeople.Check(order.PreparedBy, "prepared_by", order.Approver) is { } unfit) return unfit;
        if (!CountyDesk.IsRequestNumber(order.RequestNo)) return Refusals.RequestNumberInvalid;
        if (string.IsNullOrEmpty(order.FixmedinsCode)) return Refusals.ProviderUnknown;
        if (!IsText(order.AccountName) || !IsText(order.BankName) || order.AccountNo is not { Length: >= 4 and <= 40 } no || !no.All(char.IsAsciiLetterOrDigit)) return ProviderMoneyRefusals.AccountInvalid;
        await using (var insert = place.Database.CreateCommand("""
            INSERT INTO provider_account (request_no, fixmedins_code, account_name, bank_name, account_no, prepared_by, approver, recorded_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (request_no) DO NOTHING
            """))
        {
            foreach (var value in (object[])[order.RequestNo!, order.FixmedinsCode, order.AccountName!.Trim(), order.BankName!.Trim(), no, order.PreparedBy!.Trim(), order.Approver!.Trim(), now.UtcDateTime])
                insert.Parameters.Add(new NpgsqlParameter { Value = value });
            await insert.ExecuteNonQueryAsync(cancellation);
        }
        var row = (await Read(place, new RowFilter().Add("request_no = ", order.RequestNo!), "", cancellation))[0];
        return (row.FixmedinsCode, row.AccountName, row.BankName, row.AccountNo) == (order.FixmedinsCode, order.AccountName!.Trim(), order.BankName!.Trim(), no) ? row : Refusals.RequestNumberReused;
    }

    /// <summary>The newest first.</summary>
    public static async Task<List<Order>> Of(RunPlace place, string fixmedinsCode, CancellationToken cancellation) => await Read(place, new RowFilter().Add("fixmedins_code = ", fixmedinsCode), "ORDER BY number DESC LIMIT 100", cancellation);

    private static async Task<List<Order>> Read(RunPlace place, RowFilter filter, string tail, CancellationToken cancellation)
    {
        var rows = new List<Order>();
        await using var command = filter.Command(place.Database, $"SELECT request_no, fixmedins_code, account_name, bank_name, account_no, prepared_by, approver FROM provider_account{filter.Where} {tail}");
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
            rows.Add(new Order(reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.GetString(4), reader.GetString(5), reader.GetString(6)));
        return rows;
    }

    // Goes into the bank's file as it is.
    private static bool IsText(string? text) => !string.IsNullOrWhiteSpace(text) && text.Length <= 100 && !text.Any(char.IsControl);
}
