using System.Collections.Frozen;
using System.Globalization;
using MedInsure.Kernel;

namespace MedInsure.Hosting.Imports;

/// <summary>
/// One row, read by column name, blanks at both ends removed, empty = unknown. The readers give null (or "") for an empty field and note what
/// is wrong: import.required, import.too_long, import.unknown_code, import.bad_date, import.bad_amount, import.bad_number, import.bad_code.
/// </summary>
public sealed class CsvRow
{
    private readonly FrozenDictionary<string, int> columns;
    private readonly string[] header, fields;
    private readonly ImportRun run;
    // The column that is asked for after the last one, mostly.
    private int next;

    /// <param name="names">The columns as the kind of file writes them: the very texts that its reading names them by, mostly.</param>
    internal CsvRow(string[] header, IReadOnlyList<string> names, ImportRun run)
    {
        this.header = [.. header.Select(h => names.FirstOrDefault(n => n == h) ?? h)];
        (this.run, fields) = (run, new string[header.Length]);
        columns = header.Select((name, i) => (name, i)).ToFrozenDictionary(c => c.name, c => c.i, StringComparer.Ordinal);
        Array.Fill(fields, "");
    }

    /// <summary>The file's line on which the row begins; the header is line 1.</summary>
    public long Line { get; private set; }
    public bool HasErrors { get; private set; }

    internal void Take(CsvReader reader)
    {
        (Line, HasErrors, next) = (reader.Line, false, 0);
        for (var i = 0; i < fields.Length; i++)
        {
            var field = reader[i].Trim();
            // Codes and dates repeat from row to row: then the text of the row before serves again.
            if (!field.SequenceEqual(fields[i])) fields[i] = field.ToString();
            // PostgreSQL stores no U+0000, and the others never belong into a name or code.
            if (reader.HasControls && field.IndexOfAnyInRange('\u0000', '\u001f') >= 0) Fail(header[i], "import.bad_character", "含有控制字符", "contains a control character");
        }
    }

    /// <summary>The field as text, "" when empty.</summary>
    /// <exception cref="KeyNotFoundException">The kind of file has no such column.</exception>
    public string this[string column]
    {
        get
        {
            // A row's columns are read a million times in the same order: its text is found without looking it up.
            var at = next < header.Length && ReferenceEquals(header[next], column) ? next : columns[column];
            next = at + 1;
            return fields[at];
        }
    }

    public void Fail(string column, string code, string chinese, string english)
    {
        HasErrors = true;
        run.Reject(Line, column, code, chinese, english);
    }

    /// <summary>Text of at most <paramref name="lengthMax"/> characters.</summary>
    public string Text(string column, int lengthMax, bool required = true)
    {
        var text = Present(column, required);
        if (text.Length > lengthMax) Fail(column, "import.too_long", $"超过{lengthMax}个字符", $"longer than {lengthMax} characters");
        return text;
    }

    /// <summary>One of the codes.</summary>
    public string Code(string column, IReadOnlySet<string> codes, bool required = true)
    {
        var text = Present(column, required);
        if (text.Length > 0 && !codes.Contains(text)) Fail(column, "import.unknown_code", "不是规定的代码", $"is none of {string.Join(' ', codes)}");
        return text;
    }

    /// <summary>A list separated by ; of distinct codes.</summary>
    public IReadOnlyList<string> Codes(string column, IReadOnlySet<string> codes)
    {
        var text = this[column];
        if (text.Length == 0) return [];
        if (codes.Contains(text)) return [text];
        string[] parts = [.. text.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Distinct(StringComparer.Ordinal)];
        if (parts.Any(p => !codes.Contains(p))) Fail(column, "import.unknown_code", "含有未规定的代码", $"holds a code that is none of {string.Join(' ', codes)}");
        return parts;
    }

    /// <summary>A six-digit division code.</summary>
    public string Division(string column, bool required = true)
    {
        var text = Present(column, required);
        if (text.Length > 0 && !DivisionCode.TryParse(text, out _)) Fail(column, "import.bad_code", "不是六位行政区划代码", "is not a six-digit division code");
        return text;
    }

