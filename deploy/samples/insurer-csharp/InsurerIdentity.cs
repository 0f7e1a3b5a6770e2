using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Grpc.Core;

namespace MedInsure.InsurerSample;

/// <summary>Who the insurer is and how it proves that: tokens that it signs itself. Nobody else ever sees the private key.</summary>
internal sealed record InsurerIdentity(string Address, string Code, string Kid, ECDsa Key)
{
    private static readonly TimeSpan TokenLifetime = TimeSpan.FromMinutes(30);

    /// <summary>From the run.json of a local platform, which makes the sample insurers' keys.</summary>
    public static InsurerIdentity FromRun(string path, string? code)
    {
        using var run = JsonDocument.Parse(File.ReadAllText(path));
        var insurers = run.RootElement.GetProperty("insurers").EnumerateArray();
        var insurer = insurers.First(i => code is null || i.GetProperty("code").GetString() == code);
        return Of(run.RootElement.GetProperty("grpc").GetString()!, insurer.GetProperty("code").GetString()!, insurer.GetProperty("kid").GetString()!, insurer.GetProperty("private_key").GetString()!);
    }

    public static InsurerIdentity FromFile(string address, string code, string kid, string keyFile) => Of(address, code, kid, File.ReadAllText(keyFile));

    private static InsurerIdentity Of(string address, string code, string kid, string pem)
    {
        var key = ECDsa.Create();
        key.ImportFromPem(pem);
        return new InsurerIdentity(address, code, kid, key);
    }

    /// <summary>The metadata of a call, with a fresh token.</summary>
    public Metadata Headers()
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        var signed = $"{Part(new { alg = "ES256", typ = "JWT", kid = Kid })}.{Part(new { iss = Code, aud = "medinsure", iat = now, exp = now + (long)TokenLifetime.TotalSeconds, jti = Guid.NewGuid() })}";
        return new Metadata { { "authorization", $"Bearer {signed}.{Base64Url.EncodeToString(Key.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256))}" } };
    }

    private static string Part<T>(T content) => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(content));
}
