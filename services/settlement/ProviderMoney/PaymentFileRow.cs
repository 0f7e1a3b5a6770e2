using System.Security.Cryptography;
using System.Text;
using MedInsure.Kernel;
using MedInsure.Settlement.Queries;
using MedInsure.Settlement.Runs;
using Npgsql;

namespace MedInsure.Settlement.ProviderMoney;

/// <summary>A file of payments for the bank. Its bytes are made of what is kept of its payments, so that it is the same whenever it is asked for; the digest says so.</summary>
internal sealed record PaymentFileRow(long Number, string RequestNo, string PreparedBy, DateTimeOffset PreparedAt, int Payments, long AmountFen, string Sha256)
{
    public const string Header = "付款编号,机构编码,户名,开户行,账号,金额（元）,用途";

    public string No(string county) => CountyNumber.Of(county, CountyNumber.PaymentFile, Number);

    public static async Task<List<PaymentFileRow>> Read(NpgsqlConnection connection, NpgsqlTransaction? transaction, RowFilter filter, string tail, CancellationToken cancellation)
    {
        var files = new List<PaymentFileRow>();
        await using var command = filter.Command(connection, transaction, $"SELECT number, request_no, prepared_by, prepared_at, payment_count, amount_fen, encode(sha256, 'hex') FROM payment_file{filter.Where} {tail}");
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
            files.Add(new PaymentFileRow(reader.GetInt64(0), reader.GetString(1), reader.GetString(2), reader.GetFieldValue<DateTimeOffset>(3), reader.GetInt32(4), reader.GetInt64(5), reader.GetString(6)));
        return files;
    }

    public object Shown(string county) => new { FileNo = No(county), RequestNo, PreparedBy, PreparedAt = CountyDesk.Time(PreparedAt), Payments, Amount = Yuan.Of(AmountFen), Sha256 };

    /// <summary>UTF-8 with a byte order mark, RFC 4180, \r\n, in the payments' order.</summary>
    public static async Task<byte[]> Csv(NpgsqlConnection connection, NpgsqlTransaction? transaction, string county, long file, CancellationToken cancellation)
    {
        var csv = new StringBuilder(Header).Append("\r\n");
        await using var command = new NpgsqlCommand("SELECT number, kind, subject, fixmedins_code, amount_fen, account_name, bank_name, account_no FROM provider_payment WHERE file = $1 ORDER BY number", connection, transaction)
        {
            Parameters = { new() { Value = file } },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            var subject = PayableSubject.NumberOf(county, reader.GetString(1), reader.GetInt64(2));
            csv.AppendJoin(',', CountyNumber.Of(county, CountyNumber.Payment, reader.GetInt64(0)), Field(reader.GetString(3)), Field(reader.GetString(5)), Field(reader.GetString(6)), reader.GetString(7),
                new Fen(reader.GetInt64(4)).ToString(), (reader.GetString(1) switch { "statement" => "医保结算款", "prepayment" => "医保预付款", _ => "退还质量保证金" }) + subject).Append("\r\n");
        }
        return [.. Encoding.UTF8.GetPreamble(), .. Encoding.UTF8.GetBytes(csv.ToString())];
    }

    /// <summary>The file, if it is the one that was prepared.</summary>
    public static async Task<Outcome<(PaymentFileRow File, byte[] Csv)>> Get(RunPlace place, string fileNo, CancellationToken cancellation)
    {
        if (CountyNumber.Parse(place.Tenant.Code, CountyNumber.PaymentFile, fileNo) is not { } number) return ProviderMoneyRefusals.FileUnknown;
        await using var connection = await place.Database.OpenConnectionAsync(cancellation);
        if ((await Read(connection, null, new RowFilter().Add("number = ", number), "", cancellation)).SingleOrDefault() is not { } file) return ProviderMoneyRefusals.FileUnknown;
        var csv = await Csv(connection, null, place.Tenant.Code, number, cancellation);
        return Convert.ToHexStringLower(SHA256.HashData(csv)) == file.Sha256 ? (file, csv) : ProviderMoneyRefusals.FileChanged;
    }

    private static string Field(string text) => text.AsSpan().IndexOfAny(",\"\r\n") < 0 ? text : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
