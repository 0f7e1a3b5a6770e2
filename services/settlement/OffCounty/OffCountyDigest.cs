using System.Security.Cryptography;
using System.Text;

namespace MedInsure.Settlement.OffCounty;

/// <summary>The running digest over what one county told another: who has the same digest after the same number has all the same claims.</summary>
internal static class OffCountyDigest
{
    /// <summary>Before the first claim.</summary>
    public static byte[] Start(string homeCounty, string providerCounty) => SHA256.HashData(Encoding.UTF8.GetBytes($"medinsure off-county 1 {homeCounty} {providerCounty}"));

    /// <summary>SHA-256(digest before, claim).</summary>
    public static byte[] After(ReadOnlySpan<byte> before, ReadOnlySpan<byte> claim)
    {
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        sha.AppendData(before);
        sha.AppendData(claim);
        return sha.GetHashAndReset();
    }
}