    /// <summary>A day, yyyy-MM-dd, from 1900 to 9999.</summary>
    public DateOnly? Date(string column, bool required = true)
    {
        var text = Present(column, required);
        if (text.Length == 0) return null;
        if (TryDay(text, out var day)) return day;
        Fail(column, "import.bad_date", "不是yyyy-MM-dd格式的日期", "is not a date yyyy-MM-dd");
        return null;
    }

    // A million rows have three dates each: a fifth of what DateOnly's own parser takes.
    private static bool TryDay(string text, out DateOnly day)
    {
        day = default;
        if (text is not [_, _, _, _, '-', _, _, '-', _, _]) return false;
        var (year, month, date) = (Digits(text, 0, 4), Digits(text, 5, 2), Digits(text, 8, 2));
        if (year < 1900 || month is < 1 or > 12 || date < 1 || date > DateTime.DaysInMonth(year, month)) return false;
        day = new DateOnly(year, month, date);
        return true;
    }

    /// <returns>Below zero: not only digits.</returns>
    private static int Digits(string text, int start, int length)
    {
        var number = 0;
        for (var i = start; i < start + length; i++)
        {
            if (!char.IsAsciiDigit(text[i])) return -1;
            number = number * 10 + (text[i] - '0');
        }
        return number;
    }

    /// <summary>Yuan with at most two decimals.</summary>
    public Fen? Money(string column, bool required = true, bool negative = false)
    {
        var text = Present(column, required);
        if (text.Length == 0) return null;
        if (Fen.TryParseYuan(text, out var fen) && (negative || !fen.IsNegative)) return fen;
        Fail(column, "import.bad_amount", "不是最多两位小数的金额（元）", "is not an amount in yuan with at most two decimals");
        return null;
    }

    /// <summary>A decimal fraction from 0 to 1 with at most four places.</summary>
    public BasisPoints? Fraction(string column, bool required = true)
    {
        var text = Present(column, required);
        if (text.Length == 0) return null;
        if (BasisPoints.TryParseFraction(text, out var ratio) && ratio.Value is >= 0 and <= BasisPoints.Whole) return ratio;
        Fail(column, "import.bad_number", "不是0到1之间最多四位小数的比例", "is not a fraction from 0 to 1 with at most four decimals");
        return null;
    }

    /// <summary>A quantity, not negative, with at most four decimals.</summary>
    public Quantity? Amount(string column, bool required = true)
    {
        var text = Present(column, required);
        if (text.Length == 0) return null;
        if (Quantity.TryParse(text, out var quantity) && quantity.TenThousandths >= 0) return quantity;
        Fail(column, "import.bad_number", "不是最多四位小数的非负数", "is not a number of at least 0 with at most four decimals");
        return null;
    }

    /// <summary>A unit price in yuan, not negative, with at most six decimals.</summary>
    public UnitPrice? Price(string column, bool required = true)
    {
        var text = Present(column, required);
        if (text.Length == 0) return null;
        if (UnitPrice.TryParse(text, out var price) && price.MicroYuan >= 0) return price;
        Fail(column, "import.bad_amount", "不是最多六位小数的单价（元）", "is not a price in yuan with at most six decimals");
        return null;
    }

    public int? Whole(string column, int min, int max, bool required = true)
    {
        var text = Present(column, required);
        if (text.Length == 0) return null;
        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max) return number;
        Fail(column, "import.bad_number", $"不是{min}到{max}之间的整数", $"is not a whole number from {min} to {max}");
        return null;
    }

    /// <summary>1 = yes; 0 or empty = no.</summary>
    public bool Flag(string column)
    {
        var text = this[column];
        if (text is "1") return true;
        if (text is not ("" or "0")) Fail(column, "import.unknown_code", "应为0或1", "is neither 0 nor 1");
        return false;
    }

    private string Present(string column, bool required)
    {
        var text = this[column];
        if (required && text.Length == 0) Fail(column, "import.required", "不能为空", "must not be empty");
        return text;
    }
}
