using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using MedInsure.Kernel;

namespace MedInsure.Gateway.Fields;

/// <summary>
/// Reads a transaction's nodes and checks every field in the order of the table, so that the first fault found is always the same:
/// present, JSON kind, characters, length, form, decimals, range, code list. Fields that are in no table are ignored.
/// </summary>
public static class FieldReader
{
    // Within what a hospital could mean, and within what a four-digit year can say.
    private const int YearMin = 1900, YearMax = 2999;

    public static Refusal? ReadInput(JsonElement input, IReadOnlyList<Node> nodes, out Input result)
    {
        var rows = new Row[nodes.Count][];
        result = new Input(nodes, rows);
        for (var i = 0; i < nodes.Count; i++)
            if (ReadNode(input, nodes[i], out rows[i]) is { } refusal) return refusal;
        return null;
    }

    private static Refusal? ReadNode(JsonElement input, Node node, out Row[] rows)
    {
        rows = [];
        // Some systems write an empty list as an empty text.
        if (!input.TryGetProperty(node.Name, out var element) || element.ValueKind == JsonValueKind.Null || (element.ValueKind == JsonValueKind.String && element.ValueEquals("")))
            return node.RowsMin == 0 ? null : GatewayRefusals.NodeMissing(node);

        if (element.ValueKind == JsonValueKind.Object)
        {
            rows = new Row[1];
            return ReadRow(element, node, node.IsList ? 1 : 0, out rows[0]);
        }
        if (!node.IsList) return GatewayRefusals.NodeNotObject(node);
        if (element.ValueKind != JsonValueKind.Array) return GatewayRefusals.NodeNotList(node);

        var count = element.GetArrayLength();
        if (count < node.RowsMin) return GatewayRefusals.NodeMissing(node);
        if (count > node.RowsMax) return GatewayRefusals.NodeTooLong(node);
        rows = new Row[count];
        var at = 0;
        foreach (var item in element.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.Object) return GatewayRefusals.RowNotObject(node, at + 1);
            if (ReadRow(item, node, at + 1, out rows[at]) is { } refusal) return refusal;
            at++;
        }
        return null;
    }

    /// <summary>Reads one object. <paramref name="number"/> is its place in the list from 1; 0 = the node is no list.</summary>
    public static Refusal? ReadRow(JsonElement element, Node node, int number, out Row row)
    {
        var fields = node.Fields;
        var found = new JsonElement[fields.Count];
        Span<char> name = stackalloc char[node.NameLengthMax];
        foreach (var property in element.EnumerateObject())
        {
            // Names of the tables are ASCII: an escaped, longer or other name is in no table.
            var raw = JsonMarshal.GetRawUtf8PropertyName(property);
            if (raw.Length > name.Length || Encoding.UTF8.GetChars(raw, name) is var length && length != raw.Length) continue;
            var at = node.IndexOf(name[..length]);
            if (at >= 0) found[at] = property.Value;
        }

        var values = new FieldValue[fields.Count];
        var children = node.Children.Count == 0 ? [] : new Row[node.Children.Count][];
        row = new Row(node, values, children);
        for (var i = 0; i < fields.Count; i++)
        {
            if (ReadField(found[i], fields[i], out values[i]) is { } refusal)
                return number == 0 ? refusal : GatewayRefusals.InRow(refusal, node, number);
        }
        for (var i = 0; i < children.Length; i++)
        {
            if (ReadNode(element, node.Children[i], out children[i]) is { } refusal)
                return number == 0 ? refusal : GatewayRefusals.InRow(refusal, node, number);
        }
        return null;
    }

    private static Refusal? ReadField(JsonElement element, Field field, out FieldValue value)
    {
        value = default;
        if (field.Form == FieldForm.Bytes) return ReadBytes(element, field, out value);
        if (field.Form == FieldForm.Texts) return ReadTexts(element, field, out value);
        string text;
        switch (element.ValueKind)
        {
            case JsonValueKind.Undefined or JsonValueKind.Null:
                return field.Required ? GatewayRefusals.FieldMissing(field) : null;
            case JsonValueKind.String:
                try { text = element.GetString()!; }
                catch (InvalidOperationException) { return GatewayRefusals.FieldBadText(field); } // broken UTF-8 or half a surrogate pair
                break;
            case JsonValueKind.Number:
                text = element.GetRawText();
                break;
            default:
                return GatewayRefusals.FieldBadKind(field);
        }
        if (string.IsNullOrWhiteSpace(text)) return field.Required ? GatewayRefusals.FieldMissing(field) : null;
        // PostgreSQL stores no NUL, and no field of the interface has use for other control characters than line ends and tabs.
        if (text.AsSpan().ContainsAnyInRange('\0', '\u0008') || text.AsSpan().ContainsAnyInRange('\u000e', '\u001f')) return GatewayRefusals.FieldBadText(field);

        return field.Form switch
        {
            FieldForm.Text => ReadText(text, field, out value),
            FieldForm.Number => ReadNumber(text, field, out value),
            FieldForm.Time => ReadTime(text, field, out value),
            _ => ReadDay(text, field, out value),
        };
    }

    private static Refusal? ReadBytes(JsonElement element, Field field, out FieldValue value)
    {
        value = default;
        byte[]? bytes = null;
        switch (element.ValueKind)
        {
            case JsonValueKind.Undefined or JsonValueKind.Null:
                break;
            case JsonValueKind.String:
                try { if (!element.TryGetBytesFromBase64(out bytes)) return GatewayRefusals.FieldNotBytes(field); }
                catch (InvalidOperationException) { return GatewayRefusals.FieldNotBytes(field); } // broken UTF-8
                break;
            case JsonValueKind.Array:
                bytes = new byte[element.GetArrayLength()];
                var at = 0;
                foreach (var item in element.EnumerateArray())
                {
                    // Java writes the upper half of a byte's values as negative numbers.
                    if (item.ValueKind != JsonValueKind.Number || !item.TryGetInt32(out var number) || number is < sbyte.MinValue or > byte.MaxValue) return GatewayRefusals.FieldNotBytes(field);
                    bytes[at++] = unchecked((byte)number);
                }
                break;
            default:
                return GatewayRefusals.FieldNotBytes(field);
        }
        if (bytes is null or []) return field.Required ? GatewayRefusals.FieldMissing(field) : null;
        if (bytes.Length > field.Length << 20) return GatewayRefusals.FileTooLarge(field);
        value = new FieldValue(true, bytes, 0);
        return null;
    }

    private static Refusal? ReadTexts(JsonElement element, Field field, out FieldValue value)
    {
        value = default;
        var texts = new List<string>();
        if (element.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null) return field.Required ? GatewayRefusals.FieldMissing(field) : null;
        if (element.ValueKind is not (JsonValueKind.String or JsonValueKind.Array)) return GatewayRefusals.FieldBadKind(field);
        try
        {
            // A text holds one code, or several with commas.
            if (element.ValueKind is JsonValueKind.String) texts.AddRange(element.GetString()!.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
            else foreach (var item in element.EnumerateArray()) texts.Add(item.ValueKind is JsonValueKind.String ? item.GetString()! : item.GetRawText());
        }
        catch (InvalidOperationException) { return GatewayRefusals.FieldBadText(field); } // broken UTF-8 or half a surrogate pair
        if (texts.Exists(t => t.Length > field.Length)) return GatewayRefusals.FieldTooLong(field);
        value = new FieldValue(texts.Count > 0, texts, 0);
        return null;
    }

    private static Refusal? ReadText(string text, Field field, out FieldValue value)
    {
        value = new FieldValue(true, text, 0);
        if (text.Length > field.Length && Characters(text) > field.Length) return GatewayRefusals.FieldTooLong(field);
        if (field.Codes is { } codes && !codes.Allows(text)) return GatewayRefusals.FieldBadCode(field, text);
        return null;
    }

    // A rare Chinese character of a name may take two UTF-16 units; it is one character to the people who set the lengths.
    private static int Characters(string text)
    {
        var count = 0;
        foreach (var _ in text.EnumerateRunes()) count++;
        return count;
    }

    private static Refusal? ReadNumber(string text, Field field, out FieldValue value)
    {
        value = default;
        if (!FixedPoint.TryParse(text, field.Decimals, out var number))
        {
            if (!IsDecimal(text, out var whole, out var decimals)) return GatewayRefusals.FieldNotNumber(field);
            return decimals > field.Decimals && whole <= field.Length - field.Decimals ? GatewayRefusals.FieldTooPrecise(field) : GatewayRefusals.FieldTooLarge(field);
        }
        if (number < 0 && !field.MayBeNegative) return GatewayRefusals.FieldNegative(field);
        if (Int128.Abs(number) >= PowerOfTen(field.Length)) return GatewayRefusals.FieldTooLarge(field);
        value = new FieldValue(true, text, number);
        return null;
    }

    private static Int128 PowerOfTen(int exponent)
    {
        Int128 power = 1;
        for (var i = 0; i < exponent; i++) power *= 10;
        return power;
    }

    /// <summary>Plain decimal notation of any size, with the digits before and after the point.</summary>
    private static bool IsDecimal(ReadOnlySpan<char> text, out int wholeDigits, out int decimals)
    {
        if (text[0] is '-' or '+') text = text[1..];
        var point = text.IndexOf('.');
        var whole = point < 0 ? text : text[..point];
        var part = point < 0 ? default : text[(point + 1)..];
        (wholeDigits, decimals) = (whole.TrimStart('0').Length, part.Length);
        return whole.Length > 0 && (point < 0 || part.Length > 0) && whole.IndexOfAnyExceptInRange('0', '9') < 0 && part.IndexOfAnyExceptInRange('0', '9') < 0;
    }

    private static Refusal? ReadTime(string text, Field field, out FieldValue value)
    {
        value = default;
        if (!TryTime(text, out var local)) return GatewayRefusals.FieldBadTime(field);
        value = new FieldValue(true, text, ChinaCalendar.FromLocal(local).ToUnixTimeMilliseconds());
        return null;
    }

    private static Refusal? ReadDay(string text, Field field, out FieldValue value)
    {
        value = default;
        if (!TryTime(text, out var local)) return GatewayRefusals.FieldBadDay(field);
        value = new FieldValue(true, text, DayNumber.Of(DateOnly.FromDateTime(local)));
        return null;
    }

    private static bool TryTime(string text, out DateTime local) =>
        DateTime.TryParseExact(text, text.Length == 10 ? "yyyy-MM-dd" : "yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture, DateTimeStyles.None, out local)
        && local.Year is >= YearMin and <= YearMax;
}
