using FsCheck;
using FsCheck.Fluent;
using Grpc.Wire;

namespace MedInsure.Grpc.Tests.Wire;

[Trait("Category", "Property")]
public class WireFormTests
{
    [Fact]
    public void Any_text_survives_as_printable_ascii() => Prop.ForAll<string?>(text =>
    {
        // A lone surrogate is no text; UTF-8 replaces it.
        var sound = System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(text ?? ""));
        var encoded = StatusMessage.Encode(sound);
        return encoded.All(c => c is >= ' ' and <= '~') && StatusMessage.Decode(encoded) == sound;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Any_bytes_survive_without_padding() => Prop.ForAll<byte[]>(bytes =>
    {
        var encoded = BinaryHeader.Encode(bytes);
        return !encoded.Contains('=') && BinaryHeader.Decode(encoded).AsSpan().SequenceEqual(bytes) && BinaryHeader.Decode(Convert.ToBase64String(bytes)).AsSpan().SequenceEqual(bytes);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_timeout_never_shrinks_and_keeps_its_first_digits() => Prop.ForAll(Gen.Choose(1, 1_800_000_000).Select(n => (long)n * n).ToArbitrary(), ticks =>
    {
        var text = GrpcTimeout.Encode(TimeSpan.FromTicks(ticks));
        return text.Length <= 9 && GrpcTimeout.TryDecode(text, out var back) && back.Ticks >= ticks && back.Ticks - ticks <= Math.Max(10, ticks / 90_000);
    }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("1n", 1)]
    [InlineData("100u", 1000)]
    [InlineData("5m", 50_000)]
    [InlineData("2S", 20_000_000)]
    [InlineData("3M", 1_800_000_000)]
    [InlineData("1H", 36_000_000_000)]
    [InlineData("0m", 0)]
    public void Each_unit_is_understood(string text, long ticks)
    {
        Assert.True(GrpcTimeout.TryDecode(text, out var timeout));
        Assert.Equal(ticks, timeout.Ticks);
    }

    [Theory]
    [InlineData("")]
    [InlineData("m")]
    [InlineData("5")]
    [InlineData("-5m")]
    [InlineData("1.5S")]
    [InlineData("5s")]
    [InlineData("123456789m")]
    [InlineData("٣S")]
    public void What_is_no_timeout_is_refused(string text) => Assert.False(GrpcTimeout.TryDecode(text, out _));

    [Theory]
    [InlineData("100%", "100%")]
    [InlineData("%zz", "%zz")]
    [InlineData("%E4%BA", "\ufffd")]
    [InlineData("a%20b", "a b")]
    public void Escapes_are_read_leniently(string wire, string text) => Assert.Equal(text, StatusMessage.Decode(wire));

    [Theory]
    [InlineData("application/grpc", true)]
    [InlineData("application/grpc+proto", true)]
    [InlineData("Application/GRPC;charset=utf-8", true)]
    [InlineData("application/grpc-web", false)]
    [InlineData("application/grpcx", false)]
    [InlineData("application/json", false)]
    [InlineData(null, false)]
    public void Only_grpc_content_types_are_grpc(string? contentType, bool grpc) => Assert.Equal(grpc, GrpcHeader.IsGrpcContentType(contentType));
}
