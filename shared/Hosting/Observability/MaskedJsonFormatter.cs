using System.Buffers;
using System.Diagnostics;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace MedInsure.Hosting.Observability;

/// <summary>
/// One JSON object per line: time (UTC), level, category, message, event (name or number), trace and span, fields, scope, exception;
/// every text through <see cref="LogMask"/>.
/// </summary>
internal sealed class MaskedJsonFormatter(TimeProvider time) : ConsoleFormatter(FormatterName)
{
    public const string FormatterName = "medinsure";

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        var fields = logEntry.State as IReadOnlyList<KeyValuePair<string, object?>>;
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteString("time", time.GetUtcNow().UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'"));
            json.WriteString("level", Level(logEntry.LogLevel));
            json.WriteString("category", logEntry.Category);
            json.WriteString("message", Message(logEntry, fields));
            if (logEntry.EventId.Name is { } name) json.WriteString("event", name);
            else if (logEntry.EventId.Id != 0) json.WriteNumber("event", logEntry.EventId.Id);
            if (Activity.Current is { } activity)
            {
                json.WriteString("trace", activity.TraceId.ToHexString());
                json.WriteString("span", activity.SpanId.ToHexString());
            }
            if (fields is { Count: > 1 })
            {
                json.WriteStartObject("fields");
                Fields(json, fields);
                json.WriteEndObject();
            }
            Scopes(json, scopeProvider);
            if (logEntry.Exception is { } exception) json.WriteString("exception", LogMask.Text(exception.ToString()));
            json.WriteEndObject();
        }
        textWriter.WriteLine(Encoding.UTF8.GetString(buffer.WrittenSpan));
    }

    private static string Message<TState>(in LogEntry<TState> entry, IReadOnlyList<KeyValuePair<string, object?>>? fields)
    {
        // The finished text would show what its fields hide: with a masked field the template is filled in here.
        if (fields is not null && fields.Any(f => LogMask.IsMasked(f.Key)) && fields.FirstOrDefault(f => f.Key == "{OriginalFormat}").Value is string template) return LogMask.Text(Fill(template, fields));
        return LogMask.Text(entry.Formatter(entry.State, entry.Exception));
    }

    private static string Fill(string template, IReadOnlyList<KeyValuePair<string, object?>> fields)
    {
        var text = new StringBuilder();
        var rest = template.AsSpan();
        for (var next = 0; rest.Length > 0;)
        {
            var open = rest.IndexOf('{');
            var close = open < 0 ? -1 : rest[open..].IndexOf('}');
            if (close < 0) { text.Append(rest); break; }
            text.Append(rest[..open]);
            // Fields stand in the order of the template, whatever their format.
            if (next < fields.Count && fields[next].Key != "{OriginalFormat}") { text.Append(LogMask.Value(fields[next].Key, fields[next].Value)); next++; }
            rest = rest[(open + close + 1)..];
        }
        return text.ToString();
    }

    private static void Fields(Utf8JsonWriter json, IEnumerable<KeyValuePair<string, object?>> fields)
    {
        foreach (var (key, value) in fields)
        {
            if (key == "{OriginalFormat}") continue;
            if (!LogMask.IsMasked(key) && value is int or long or short or byte or bool && !IsLong18(value))
            {
                json.WritePropertyName(key);
                JsonSerializer.Serialize(json, value, value.GetType());
            }
            else json.WriteString(key, LogMask.Value(key, value));
        }
    }

    /// <summary>An id number without X may travel as a number.</summary>
    private static bool IsLong18(object value) => value is long and >= 100_000_000_000_000_000;

    private static void Scopes(Utf8JsonWriter json, IExternalScopeProvider? scopes)
    {
        if (scopes is null) return;
        var started = false;
        scopes.ForEachScope((scope, writer) =>
        {
            if (!started) { writer.WriteStartArray("scope"); started = true; }
            if (scope is IEnumerable<KeyValuePair<string, object?>> fields)
            {
                writer.WriteStartObject();
                Fields(writer, fields);
                writer.WriteEndObject();
            }
            else writer.WriteStringValue(LogMask.Text(scope?.ToString() ?? ""));
        }, json);
        if (started) json.WriteEndArray();
    }

    private static string Level(LogLevel level) => level switch
    {
        LogLevel.Trace => "trace",
        LogLevel.Debug => "debug",
        LogLevel.Information => "info",
        LogLevel.Warning => "warn",
        LogLevel.Error => "error",
        _ => "critical",
    };
}
