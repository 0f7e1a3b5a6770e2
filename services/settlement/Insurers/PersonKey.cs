using System.Security.Cryptography;
using System.Text;

namespace MedInsure.Settlement.Insurers;

/// <summary>
/// What an insurer knows a person by: the same for all claims of one person under one contract, another one under every other contract, and nothing that
/// leads back to psn_no without Secrets:PersonKey. That secret stays for ever: with another one nobody would be the same person any more.
/// </summary>
public sealed class PersonKey
{
    private const int SecretLengthMin = 32;
    private readonly byte[] secret;

    /// <exception cref="InvalidOperationException">Secrets:PersonKey is missing or too short.</exception>
    public PersonKey(IConfiguration configuration)
    {
        secret = Encoding.UTF8.GetBytes(configuration["Secrets:PersonKey"] ?? "");
        if (secret.Length < SecretLengthMin) throw new InvalidOperationException($"configuration Secrets:PersonKey is missing or shorter than {SecretLengthMin} characters");
    }

    /// <returns>32 hexadecimal digits.</returns>
    public string Of(string contractNo, string psnNo) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(secret, Encoding.UTF8.GetBytes($"{contractNo}\n{psnNo}")).AsSpan(0, 16));
}
