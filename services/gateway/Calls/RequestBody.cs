using System.Buffers;
using Microsoft.AspNetCore.Http;

namespace MedInsure.Gateway.Calls;

/// <summary>A request's bytes in rented memory, up to a limit.</summary>
public sealed class RequestBody : IDisposable
{
    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];
    private byte[] buffer = [];
    private int length;

    /// <summary>The text without a byte-order mark.</summary>
    public ReadOnlyMemory<byte> Text => buffer.AsMemory(0, length) is var all && all.Span.StartsWith(ByteOrderMark) ? all[3..] : all;

    /// <summary>False: there are more bytes than the limit. They are not kept.</summary>
    public async Task<bool> TryRead(HttpRequest request, int bytesMax, CancellationToken cancellation)
    {
        if (request.ContentLength > bytesMax) return false;
        buffer = ArrayPool<byte>.Shared.Rent((int)Math.Max(request.ContentLength ?? 0, 4096) + 1);
        while (true)
        {
            var read = await request.Body.ReadAsync(buffer.AsMemory(length), cancellation);
            if (read == 0) return true;
            length += read;
            if (length > bytesMax) return false;
            if (length == buffer.Length) Grow(bytesMax);
        }
    }

    private void Grow(int bytesMax)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Min(2 * length, bytesMax + 1));
        buffer.AsSpan(0, length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(buffer);
        buffer = larger;
    }

    public void Dispose()
    {
        if (buffer.Length > 0) ArrayPool<byte>.Shared.Return(buffer);
        (buffer, length) = ([], 0);
    }
}
