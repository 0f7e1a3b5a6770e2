using MedInsure.Kernel;
using MedInsure.Protos.ProviderRegistry.V1;
using Npgsql;

namespace MedInsure.ProviderRegistry.Publications;

/// <summary>What a ListRowsRequest asks for, checked: which versions, after which key, how many.</summary>
internal sealed record RowPage(long After, long UpTo, int Size, string[] AfterKey)
{
    private const int SizeDefault = 2_000;
    public const int SizeMax = 5_000;
    // Codes and names of kinds hold no control character (the import refuses them).
    private const char Separator = '\u001f';

    public static async Task<Outcome<RowPage>> Read(NpgsqlConnection connection, string kind, int keyParts, ListRowsRequest request, CancellationToken cancellation)
    {
        if (request.AfterVersion < 0 || request.UpToVersion < 0 || request.PageSize is < 0 or > SizeMax) return Refusals.PageInvalid;
        var upTo = request.UpToVersion == 0 ? await Publication.Newest(connection, kind, cancellation) : request.UpToVersion;
        var key = request.PageToken.Length == 0 ? [] : request.PageToken.Split(Separator);
        if (key.Length != 0 && key.Length != keyParts) return Refusals.PageInvalid.At("page_token");
        return new RowPage(request.AfterVersion, upTo, request.PageSize == 0 ? SizeDefault : request.PageSize, key);
    }

    public bool IsFirst => AfterKey.Length == 0;

    public static string Token(params string[] key) => string.Join(Separator, key);
}
