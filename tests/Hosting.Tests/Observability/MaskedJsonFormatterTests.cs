using System.Text.Json;
using MedInsure.Hosting.Observability;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace MedInsure.Hosting.Tests.Observability;

[Trait("Category", "Unit")]
public sealed class MaskedJsonFormatterTests
{
    private const string Id = "23010219900307231X", Masked = "2301************1X";

    /// <summary>A logger whose lines pass through the formatter only.</summary>
#pragma warning disable CA1001 // A StringWriter holds nothing.
    private sealed class Lines : ILogger
#pragma warning restore CA1001
    {
        private readonly LoggerExternalScopeProvider scopes = new();
        private readonly StringWriter text = new();

        public IDisposable BeginScope<TState>(TState state) where TState : notnull => scopes.Push(state);
        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            new MaskedJsonFormatter(TimeProvider.System).Write(new LogEntry<TState>(logLevel, "Test", eventId, state, exception, formatter), scopes, text);

        public string Text => text.ToString();
        public JsonElement Json => JsonDocument.Parse(Text).RootElement;
    }

    [Theory]
    [InlineData($"person {Id} not found", $"person {Masked} not found")]
    [InlineData("证件110101195001010018，见附件", "证件1101************18，见附件")]
    [InlineData("a230102199003072311b", "a2301************11b")]
    [InlineData("H230102000012301021990030723111234", "H230102000012301021990030723111234")]
    [InlineData("order 230102199013072311", "order 230102199013072311")]
    [InlineData("""{"psn_name":"张三丰","tel": "13912345678","certno":"K123456789","other":"x"}""", """{"psn_name":"张**","tel": "*******5678","certno":"K123****89","other":"x"}""")]
    [InlineData("nothing here", "nothing here")]
    public void Text_is_masked(string text, string expected) => Assert.Equal(expected, LogMask.Text(text));

    [Theory]
    [InlineData("psn_name", "张三", "张*")]
    [InlineData("PsnName", "张三", "张*")]
    [InlineData("patient.name", "张三", "张*")]
    [InlineData("ContactPhone", "13912345678", "*******5678")]
    [InlineData("certno", "K123456789", "K123****89")]
    [InlineData("psn_cert_no", "H1", "**")]
    [InlineData("ServiceToken", "abc", "***")]
    [InlineData("authorization", "Bearer abc", "***")]
    [InlineData("fixmedins_name", "第一医院", "第一医院")]
    [InlineData("anything", Id, Masked)]
    public void Value_is_masked_by_its_field(string field, string value, string expected) => Assert.Equal(expected, LogMask.Value(field, value));

    [Fact]
    public void Message_fields_scope_and_exception_show_no_personal_data()
    {
        var lines = new Lines();
        using (lines.BeginScope("scope of {Certno} {Note}", "K123456789", Id))
        using (lines.BeginScope(new Dictionary<string, object?> { ["psn_name"] = "李四", ["tenant"] = "230102" }))
            lines.LogError(new InvalidOperationException($"for {Id}"), "{PsnName} of {Tenant} called {Phone:x} with {Number} and {Text}", "张三丰", "230102", "13912345678", 230102199003072311L, $"a {Id}");

        foreach (var hidden in (string[])["三丰", "李四", "13912345678", Id, "230102199003072311", "K123456789"]) Assert.DoesNotContain(hidden, lines.Text, StringComparison.Ordinal);
        Assert.Equal($"张** of 230102 called *******5678 with 2301************11 and a {Masked}", lines.Json.GetProperty("message").GetString());
        var fields = lines.Json.GetProperty("fields");
        Assert.Equal(("张**", "230102", "error"), (fields.GetProperty("PsnName").GetString(), fields.GetProperty("Tenant").GetString(), lines.Json.GetProperty("level").GetString()));
        Assert.Contains($"for {Masked}", lines.Json.GetProperty("exception").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Line_is_one_line_of_json_with_numbers_as_numbers()
    {
        var lines = new Lines();
        lines.LogInformation("{Count} rows\nof {Percent:P0} <ok> 中文", 12, 0.5m);
        Assert.Equal(1, lines.Text.Count(c => c == '\n'));
        Assert.Equal(12, lines.Json.GetProperty("fields").GetProperty("Count").GetInt32());
        Assert.Contains("<ok> 中文", lines.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void State_that_is_only_text_is_masked_too()
    {
        var lines = new Lines();
        lines.Log(LogLevel.Information, default, $"plain {Id}", null, (s, _) => s);
        Assert.Equal($"plain {Masked}", lines.Json.GetProperty("message").GetString());
    }
}
