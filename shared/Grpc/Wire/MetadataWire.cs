using System.Net.Http.Headers;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Grpc.Wire;

/// <summary>Metadata to and from HTTP headers.</summary>
internal static class MetadataWire
{
    internal static Metadata FromRequest(IHeaderDictionary headers)
    {
        var metadata = new Metadata(headers.Count);
        foreach (var (name, values) in headers)
            if (!GrpcHeader.IsTransport(name))
                foreach (var value in values)
                    Receive(metadata, name, value);
        return metadata;
    }

    internal static Metadata FromResponse(HttpHeaders headers, HttpHeaders? more = null)
    {
        var metadata = new Metadata(8);
        Add(metadata, headers);
        if (more is not null)
            Add(metadata, more);
        return metadata;
    }

    private static void Add(Metadata metadata, HttpHeaders headers)
    {
        foreach (var (name, values) in headers.NonValidated)
            if (!GrpcHeader.IsTransport(name))
                foreach (var value in values)
                    Receive(metadata, name, value);
    }

    private static void Receive(Metadata metadata, string name, string? value)
    {
        var key = name.ToLowerInvariant();
        value ??= "";
        if (!key.EndsWith(Metadata.BinaryHeaderSuffix, StringComparison.Ordinal))
        {
            metadata.Add(Metadata.Entry.Received(key, value, null));
            return;
        }
        // One header line may hold several values, joined by commas.
        foreach (var part in value.AsSpan().Split(','))
        {
            byte[] bytes;
            try
            {
                bytes = BinaryHeader.Decode(value.AsSpan()[part]);
            }
            catch (FormatException e)
            {
                throw new RpcException(new Status(StatusCode.Internal, $"The value of metadata '{key}' is no base64.", e));
            }
            metadata.Add(Metadata.Entry.Received(key, null, bytes));
        }
    }

    internal static void Append(IHeaderDictionary target, Metadata.Entry entry) =>
        target.Append(entry.Key, new StringValues(entry.IsBinary ? BinaryHeader.Encode(entry.RawBytes) : entry.Value));

    internal static void Append(HttpHeaders target, Metadata.Entry entry) =>
        target.TryAddWithoutValidation(entry.Key, entry.IsBinary ? BinaryHeader.Encode(entry.RawBytes) : entry.Value);
}
