using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace MedInsure.Settlement.Ledger;

/// <summary>Something that is booked, before it has its place in the ledger.</summary>
/// <param name="Kind">income, settlement, manual, payment, split, close.</param>
/// <param name="Number">Of the fact, within its kind: it is booked once.</param>
/// <param name="Period">The covered year or month of an income or its split; 0: of none.</param>
/// <param name="By">Who books it, and who approves it; empty where a rule does.</param>
/// <param name="Entries">Sum to zero; none of a closing.</param>
internal sealed record Voucher(string Kind, string Number, DateOnly EffectiveOn, int Period, string Memo, IReadOnlyList<string> By, IReadOnlyList<LedgerEntry> Entries)
{
    /// <summary>Of a settlement voucher: which entries of settlements it sums up.</summary>
    public SettledEntries? Settled { get; init; }

    public DayClose? Close { get; init; }

    public long AmountFen => Entries.Where(e => e.AmountFen > 0).Sum(e => e.AmountFen);
}

/// <summary>The settlements numbered after <paramref name="After"/> to <paramref name="To"/> that take effect on the voucher's day.</summary>
/// <param name="Sha256">Of their entries' lines (<see cref="LedgerText.EntryLine"/>), in hexadecimal.</param>
internal sealed record SettledEntries(long After, long To, long Count, string Sha256);

/// <summary>The end of a day: nothing is booked on it, or on one before it, any more.</summary>
/// <param name="JournalSeq">The journal's head that the tables were at.</param>
/// <param name="IncomeNo">All incomes up to this number are booked.</param>
/// <param name="SettlementNo">Up to here settlements are summed up in vouchers.</param>
internal sealed record DayClose(DateOnly Day, DateOnly? PreviousDay, long JournalSeq, string JournalHash, long IncomeNo, long SettlementNo, IReadOnlyList<AccountBalance> Balances);

/// <summary>An account's line of a trial balance. Debit and credit: what was booked since the closing before; opening and closing: debit positive.</summary>
internal readonly record struct AccountBalance(LedgerAccount Account, long OpeningFen, long DebitFen, long CreditFen)
{
    public long ClosingFen => OpeningFen + DebitFen - CreditFen;
}

