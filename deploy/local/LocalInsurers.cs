using System.Security.Cryptography;
using MedInsure.Settlement.Insurers;
using MedInsure.Tool;

namespace MedInsure.Local;

/// <summary>The insurers of the contracts that come with the program. Here the platform makes their keys too; elsewhere an insurer keeps its private key to itself.</summary>
internal static class LocalInsurers
{
    private static IEnumerable<string> Codes => ContractLibrary.LoadEmbedded().All.Select(c => c.Insurer).Distinct();

    public static void Configure(Dictionary<string, string?> settings, LocalSecrets secrets)
    {
        settings["Secrets:PersonKey"] = secrets["Secrets:PersonKey"];
        settings["Secrets:InsurerCallKey"] = secrets.SigningKey("Secrets:InsurerCallKey");
        foreach (var insurer in Codes)
        {
            using var key = Key(secrets, insurer);
            settings[$"Insurers:{insurer}:Keys:{PlatformToken.KidOf(key)}"] = key.ExportSubjectPublicKeyInfoPem();
        }
    }

    public static List<RunInsurer> Run(LocalSecrets secrets)
    {
        using var platform = ECDsa.Create();
        platform.ImportFromPem(secrets.SigningKey("Secrets:InsurerCallKey"));
        var platformKey = platform.ExportSubjectPublicKeyInfoPem();
        return [.. Codes.Select(insurer =>
        {
            using var key = Key(secrets, insurer);
            return new RunInsurer(insurer, PlatformToken.KidOf(key), key.ExportPkcs8PrivateKeyPem(), platformKey);
        })];
    }

    private static ECDsa Key(LocalSecrets secrets, string insurer)
    {
        var key = ECDsa.Create();
        key.ImportFromPem(secrets.SigningKey($"Secrets:InsurerKey:{insurer}"));
        return key;
    }
}
