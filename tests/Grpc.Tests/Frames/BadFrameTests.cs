using System.IO.Compression;
using System.Net;
using Google.Protobuf;
using Grpc.Core;
using MedInsure.Grpc.Tests.Probing;
using Microsoft.Extensions.DependencyInjection;

namespace MedInsure.Grpc.Tests.Frames;

/// <summary>Each bad request gets a clean status, and the server serves on.</summary>
[Trait("Category", "Fuzz")]
public sealed class BadFrameTests : IAsyncLifetime
{
    private ProbeServer _server = null!;
    private RawPeer _peer = null!;

    public async Task InitializeAsync()
    {
        _server = await ProbeServer.Start(o => o.MaxReceiveMessageSize = 1000);
        _peer = new RawPeer(_server.Address);
    }

    public async Task DisposeAsync()
    {
        _peer.Dispose();
        Assert.Equal("alive", (await _server.Client.UnaryCallAsync(new ProbeRequest { Text = "alive" })).Text);
        await _server.DisposeAsync();
    }

    private static byte[] Message(string text = "x") => new ProbeRequest { Text = text }.ToByteArray();

    private async Task Expect(byte[] body, string status, params (string, string)[] headers)
    {
        var answer = await _peer.Send(body, headers: headers);
        Assert.Equal(HttpStatusCode.OK, answer.Http);
        Assert.Equal(status, answer.GrpcStatus);
        Assert.Empty(answer.Body);
        Assert.True(answer.IsTrailersOnly);
    }

    [Fact]
    public async Task A_good_frame_is_answered()
    {
        var answer = await _peer.Send(RawPeer.Frame(Message()));
        Assert.Equal("0", answer.GrpcStatus);
        Assert.False(answer.IsTrailersOnly);
        Assert.Equal(RawPeer.Frame(new ProbeResponse { Text = "x" }.ToByteArray()), answer.Body);
    }

    [Fact]
    public Task No_frame_at_all_is_internal() => Expect([], "13");

    [Fact]
    public Task A_header_cut_short_is_internal() => Expect([0, 0, 0], "13");

    [Fact]
    public Task A_payload_cut_short_is_internal() => Expect(RawPeer.Frame(Message(), length: 100), "13");

    [Fact]
    public Task A_second_frame_is_internal() => Expect([.. RawPeer.Frame(Message()), .. RawPeer.Frame(Message())], "13");

    [Fact]
    public Task A_byte_after_the_frame_is_internal() => Expect([.. RawPeer.Frame(Message()), 0], "13");

    [Fact]
    public Task A_length_beyond_the_limit_is_resource_exhausted() => Expect(RawPeer.Frame(new byte[1001]), "8");

    [Fact]
    public Task A_length_beyond_an_int_is_resource_exhausted() => Expect(RawPeer.Frame(Message(), length: -1), "8");

    [Fact]
    public Task An_unknown_flag_is_internal() => Expect(RawPeer.Frame(Message(), flag: 2), "13");

    [Fact]
    public Task A_compressed_flag_without_encoding_is_internal() => Expect(RawPeer.Frame(Message(), flag: 1), "13");

    [Fact]
    public Task A_compressed_flag_with_identity_is_internal() => Expect(RawPeer.Frame(Message(), flag: 1), "13", ("grpc-encoding", "identity"));

    [Fact]
    public async Task An_unknown_encoding_is_unimplemented_and_the_known_ones_are_told()
    {
        var answer = await _peer.Send(RawPeer.Frame(Message(), flag: 1), headers: ("grpc-encoding", "zstd"));
        Assert.Equal("12", answer.GrpcStatus);
        Assert.Equal("identity,gzip,deflate", answer.Headers["grpc-accept-encoding"]);
    }

    [Fact]
    public Task Compressed_garbage_is_internal() => Expect(RawPeer.Frame([1, 2, 3, 4, 5, 6, 7, 8], flag: 1), "13", ("grpc-encoding", "gzip"));

    [Fact]
    public Task A_bomb_is_stopped_at_the_limit()
    {
        var bomb = new MemoryStream();
        using (var zip = new GZipStream(bomb, CompressionLevel.Optimal, leaveOpen: true))
            zip.Write(new byte[900_000]);
        Assert.True(bomb.Length < 1000, "the test is about what comes out, not what came in");
        return Expect(RawPeer.Frame(bomb.ToArray(), flag: 1), "8", ("grpc-encoding", "gzip"));
    }

    [Fact]
    public Task Bytes_that_are_no_message_are_internal() => Expect(RawPeer.Frame([0xff, 0xff, 0xff, 0xff]), "13");

    [Theory]
    [InlineData("5x")]
    [InlineData("soon")]
    public Task A_malformed_timeout_is_internal(string timeout) => Expect(RawPeer.Frame(Message()), "13", ("grpc-timeout", timeout));

