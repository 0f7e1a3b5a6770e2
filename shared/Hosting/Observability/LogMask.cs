using System.Text.RegularExpressions;
using MedInsure.Kernel;

namespace MedInsure.Hosting.Observability;

/// <summary>
/// Takes personal data and secrets out of what is logged: a resident id number wherever it stands, names, certificates, phone numbers and
/// secrets by the name of their field, also inside JSON text.
/// </summary>
public static partial class LogMask
{
    private enum Kind { None, Name, Certificate, Phone, Secret }

    /// <summary>Any text: id numbers, and JSON members with a masked name.</summary>
    public static string Text(string text)
    {
        // Most lines hold neither; a search for a vectorised character class is far cheaper than the expressions.
        if (text.Length >= 18 && text.AsSpan().IndexOfAnyInRange('0', '9') >= 0) text = IdNumber().Replace(text, m => PersonalData.MaskCertificate(m.Value));
        if (text.Contains("\":", StringComparison.Ordinal) || text.Contains("\" :", StringComparison.Ordinal)) text = JsonMember().Replace(text, m => $"{m.Groups[1].Value}{Masked(KindOf(m.Groups[2].Value), m.Groups[3].Value)}\"");
        return text;
    }

    /// <summary>A value under its field's name.</summary>
    public static string Value(string field, object? value)
    {
        var text = value switch { null => "", string s => s, IFormattable f => f.ToString(null, null), _ => value.ToString() ?? "" };
        var kind = KindOf(field);
        return kind == Kind.None ? Text(text) : Masked(kind, text);
    }

    public static bool IsMasked(string field) => KindOf(field) != Kind.None;

    private static string Masked(Kind kind, string text) => kind switch
    {
        Kind.Name => PersonalData.MaskName(text),
        Kind.Certificate => PersonalData.MaskCertificate(text),
        Kind.Phone => text.Length <= 4 ? new string('*', text.Length) : new string('*', text.Length - 4) + text[^4..],
        Kind.Secret => text.Length == 0 ? "" : "***",
        _ => Text(text),
    };

    /// <summary>By the last word or words of the field: psn_name, PsnName and patient.name are the same.</summary>
    private static Kind KindOf(string field)
    {
        Span<char> buffer = stackalloc char[64];
        var length = 0;
        foreach (var c in field)
        {
            if (!char.IsAsciiLetterOrDigit(c)) continue;
            if (length == buffer.Length) return Kind.None;
            buffer[length++] = char.ToLowerInvariant(c);
        }
        var name = buffer[..length];
        // "name" alone is a file's or a check's; a person's name says whose.
        foreach (var of in (ReadOnlySpan<string>)["psnname", "personname", "patientname", "insuredname", "fullname", "conername", "contactname", "coner", "agtername", "drname", "doctorname", "opter", "optername", "legalname", "holdername", "familyname"])
            if (name.EndsWith(of)) return Kind.Name;
        foreach (var of in (ReadOnlySpan<string>)["certno", "idnumber", "idcard", "idno", "cardno", "cardnumber", "bankacct", "bankaccount", "accountno"])
            if (name.EndsWith(of)) return Kind.Certificate;
        foreach (var of in (ReadOnlySpan<string>)["phone", "mobile", "tel", "telephone", "telno"])
            if (name.EndsWith(of)) return Kind.Phone;
        foreach (var of in (ReadOnlySpan<string>)["password", "passwd", "secret", "token", "authorization", "apikey", "signature", "privatekey"])
            if (name.EndsWith(of)) return Kind.Secret;
        return Kind.None;
    }

    // Six digits of division, a possible birth date, three digits, a check character; inside a longer number it is something else.
    [GeneratedRegex(@"(?<![0-9])[1-9][0-9]{5}(?:18|19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{3}[0-9Xx](?![0-9])")]
    private static partial Regex IdNumber();

    [GeneratedRegex("""("([A-Za-z_]{2,40})"\s?:\s?")((?:[^"\\]|\\.)*)(?:"|$)""")]
    private static partial Regex JsonMember();
}
