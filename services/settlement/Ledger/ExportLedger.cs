using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Npgsql;

namespace MedInsure.Settlement.Ledger;

/// <summary>
/// The ledger as a file that is verified without us: the header line, of each voucher its hash and its document, and an end line with their number and the last hash. UTF-8, each line ends with LF.
/// </summary>
internal static class ExportLedger
{
    public static async Task Write(NpgsqlDataSource database, string county, PipeWriter to, CancellationToken cancellation)
    {
        Put(to, LedgerText.Header(county) + '\n');
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var command = new NpgsqlCommand("SELECT hash, document FROM voucher ORDER BY voucher_no", connection) { CommandTimeout = 0 };
        var (count, last) = (0L, LedgerText.Start(county));
        await using (var reader = await command.ExecuteReaderAsync(cancellation))
            while (await reader.ReadAsync(cancellation))
            {
                last = reader.GetFieldValue<byte[]>(0);
                Put(to, Convert.ToHexStringLower(last) + ' ');
                to.Write(reader.GetFieldValue<byte[]>(1));
                Put(to, "\n");
                if (++count % 256 == 0) await to.FlushAsync(cancellation);
            }
        Put(to, LedgerText.End(count, Convert.ToHexStringLower(last)) + '\n');
        await to.FlushAsync(cancellation);
    }

    private static void Put(PipeWriter to, string text) => Encoding.UTF8.GetBytes(text, to);
}
