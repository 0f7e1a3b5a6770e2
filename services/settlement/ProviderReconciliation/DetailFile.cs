using System.IO.Compression;
using System.Text;
using System.Text.Unicode;
using MedInsure.Kernel;

namespace MedInsure.Settlement.ProviderReconciliation;

/// <summary>The rows of a provider's detail file, column by column, in the file's order. Empty texts were empty or null.</summary>
internal sealed class DetailFile
{
    public const int RowsMax = 200_000, UnpackedMax = 32 << 20;
    public const string Header = "setl_id\tmdtrt_id\tpsn_no\tmedfee_sumamt\tfund_pay_sumamt\tacct_pay\trefd_setl_flag";
    private const int Columns = 7, NumberLengthMax = 30;
    // A hundred billion yuan, as a bill is bounded: sums of all rows cannot overflow.
    private const long AmountMax = 10_000_000_000_000;

    private DetailFile() { }

    public List<int> Line { get; } = [];
    public List<string> SetlId { get; } = [];
    public List<string> MdtrtId { get; } = [];
    public List<string> PsnNo { get; } = [];
    public List<long> TotalFen { get; } = [];
    public List<long> FundFen { get; } = [];
    public List<long> AccountFen { get; } = [];
    public List<bool> IsRefund { get; } = [];

    public int Count => SetlId.Count;

    /// <summary>In order: a zip with one text; its size; line by line: UTF-8, columns, each column, a row only once. A provider may have no row at all.</summary>
    public static Outcome<DetailFile> Read(byte[] zip)
    {
        var text = Unpack(zip);
        return text.IsRefused ? text.Refusal! : ReadText(text.Value.Span);
    }

    private static Outcome<ReadOnlyMemory<byte>> Unpack(byte[] zip)
    {
        try
        {
            using var archive = new ZipArchive(new MemoryStream(zip, writable: false), ZipArchiveMode.Read);
            if (archive.Entries is not [{ Name.Length: > 0 } entry]) return ReconciliationRefusals.NotOneText;
            // What the zip says of its size may be a lie: counted while it is unpacked, and no further than the limit.
            using var stream = entry.Open();
            var text = new MemoryStream();
            var part = new byte[1 << 16];
            for (int read; (read = stream.Read(part)) > 0;)
            {
                if (text.Length + read > UnpackedMax) return ReconciliationRefusals.UnpackedTooLarge(UnpackedMax);
                text.Write(part, 0, read);
            }
            return (ReadOnlyMemory<byte>)text.GetBuffer().AsMemory(0, (int)text.Length);
        }
        // What a damaged or hostile zip makes its reader throw.
        catch (Exception e) when (e is InvalidDataException or NotSupportedException or EndOfStreamException or IOException or ArgumentException or OverflowException)
        {
            return ReconciliationRefusals.NotAZip;
        }
    }

    private static Outcome<DetailFile> ReadText(ReadOnlySpan<byte> text)
    {
        if (text.StartsWith("\uFEFF"u8)) text = text[3..];
        var file = new DetailFile();
        var seen = new Dictionary<(string, bool), int>();
        for (var number = 1; text.Length > 0; number++)
        {
            var end = text.IndexOf((byte)'\n');
            var line = end < 0 ? text : text[..end];
            text = end < 0 ? default : text[(end + 1)..];
            line = line.TrimEnd((byte)'\r');
            // Editors end a file with an empty line; one in between is a fault.
            if (line.IsEmpty && text.IndexOfAnyExcept("\r\n"u8) < 0) break;
            if (!Utf8.IsValid(line)) return ReconciliationRefusals.NotUtf8(number);
            if (number == 1 && line.StartsWith("setl_id"u8))
            {
                if (!line.SequenceEqual(Encoding.UTF8.GetBytes(Header))) return ReconciliationRefusals.BadHeader(Header.Replace('\t', ' '));
                continue;
            }
            if (file.Count == RowsMax) return ReconciliationRefusals.TooManyRows(RowsMax);
            if (file.Add(line, number) is { } refusal) return refusal;
            if (!seen.TryAdd((file.SetlId[^1], file.IsRefund[^1]), number)) return ReconciliationRefusals.Repeated(number, seen[(file.SetlId[^1], file.IsRefund[^1])]);
        }
        return file;
    }

