using System.Buffers;
using System.Text;
using System.Text.Json;
using MedInsure.Gateway.Calls;

namespace MedInsure.Gateway.Tests.Calls;

[Trait("Category", "Unit")]
public sealed class NationalJsonTests
{
    private static string Write(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, NationalJson.Options))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    [Theory]
    [InlineData(452, "4.52")]
    [InlineData(0, "0.00")]
    [InlineData(5, "0.05")]
    [InlineData(-337926, "-3379.26")]
    [InlineData(long.MaxValue, "92233720368547758.07")]
    public void Money_HasTwoDecimals(long fen, string text) => Assert.Equal($"{{\"m\":{text}}}", Write(j => j.Fen("m", fen)));

    [Fact]
    public void RatioQuantityPrice_HaveTheirForms()
    {
        Assert.Equal("""{"r":0.8400}""", Write(j => j.Ratio("r", 8400)));
        Assert.Equal("""{"q":-1.25}""", Write(j => j.Quantity("q", -12_500)));
        Assert.Equal("""{"p":999999}""", Write(j => j.Price("p", 999_999_000_000)));
        Assert.Equal("""{"p":0.000001}""", Write(j => j.Price("p", 1)));
    }

    [Fact]
    public void TimesAndDays_AreChinasAndEmptyWhenNone()
    {
        Assert.Equal("""{"t":"2026-11-21 08:00:00"}""", Write(j => j.Time("t", 1_795_219_200_000)));
        Assert.Equal("""{"t":""}""", Write(j => j.Time("t", 0)));
        Assert.Equal("""{"d":"2026-11-21"}""", Write(j => j.Day("d", 20261121)));
        Assert.Equal("""{"d":""}""", Write(j => j.Day("d", 0)));
    }

    [Theory]
    [InlineData(19800615, 20260614, "45.0")]
    [InlineData(19800615, 20260615, "46.0")]
    [InlineData(20260101, 20260630, "0.4")] // five completed months
    [InlineData(20260131, 20260228, "0.0")]
    [InlineData(20260101, 20261231, "0.9")]
    [InlineData(0, 20261231, "0.0")]
    [InlineData(20270101, 20261231, "0.0")]
    public void Age_IsWholeYearsAndOfInfantsTenths(int birth, int on, string text) => Assert.Equal($"{{\"age\":{text}}}", Write(j => j.Age("age", birth, on)));

    [Fact]
    public void Chinese_IsNotEscaped() => Assert.Equal("""{"n":"道里区“一”<br>"}""", Write(j => j.WriteString("n", "道里区“一”<br>")));
}
