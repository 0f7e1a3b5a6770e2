using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;

namespace MedInsure.Grpc.Tests;

/// <summary>HTTP/2 frames by hand, for what no client library would send.</summary>
public sealed class RawHttp2 : IDisposable
{
    private const byte Headers = 1, Reset = 3, Settings = 4, GoAway = 7, Continuation = 9;

    private readonly NetworkStream _stream;

    private RawHttp2(Socket socket) => _stream = new NetworkStream(socket, ownsSocket: true);

    public static async Task<RawHttp2> Connect(Uri address)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(address.Host, address.Port);
        var peer = new RawHttp2(socket);
        await peer._stream.WriteAsync("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.ToArray());
        await peer.SendFrame(Settings, 0, 0, []);
        return peer;
    }

    /// <summary>One request without a body on stream 1, its headers in as many frames as they need.</summary>
    public async Task SendHeaders(string path, params (string Name, string Value)[] more)
    {
        var block = new List<byte>();
        foreach (var (name, value) in (IEnumerable<(string, string)>)[(":method", "POST"), (":scheme", "http"), (":path", path), (":authority", "test"), ("content-type", "application/grpc"), ("te", "trailers"), .. more])
        {
            block.Add(0); // A literal that is not indexed.
            AddText(block, name);
            AddText(block, value);
        }
        var parts = block.Chunk(16_000).ToArray();
        for (var i = 0; i < parts.Length; i++)
        {
            try
            {
                await SendFrame(i == 0 ? Headers : Continuation, (byte)((i == 0 ? 1 : 0) | (i == parts.Length - 1 ? 4 : 0)), 1, parts[i]);
            }
            catch (IOException)
            {
                return; // The server need not hear it to the end.
            }
        }
    }

    /// <summary>How the server ends stream 1: "status" and the HTTP status, "reset", or "goaway".</summary>
    public async Task<string> ReadEnd()
    {
        var header = new byte[9];
        while (true)
        {
            try
            {
                await _stream.ReadExactlyAsync(header);
                var payload = new byte[header[0] << 16 | header[1] << 8 | header[2]];
                await _stream.ReadExactlyAsync(payload);
                if (header[3] is Reset)
                    return "reset";
                if (header[3] is GoAway)
                    return "goaway";
                // A status that HPACK's table lacks is an ASCII literal.
                if (header[3] is Headers)
                    return "status " + (Encoding.ASCII.GetString(payload).Contains("431", StringComparison.Ordinal) ? "431" : Convert.ToHexString(payload));
            }
            catch (IOException)
            {
                return "goaway"; // Closed before it was read.
            }
        }
    }

    private static void AddText(List<byte> block, string text)
    {
        // HPACK: seven bits of the length, then groups of seven.
        if (text.Length < 127)
        {
            block.Add((byte)text.Length);
        }
        else
        {
            block.Add(127);
            var rest = text.Length - 127;
            for (; rest >= 128; rest /= 128)
                block.Add((byte)(rest % 128 + 128));
            block.Add((byte)rest);
        }
        block.AddRange(Encoding.ASCII.GetBytes(text));
    }

    private async Task SendFrame(byte type, byte flags, int streamId, byte[] payload)
    {
        var frame = new byte[9 + payload.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, payload.Length << 8 | type);
        frame[4] = flags;
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(5), streamId);
        payload.CopyTo(frame, 9);
        await _stream.WriteAsync(frame);
    }

    public void Dispose() => _stream.Dispose();
}
