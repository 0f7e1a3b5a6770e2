using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using MedInsure.Billing.Payments;
using MedInsure.Kernel;

namespace MedInsure.Billing.Reconciliation;

/// <summary>A file of a bank, read whole: nothing of a file takes effect that is cut or has a line of another form. README.md describes both kinds. Pure.</summary>
internal sealed record BankFile(byte[] Sha256, string Kind, string Channel, long BatchNo, DateOnly Day, IReadOnlyList<BankFile.Row> Rows, long SumFen)
{
    /// <param name="Ok">Of a statement: always.</param>
    internal sealed record Row(int LineNo, string PsnNo, long AmountFen, bool Ok, string Reference, DateOnly ValueOn, string Detail);

    public const int BytesMax = 64 << 20, ReferenceMax = 64;

    public static Outcome<BankFile> Read(byte[] file, string county, DateOnly today)
    {
        string text;
        try { text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(file).TrimStart('\ufeff'); }
        catch (DecoderFallbackException) { return BankRefusals.FileEmpty; }
        var lines = text.ReplaceLineEndings("\n").Split('\n');
        // The last line ends with a line end, or the file was cut within it.
        if (lines.Length < 3 || lines[^1].Length > 0) return lines[0].StartsWith("H,", StringComparison.Ordinal) ? BankRefusals.FileCut : BankRefusals.FileEmpty;
        string kind, channel;
        long batchNo = 0;
        var day = DateOnly.MinValue;
        switch (lines[0].Split(','))
        {
            case ["H", var of, "return", var bank, var batch] when of == county && PaymentTexts.IsChannel(bank) && long.TryParse(batch, NumberStyles.None, CultureInfo.InvariantCulture, out batchNo): (kind, channel) = ("return", $"bank-{bank}"); break;
            case ["H", var of, "statement", var name, var on] when of == county && IsOfChannel(name) && PaymentTexts.IsPastDay(on, today, out day): (kind, channel) = ("statement", name); break;
            default: return BankRefusals.FileEmpty;
        }
        var rows = new List<Row>(lines.Length);
        for (var i = 1; i < lines.Length - 2; i++)
        {
            var row = kind == "return" ? Return(lines[i].Split(','), today) : Statement(lines[i].Split(','), today);
            if (row is null) return BankRefusals.RowInvalid.At($"line {i + 1}");
            rows.Add(row);
        }
        var sum = rows.Where(r => r.Ok).Sum(r => r.AmountFen);
        return lines[^2].Split(',') is ["T", var count, var amount] && count == rows.Count.ToString(CultureInfo.InvariantCulture) && Fen.TryParseYuan(amount, out var said) && said.Value == sum
            ? new BankFile(SHA256.HashData(file), kind, channel, batchNo, day, rows, sum) : BankRefusals.FileCut;
    }

    /// <summary>As a file's last line.</summary>
    public static string Trailer(int rows, long sumFen) => $"T,{rows},{new Fen(sumFen)}\n";

    private static bool IsOfChannel(string name) => name.Split('-') is ["bank" or "online", var code] && PaymentTexts.IsChannel(code);

    private static Row? Return(string[] fields, DateOnly today) =>
        fields is ["D", var line, var psnNo, var amount, var result, var reference, var on, var detail]
        && int.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out var lineNo) && PaymentTexts.IsAmount(amount, out var fen) && detail.Length <= 200 && psnNo.Length is > 0 and <= 40 && !detail.Contains('\0') && !psnNo.Contains('\0')
            ? result switch
            {
                "ok" when RequestTexts.IsText(reference, ReferenceMax) && PaymentTexts.IsPastDay(on, today, out var day) => new Row(lineNo, psnNo, fen, true, reference, day, detail),
                "failed" when reference.Length == 0 && on.Length == 0 => new Row(lineNo, psnNo, fen, false, "", DateOnly.MinValue, detail),
                _ => null,
            }
            : null;

    private static Row? Statement(string[] fields, DateOnly today) =>
        fields is ["D", var reference, var amount, var on] && RequestTexts.IsText(reference, ReferenceMax) && PaymentTexts.IsAmount(amount, out var fen) && PaymentTexts.IsPastDay(on, today, out var day)
            ? new Row(0, "", fen, true, reference, day, "") : null;
}
