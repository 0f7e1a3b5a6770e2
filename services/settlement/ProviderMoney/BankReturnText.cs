using System.Globalization;
using MedInsure.Kernel;

namespace MedInsure.Settlement.ProviderMoney;

/// <summary>A line of the bank's return file: 付款编号,金额（元）,结果,日期,银行流水号,原因. The result is 成功 or 退回.</summary>
internal readonly record struct BankReturnLine(int LineNo, string Text, string PaymentNo, Fen Amount, bool Paid, DateOnly Day, string Reference, string Reason, bool Malformed);

/// <summary>Reads a bank's return file: UTF-8, a header, a line a payment; a line that cannot be read is kept as malformed, never dropped.</summary>
internal static class BankReturnText
{
    public const string Header = "付款编号,金额（元）,结果,日期,银行流水号,原因";
    private const int LinesMax = 100_000, LengthMax = 20_000_000, ReferenceMax = 100, ReasonMax = 500;

    /// <returns>Null: it is no return file.</returns>
    public static List<BankReturnLine>? Read(string? content, DateOnly today)
    {
        if (string.IsNullOrEmpty(content) || content.Length > LengthMax || content.Contains('\0', StringComparison.Ordinal)) return null;
        var text = content.TrimStart('\uFEFF').ReplaceLineEndings("\n").Split('\n');
        if (text[0] != Header || text.Length > LinesMax + 1) return null;
        var lines = new List<BankReturnLine>(text.Length);
        for (var n = 1; n < text.Length; n++)
            if (text[n].Length > 0) lines.Add(Line(n, text[n], today));
        return lines.Count == 0 ? null : lines;
    }

    private static BankReturnLine Line(int n, string text, DateOnly today)
    {
        var fields = text.Split(',');
        return fields.Length == 6 && Fen.TryParseYuan(fields[1].Trim(), out var amount) && fields[2].Trim() is "成功" or "退回" && fields[2].Trim() is var result
            && DateOnly.TryParseExact(fields[3].Trim(), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) && day <= today && fields[4].Length <= ReferenceMax && fields[5].Length <= ReasonMax
            ? new BankReturnLine(n, text, fields[0].Trim(), amount, result == "成功", day, fields[4].Trim(), fields[5].Trim(), false)
            : new BankReturnLine(n, text.Length > 1_000 ? text[..1_000] : text, "", Fen.Zero, false, default, "", "", true);
    }
}
