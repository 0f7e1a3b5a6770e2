using System.Globalization;
using System.IO.Compression;
using System.Text;
using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using Npgsql;

namespace MedInsure.Settlement.ProviderReconciliation;

/// <summary>What a comparison row by row finds, as it goes: counts, our sums, and the text of the result file.</summary>
internal sealed class DetailResult(RowGroup group)
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);
    // Rows that differ come first: a person reads those.
    private readonly StringBuilder differing = new(), equal = new();
    private readonly SortedSet<DateOnly> differingOn = [];
    private RowSums standing;

    public int Equal { get; private set; }
    public int CentreMore { get; private set; }
    public int ProviderMore { get; private set; }
    public int Different { get; private set; }
    /// <summary>Without the rows that 2601 took back and the file leaves out.</summary>
    public RowSums Ours => standing;
    public IReadOnlyList<DateOnly> DifferingOn => [.. differingOn];
    public long UpToSeq { get; private set; }
    public long UpToVoucher { get; private set; }

    /// <summary>One row of the statement: of the file, of ours, or of both.</summary>
    public Refusal? Add(NpgsqlDataReader row)
    {
        (UpToSeq, UpToVoucher) = (row.GetInt64(26), row.GetInt64(27));
        var theirs = !row.IsDBNull(0);
        if (theirs && row.GetInt32(1) != row.GetInt32(0)) return ReconciliationRefusals.Repeated(row.GetInt32(0), row.GetInt32(1));
        if (row.IsDBNull(9)) return AddTheirs(row);
        if (Different + CentreMore + Equal == DetailFile.RowsMax) return ReconciliationRefusals.TooManyRows(DetailFile.RowsMax);

        var (total, fund, account, refund, day) = (row.GetInt64(16), row.GetInt64(17), row.GetInt64(18), row.GetBoolean(15), row.GetFieldValue<DateOnly>(14));
        string result, memo;
        if (theirs)
        {
            memo = Difference(row, total, fund, account, refund);
            result = memo.Length == 0 ? "0" : "3";
            if (memo.Length == 0) Equal++; else Different++;
        }
        else if (row.GetBoolean(21))
        {
            // The provider knows neither row of the two, and need not.
            (result, memo) = ("0", "已冲正(2601)，机构可不列");
            Equal++;
        }
        else
        {
            (result, memo) = ("1", $"中心有{(refund ? "退费" : "结算")}，机构无，可用2601冲正，原交易{TransactionOf(row.GetString(13), refund)}");
            CentreMore++;
        }
        if (result != "0") differingOn.Add(day);
        if (theirs || result != "0") standing = new RowSums(standing.Count + 1, standing.TotalFen + total, standing.FundFen + fund, standing.AccountFen + account, standing.CashFen + row.GetInt64(19));
        Write(result, row.GetString(11), row.GetString(10), row.GetString(9), row.GetString(12), refund, memo, total, fund, account);
        return null;
    }

    private Refusal? AddTheirs(NpgsqlDataReader row)
    {
        ProviderMore++;
        var memo = row.IsDBNull(22) ? "中心无本机构此结算" : $"中心结算于{row.GetFieldValue<DateOnly>(25):yyyy-MM-dd}，险种{row.GetString(23)}，清算类别{row.GetString(24)}，经办{row.GetString(22)}，不在本次对账范围";
        Write("2", row.GetString(4), row.GetString(3), row.GetString(2), "", row.GetBoolean(8), memo, row.GetInt64(5), row.GetInt64(6), row.GetInt64(7));
        return null;
    }

    /// <summary>Empty: none. The person's number may have changed since; the visit's does not.</summary>
    private static string Difference(NpgsqlDataReader row, long total, long fund, long account, bool refund)
    {
        var text = new StringBuilder();
        if (row.GetInt64(5) != total) text.Append(CultureInfo.InvariantCulture, $"医疗费总额中心{new Fen(total)}机构{new Fen(row.GetInt64(5))};");
        if (row.GetInt64(6) != fund) text.Append(CultureInfo.InvariantCulture, $"基金支付中心{new Fen(fund)}机构{new Fen(row.GetInt64(6))};");
        if (row.GetInt64(7) != account) text.Append(CultureInfo.InvariantCulture, $"个人账户中心{new Fen(account)}机构{new Fen(row.GetInt64(7))};");
        if (row.GetBoolean(8) != refund) text.Append("退费标志不符;");
        if (row.GetString(3) is { Length: > 0 } visit && visit != row.GetString(10)) text.Append("就诊ID不符;");
        return text.ToString().TrimEnd(';');
    }

    /// <summary>What 2601 wants to know of the message beside its number.</summary>
    private static string TransactionOf(string clearingType, bool refund) => (clearingType, refund) switch
    {
        ("21", false) => "2304", ("21", true) => "2305", ("41", false) => "2102", ("41", true) => "2103", (_, false) => "2207", _ => "2208",
    };

    private void Write(string result, string psnNo, string mdtrtId, string setlId, string messageId, bool refund, string memo, long total, long fund, long account)
    {
        var text = result == "0" ? equal : differing;
        text.Append(OrNull(psnNo)).Append('\t').Append(OrNull(mdtrtId)).Append('\t').Append(setlId).Append('\t').Append(OrNull(messageId)).Append('\t').Append(result).Append('\t').Append(refund ? '1' : '0')
            .Append('\t').Append(OrNull(memo)).Append('\t').Append(new Fen(total)).Append('\t').Append(new Fen(fund)).Append('\t').Append(new Fen(account)).Append('\n');
    }

    private static string OrNull(string text) => text.Length == 0 ? "null" : text;

    /// <summary>stmt_rslt of the whole, and what to tell the window.</summary>
    public (int Result, string Text) Judge(DeclaredTotals declared)
    {
        var counts = $"一致{Equal}行，中心多{CentreMore}行，机构多{ProviderMore}行，金额不符{Different}行";
        if (CentreMore > 0) return (1, counts);
        if (ProviderMore > 0) return (2, counts);
        if (Different > 0) return (3, counts);
        // What a file has no column for.
        return standing.DifferenceFrom(declared) is { } difference ? (3, difference) : (0, $"对账平：{Equal}行");
    }

    /// <summary>The same bytes for the same rows: an entry's time would make two files of one.</summary>
    public byte[] Zip()
    {
        using var zipped = new MemoryStream();
        using (var archive = new ZipArchive(zipped, ZipArchiveMode.Create, leaveOpen: true))
        {
            var entry = archive.CreateEntry($"{group.FixmedinsCode}_{group.FromOn}_{group.ToOn}_result.txt", CompressionLevel.Fastest);
            entry.LastWriteTime = new DateTimeOffset(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);
            using var stream = entry.Open();
            foreach (var text in (StringBuilder[])[differing, equal])
                foreach (var part in text.GetChunks()) stream.Write(Utf8.GetBytes(part.ToArray()));
        }
        return zipped.ToArray();
    }
}
