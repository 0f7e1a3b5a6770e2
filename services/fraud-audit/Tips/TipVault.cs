using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MedInsure.Kernel;

namespace MedInsure.FraudAudit.Tips;

/// <summary>How an informer can be reached.</summary>
internal sealed record Informer(string? Name, string? Phone, string? Note)
{
    public override string ToString() => "informer";
}

/// <summary>
/// Who gave a tip is sealed with a key that the database has not (Secrets:TipKey): whoever has the tables or a dump of them cannot read it. Another key opens no older tip, so the
/// secret stays for as long as tips are kept.
/// </summary>
internal sealed class TipVault
{
    private const int KeyLengthMin = 32, NonceLength = 12, TagLength = 16, SecretBytes = 15;

    private readonly byte[] contactKey = [], secretKey = [], hashKey = [];

    /// <exception cref="InvalidOperationException">Secrets:TipKey is there and too short.</exception>
    public TipVault(IConfiguration configuration)
    {
        var text = configuration["Secrets:TipKey"] ?? "";
        if (text.Length == 0) return;
        if (text.Length < KeyLengthMin) throw new InvalidOperationException($"configuration Secrets:TipKey is shorter than {KeyLengthMin} characters");
        var key = Encoding.UTF8.GetBytes(text);
        byte[] Derived(string use) => HKDF.DeriveKey(HashAlgorithmName.SHA256, key, 32, info: Encoding.UTF8.GetBytes(use));
        (contactKey, secretKey, hashKey) = (Derived("tip contact"), Derived("tip secret"), Derived("tip request"));
    }

    /// <summary>Without a key no tip is taken.</summary>
    public bool IsOpen => contactKey.Length > 0;

    /// <param name="tipNo">Its public number: what is sealed of one tip opens as no other's.</param>
    public byte[] Seal(Informer informer, string tipNo)
    {
        var plain = JsonSerializer.SerializeToUtf8Bytes(informer, AuditJson.Options);
        var sealedBytes = new byte[NonceLength + TagLength + plain.Length];
        RandomNumberGenerator.Fill(sealedBytes.AsSpan(0, NonceLength));
        using var aes = new AesGcm(contactKey, TagLength);
        aes.Encrypt(sealedBytes.AsSpan(0, NonceLength), plain, sealedBytes.AsSpan(NonceLength + TagLength), sealedBytes.AsSpan(NonceLength, TagLength), Encoding.UTF8.GetBytes(tipNo));
        return sealedBytes;
    }

    public Outcome<Informer> Open(byte[] sealedBytes, string tipNo)
    {
        if (!IsOpen) return TipRefusals.KeyMissing;
        var plain = new byte[sealedBytes.Length - NonceLength - TagLength];
        using var aes = new AesGcm(contactKey, TagLength);
        try { aes.Decrypt(sealedBytes.AsSpan(0, NonceLength), sealedBytes.AsSpan(NonceLength + TagLength), sealedBytes.AsSpan(NonceLength, TagLength), plain, Encoding.UTF8.GetBytes(tipNo)); }
        catch (AuthenticationTagMismatchException) { return TipRefusals.KeyOther; }
        return JsonSerializer.Deserialize<Informer>(plain, AuditJson.Options)!;
    }

    /// <summary>What the informer asks with: of 120 bits, the same whenever the same request comes, and nowhere stored.</summary>
    public string Secret(string tipNo, string requestKey) => Convert.ToHexStringLower(HMACSHA256.HashData(secretKey, Encoding.UTF8.GetBytes($"{tipNo} {requestKey}")).AsSpan(0, SecretBytes));

    public static byte[] SecretHash(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));

    /// <summary>Of a request that names the informer: not to be guessed from without the key.</summary>
    public byte[] RequestHash(byte[] plainHash) => HMACSHA256.HashData(hashKey, plainHash);
}