/// <summary>The ledger as text: a voucher's document, its hash, the lines of an export. A document never changes its form, or old hashes would be of nothing.</summary>
internal static class LedgerText
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>By code points, so that a trial balance is the same everywhere.</summary>
    public static readonly Comparer<LedgerAccount> AccountOrder = Comparer<LedgerAccount>.Create((a, b) =>
        string.CompareOrdinal(a.Purpose, b.Purpose) is var p and not 0 ? p : string.CompareOrdinal(a.Fund, b.Fund) is var f and not 0 ? f : string.CompareOrdinal(a.County, b.County) is var c and not 0 ? c
        : string.CompareOrdinal(a.Counterparty, b.Counterparty));

    /// <summary>What stands before a county's first voucher.</summary>
    public static string Header(string county) => $"medinsure ledger 1 {county}";

    /// <summary>The last line of an export.</summary>
    public static string End(long vouchers, string headHash) => $"end {vouchers} {headHash}";

    public static byte[] Start(string county) => SHA256.HashData(Encoding.UTF8.GetBytes(Header(county)));

    /// <summary>SHA-256(previous hash, document).</summary>
    public static byte[] Hash(ReadOnlySpan<byte> previous, ReadOnlySpan<byte> document)
    {
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        sha.AppendData(previous);
        sha.AppendData(document);
        return sha.GetHashAndReset();
    }

    public static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    public static byte[] EntryLine(long settlementNo, int entryNo, LedgerEntry entry)
    {
        var (purpose, fund, county, counterparty) = entry.Account;
        var line = Encoding.UTF8.GetBytes($"{settlementNo}\t{entryNo}\t{purpose}\t{fund}\t{county}\t{counterparty}\t{entry.AmountFen}\n");
        return line;
    }

    public static byte[] Document(Voucher voucher, long no, DateOnly bookedOn)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            json.WriteNumber("no", no);
            json.WriteString("kind", voucher.Kind);
            json.WriteString("number", voucher.Number);
            json.WriteString("effective_on", Day(voucher.EffectiveOn));
            json.WriteString("booked_on", Day(bookedOn));
            json.WriteNumber("period", voucher.Period);
            json.WriteString("memo", voucher.Memo);
            json.WriteStartArray("by");
            foreach (var person in voucher.By) json.WriteStringValue(person);
            json.WriteEndArray();
            json.WriteStartArray("entries");
            foreach (var entry in voucher.Entries)
            {
                json.WriteStartArray();
                WriteAccount(json, entry.Account);
                json.WriteNumberValue(entry.AmountFen);
                json.WriteEndArray();
            }
            json.WriteEndArray();
            if (voucher.Settled is { } settled)
            {
                json.WriteStartObject("settled");
                json.WriteNumber("after", settled.After);
                json.WriteNumber("to", settled.To);
                json.WriteNumber("count", settled.Count);
                json.WriteString("sha256", settled.Sha256);
                json.WriteEndObject();
            }
            if (voucher.Close is { } close) WriteClose(json, close);
            json.WriteEndObject();
        }
        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteAccount(Utf8JsonWriter json, LedgerAccount account)
    {
        json.WriteStringValue(account.Purpose);
        json.WriteStringValue(account.Fund);
        json.WriteStringValue(account.County);
        json.WriteStringValue(account.Counterparty);
    }

    private static void WriteClose(Utf8JsonWriter json, DayClose close)
    {
        json.WriteStartObject("close");
        json.WriteString("day", Day(close.Day));
        if (close.PreviousDay is { } previous) json.WriteString("previous_day", Day(previous));
        json.WriteNumber("journal_seq", close.JournalSeq);
        json.WriteString("journal_hash", close.JournalHash);
        json.WriteNumber("income_no", close.IncomeNo);
        json.WriteNumber("settlement_no", close.SettlementNo);
        json.WriteStartArray("balances");
        foreach (var balance in close.Balances)
        {
            json.WriteStartArray();
            WriteAccount(json, balance.Account);
            json.WriteNumberValue(balance.OpeningFen);
            json.WriteNumberValue(balance.DebitFen);
            json.WriteNumberValue(balance.CreditFen);
            json.WriteNumberValue(balance.ClosingFen);
            json.WriteEndArray();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>The reverse of <see cref="Document"/>.</summary>
    /// <exception cref="FormatException">It is no voucher's document.</exception>
    public static (Voucher Voucher, long No, DateOnly BookedOn) Read(ReadOnlyMemory<byte> document)
    {
        try
        {
            using var json = JsonDocument.Parse(document);
            var root = json.RootElement;
            var voucher = new Voucher(Text(root, "kind"), Text(root, "number"), DayOf(root, "effective_on"), root.GetProperty("period").GetInt32(), Text(root, "memo"), [.. root.GetProperty("by").EnumerateArray().Select(p => p.GetString()!)],
                [.. root.GetProperty("entries").EnumerateArray().Select(e => new LedgerEntry(Account(e), e[4].GetInt64()))])
            {
                Settled = root.TryGetProperty("settled", out var settled) ? new SettledEntries(Number(settled, "after"), Number(settled, "to"), Number(settled, "count"), Text(settled, "sha256")) : null,
                Close = root.TryGetProperty("close", out var close)
                    ? new DayClose(DayOf(close, "day"), close.TryGetProperty("previous_day", out _) ? DayOf(close, "previous_day") : null, Number(close, "journal_seq"), Text(close, "journal_hash"), Number(close, "income_no"),
                        Number(close, "settlement_no"), [.. close.GetProperty("balances").EnumerateArray().Select(Balance)])
                    : null,
            };
            return (voucher, Number(root, "no"), DayOf(root, "booked_on"));
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or IndexOutOfRangeException) { throw new FormatException("it is no voucher's document", e); }
    }

    private static string Text(JsonElement of, string name) => of.GetProperty(name).GetString()!;

    private static long Number(JsonElement of, string name) => of.GetProperty(name).GetInt64();

    private static DateOnly DayOf(JsonElement of, string name) => DateOnly.ParseExact(Text(of, name), "yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static LedgerAccount Account(JsonElement e) => new(e[0].GetString()!, e[1].GetString()!, e[2].GetString()!, e[3].GetString()!);

    private static AccountBalance Balance(JsonElement e)
    {
        var balance = new AccountBalance(Account(e), e[4].GetInt64(), e[5].GetInt64(), e[6].GetInt64());
        return balance.ClosingFen == e[7].GetInt64() ? balance : throw new FormatException("a closing balance is not opening plus debit less credit");
    }
}