    [Theory]
    [InlineData("application/json")]
    [InlineData("application/grpc-web")]
    [InlineData("")]
    public async Task Another_content_type_is_no_grpc(string contentType)
    {
        var answer = await _peer.Send(RawPeer.Frame(Message()), contentType: contentType);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, answer.Http);
        Assert.Null(answer.GrpcStatus);
    }

    /// <summary>The parser of Google.Protobuf 3.25 takes such texts with U+FFFD in the place of each bad byte; a later one may refuse them, with 13.</summary>
    [Fact]
    public async Task A_text_that_is_no_utf8_is_taken_with_replacement_characters()
    {
        // Field 3, two bytes, a lone continuation byte among them.
        var answer = await _peer.Send(RawPeer.Frame([0x1a, 2, (byte)'a', 0x80]));
        Assert.Equal("0", answer.GrpcStatus);
        Assert.Equal("a\uFFFD", ProbeResponse.Parser.ParseFrom(answer.Body, 5, answer.Body.Length - 5).Text);
    }

    [Fact]
    public async Task Random_bytes_never_break_the_server()
    {
        var random = new Random(20261121);
        for (var i = 0; i < 400; i++)
        {
            var body = new byte[random.Next(0, 40)];
            random.NextBytes(body);
            if (body.Length >= 5 && i % 2 == 0)
                body[0] = body[1] = body[2] = body[3] = 0;
            var path = i % 4 == 0 ? "/medinsure.grpcprobe.v1.Probe/StreamingInput" : RawPeer.UnaryPath;
            var answer = await _peer.Send(body, path, headers: i % 3 == 0 ? [("grpc-encoding", "gzip")] : []);
            Assert.Equal(HttpStatusCode.OK, answer.Http);
            Assert.Contains(answer.GrpcStatus, new[] { "0", "8", "13" });
        }
    }

    /// <summary>Kestrel takes 100 lines and 32 kB of headers. The call is refused in HTTP, its connection lives.</summary>
    [Fact]
    public async Task Too_many_lines_of_metadata_are_refused_and_their_connection_serves_on()
    {
        var answer = await _peer.Send(RawPeer.Frame(Message()), headers: [.. Enumerable.Range(0, 150).Select(i => ("x-bomb-" + i, "a"))]);
        Assert.Equal(HttpStatusCode.RequestHeaderFieldsTooLarge, answer.Http);
        Assert.Equal("0", (await _peer.Send(RawPeer.Frame(Message()))).GrpcStatus);
        Assert.Equal(1, _peer.Connections);
    }

    /// <summary>From a peer that does not heed the limit that the server tells: .NET's own client would.</summary>
    [Theory]
    [InlineData(40_000)]
    [InlineData(1_000_000)]
    public async Task A_bomb_of_metadata_is_refused(int size)
    {
        using var peer = await RawHttp2.Connect(_server.Address);
        await peer.SendHeaders(RawPeer.UnaryPath, ("x-bomb", new string('a', size)));
        Assert.Contains(await peer.ReadEnd(), new[] { "status 431", "reset", "goaway" });
    }

    [Fact]
    public async Task A_bomb_of_metadata_from_a_client_of_ours_ends_its_call_only()
    {
        var bomb = new Metadata { { "x-bomb", new string('a', 40_000) } };
        var e = await Assert.ThrowsAsync<RpcException>(() => _server.Client.UnaryCallAsync(new ProbeRequest(), bomb).ResponseAsync);
        Assert.Equal(StatusCode.Internal, e.StatusCode);
    }

    [Fact]
    public async Task A_bomb_of_metadata_from_the_server_ends_its_call_only()
    {
        // Kestrel sends what its handlers say; the client takes 64 kB.
        await using var server = await ProbeServer.Start<Bomber>(build: b => b.Services.AddSingleton<Bomber>());
        var e = await Assert.ThrowsAsync<RpcException>(() => server.Client.UnaryCallAsync(new ProbeRequest { Text = "bomb" }).ResponseAsync);
        Assert.Equal(StatusCode.Unavailable, e.StatusCode);
        Assert.Equal("next", (await server.Client.UnaryCallAsync(new ProbeRequest { Text = "next" })).Text);
    }

    private sealed class Bomber : Probe.ProbeBase
    {
        public override async Task<ProbeResponse> UnaryCall(ProbeRequest request, ServerCallContext context)
        {
            if (request.Text == "bomb")
                await context.WriteResponseHeadersAsync([.. Enumerable.Range(0, 100).Select(i => new Metadata.Entry("x-bomb-" + i, new string('a', 1000)))]);
            return new ProbeResponse { Text = request.Text };
        }
    }
}