    private Refusal? Add(ReadOnlySpan<byte> line, int number)
    {
        Span<Range> columns = stackalloc Range[Columns];
        var found = 0;
        foreach (var column in line.Split((byte)'\t'))
        {
            if (found < Columns) columns[found] = column;
            found++;
        }
        if (found != Columns) return ReconciliationRefusals.WrongColumns(number, Columns, found);

        if (Text(line[columns[0]], number, "setl_id", out var setlId) is { } badSettlement) return badSettlement;
        if (setlId.Length == 0) return ReconciliationRefusals.FieldMissing(number, "setl_id");
        if (Text(line[columns[1]], number, "mdtrt_id", out var mdtrtId) is { } badVisit) return badVisit;
        if (Text(line[columns[2]], number, "psn_no", out var psnNo) is { } badPerson) return badPerson;
        if (Amount(line[columns[3]], number, "medfee_sumamt", required: true, out var total) is { } badTotal) return badTotal;
        if (Amount(line[columns[4]], number, "fund_pay_sumamt", required: false, out var fund) is { } badFund) return badFund;
        if (Amount(line[columns[5]], number, "acct_pay", required: false, out var account) is { } badAccount) return badAccount;
        var flag = line[columns[6]];
        if (!IsEmpty(flag) && !flag.SequenceEqual("0"u8) && !flag.SequenceEqual("1"u8)) return ReconciliationRefusals.BadFlag(number);

        Line.Add(number);
        SetlId.Add(setlId);
        MdtrtId.Add(mdtrtId);
        PsnNo.Add(psnNo);
        TotalFen.Add(total);
        FundFen.Add(fund);
        AccountFen.Add(account);
        IsRefund.Add(flag.SequenceEqual("1"u8));
        return null;
    }

    private static bool IsEmpty(ReadOnlySpan<byte> value) => value.IsEmpty || value.SequenceEqual("null"u8);

    private static Refusal? Text(ReadOnlySpan<byte> value, int line, string field, out string text)
    {
        text = "";
        if (IsEmpty(value)) return null;
        // Numbers of ours and of theirs are printable ASCII.
        if (value.Length > NumberLengthMax || value.IndexOfAnyExceptInRange((byte)'!', (byte)'~') >= 0) return ReconciliationRefusals.FieldInvalid(line, field);
        text = Encoding.ASCII.GetString(value);
        return null;
    }

    private static Refusal? Amount(ReadOnlySpan<byte> value, int line, string field, bool required, out long fen)
    {
        fen = 0;
        if (IsEmpty(value)) return required ? ReconciliationRefusals.FieldMissing(line, field) : null;
        Span<char> text = stackalloc char[40];
        if (value.Length > text.Length) return ReconciliationRefusals.TooLarge(line, field);
        text = text[..Encoding.Latin1.GetChars(value, text)];
        if (FixedPoint.TryParse(text, 2, out fen)) return fen is >= -AmountMax and <= AmountMax ? null : ReconciliationRefusals.TooLarge(line, field);
        var digits = text.TrimStart("+-");
        var point = digits.IndexOf('.');
        var whole = point < 0 ? digits : digits[..point];
        var part = point < 0 ? default : digits[(point + 1)..];
        var isNumber = whole.Length > 0 && text.Length - digits.Length <= 1 && (point < 0 || part.Length > 0) && whole.IndexOfAnyExceptInRange('0', '9') < 0 && part.IndexOfAnyExceptInRange('0', '9') < 0;
        if (!isNumber) return ReconciliationRefusals.NotAnAmount(line, field);
        return part.Length > 2 ? ReconciliationRefusals.TooPrecise(line, field) : ReconciliationRefusals.TooLarge(line, field);
    }
}
