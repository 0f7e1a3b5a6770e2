using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Npgsql;

namespace MedInsure.Settlement.Ledger;

/// <summary>Verifies a ledger by itself, from an export, or, in the database, with the tables that repeat it.</summary>
internal static class VerifyLedger
{
    private const string HeaderStart = "medinsure ledger 1 ";
    private const int HashLength = 64;

    /// <summary>Of an export (<see cref="ExportLedger"/>): needs nothing else. Whatever byte of it is another one, something is found.</summary>
    public static async Task<LedgerReport> Read(Stream export, CancellationToken cancellation)
    {
        var reader = PipeReader.Create(export);
        LedgerWalk? walk = null;
        var ended = false;
        while (true)
        {
            var read = await reader.ReadAsync(cancellation);
            var buffer = read.Buffer;
            while (buffer.PositionOf((byte)'\n') is { } end)
            {
                var line = buffer.Slice(0, end).ToArray();
                buffer = buffer.Slice(buffer.GetPosition(1, end));
                if (ended) walk!.Find("something follows the end line");
                else if (walk is null)
                {
                    var header = Encoding.UTF8.GetString(line);
                    if (!header.StartsWith(HeaderStart, StringComparison.Ordinal)) return Broken("", "it is no ledger's export");
                    walk = new LedgerWalk(header[HeaderStart.Length..], LedgerText.Start(header[HeaderStart.Length..]));
                    // Bytes that are no text are read as others.
                    if (!Encoding.UTF8.GetBytes(header).AsSpan().SequenceEqual(line)) walk.Find("the header is no text");
                }
                else if (line.Length > HashLength && line[HashLength] == ' ')
                {
                    if (walk.Take(line.AsMemory(HashLength + 1), Encoding.ASCII.GetString(line, 0, HashLength)) is null) return walk.Report;
                }
                else
                {
                    ended = true;
                    if (Encoding.UTF8.GetString(line) != LedgerText.End(walk.Vouchers, walk.HeadHash)) walk.Find("the end line does not say what was read: vouchers are missing or changed");
                }
            }
            reader.AdvanceTo(buffer.Start, buffer.End);
            if (!read.IsCompleted) continue;
            if (walk is null) return Broken("", "it is no ledger's export");
            if (!ended || buffer.Length > 0) walk.Find("the export is cut off, or something follows its end");
            return walk.Report;
        }

        static LedgerReport Broken(string county, string finding) => new(county, 0, "", null, [finding]);
    }

    /// <summary>Of the database, in the caller's snapshot: the chain, and that entries, columns and head repeat the documents, and what settlements booked is what was summed up.</summary>
    public static async Task<LedgerReport> Run(NpgsqlConnection connection, string county, CancellationToken cancellation)
    {
        var walk = new LedgerWalk(county, LedgerText.Start(county));
        var ranges = new Dictionary<(long After, long To), List<(string Number, Voucher Voucher)>>();
        await using (var command = new NpgsqlCommand("""
            SELECT v.document, v.hash, v.kind, v.number, v.effective_on, v.booked_on, v.period, v.amount_fen, v.voucher_no, e.amounts, e.purposes, e.funds, e.counties, e.counterparties
            FROM voucher v LEFT JOIN LATERAL (
                SELECT array_agg(amount_fen ORDER BY entry_no) AS amounts, array_agg(purpose ORDER BY entry_no) AS purposes, array_agg(fund ORDER BY entry_no) AS funds, array_agg(county ORDER BY entry_no) AS counties,
                    array_agg(counterparty ORDER BY entry_no) AS counterparties
                FROM voucher_entry JOIN ledger_account USING (account_id) WHERE voucher_no = v.voucher_no) e ON true ORDER BY v.voucher_no
            """, connection) { CommandTimeout = 0 })
        await using (var reader = await command.ExecuteReaderAsync(cancellation))
            while (await reader.ReadAsync(cancellation))
            {
                if (walk.Take(reader.GetFieldValue<byte[]>(0), Convert.ToHexStringLower(reader.GetFieldValue<byte[]>(1))) is not { } taken) return walk.Report;
                var (voucher, bookedOn) = taken;
                if ((reader.GetString(2), reader.GetString(3), reader.GetFieldValue<DateOnly>(4), reader.GetFieldValue<DateOnly>(5), reader.GetInt32(6), reader.GetInt64(7), reader.GetInt64(8))
                    != (voucher.Kind, voucher.Number, voucher.EffectiveOn, bookedOn, voucher.Period, voucher.AmountFen, walk.Vouchers)) walk.Find($"voucher {walk.Vouchers}: its columns are not its document's");
                if (!Entries(reader).SequenceEqual(voucher.Entries)) walk.Find($"voucher {walk.Vouchers}: its entries are not its document's");
                if (voucher.Settled is not { } settled) continue;
                if (!ranges.TryGetValue((settled.After, settled.To), out var list)) ranges.Add((settled.After, settled.To), list = []);
                list.Add((voucher.Number, voucher));
            }
        await CheckHead(connection, walk, cancellation);
        var projected = (await Projections.Projector.ReadCheckpoint(connection, cancellation)).LastSettlementNo;
        // Tables that are being built again are behind what was summed up.
        foreach (var ((after, to), vouchers) in ranges.Where(r => r.Key.To <= projected)) await CheckSettled(connection, walk, after, to, vouchers, cancellation);
        return walk.Report;
    }

    private static List<LedgerEntry> Entries(NpgsqlDataReader reader)
    {
        if (reader.IsDBNull(9)) return [];
        var (amounts, purposes, funds, counties, counterparties) =
            (reader.GetFieldValue<long[]>(9), reader.GetFieldValue<string[]>(10), reader.GetFieldValue<string[]>(11), reader.GetFieldValue<string[]>(12), reader.GetFieldValue<string[]>(13));
        return [.. amounts.Select((fen, i) => new LedgerEntry(new(purposes[i], funds[i], counties[i], counterparties[i]), fen))];
    }

    private static async Task CheckHead(NpgsqlConnection connection, LedgerWalk walk, CancellationToken cancellation)
    {
        if (await LedgerHead.Find(connection, cancellation) is not { } head) walk.Find("the ledger's head is missing");
        else if ((head.VoucherNo, head.VoucherNo == 0 ? walk.HeadHash : head.HashText, head.SettlementNo, head.ClosedOn is { } day ? LedgerText.Day(day) : null)
            != (walk.Vouchers, walk.HeadHash, walk.SettlementNo, walk.Report.ClosedOn)) walk.Find("the ledger's head is not its last voucher's: vouchers are missing, or were added past it");
    }

    private static async Task CheckSettled(NpgsqlConnection connection, LedgerWalk walk, long after, long to, List<(string Number, Voucher Voucher)> vouchers, CancellationToken cancellation)
    {
        var found = await SettledSums.Read(connection, after, to, cancellation);
        if (!found.Select(s => s.Number).Order(StringComparer.Ordinal).SequenceEqual(vouchers.Select(v => v.Number).Order(StringComparer.Ordinal))) walk.Find($"settlements {after + 1} to {to} have other days of effect than were summed up");
        foreach (var sums in found)
            if (vouchers.Find(v => v.Number == sums.Number).Voucher is { } voucher && (voucher.Settled != sums.Settled || !voucher.Entries.SequenceEqual(sums.Entries)))
                walk.Find($"settlements {after + 1} to {to} are booked otherwise than was summed up for {LedgerText.Day(sums.EffectiveOn)}");
    }
}
