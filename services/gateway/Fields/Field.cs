namespace MedInsure.Gateway.Fields;

/// <summary>How a field's value is written and held.</summary>
public enum FieldForm
{
    /// <summary>C: text. A JSON number is taken as its digits, as many hospital systems send codes so.</summary>
    Text,
    /// <summary>N: a decimal number, held as a whole number of 10^-decimals. Text and JSON number are both accepted.</summary>
    Number,
    /// <summary>yyyy-MM-dd HH:mm:ss (or yyyy-MM-dd) in China Standard Time, held as unix milliseconds.</summary>
    Time,
    /// <summary>yyyy-MM-dd (a time of day is tolerated and dropped), held as yyyyMMdd.</summary>
    Day,
    /// <summary>A file's bytes: base64 text, or a JSON array of byte values, signed or not.</summary>
    Bytes,
    /// <summary>Codes: a JSON array of texts, or one text.</summary>
    Texts,
}

/// <summary>
/// One field as the interface's tables give it. <paramref name="Length"/> counts characters of a C field and digits of an N field,
/// decimals included (N16.2 = 14 before the point, 2 after); of Bytes it counts MiB.
/// </summary>
public sealed record Field(
    string Name, string Label, FieldForm Form, int Length, int Decimals = 0, bool Required = false, bool MayBeNegative = false, CodeList? Codes = null)
{
    /// <summary>The same field, marked Y in the interface's table.</summary>
    public Field Y => this with { Required = true };

    /// <summary>The same field where a correction or a net sum may be below zero.</summary>
    public Field OrNegative => this with { MayBeNegative = true };

    /// <summary>人员编号(psn_no)</summary>
    public string Title => $"{Label}({Name})";

    /// <summary>C30, N16.2, yyyy-MM-dd: the notation of the interface's tables.</summary>
    public string Notation => Form switch
    {
        FieldForm.Text => $"C{Length}",
        FieldForm.Number => Decimals == 0 ? $"N{Length}" : $"N{Length}.{Decimals}",
        FieldForm.Time => "yyyy-MM-dd HH:mm:ss",
        FieldForm.Texts => $"C{Length}[]",
        FieldForm.Bytes => $"bytes, at most {Length} MiB (base64 or array)",
        _ => "yyyy-MM-dd",
    };
}

/// <summary>The notation in which transactions write their field tables.</summary>
public static class FieldNotation
{
    public static Field C(string name, string label, int length, CodeList? codes = null) => new(name, label, FieldForm.Text, length, Codes: codes);
    public static Field N(string name, string label, int digits, int decimals = 0) => new(name, label, FieldForm.Number, digits, decimals);
    public static Field Time(string name, string label) => new(name, label, FieldForm.Time, 19);
    public static Field Day(string name, string label) => new(name, label, FieldForm.Day, 10);

    public static Field Bytes(string name, string label, int mebibytes) => new(name, label, FieldForm.Bytes, mebibytes);

    /// <summary>Codes of at most so many characters each.</summary>
    public static Field Texts(string name, string label, int length) => new(name, label, FieldForm.Texts, length);

    /// <summary>An amount of money in yuan, N16.2, held in fen.</summary>
    public static Field Money(string name, string label) => N(name, label, 16, 2);
}
